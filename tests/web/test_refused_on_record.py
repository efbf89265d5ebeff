"""What is refused over HTTP: on record wherever it stops, never a 500, nothing of it in the log."""

import json
import logging

import pytest
from django.db import DataError
from django.http import HttpResponse
from django.test import Client

from huitong.cases import search
from huitong.cases.models import Case
from huitong.catalogue.models import Dataset
from huitong.ledger.models import Entry
from web import pages

ID_NUMBER = "230102199001011234"


@pytest.fixture
def case(log_in: pages.LogIn, graduates: Dataset) -> Case:
    log_in("jiaoyu").post(f"/w/datasets/{graduates.code}/submit/")
    return Case.objects.get()


def _refusals() -> list[Entry]:
    return list(Entry.objects.filter(kind="case.refused").order_by("id"))


def _step(browser: Client, case: Case, **body: object) -> HttpResponse:
    sent = {"step": "review.return", "version": case.version, **body}
    path = f"/api/v1/cases/{case.number}/steps"
    return browser.post(path, json.dumps(sent), content_type="application/json")


def test_a_strangers_step_is_on_record_although_he_may_not_even_read_the_case(
    log_in: pages.LogIn, case: Case
) -> None:
    over_http = _step(log_in("minzheng"), case)
    on_page = log_in("minzheng").post(
        f"/w/cases/{case.number}/step/", {"step": "review.return", "version": 1}
    )

    assert (over_http.status_code, on_page.status_code) == (403, 403)
    assert [(one.subject, one.facts) for one in _refusals()] == [
        (f"case:{case.number}", {"step": "review.return", "code": "not_your_case"})
    ] * 2
    assert {one.actor for one in _refusals()} == {"person:minzheng@HLJ-MZ"}


def test_a_foreign_case_is_not_told_from_one_that_does_not_exist(
    log_in: pages.LogIn, case: Case
) -> None:
    stranger = log_in("minzheng")
    foreign = stranger.get(f"/api/v1/cases/{case.number}")
    unknown = stranger.get("/api/v1/cases/XX-1")

    assert foreign.status_code == unknown.status_code == 403
    assert foreign.content.replace(case.number.encode(), b"XX-1") == unknown.content
    assert "教育厅" not in foreign.content.decode()


def test_nothing_goes_on_record_for_a_number_that_no_case_has(log_in: pages.LogIn) -> None:
    answer = log_in("minzheng").post(
        f"/api/v1/cases/{ID_NUMBER}/steps",
        json.dumps({"step": "review.return", "version": 1}),
        content_type="application/json",
    )

    assert answer.status_code == 403
    assert not _refusals()


def test_a_stale_step_is_on_record_over_http_and_on_the_page(
    log_in: pages.LogIn, case: Case
) -> None:
    authority = log_in("shuju")

    assert _step(authority, case, version=case.version - 1).status_code == 409
    page = authority.post(
        f"/w/cases/{case.number}/step/", {"step": "review.approve", "version": case.version + 1}
    )
    assert page.status_code == 409
    assert [one.facts for one in _refusals()] == [
        {"step": "review.return", "code": "stale_case"},
        {"step": "review.approve", "code": "stale_case"},
    ]


@pytest.mark.parametrize(
    "facts",
    [
        {"opinion": f"{ID_NUMBER}\x00"},
        {"opinion": f"{ID_NUMBER}\ud800"},
        {"opinion": ID_NUMBER * 2000},
        {"opinion": "x", "身份证号码": ID_NUMBER},
        {"opinion": "x", "junk": [[[[[[[[[[ID_NUMBER]]]]]]]]]]},
        {"opinion": [ID_NUMBER]},
    ],
)
def test_facts_that_cannot_be_kept_are_refused_on_record_and_not_logged(
    log_in: pages.LogIn, case: Case, caplog: pytest.LogCaptureFixture, facts: dict[str, object]
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = _step(log_in("shuju"), case, facts=facts)

    assert answer.status_code == 422
    assert json.loads(answer.content)["fields"]
    assert [one.facts["step"] for one in _refusals()] == ["review.return"]
    assert ID_NUMBER not in caplog.text
    assert Case.objects.get().version == case.version


def test_a_step_whose_name_is_no_name_is_refused(log_in: pages.LogIn, case: Case) -> None:
    assert _step(log_in("shuju"), case, step="a\x00").status_code == 400
    assert _step(log_in("shuju"), case, step=ID_NUMBER).status_code == 409
    assert [one.facts for one in _refusals()] == [{"step": "?", "code": "unknown_step"}]


@pytest.mark.parametrize(
    "body", ['{"step": "a", "version": 1, "facts": {"x": NaN}}', "[" * 100_000, "{", "\xff"]
)
def test_a_body_that_is_no_json_is_answered_as_such(
    log_in: pages.LogIn, case: Case, body: str
) -> None:
    path = f"/api/v1/cases/{case.number}/steps"
    answer = log_in("shuju").post(path, body.encode("latin-1"), content_type="application/json")

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/cases/%00",
        "/api/v1/cases?q=%00",
        "/api/v1/cases?jurisdiction=%00",
        "/api/v1/datasets?q=%00",
        "/api/v1/datasets/%00",
        "/w/cases/?q=%00",
        "/w/datasets/?q=%00",
        "/api/v1/cases?received_from=9999-12-31&received_to=9999-12-31",
    ],
)
def test_an_address_that_nothing_can_have_is_refused(log_in: pages.LogIn, path: str) -> None:
    assert log_in("jiaoyu").get(path).status_code == 422


def test_a_form_with_control_characters_is_refused(log_in: pages.LogIn, case: Case) -> None:
    answer = log_in("shuju").post(
        f"/w/cases/{case.number}/step/",
        {"step": "review.return", "version": case.version, "fact_opinion": "a\x00b"},
    )

    assert answer.status_code == 422
    assert Case.objects.get().version == case.version


@pytest.mark.parametrize("title", ["x" * 301, "a\x00"])
def test_a_title_that_cannot_be_kept_opens_nothing(log_in: pages.LogIn, title: str) -> None:
    answer = log_in("jiaoyu").post(
        "/api/v1/cases",
        json.dumps({"kind": "demand", "title": title, "facts": {}}),
        content_type="application/json",
    )

    assert answer.status_code in {400, 422}
    assert not Case.objects.exists()


def test_what_the_database_rejects_is_logged_by_its_class_alone(
    log_in: pages.LogIn, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reject(*_args: object, **_kwargs: object) -> None:
        raise DataError(f"CONTEXT: JSON data {ID_NUMBER}")

    monkeypatch.setattr(search, "find", reject)
    with caplog.at_level(logging.DEBUG):
        answer = log_in("jiaoyu").get("/api/v1/cases")

    assert (answer.status_code, answer.json()["code"]) == (422, "beyond_range")
    assert "DataError" in caplog.text
    assert ID_NUMBER not in caplog.text

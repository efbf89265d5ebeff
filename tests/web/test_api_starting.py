"""Starting cases over HTTP: the same rights and refusals as on the pages."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from huitong.cases.models import Case
from huitong.catalogue.models import Dataset
from huitong.operations.demonstration.world import World
from huitong.regulations import profiles
from web import pages

DEMAND = {
    "kind": "demand",
    "title": "人才公寓资格核验所需数据",
    "parties": {"provider": "HLJ-JY"},
    "facts": {
        "wanted_from": "省教育厅",
        "wanted_items": ["毕业院校"],
        "scenario": "人才公寓资格核验",
        "duty_basis": "《公共租赁住房管理办法》第八条",
    },
}


def _post(browser: Client, body: dict[str, Any]) -> HttpResponse:
    return browser.post("/api/v1/cases", body, content_type="application/json")  # type: ignore[return-value]


@pytest.mark.clause("HL-29.1", "HL-22.1")
def test_the_kinds_name_the_facts_of_the_entry_and_what_is_absent(
    log_in: pages.LogIn, province: World
) -> None:
    lines = {line["kind"]: line for line in log_in("zhufang").get("/api/v1/kinds").json()}

    assert set(lines) == set(profiles.load("heilongjiang-2025").words.kinds)
    demand = lines["demand"]
    required = {fact["name"] for fact in demand["facts"] if fact["need"] == "required"}
    assert required == {"wanted_from", "wanted_items", "scenario", "duty_basis"}
    assert [one["acts_as"] for one in demand["openers"] if one["mine"]] == ["consumer"]
    assert lines["share_extension"]["absent"] == "silent"
    assert lines["share_extension"]["cite"] == ["HL-22.1"]


@pytest.mark.clause("HL-33.4")
def test_a_conditional_fact_says_when(log_in: pages.LogIn, province: World) -> None:
    lines = {line["kind"]: line for line in log_in("jiaoyu").get("/api/v1/kinds").json()}
    facts = {fact["name"]: fact for fact in lines["open_list_review"]["facts"]}

    assert facts["opening_condition"]["need"] == "conditional"
    assert facts["opening_condition"]["when"]["zh"] == "开放类型为有条件开放"


@pytest.mark.clause("HL-29.1")
def test_a_case_is_started_and_answers_with_its_steps(log_in: pages.LogIn, whole: World) -> None:
    answer = _post(log_in("zhufang"), DEMAND)

    assert answer.status_code == 201
    body = answer.json()
    case = Case.objects.get(number=body["number"])
    assert case.parties["consumer"] == whole.departments["HRB-ZJ"].pk
    assert body["events"][0]["facts"]["wanted_items"] == ["毕业院校"]


@pytest.mark.clause("HL-29.1")
def test_a_missing_fact_is_named_with_field_and_article(log_in: pages.LogIn, whole: World) -> None:
    facts = {**DEMAND["facts"], "scenario": ""}  # type: ignore[dict-item]
    answer = _post(log_in("zhufang"), {**DEMAND, "facts": facts})

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "fact_missing"
    assert answer.json()["fields"] == [{"field": "facts.scenario", "cite": ["HL-29.1"]}]
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"kind": "wish"}, "kind", "not_known"),
        ({"title": " "}, "title", "title_missing"),
        ({"subject": "grant:1"}, "subject", "not_known"),
        ({"subject": "dataset:"}, "subject", "subject_missing"),
        ({"parties": {"provider": "NOWHERE"}}, "parties.provider", "not_known"),
        ({"parties": {"offender": "HLJ-JY"}}, "parties.offender", "not_known"),
        ({"parties": {}}, "parties.provider", "party_missing"),
        ({"facts": {**DEMAND["facts"], "reason": "x"}}, "facts.reason", "fact_not_asked"),  # type: ignore[dict-item]
        ({"facts": {**DEMAND["facts"], "wanted_items": 3}}, "facts.wanted_items", "fact_invalid"),  # type: ignore[dict-item]
    ],
)
def test_each_fault_names_its_field(
    log_in: pages.LogIn, whole: World, change: dict[str, Any], field: str, code: str
) -> None:
    answer = _post(log_in("zhufang"), {**DEMAND, **change})

    assert answer.status_code == 422
    assert answer.json()["code"] == code
    assert [one["field"] for one in answer.json()["fields"]] == [field]
    assert not Case.objects.exists()


def test_a_kind_that_the_text_lacks_is_a_conflict_with_the_article(
    log_in: pages.LogIn, province: World
) -> None:
    answer = _post(log_in("zhufang"), {**DEMAND, "kind": "share_extension"})

    assert answer.status_code == 409
    assert answer.json()["cite"] == ["HL-22.1"]


@pytest.mark.clause("HL-25.1")
def test_whoever_may_be_either_party_says_which(
    log_in: pages.LogIn, whole: World, shared: Dataset
) -> None:
    dispute = {
        "kind": "dispute",
        "title": "是否属于履职所需",
        "parties": {"provider": "HLJ-JY"},
        "facts": {"dispute_matter": "对共享范围有不同意见"},
    }
    browser = log_in("zhufang")
    unclear = _post(browser, {**dispute, "parties": {}})
    assert unclear.json()["code"] == "party_unclear"
    assert _post(browser, {**dispute, "acts_as": "consumer"}).status_code == 201
    assert _post(browser, dispute).status_code == 201, "who is not the provider is the consumer"


def test_a_kind_with_a_page_of_its_own_says_where_it_begins(
    log_in: pages.LogIn, province: World, shared: Dataset
) -> None:
    application = {"kind": "share_application_conditional", "subject": f"dataset:{shared.code}"}
    answer = _post(log_in("zhufang"), {**application, "title": "申请共享"})

    assert answer.status_code == 422
    assert answer.json()["code"] == "begins_elsewhere"
    assert not Case.objects.filter(kind="share_application_conditional").exists()


@pytest.mark.clause("HL-12.3")
def test_a_room_that_checks_more_opens_its_own_kinds(
    log_in: pages.LogIn, province: World, graduates: Dataset
) -> None:
    entry = {"kind": "catalogue_review", "title": "报审", "subject": f"dataset:{graduates.code}"}
    stranger = _post(log_in("zhufang"), entry)
    assert stranger.status_code == 403
    answer = _post(log_in("jiaoyu"), entry)

    assert answer.status_code == 201
    graduates.refresh_from_db()
    assert graduates.status == "under_review"

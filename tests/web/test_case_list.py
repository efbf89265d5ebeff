"""The list of cases: searched on the page and over HTTP, turned over by key."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huitong.cases import actions as cases
from huitong.cases.models import Case
from huitong.catalogue import actions as catalogue
from huitong.catalogue.models import Dataset
from huitong.operations.demonstration.world import World
from huitong.organisations.models import Department
from huitong.web.views import case_list
from web import pages


@pytest.fixture
def submitted(province: World, graduates: Dataset, at: dt.datetime) -> Case:
    catalogue.submit_dataset(graduates, actor=province.actor("jiaoyu"), at=at)
    return Case.objects.get()


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("", True),
        ("?q=毕业生", True),
        ("?q=ML-230000", True),
        ("?q=学生毕", False),
        ("?party=教育厅&kind=catalogue_review&state=review&standing=open", True),
        ("?standing=closed", False),
        ("?standing=overdue", False),
        ("?profile=national-2025", False),
        ("?place=230000&since=2026-11-20&until=2026-11-20", True),
        ("?until=2026-11-19", False),
        ("?mine=on", False),
    ],
)
def test_the_page_finds_what_its_form_asks_for(
    log_in: pages.LogIn, submitted: Case, query: str, is_found: bool
) -> None:
    page = log_in("jiaoyu").get(f"/w/cases/{query}").content.decode()

    assert (submitted.number in page) is is_found


@pytest.mark.clause("HL-12.3")
def test_whom_a_case_waits_for_finds_it_among_the_own(log_in: pages.LogIn, submitted: Case) -> None:
    assert submitted.number in log_in("shuju").get("/w/cases/?mine=on").content.decode()


@pytest.mark.clause("HL-6.1")
def test_another_department_finds_nothing(log_in: pages.LogIn, submitted: Case) -> None:
    assert submitted.number not in log_in("minzheng").get("/w/cases/").content.decode()
    assert log_in("minzheng").get("/api/v1/cases").json() == []


@pytest.mark.parametrize("query", ["?kind=nothing", "?since=yesterday", "?state=review"])
def test_a_choice_that_there_is_not_is_told_on_its_field(
    log_in: pages.LogIn, submitted: Case, query: str
) -> None:
    assert log_in("jiaoyu").get(f"/w/cases/{query}").status_code == 422


def test_an_address_that_no_page_gave_out_is_refused(log_in: pages.LogIn) -> None:
    assert log_in("jiaoyu").get("/w/cases/?after=x").status_code == 422
    assert log_in("jiaoyu").get("/api/v1/cases?after=x").json()["code"] == "search_key"


def test_pages_are_turned_over_by_key_and_keep_what_was_asked(
    log_in: pages.LogIn, province: World, at: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_list, "_PAGE", 2)
    jiaoyu = province.actor("jiaoyu")
    home = Department.objects.get(pk=jiaoyu.department_id)
    numbers = [
        cases.open_case(
            kind="catalogue_review",
            jurisdiction=home.jurisdiction,
            subject=f"dataset:{n}",
            title="学校名录",
            parties={"provider": home},
            actor=jiaoyu,
            at=at,
        ).number
        for n in range(3)
    ]
    browser = log_in("jiaoyu")

    first = browser.get("/w/cases/?q=学校&standing=open")
    second = browser.get(f"/w/cases/{first.context['next']}")

    def shown(page: HttpResponse) -> list[str]:
        return [case["number"] for case in page.context["cases"]]  # type: ignore[attr-defined]

    assert shown(first) == [numbers[2], numbers[1]]
    assert shown(second) == [numbers[0]]
    assert "更早的办件" not in second.content.decode()
    assert "回到最新" in second.content.decode()
    assert "standing=open" in first.context["next"]


@pytest.mark.clause("HL-12.3")
def test_over_http_the_same_is_found_and_the_header_names_the_next_page(
    log_in: pages.LogIn, submitted: Case
) -> None:
    browser = log_in("shuju")

    def numbers(**asked: str) -> list[str]:
        return [case["number"] for case in browser.get("/api/v1/cases", asked).json()]

    assert (
        numbers()
        == numbers(
            q="毕业生",
            waits_for="HLJ-SJ",
            is_open="true",
        )
        == [submitted.number]
    )
    assert numbers(is_open="false") == []
    assert numbers(received_from="2026-11-21") == []
    assert not browser.get("/api/v1/cases").has_header("Link")


def test_the_page_takes_the_same_queries_for_one_case_and_for_many(
    log_in: pages.LogIn,
    submitted: Case,
    django_assert_max_num_queries: Callable[[int], CaptureQueriesContext],
) -> None:
    browser: Client = log_in("shuju")
    browser.get("/w/cases/")

    with django_assert_max_num_queries(14):
        assert submitted.number in browser.get("/w/cases/?q=毕业生&mine=on").content.decode()

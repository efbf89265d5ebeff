"""Several departments in one role at the start: on the page without scripts, and by HTTP."""

from typing import Any

import pytest

from huitong.cases.models import Case
from huitong.operations.demonstration.world import World
from web import pages
from web.test_starting import _choose

URL = "/w/start/source_designation/"
ASKED: dict[str, Any] = {
    "title": "人口信息协同采集",
    "about": "free",
    "reference": "",
    "fact_participants": "省教育厅\n省人力资源和社会保障厅",
    "party_co_collector": "HLJ-JY",
}


@pytest.fixture
def henan(province: World, whole: World) -> World:
    _choose(province, "henan-2020")
    return whole


def _codes(world: World) -> list[str]:
    return [code for code in world.departments if code not in ("HLJ-ZF", "HLJ-JY", "HLJ-SJ")]


@pytest.mark.clause("HN-10.2")
def test_find_brings_another_line_until_all_are_named(log_in: pages.LogIn, henan: World) -> None:
    browser, (second, *_) = log_in("zhufang"), _codes(henan)
    first = browser.get(URL).content.decode()
    assert 'name="party_co_collector"' in first
    assert 'name="party_co_collector#2"' not in first
    assert "须各自办理" in first

    more = browser.post(URL, {**ASKED, "act": "find"}).content.decode()
    assert 'name="party_co_collector#2"' in more
    browser.post(URL, {**ASKED, "party_co_collector#2": second})

    case = Case.objects.get()
    named = {seat: pk for seat, pk in case.parties.items() if seat.startswith("co_")}
    assert named == {
        "co_collector": henan.departments["HLJ-JY"].pk,
        "co_collector#2": henan.departments[second].pk,
    }
    page = browser.get(f"/w/cases/{case.number}/").content.decode()
    assert "尚待办理的部门" in page
    assert henan.departments[second].name in page


def test_one_department_named_twice_is_told_so(log_in: pages.LogIn, henan: World) -> None:
    answer = log_in("zhufang").post(URL, {**ASKED, "party_co_collector#2": "HLJ-JY"})

    assert answer.status_code == 422
    assert "同一部门只列一次" in answer.content.decode()
    assert not Case.objects.exists()


def _body(**parties: str | list[str]) -> dict[str, Any]:
    return {
        "kind": "source_designation",
        "title": "人口信息协同采集",
        "parties": parties,
        "facts": {"participants": ["省教育厅"]},
    }


@pytest.mark.clause("HN-10.2")
def test_the_interface_takes_a_list_where_the_kind_says_several(
    log_in: pages.LogIn, henan: World
) -> None:
    browser, (second, *_) = log_in("zhufang"), _codes(henan)
    lines = {line["kind"]: line for line in browser.get("/api/v1/kinds").json()}
    several = {p["key"]: p["several"] for p in lines["source_designation"]["parties"]}
    assert several == {"collector": None, "co_collector": "each"}

    answer = browser.post(
        "/api/v1/cases", _body(co_collector=["HLJ-JY", second]), content_type="application/json"
    )

    assert answer.status_code == 201
    assert set(Case.objects.get().parties) == {"collector", "co_collector", "co_collector#2"}


@pytest.mark.parametrize(
    ("parties", "field"),
    [
        ({"co_collector": ["HLJ-JY", "NOBODY"]}, "parties.co_collector"),
        ({"co_collector": "HLJ-JY", "collector": ["HLJ-ZF", "HLJ-JY"]}, "parties.collector"),
    ],
)
def test_what_the_article_does_not_allow_is_named(
    log_in: pages.LogIn, henan: World, parties: dict[str, Any], field: str
) -> None:
    answer = log_in("zhufang").post(
        "/api/v1/cases", _body(**parties), content_type="application/json"
    )

    assert answer.status_code >= 400
    assert [one["field"] for one in answer.json()["fields"]] == [field]
    assert not Case.objects.exists()

"""What a department above collected goes back to the one below, by each text that says so."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from catalogue.world import GRADUATES, LATER, NOON, SCHOOLS, TODAY
from huitong.cases import actions as cases
from huitong.cases.errors import KindAbsentError
from huitong.cases.models import Case, RegisterEntry
from huitong.catalogue.draft_types import Draft, DraftItem
from huitong.catalogue.types import IdentifierKind
from huitong.ledger.models import Entry
from huitong.organisations import actions as organisations
from huitong.organisations import queries
from huitong.organisations.models import Department
from huitong.organisations.types import SYSTEM, Actor, Level, PostRole
from huitong.sharing.errors import AreaItemError, NotTheirDataError
from huitong.sharing.models import Grant
from huitong.sharing.types import NO_END
from sharing.places import Place, found

BY_CODE = replace(
    GRADUATES,
    items=tuple(
        replace(item, identifier=IdentifierKind.DIVISION) if item.name == "division" else item
        for item in GRADUATES.items
    ),
)
OPEN = replace(SCHOOLS, items=(*SCHOOLS.items, DraftItem("division", "所在地")))
ABOVE_AND_BELOW = ("heilongjiang-2025", "national-2025")


def below(
    place: Place, code: str = "410100", level: Level = Level.CITY
) -> tuple[Department, Actor]:
    """Found a department in an area below the place, and its officer."""
    area = organisations.found_jurisdiction(
        code=code, name="某下级", level=level, parent=place.home, actor=SYSTEM, at=NOON
    )
    body = organisations.found_department(
        code="L-EDU", name="下级教育局", jurisdiction=area, actor=SYSTEM, at=NOON
    )
    person = organisations.register_person(username="lower", name="下级", actor=SYSTEM, at=NOON)
    organisations.appoint(
        person=person, department=body, role=PostRole.OFFICER, actor=SYSTEM, at=NOON
    )
    return body, queries.actor_of(person, TODAY)


def asked(place: Place, draft: Draft = GRADUATES, **facts: object) -> Case:
    """Have the department below ask for an entry of the one above."""
    body, officer = below(place)
    return cases.open_case(
        kind="return_flow",
        jurisdiction=place.home,
        subject=place.publish(draft, "entry-1").subject,
        title="毕业生登记回流",
        parties={"upper_department": place.provider, "lower_department": body},
        facts=facts,
        actor=officer,
        at=LATER,
    )


def supplied(place: Place, case: Case, **facts: object) -> Grant:
    cases.take_step(case, "supply.deliver", actor=place.teacher, facts=facts, at=LATER)
    return Grant.objects.get()


@pytest.mark.clause("HL-26.1", "HL-26.2", "NA-24.1", "NA-24.2")
@pytest.mark.parametrize("text", ABOVE_AND_BELOW)
def test_the_department_below_gets_all_items_of_its_own_area(db: None, text: str) -> None:
    place = found(text)
    grant = supplied(place, asked(place), area_item="所在地")

    assert grant.consumer.code == "L-EDU"
    assert [column["name"] for column in grant.columns] == place.names(grant.dataset)
    assert {column["mask"] for column in grant.columns} == {None}, "no further conditions"
    assert grant.row_filter == {"column": "division", "in": ["某下级"]}
    assert set(grant.cite) == ({"HL-26.1", "HL-26.2"} if text[0] == "h" else {"NA-24.1", "NA-24.2"})
    assert grant.application.use_until == NO_END
    entry = Entry.objects.get(kind="grant.issued")
    assert (entry.cite, entry.facts["row_filter"]) == (grant.cite, grant.row_filter)
    row = RegisterEntry.objects.get(register="return_flow")
    assert (row.holder, row.subject) == (grant.consumer, grant.dataset.subject)


@pytest.mark.clause("HL-26.1")
def test_an_item_of_division_codes_is_found_and_limited_by_every_code_of_the_area(
    db: None,
) -> None:
    place = found("heilongjiang-2025")
    grant = supplied(place, asked(place, BY_CODE))

    assert grant.row_filter is not None
    codes = grant.row_filter["in"]
    assert grant.row_filter["column"] == "division"
    assert {"410100", "410102"} <= set(codes)
    assert all(code.startswith("4101") for code in codes)


@pytest.mark.clause("HL-26.1", "HL-27.2")
def test_a_returned_grant_is_cut_off_like_any_other(db: None) -> None:
    place = found("heilongjiang-2025")
    case = asked(place)
    grant = supplied(place, case, area_item="division")
    lower = queries.actor_of(grant.consumer.posts.get().person, TODAY)
    order = cases.open_case(
        kind="use_rectification",
        jurisdiction=place.home,
        subject=grant.subject,
        title="超目的使用",
        parties={"provider": place.provider, "consumer": grant.consumer},
        facts={
            "trigger": "over_purpose",
            "problem": "用于履职以外",
            "rectify_by": (date(2026, 12, 1)).isoformat(),
        },
        actor=place.teacher,
        at=LATER,
    )
    cases.take_step(order, "rectify.decline", actor=lower, facts={"decline_reason": "x"}, at=LATER)
    cases.take_step(order, "judge.cut_off", actor=place.teacher, facts={"finding": "x"}, at=LATER)

    grant.refresh_from_db()
    assert grant.revoked_at == LATER
    assert list(Grant.objects.live(LATER + timedelta(days=1))) == []


@pytest.mark.clause("HL-26.1")
@pytest.mark.parametrize("named", ["", "没有这一项"])
def test_without_an_item_of_the_area_nothing_is_returned(db: None, named: str) -> None:
    place = found("heilongjiang-2025")
    case = asked(place)

    with pytest.raises(AreaItemError, match="所在地") as refused:
        supplied(place, case, **({"area_item": named} if named else {}))

    assert set(refused.value.cite) == {"HL-26.1", "HL-26.2"}
    assert Case.objects.get(pk=case.pk).state == "supply"
    assert not Grant.objects.exists()


@pytest.mark.clause("HL-26.1")
def test_a_department_returns_only_what_is_its_own(db: None) -> None:
    place = found("heilongjiang-2025")
    body, officer = below(place)
    case = cases.open_case(
        kind="return_flow",
        jurisdiction=place.home,
        subject=place.publish(GRADUATES, "entry-1").subject,
        title="回流",
        parties={"upper_department": place.consumer, "lower_department": body},
        facts={},
        actor=officer,
        at=LATER,
    )

    with pytest.raises(NotTheirDataError):
        cases.take_step(case, "supply.deliver", actor=place.clerk, facts={}, at=LATER)
    assert not RegisterEntry.objects.exists()


@pytest.mark.clause("HL-26.1")
def test_what_the_catalogue_does_not_list_is_on_record_alone(db: None) -> None:
    place = found("heilongjiang-2025")
    body, officer = below(place)
    case = cases.open_case(
        kind="return_flow",
        jurisdiction=place.home,
        subject=f"jurisdiction:{place.home.code}",
        title="学籍系统数据回流",
        parties={"upper_department": place.provider, "lower_department": body},
        facts={"source_system": "全省学籍系统", "area": "某下级"},
        actor=officer,
        at=LATER,
    )
    cases.take_step(case, "supply.deliver", actor=place.teacher, facts={}, at=LATER)

    row = RegisterEntry.objects.get(register="return_flow")
    assert row.facts == {"source_system": "全省学籍系统", "area": "某下级"}
    assert not Grant.objects.exists()


@pytest.mark.clause("MC-15")
def test_the_model_city_settles_the_mode_and_limits_to_no_area(db: None) -> None:
    place = found("model-city")
    case = cases.open_case(
        kind="return_flow",
        jurisdiction=place.home,
        subject=place.publish(GRADUATES, "entry-1").subject,
        title="上级系统数据回传",
        parties={"unit": place.consumer, "superior": place.provider},
        facts={"source_system": "统一部署的系统"},
        actor=place.clerk,
        at=LATER,
    )
    mode = {"mode": "接口"}
    cases.take_step(case, "agree.agree", actor=place.clerk, facts=mode, at=LATER)
    cases.take_step(case, "agree.agree", actor=place.teacher, facts=mode, at=LATER)
    cases.take_step(case, "supply.deliver", actor=place.clerk, facts={}, at=LATER)
    assert not Grant.objects.exists(), "it is still to be passed on to the city's centre"
    cases.take_step(case, "forward.report", actor=place.clerk, facts={}, at=LATER)

    grant = Grant.objects.get()
    assert (grant.consumer, grant.row_filter) == (place.consumer, None)
    assert RegisterEntry.objects.get(register="return_flow").facts["mode"] == "接口"


@pytest.mark.clause("HZ-12.2")
def test_under_the_huizhou_rules_the_bodies_at_the_grass_roots_get_their_part(db: None) -> None:
    place = found("huizhou-2024")
    body, _officer = below(place, "410102", Level.COUNTY)
    case = cases.open_case(
        kind="return_flow",
        jurisdiction=place.home,
        subject=place.publish(OPEN, "entry-1").subject,
        title="垂直系统数据回流",
        parties={"provider": place.provider, "grassroots_unit": body},
        facts={"source_system": "垂直业务系统"},
        actor=place.teacher,
        at=LATER,
    )
    paper = {"decided_by": "垂直系统管理单位", "decided_by_paper": "函〔2026〕1号"}
    cases.take_step(case, "supply.deliver", actor=place.teacher, facts=paper, at=LATER)
    cases.take_step(
        case, "forward.report", actor=place.teacher, facts={"area_item": "所在地"}, at=LATER
    )

    grant = Grant.objects.get()
    assert (grant.consumer, grant.row_filter) == (body, {"column": "division", "in": ["某下级"]})


@pytest.mark.parametrize("text", ["henan-2020", "county-2024"])
def test_a_text_without_return_flow_starts_none(db: None, text: str) -> None:
    place = found(text)
    with pytest.raises(KindAbsentError):
        cases.open_case(
            kind="return_flow",
            jurisdiction=place.home,
            subject=f"jurisdiction:{place.home.code}",
            title="回流",
            parties={},
            facts={},
            actor=place.teacher,
            at=LATER,
        )

"""A city's or county's entry is reviewed one level up before it is published (art. 12)."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from cases.scene import MONDAY, Scene
from huitong.cases import actions, queries
from huitong.cases.errors import FactNotAskedError, UnknownStepError, WrongPersonError
from huitong.cases.models import Case
from huitong.organisations import actions as organisations
from huitong.organisations import queries as organisation_queries
from huitong.organisations.errors import NoAuthorityError
from huitong.organisations.models import Department, Jurisdiction
from huitong.organisations.types import SYSTEM, Actor, Level, PostRole

HOUR = timedelta(hours=1)
Place = tuple[Jurisdiction, Department, Actor, Actor]


@pytest.fixture
def found(scene: Scene) -> Callable[..., Place]:
    def place(code: str, name: str, level: Level, parent: Jurisdiction) -> Place:
        """Found a place; return it with a bureau, the bureau's officer and its authority's."""
        home = organisations.found_jurisdiction(
            code=code, name=name, level=level, parent=parent, actor=SYSTEM, at=MONDAY
        )
        authority, bureau = (
            organisations.found_department(
                code=f"{code}-{suffix}", name=f"{name}{title}", jurisdiction=home,
                actor=SYSTEM, at=MONDAY,
            )
            for suffix, title in (("DATA", "数据局"), ("EDU", "教育局"))
        )  # fmt: skip
        organisations.assign_duty(
            jurisdiction=home, duty="catalogue", department=authority, actor=SYSTEM, at=MONDAY
        )
        return home, bureau, officer(bureau), officer(authority)

    return place


def officer(department: Department) -> Actor:
    person = organisations.register_person(
        username=department.code.lower(), name=department.name, actor=SYSTEM, at=MONDAY
    )
    organisations.appoint(
        person=person, department=department, role=PostRole.OFFICER, actor=SYSTEM, at=MONDAY,
        since=date(2026, 1, 1),
    )  # fmt: skip
    return organisation_queries.actor_of(person, date(2026, 3, 2))


def submit(home: Jurisdiction, bureau: Department, actor: Actor) -> Case:
    return actions.open_case(
        kind="catalogue_review", jurisdiction=home, subject="dataset:X", title="学校名录",
        parties={"provider": bureau}, actor=actor, at=MONDAY,
    )  # fmt: skip


@pytest.mark.clause("HL-12.2")
def test_a_citys_entry_is_published_when_the_province_has_reviewed_it(
    scene: Scene, found: Callable[..., Place]
) -> None:
    city, bureau, clerk, data_bureau = found("230100", "哈尔滨市", Level.CITY, scene.province)
    case = actions.take_step(
        submit(city, bureau, clerk), "review.approve", actor=data_bureau, at=MONDAY
    )

    assert case.state == "higher_review"
    assert case.events.get(seq=2).facts == {"below_province": True}
    assert not scene.effects
    assert [todo.case for todo in queries.todo_for(scene.actor("authority"), MONDAY)] == [case]
    assert {step.name for step in queries.steps_open_to(case, scene.actor("authority"))} == {
        "higher_review.approve", "higher_review.return",
    }  # fmt: skip
    with pytest.raises(WrongPersonError, match="one level up") as refused:
        actions.take_step(case, "higher_review.approve", actor=data_bureau, at=MONDAY)
    assert refused.value.cite == ("HL-12.2",)

    case = actions.take_step(
        case, "higher_review.approve", actor=scene.actor("authority"), at=MONDAY + HOUR
    )
    assert case.state == "published"
    assert scene.effects == [("publish_dataset", case.number, 3)]


@pytest.mark.clause("HL-12.2")
def test_one_level_up_of_a_county_is_its_city_and_not_the_province(
    scene: Scene, found: Callable[..., Place]
) -> None:
    city, _, _, of_city = found("230100", "哈尔滨市", Level.CITY, scene.province)
    county, bureau, clerk, of_county = found("230111", "呼兰区", Level.COUNTY, city)
    case = actions.take_step(
        submit(county, bureau, clerk), "review.approve", actor=of_county, at=MONDAY
    )

    with pytest.raises(WrongPersonError):
        actions.take_step(case, "higher_review.approve", actor=scene.actor("authority"), at=MONDAY)
    case = actions.take_step(case, "higher_review.approve", actor=of_city, at=MONDAY)
    assert case.state == "published"


@pytest.mark.clause("HL-12.2", "HL-12.3")
def test_only_comments_of_the_own_level_are_met_within_five_days(
    scene: Scene, found: Callable[..., Place]
) -> None:
    city, bureau, clerk, own = found("230100", "哈尔滨市", Level.CITY, scene.province)
    opinion = {"opinion": "请补充更新频率"}
    case = submit(city, bureau, clerk)
    case = actions.take_step(case, "review.return", actor=own, at=MONDAY, facts=opinion)
    due = queries.due_of(case)
    assert due is not None
    assert due.day == date(2026, 3, 9)

    case = actions.take_step(case, "revise.resubmit", actor=clerk, at=MONDAY)
    case = actions.take_step(case, "review.approve", actor=own, at=MONDAY)
    assert queries.due_of(case) is None
    case = actions.take_step(
        case, "higher_review.return", actor=scene.actor("authority"), at=MONDAY, facts=opinion
    )
    assert case.state == "revise"
    assert queries.due_of(case) is None

    case = actions.take_step(case, "revise.resubmit", actor=clerk, at=MONDAY)
    assert case.state == "review"
    case = actions.take_step(case, "review.return", actor=own, at=MONDAY, facts=opinion)
    assert queries.due_of(case) is not None


@pytest.mark.clause("HL-12.2")
def test_nobody_says_of_a_city_that_it_is_the_province_or_refuses_one_level_up(
    scene: Scene, found: Callable[..., Place]
) -> None:
    city, bureau, clerk, own = found("230100", "哈尔滨市", Level.CITY, scene.province)
    case = submit(city, bureau, clerk)
    with pytest.raises(FactNotAskedError, match="below_province"):
        actions.take_step(
            case, "review.approve", actor=own, at=MONDAY, facts={"below_province": False}
        )

    case = actions.take_step(case, "review.approve", actor=own, at=MONDAY)
    with pytest.raises(UnknownStepError):
        actions.take_step(case, "higher_review.refuse", actor=scene.actor("authority"), at=MONDAY)


@pytest.mark.clause("HL-12.2")
def test_where_nobody_is_in_charge_one_level_up_the_approval_is_refused(
    scene: Scene, found: Callable[..., Place]
) -> None:
    city, bureau, clerk, own = found("230100", "哈尔滨市", Level.CITY, scene.province)
    case = submit(city, bureau, clerk)
    scene.province.duties.filter(duty="catalogue").delete()

    with pytest.raises(NoAuthorityError) as refused:
        actions.take_step(case, "review.approve", actor=own, at=MONDAY)

    assert refused.value.cite == ("HL-12.2",)


def test_the_provinces_own_entry_has_nobody_above(scene: Scene) -> None:
    case = actions.take_step(
        scene.submit_entry(), "review.approve", actor=scene.actor("authority"), at=MONDAY
    )

    assert case.state == "published"

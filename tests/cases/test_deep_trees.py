"""Six levels of areas: whoever oversees a village by its line finds it wherever areas are asked."""

import datetime as dt

import pytest

from cases.scene import APPLICATION, DUTIES, MONDAY, Scene
from huitong.cases import actions, search, simulating
from huitong.cases.search import Wanted
from huitong.organisations import actions as organisations
from huitong.organisations import queries, rules
from huitong.organisations.models import Jurisdiction
from huitong.organisations.types import SYSTEM, Level, Newcomer
from huitong.regulations import profiles
from huitong.sharing import return_flow
from huitong.web import insight

BELOW = (
    ("230100", "哈尔滨市", Level.CITY),
    ("230123", "依兰县", Level.COUNTY),
    ("230123100", "依兰镇", Level.TOWN),
    ("230123100200", "某村", Level.VILLAGE),
)
TODAY = dt.date(2026, 3, 2)


@pytest.fixture
def villages(scene: Scene) -> Scene:
    """The province with a case on each level below it."""
    place = scene.province
    for code, name, level in BELOW:
        place = organisations.found_jurisdiction(
            code=code, name=name, level=level, parent=place, actor=SYSTEM, at=MONDAY
        )
        authority, office = (
            organisations.found_department(
                code=f"{letter}{code}", name=name, jurisdiction=place, actor=SYSTEM, at=MONDAY
            )
            for letter in "AP"
        )
        for duty in DUTIES:
            organisations.assign_duty(
                jurisdiction=place, duty=duty, department=authority, actor=SYSTEM, at=MONDAY
            )
        clerk = organisations.appoint(
            person=Newcomer(f"u{code}", "某人"), department=office, role="officer",
            since=TODAY, actor=SYSTEM, at=MONDAY,
        ).person  # fmt: skip
        actions.open_case(
            kind="share_application_conditional", jurisdiction=place, subject="dataset:X",
            title=name, parties={"provider": authority, "consumer": office}, facts=APPLICATION,
            actor=queries.actor_of(clerk, TODAY), at=MONDAY,
        )  # fmt: skip
    return scene


@pytest.mark.clause("HL-5")
def test_what_an_authority_oversees_by_its_line_is_found_on_every_page(villages: Scene) -> None:
    authority = villages.actor("authority")
    village = Jurisdiction.objects.get(code="230123100200")
    assert rules.oversees(authority, village.lineage())

    found = search.find(Wanted(), reader=authority, at=MONDAY).cases
    tried = simulating.simulate(
        profiles.load("national-2025"), TODAY, jurisdiction=villages.province
    )
    read = {entry.subject for entry in insight.readable_entries(authority)}

    names = {name for _, name, _ in BELOW}
    assert {case.title for case in found} == names
    assert {one.number for one in tried} == {case.number for case in found}
    assert {f"department:P{code}" for code, _, _ in BELOW} <= read


def test_a_return_flow_reaches_every_level_below_the_receiver(villages: Scene) -> None:
    named = return_flow.values_of(villages.province, coded=False)

    assert set(named) >= {name for _, name, _ in BELOW}


def test_a_town_holds_its_village_and_not_its_county(villages: Scene) -> None:
    within = queries.places_within(["230123100"])

    assert [place.code for place in within] == ["230123100", "230123100200"]
    assert not queries.places_within([])

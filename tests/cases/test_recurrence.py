"""What a text wants every year, and who is told that it is missing."""

from datetime import UTC, datetime

import pytest

from cases.scene import MONDAY, Scene
from huitong.cases import actions, notices, recurrence
from huitong.cases.models import Notice
from huitong.organisations import actions as organisations
from huitong.organisations.types import SYSTEM
from huitong.regulations import profiles

OCTOBER = datetime(2026, 10, 2, 2, 0, tzinfo=UTC)  # 90 days before the end of the year
DECEMBER = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)  # 30 days


@pytest.fixture
def huizhou(scene: Scene) -> Scene:
    organisations.choose_regulation(
        scene.province, profile_id="huizhou-2024", actor=SYSTEM, at=MONDAY
    )
    for duty in profiles.load("huizhou-2024").duties:
        organisations.assign_duty(
            jurisdiction=scene.province, duty=duty, department=scene.authority, actor=SYSTEM,
            at=MONDAY,
        )  # fmt: skip
    scene.province.refresh_from_db()
    return scene


@pytest.mark.clause("HZ-14.3")
def test_each_institution_without_an_opening_plan_is_told_90_and_30_days_before_the_year_ends(
    huizhou: Scene,
) -> None:
    assert recurrence.note_missing(MONDAY) == []
    actions.open_case(
        kind="opening_plan_filing", jurisdiction=huizhou.province, subject="plan:2026",
        title="2026年开放计划", parties={"provider": huizhou.provider},
        facts={"opening_plan": "年度开放计划", "plan_year": 2026},
        actor=huizhou.actor("provider"), at=MONDAY,
    )  # fmt: skip

    for at in (OCTOBER, OCTOBER, DECEMBER):
        assert ("230000", "opening_plan_filing") in recurrence.note_missing(at)

    told = Notice.objects.filter(kind="recurring", subject="recurring:opening_plan_filing@230000")
    assert sorted(one.seq for one in told if one.department_id == huizhou.consumer.pk) == [
        202630,
        202690,
    ]
    assert not told.filter(department=huizhou.provider).exists()
    assert told[0].cite == ["HZ-14.3", "HZ-14.4"]


@pytest.mark.clause("HZ-22")
def test_the_yearly_evaluation_is_asked_of_whoever_is_to_plan_it(huizhou: Scene) -> None:
    recurrence.note_missing(OCTOBER)

    mine = notices.to_actor(huizhou.actor("authority")).filter(kind="recurring")
    assert {one.facts["kind"] for one in mine} >= {"evaluation"}
    assert mine.get(facts__kind="evaluation").duty


@pytest.mark.clause("CT-24")
def test_where_a_text_says_regularly_and_no_number_nobody_is_told(scene: Scene) -> None:
    recurs = profiles.load("county-2024").kinds["evaluation"].recurs
    assert recurs is not None
    assert (recurs.yearly, recurs.own_period) == (False, "regularly")
    organisations.choose_regulation(
        scene.province, profile_id="county-2024", actor=SYSTEM, at=MONDAY
    )

    assert recurrence.note_missing(OCTOBER) == []
    assert not Notice.objects.filter(kind="recurring").exists()

"""Papers and delegations that soon run out: the bodies are told, by the platform's own rule."""

from datetime import date, datetime, timedelta

import pytest

from cases.scene import MONDAY, Scene
from huitong.cases import notices, running_out
from huitong.cases.models import Notice
from huitong.organisations import actions
from huitong.organisations.models import Paper
from huitong.organisations.types import SYSTEM

DAY = timedelta(days=1)
ENDS = date(2026, 5, 1)


def told(scene: Scene, username: str) -> list[int]:
    rows = notices.to_actor(scene.actor(username)).filter(kind="expiring")
    return sorted(rows.values_list("seq", flat=True), reverse=True)


def days_before(days: int) -> datetime:
    return MONDAY + (ENDS - MONDAY.date() - days * DAY)


@pytest.fixture
def paper(scene: Scene) -> Paper:
    return actions.file_paper(
        department=scene.provider, kind="management_rules", title="数据管理制度",
        since=date(2026, 3, 1), until=ENDS, actor=scene.actor("provider"), at=MONDAY,
    )  # fmt: skip


def test_a_paper_is_announced_to_its_department_thirty_and_seven_days_before(
    scene: Scene, paper: Paper
) -> None:
    for days, expected in ((31, []), (30, [30]), (29, [30]), (8, [30]), (7, [30, 7]), (1, [30, 7])):
        running_out.note_running_out(days_before(days))
        running_out.note_running_out(days_before(days))
        assert told(scene, "provider") == expected

    one = Notice.objects.filter(subject=f"paper:{paper.pk}").first()
    assert one is not None
    assert one.cite == []  # no article asks for it, and none is named
    assert one.facts == {
        "paper": paper.pk, "title": "数据管理制度", "ends": "2026-05-01", "own_rule": True,
    }  # fmt: skip
    assert told(scene, "consumer") == told(scene, "authority") == []
    assert running_out.note_running_out(days_before(0)) == []


def test_a_sweep_that_comes_late_tells_once_of_the_nearest_mark(scene: Scene, paper: Paper) -> None:
    assert running_out.note_running_out(days_before(3)) == [f"paper:{paper.pk}"]
    assert told(scene, "provider") == [7]


def test_nothing_is_said_of_papers_that_are_followed_or_of_departments_that_ended(
    scene: Scene, paper: Paper
) -> None:
    actions.file_paper(
        department=scene.provider, kind="management_rules", title="数据管理制度（修订）",
        since=date(2026, 4, 1), follows=paper, actor=scene.actor("provider"),
        at=days_before(20),
    )  # fmt: skip
    actions.file_paper(
        department=scene.consumer, kind="management_rules", title="制度", since=date(2026, 3, 1),
        until=ENDS, actor=scene.actor("consumer"), at=MONDAY,
    )  # fmt: skip
    actions.end_department(
        scene.consumer, successor=scene.provider, day=date(2026, 4, 10), paper="文", actor=SYSTEM,
        at=days_before(20),
    )  # fmt: skip

    assert running_out.note_running_out(days_before(7)) == []
    assert not Notice.objects.filter(kind="expiring").exists()


def test_a_delegation_is_announced_to_who_gave_and_who_holds_it(scene: Scene) -> None:
    lent = actions.delegate(
        jurisdiction=scene.province, duty="sharing", department=scene.provider,
        since=date(2026, 3, 2), until=ENDS, paper="委托书1号", actor=SYSTEM, at=MONDAY,
    )  # fmt: skip

    assert running_out.note_running_out(days_before(31)) == []
    assert running_out.note_running_out(days_before(30)) == [f"delegation:{lent.pk}"]
    assert told(scene, "authority") == told(scene, "provider") == [30]
    actions.end_delegation(lent, actor=SYSTEM, at=days_before(29))
    assert running_out.note_running_out(days_before(7)) == []

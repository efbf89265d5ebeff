"""Until when, for whom, and what the passing of time does.

The days were worked out by hand from the calendar of 2026: 2 March is a Monday, 4 to 6 April are
days off for Qingming, and nothing else in between is.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test.utils import CaptureQueriesContext

from cases.scene import MONDAY, Scene
from huitong.cases import actions, computed, deadlines, queries, tasks
from huitong.cases.errors import WrongPersonError
from huitong.cases.models import Case
from huitong.ledger.models import Entry

DAY = timedelta(days=1)


@pytest.mark.clause("HL-22.3")
def test_the_provider_has_one_working_day(scene: Scene) -> None:
    friday = datetime(2026, 3, 6, 8, 0, tzinfo=UTC)

    assert queries.due_of(scene.apply(MONDAY)).day == date(2026, 3, 3)  # type: ignore[union-attr]
    assert queries.due_of(scene.apply(friday)).day == date(2026, 3, 9)  # type: ignore[union-attr]


@pytest.mark.clause("HL-12.3")
def test_the_department_has_five_working_days_to_revise_and_the_authority_no_number(
    scene: Scene,
) -> None:
    case = scene.submit_entry()
    assert queries.due_of(case) is None

    case = actions.take_step(
        case, "review.return", actor=scene.actor("authority"), facts={"opinion": "x"},
        at=datetime(2026, 4, 1, 2, 0, tzinfo=UTC),
    )  # fmt: skip

    # Wednesday 1 April; 2, 3, (4-6 Qingming) 7, 8, 9.
    assert queries.due_of(case).day == date(2026, 4, 9)  # type: ignore[union-attr]


@pytest.mark.clause("HL-27.1")
def test_rectification_ends_on_the_day_of_the_order(scene: Scene) -> None:
    due = queries.due_of(scene.order_rectification("2026-03-14"))  # a Saturday, as ordered

    assert due is not None
    assert due.day == date(2026, 3, 14)


def test_a_decided_case_has_no_due_day(scene: Scene) -> None:
    case = actions.take_step(scene.apply(), "reply.grant", actor=scene.actor("provider"), at=MONDAY)

    assert queries.due_of(case) is None


@pytest.mark.clause("HL-22.3")
def test_a_todo_says_until_when_and_why(scene: Scene) -> None:
    case = scene.apply()

    (todo,) = queries.todo_for(scene.actor("provider"), MONDAY)

    assert todo.case == case
    assert todo.state_names.zh == "提供部门审核"
    assert todo.role_names.zh == "数据提供部门"
    assert todo.due is not None
    assert todo.due.day == date(2026, 3, 3)
    assert (todo.remaining, todo.is_overdue) == (1, False)
    assert todo.article.zh == "《黑龙江省政务数据管理暂行办法》第二十二条第二款第（二）项"
    assert "2026年3月3日" in todo.explanation.zh
    assert "2026-03-03" in todo.explanation.en
    assert {step.name for step in todo.steps} == {"reply.grant", "reply.refuse"}


def test_a_case_is_on_the_list_of_whom_it_waits_for_and_of_nobody_else(scene: Scene) -> None:
    scene.apply()
    entry = scene.submit_entry()

    def numbers(username: str) -> list[str]:
        return [todo.case.number for todo in queries.todo_for(scene.actor(username), MONDAY)]

    assert numbers("consumer") == []
    assert numbers("provider") == ["GX-230000-2026-000001"]
    assert numbers("authority") == [entry.number]

    actions.take_step(
        entry, "review.return", actor=scene.actor("authority"), facts={"opinion": "x"}, at=MONDAY
    )
    assert numbers("authority") == []
    assert numbers("provider") == ["GX-230000-2026-000001", entry.number]


def test_one_case_that_two_bodies_may_judge_is_on_both_lists_once(scene: Scene) -> None:
    case = actions.take_step(
        scene.order_rectification("2026-03-10"), "rectify.report",
        actor=scene.actor("consumer"), at=MONDAY, facts={"report": "已关闭越权调用"},
    )  # fmt: skip

    for username in ("authority", "provider"):
        todos = queries.todo_for(scene.actor(username), MONDAY)
        assert [todo.case for todo in todos] == [case]


def test_the_most_urgent_case_comes_first(scene: Scene) -> None:
    entry = scene.submit_entry(MONDAY - DAY)
    actions.take_step(
        entry, "review.return", actor=scene.actor("authority"), facts={"opinion": "x"},
        at=MONDAY - DAY,
    )  # fmt: skip
    late = scene.apply(MONDAY)

    todos = queries.todo_for(scene.actor("provider"), MONDAY)

    assert [todo.case for todo in todos] == [late, entry]


@pytest.mark.parametrize("cases", [1, 12])
def test_a_list_of_any_length_asks_the_database_four_times(
    scene: Scene, cases: int, django_assert_num_queries: Callable[[int], CaptureQueriesContext]
) -> None:
    for _ in range(cases):
        scene.apply()
        actions.take_step(
            scene.submit_entry(), "review.return", actor=scene.actor("authority"),
            facts={"opinion": "x"}, at=MONDAY,
        )  # fmt: skip
    actor = scene.actor("provider")

    with django_assert_num_queries(4):
        todos = queries.todo_for(actor, MONDAY)

    assert len(todos) == 2 * cases


def test_remaining_days_are_working_days() -> None:
    from huitong.regulations.clocks import due  # noqa: PLC0415
    from huitong.regulations.types import TimeLimit  # noqa: PLC0415

    limit = TimeLimit(cite=("HL-12.3",), amount=5, unit="working_days", start="receipt")
    by = due(limit, datetime(2026, 4, 1, 2, 0, tzinfo=UTC))

    assert by.day == date(2026, 4, 9)
    assert deadlines.remaining(by, date(2026, 4, 3)) == 3
    assert deadlines.remaining(by, date(2026, 4, 9)) == 0
    assert deadlines.remaining(by, date(2026, 4, 13)) == -2


@pytest.mark.clause("HL-22.3", "HL-42.2")
def test_a_late_case_is_noted_once_and_nothing_else_happens_to_it(scene: Scene) -> None:
    case = scene.apply()
    evening = queries.due_of(case).at  # type: ignore[union-attr]

    assert tasks.note_overdue(evening) == []
    assert tasks.note_overdue(evening + timedelta(seconds=1)) == [case.number]
    assert tasks.note_overdue(evening + DAY) == []

    noted = Entry.objects.get(kind="case.overdue")
    assert noted.actor == "system:huitong"
    assert noted.cite == ["HL-22.3", "HL-42.2"]
    assert noted.facts["due"] == "2026-03-03"
    assert Case.objects.get().state == "reply"
    (todo,) = queries.todo_for(scene.actor("provider"), evening + DAY)
    assert (todo.is_overdue, todo.remaining) == (True, -1)


def test_each_stay_that_is_late_is_noted_for_itself(scene: Scene) -> None:
    entry = scene.submit_entry()
    for _ in range(2):
        entry = actions.take_step(
            entry, "review.return", actor=scene.actor("authority"), facts={"opinion": "x"},
            at=MONDAY,
        )  # fmt: skip
        assert tasks.note_overdue(MONDAY + 30 * DAY) == [entry.number]
        assert tasks.note_overdue(MONDAY + 31 * DAY) == []
        entry = actions.take_step(
            entry, "revise.resubmit", actor=scene.actor("provider"), at=MONDAY
        )

    assert Entry.objects.filter(kind="case.overdue").count() == 2


@pytest.mark.clause("HL-22.3")
def test_late_or_not_the_provider_still_decides(scene: Scene) -> None:
    case = actions.take_step(
        scene.apply(), "reply.grant", actor=scene.actor("provider"), at=MONDAY + 20 * DAY
    )

    assert case.state == "granted"


@pytest.mark.clause("HL-27.2")
def test_an_order_that_nobody_answered_goes_to_judgement_by_itself(scene: Scene) -> None:
    case = scene.order_rectification("2026-03-10")
    day_over = queries.due_of(case).at  # type: ignore[union-attr]

    assert tasks.take_lapsed(day_over) == []
    assert tasks.take_lapsed(day_over + timedelta(seconds=1)) == [case.number]
    assert tasks.take_lapsed(day_over + DAY) == []

    case.refresh_from_db()
    assert case.state == "judge"
    lapse = case.events.get(seq=2)
    assert (lapse.step, lapse.person_id, lapse.role) == ("rectify.lapse", None, "clock")


def test_nobody_takes_the_clocks_step_in_its_place(scene: Scene) -> None:
    case = scene.order_rectification("2026-03-10")

    for username in ("authority", "provider", "consumer"):
        with pytest.raises(WrongPersonError):
            actions.take_step(
                case, "rectify.lapse", actor=scene.actor(username), at=MONDAY + 20 * DAY
            )


@pytest.mark.clause("HL-16.2")
def test_data_in_use_is_supplied_for_six_more_months(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(computed.CLAIMS.held, "in_use", lambda _case, _at, _stated: True)
    case = actions.open_case(
        kind="catalogue_withdrawal", jurisdiction=scene.province, subject="dataset:X", title="x",
        parties={"provider": scene.provider}, facts={"change_source": "law"},
        actor=scene.actor("provider"), at=MONDAY,
    )  # fmt: skip
    case = actions.take_step(case, "review.approve", actor=scene.actor("authority"), at=MONDAY)
    assert case.state == "wind_down"

    assert tasks.take_lapsed(MONDAY + 184 * DAY) == []  # 2 September: the last of the six months
    assert not scene.effects
    assert tasks.take_lapsed(MONDAY + 185 * DAY) == [case.number]
    assert [name for name, *_ in scene.effects] == ["withdraw_dataset"]


@pytest.mark.clause("HL-16.1")
def test_data_that_nobody_uses_goes_at_once(scene: Scene) -> None:
    case = actions.open_case(
        kind="catalogue_withdrawal", jurisdiction=scene.province, subject="dataset:X", title="x",
        parties={"provider": scene.provider}, facts={"change_source": "duty"},
        actor=scene.actor("provider"), at=MONDAY,
    )  # fmt: skip

    case = actions.take_step(case, "review.approve", actor=scene.actor("authority"), at=MONDAY)

    assert case.closed_at is not None


def test_officers_see_the_steps_that_are_theirs(scene: Scene) -> None:
    case = scene.apply()

    def steps(username: str) -> list[str]:
        return sorted(step.name for step in queries.steps_open_to(case, scene.actor(username)))

    assert steps("provider") == ["reply.grant", "reply.refuse"]
    assert steps("consumer") == ["apply.withdraw"]
    assert steps("authority") == []

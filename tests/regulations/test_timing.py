"""What a running case's clock starts from, told from its events alone."""

from __future__ import annotations

from datetime import date

import pytest

from huitong.regulations import clocks, timing
from huitong.regulations.types import Happened
from regulations.walking import Walk, beijing, table


def withdrawn_on(day: str) -> Walk:
    walk = Walk(table("catalogue_withdrawal"))
    walk.take("apply.submit", beijing("2026-03-02"), {})
    walk.take("review.approve", beijing(day), {"in_use": True})
    return walk


@pytest.mark.clause("HL-16.2")
def test_a_wait_runs_from_the_decision_and_may_end_on_a_day_off() -> None:
    walk = withdrawn_on("2026-03-06")
    wait = timing.waits_until(walk.table, walk.history)

    assert walk.state == "wind_down"
    assert wait is not None
    assert wait.day == date(2026, 9, 6)  # a Sunday: an earliest day is not put off
    assert timing.due_of(walk.table, walk.history) is None


def test_where_nothing_is_waited_for_there_is_no_earliest_day() -> None:
    walk = Walk(table("catalogue_withdrawal"))
    walk.take("apply.submit", beijing("2026-03-02"), {})

    assert timing.waits_until(walk.table, walk.history) is None


@pytest.mark.clause("HL-34.1")
@pytest.mark.parametrize(
    ("sent", "day"),
    [
        ("2026-03-02", date(2026, 3, 9)),
        ("2026-03-02T09:00:00", date(2026, 3, 9)),  # without a zone: the place's own time
        ("2026-03-02T23:30:00", date(2026, 3, 9)),
        ("2026-03-02T23:30:00+00:00", date(2026, 3, 10)),  # the 3rd in Harbin
        ("2026-03-02T23:30:00+08:00", date(2026, 3, 9)),
    ],
)
def test_sending_counts_by_the_day_that_it_was_in_the_place(sent: str, day: date) -> None:
    made = table("open_application")
    state = next(s for s in made.states.values() if any(t.start == "sending" for t in s.times))
    opened = Happened("apply.submit", "apply", beijing("2026-03-04"), {"sent_at": sent}, state.name)

    due = timing.due_of(made, [opened])

    assert due is not None
    assert due.day == day


@pytest.mark.clause("HL-15")
def test_the_start_is_told_by_the_name_of_the_fact_or_of_the_decision() -> None:
    walk = Walk(table("catalogue_update"))
    walk.take("change.report", beijing("2026-03-04"), {"change_day": "2026-03-02"})
    due = timing.due_of(walk.table, walk.history)
    assert due is not None
    assert due.day == date(2026, 3, 5)
    assert due.start_names == walk.table.facts["change_day"].names

    wait = timing.waits_until(table("catalogue_withdrawal"), withdrawn_on("2026-03-06").history)
    assert wait is not None
    assert wait.start_names.zh == "“主管部门审核”作出之日"
    assert "“主管部门审核”作出之日" in clocks.explain(wait, "zh")


@pytest.mark.clause("HL-27.1")
def test_an_order_without_its_date_starts_no_clock() -> None:
    made = table("use_rectification")
    state = next(s for s in made.states.values() if any(t.set_in for t in s.times))
    opened = Happened("order.issue", "order", beijing("2026-03-02"), {}, state.name)

    assert timing.due_of(made, [opened]) is None


@pytest.mark.clause("HL-16.2")
def test_a_period_runs_from_its_own_decision_and_not_from_one_taken_since() -> None:
    walk = withdrawn_on("2026-03-06")
    wait = timing.waits_until(walk.table, walk.history)
    entered = walk.history[-1]
    later = Happened("wind_down.note", "check", beijing("2026-04-07"), {}, entered.to_state)

    assert timing.waits_until(walk.table, [*walk.history, later]) == wait

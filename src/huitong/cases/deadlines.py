"""Clocks of stored cases: their events as the regulations see them. Nothing here is ever stored."""

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from huitong.cases.models import CaseEvent
from huitong.regulations import timing
from huitong.regulations.calendars import MAINLAND, WorkingCalendar
from huitong.regulations.clocks import Due
from huitong.regulations.types import FlatTable, Happened, Step


def history_of(events: Sequence[CaseEvent]) -> list[Happened]:
    """Return events, oldest first, as clocks read them."""
    return [
        Happened(
            step=event.step,
            stage=event.step.partition(".")[0],
            at=event.at,
            facts=event.facts,
            to_state=event.to_state,
        )
        for event in events
    ]


def due(
    table: FlatTable,
    events: Sequence[CaseEvent],
    calendar: WorkingCalendar = MAINLAND,
) -> Due | None:
    """Return the last lawful day of the present state; None where no period runs."""
    own_days = events[-1].own_days if events else None
    return timing.due_of(table, history_of(events), calendar, own_days=own_days)


def lapsed(
    table: FlatTable,
    state: str,
    events: Sequence[CaseEvent],
    at: dt.datetime,
    calendar: WorkingCalendar = MAINLAND,
) -> Step | None:
    """Return the step that time alone takes at `at`: a wait is over, or a period has run out.

    A period that a body set for itself lapses nowhere: no text gives it an effect.
    """
    row = next((step for step in table.steps_from(state) if step.by_clock), None)
    if row is None:
        return None
    history = history_of(events)
    wait = timing.waits_until(table, history, calendar)
    if wait is not None:
        return row if timezone.localdate(at) > wait.day else None
    limit = timing.due_of(table, history, calendar)
    return row if limit is not None and at > limit.at else None


def remaining(due_: Due, today: dt.date, calendar: WorkingCalendar = MAINLAND) -> int:
    """Return the working days after `today` up to the due day; negative when that is past."""
    return calendar.worked_between(today, due_.day)

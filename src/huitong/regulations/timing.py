"""The clock of a running case, from its flat table and its events alone.

Due days are computed and not stored, so that a new holiday notice moves them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import pairwise
from typing import cast
from zoneinfo import ZoneInfo

from huitong.regulations import rules
from huitong.regulations.calendars import MAINLAND, WorkingCalendar
from huitong.regulations.clocks import Due, Pause, due
from huitong.regulations.types import FlatTable, Happened, Names, State, TimeLimit


def due_of(
    table: FlatTable,
    history: Sequence[Happened],
    calendar: WorkingCalendar = MAINLAND,
    *,
    own_days: int | None = None,
) -> Due | None:
    """Return until when the present state is to be left, with the reason.

    None where the text sets no period, where it sets none in numbers and the body has not
    chosen `own_days`, at an end, and while a supplement has stopped the clock.
    """
    state = table.states[history[-1].to_state]
    facts = merged(history)
    limit = rules.limit_of(state, facts)
    if limit is None or state.is_end or state.pauses:
        return None
    if limit.own_period is not None and own_days is None:
        return None
    set_day = _day_in(facts.get(limit.set_in)) if limit.set_in else None
    start = _start_of(table, limit, history)
    if start is None or (limit.set_in and set_day is None):
        return None
    return due(
        limit,
        start,
        calendar,
        extensions=state.extensions,
        pauses=_pauses(table, state, history),
        set_day=set_day,
        own_days=own_days,
        settings=table.clock,
        start_names=_start_names(table, limit),
    )


def waits_until(
    table: FlatTable, history: Sequence[Happened], calendar: WorkingCalendar = MAINLAND
) -> Due | None:
    """Return the last day of a state's waiting time (`wait`); after it the clock's step is open."""
    state = table.states[history[-1].to_state]
    if state.wait is None:
        return None
    start = _start_of(table, state.wait, history)
    if start is None:
        return None
    return due(
        state.wait,
        start,
        calendar,
        settings=table.clock,
        start_names=_start_names(table, state.wait),
        rolls=False,
    )


def merged(history: Sequence[Happened]) -> dict[str, object]:
    """Return the facts of a case: those of later steps replace those of earlier ones."""
    facts: dict[str, object] = {}
    for event in history:
        facts.update(event.facts)
    return facts


def _start_of(table: FlatTable, limit: TimeLimit, history: Sequence[Happened]) -> datetime | None:
    """Return the moment a period starts; None when the fact that starts it is not there."""
    if limit.set_in is not None or limit.start == "receipt":
        return history[0].at
    if limit.start == "sending":
        return _moment(table, history[0].facts.get("sent_at")) or history[0].at
    if limit.start.startswith("event."):
        return _moment(table, merged(history).get(limit.start.removeprefix("event.")))
    decisions = [e.at for e in history if e.stage == limit.start and _leaves(table, e)]
    return decisions[-1] if decisions else None


def _leaves(table: FlatTable, event: Happened) -> bool:
    """Say whether an event decided its stage, and did not just ask within it."""
    return table.states[event.to_state].stage != event.stage


def _pauses(table: FlatTable, state: State, history: Sequence[Happened]) -> tuple[Pause, ...]:
    found = []
    for event, following in pairwise(history):
        entered = table.states[event.to_state]
        if entered.pauses and entered.stage == state.stage:
            found.append(Pause(event.at, following.at, entered.cite))
    return tuple(found)


def _start_names(table: FlatTable, limit: TimeLimit) -> Names | None:
    if limit.start.startswith("event."):
        word = table.facts.get(limit.start.removeprefix("event."))
        return word.names if word else None
    stage = next((s for s in table.states.values() if s.name == limit.start), None)
    if stage is None:
        return None
    return Names(f"“{stage.names.zh}”作出之日", f"the decision “{stage.names.en}”")


def _moment(table: FlatTable, value: object) -> datetime | None:
    zone = ZoneInfo(table.clock.timezone)
    if isinstance(value, str) and "T" in value:
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=zone)
    day = _day_in(value)
    return None if day is None else datetime.combine(day, time.min, tzinfo=zone)


def _day_in(value: object) -> date | None:
    if isinstance(value, str):
        return date.fromisoformat(value[:10])
    if isinstance(value, datetime):
        return value.date()
    return cast("date | None", value)

"""The present stay of a case in a state: until when, as it is kept to be searched and sorted by.

What is kept here follows from the events, the calendar and the body's own number; when it and
`queries.due_of` differ, that function is right and this is renewed.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import connection

from huitong.cases import calendars, deadlines, several
from huitong.cases.models import Case, CaseEvent, OwnPeriod, Waiting
from huitong.cases.types import Holder, Noticed
from huitong.organisations.models import Duty
from huitong.regulations import rules as law
from huitong.regulations import timing
from huitong.regulations.calendars import WorkingCalendar
from huitong.regulations.clocks import Due
from huitong.regulations.types import FlatTable, State

_REPLACE = """
WITH wanted AS (
    SELECT * FROM unnest(%s::varchar[], %s::bigint[], %s::bigint[], %s::varchar[], %s::varchar[])
        AS line (role, department_id, jurisdiction_id, duty, seat)
), gone AS (
    DELETE FROM cases_waiting
    WHERE case_id = %s AND (role, seat) NOT IN (SELECT role, seat FROM wanted)
)
INSERT INTO cases_waiting
    (case_id, role, seat, department_id, jurisdiction_id, duty, due_at, since)
SELECT %s, role, seat, department_id, jurisdiction_id, duty, %s, %s FROM wanted
ON CONFLICT (case_id, role, seat) DO UPDATE SET
    department_id = EXCLUDED.department_id, jurisdiction_id = EXCLUDED.jurisdiction_id,
    duty = EXCLUDED.duty, due_at = EXCLUDED.due_at, since = EXCLUDED.since
"""
FIELDS = ("due_at", "calendar", "noticed")
"""The columns of a case that this module writes."""


def begin(case: Case, table: FlatTable, events: Sequence[CaseEvent]) -> None:
    """Set what follows for the state that the last event led to; the caller saves the case.

    The calendar is only read where a period runs: one query.
    """
    last, due_before = events[-1], case.due_at
    state = table.states[last.to_state]
    case.due_at = None
    if law.limit_of(state, timing.merged(deadlines.history_of(events))) is not None:
        calendar = calendars.of(case.jurisdiction)
        due = deadlines.due(table, events, calendar)
        case.due_at = due.at if due else None
        case.calendar = calendar.id
    if last.from_state != last.to_state or case.due_at != due_before:
        case.noticed = Noticed.NOT  # who was reminded of a stage is not reminded by each signature


def wait_for(
    case: Case, holders: Sequence[Holder], events: Sequence[CaseEvent], table: FlatTable
) -> None:
    """Replace the lines of those for whom a case waits, in one query."""
    since = _since(table, events)
    lines = [
        (
            each.role,
            each.department_id,
            each.jurisdiction_id,
            each.duty,
            each.seat if each.seat != each.key else "",
        )
        for each in holders
    ]
    with connection.cursor() as cursor:
        if not lines:
            cursor.execute("DELETE FROM cases_waiting WHERE case_id = %s", [case.pk])
            return
        columns = [list(column) for column in zip(*lines, strict=True)]
        cursor.execute(_REPLACE, [*columns, case.pk, case.pk, case.due_at, since])


def _since(table: FlatTable, events: Sequence[CaseEvent]) -> dt.datetime:
    """Return when the present stage began."""
    begun = several.stay_of(table, events)
    return next((event.at for event in events if event.seq == begun), events[-1].at)


def renew(case: Case, due: Due | None, calendar: WorkingCalendar) -> bool:
    """Keep a last day that was computed anew for a locked case; say whether it moved.

    A day that moved later was not yet given notice of; one that moved earlier is noticed by the
    next sweep all the same.
    """
    moved = case.due_at != (due.at if due else None)
    case.due_at = due.at if due else None
    case.calendar = calendar.id
    if moved:
        case.noticed = Noticed.NOT
    case.save(update_fields=["due_at", "calendar", "noticed"])
    if moved:
        Waiting.objects.filter(case=case).update(due_at=case.due_at)
    return moved


def own_days(
    table: FlatTable,
    events: Sequence[CaseEvent],
    state: State,
    facts: Mapping[str, object],
    waiting: Sequence[Holder],
    at: dt.datetime,
) -> int | None:
    """Return the number that the body which is to act had set for such a stage when it began.

    `events` are those before the step that leads to `state` with `facts`.
    """
    before = table.states.get(events[-1].to_state) if events else None
    if before is not None and before.stage == state.stage:
        return events[-1].own_days
    known = {**timing.merged(deadlines.history_of(events)), **facts}
    limit = law.limit_of(state, known)
    if limit is None or limit.own_period is None:
        return None
    bodies = [holder.department_id for holder in waiting if holder.department_id is not None]
    for holder in waiting:
        if holder.duty and holder.jurisdiction_id is not None:
            held = Duty.objects.filter(
                jurisdiction_id=holder.jurisdiction_id, duty=holder.duty
            ).values_list("department_id", flat=True)
            bodies += list(held)
    chosen = (
        OwnPeriod.objects.filter(
            department_id__in=bodies, kind=table.kind, stage=state.stage, since__lte=at
        )
        .order_by("-since", "-id")
        .first()
    )
    return chosen.days if chosen else None

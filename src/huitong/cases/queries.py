"""What is open, for whom, until when, and what happened: each with a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from django.db import models
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from huitong.cases import calendars, deadlines, roles, several, tables
from huitong.cases.models import Case, CaseEvent, Waiting
from huitong.cases.types import TimelineItem, Todo
from huitong.organisations import queries as organisations
from huitong.organisations.models import Department, Jurisdiction
from huitong.organisations.types import Actor
from huitong.regulations import clauses, compiling, profiles
from huitong.regulations.calendars import WorkingCalendar
from huitong.regulations.clocks import Due
from huitong.regulations.errors import KindNotInProfileError
from huitong.regulations.types import CLOCK, EACH, FlatTable, Names, Step

_HOME = "jurisdiction__parent__parent"


def todo_for(actor: Actor, at: dt.datetime, *, limit: int = 200) -> list[Todo]:
    """Return the open cases that wait for the actor's department, most urgent first.

    At most `limit`, those without a period last. Four queries, whatever the number of cases; one
    more for procedures that this process has not read before.
    """
    first = _most_urgent(actor, limit)
    if not first:
        return []
    rows = (
        Waiting.objects.filter(pk__in=first)
        .select_related("case")
        .prefetch_related(_events("case__events"))
        .order_by("role")
    )
    by_case: dict[int, Waiting] = {}
    for row in rows:
        by_case.setdefault(row.case_id, row)
    todos = _todos(by_case.values(), at)
    return sorted(todos, key=lambda todo: (_until(todo), todo.case.received_at))[:limit]


def _most_urgent(actor: Actor, limit: int) -> list[int]:
    """Return the ids of what waits for the actor, the nearest last days first, in one query.

    A question for each thing that the body is, each answered from its own index in order, so that
    the length of the whole list does not matter.
    """
    asked = [Q(department_id=actor.department_id)] if actor.department_id else []
    for code, duty in sorted(actor.duties):
        # One value and no join: only so is the index read in its own order.
        place = Jurisdiction.objects.filter(code=code).values("pk")
        asked.append(Q(jurisdiction_id=models.Subquery(place), duty=duty))
    parts = [
        Waiting.objects.filter(one)
        .order_by(models.F("due_at").asc(nulls_last=True), "case_id")
        .values_list("pk", flat=True)[:limit]
        for one in asked
    ]
    if not parts:
        return []
    return list(parts[0].union(*parts[1:]) if parts[1:] else parts[0])


def history_of(case: Case) -> list[CaseEvent]:
    """Return the events of a case, oldest first, in one query."""
    return list(case.events.order_by("seq"))


def due_of(
    case: Case,
    history: Sequence[CaseEvent] | None = None,
    calendar: WorkingCalendar | None = None,
) -> Due | None:
    """Return the last lawful day of the present stage, computed anew; None where none runs.

    `history` are the case's events and `calendar` is that of its jurisdiction, where the caller has
    read them already.
    """
    events = history_of(case) if history is None else history
    return deadlines.due(tables.of(case), events, calendar or calendar_of(case))


def calendar_of(case: Case) -> WorkingCalendar:
    """Return the calendar of the case's jurisdiction, in one query."""
    return calendars.of_all([case.jurisdiction_id])[case.jurisdiction_id]


def steps_open_to(
    case: Case, actor: Actor, parties: Mapping[str, Department] | None = None
) -> list[Step]:
    """Return the steps that the actor may take now, one row a step name.

    `parties` are the case's departments, where the caller has read them already.
    """
    table = tables.of(case)
    parties = parties_of(case) if parties is None else parties
    found: dict[str, Step] = {}
    rows = table.steps_from(case.state)
    holders = roles.resolve_all(table, (row.by for row in rows), parties, case.jurisdiction)
    # Only where each of several departments answers for itself is it asked who has.
    events = history_of(case) if any(row.several == EACH for row in rows) else []
    for row in rows:
        able = [
            holder
            for holder in several.eligible(row, holders.get(row.by, ()))
            if not several.has_answered(table, row, holder, parties, events)
        ]
        if row.name not in found and any(holder.held_by(actor) for holder in able):
            found[row.name] = row
    return list(found.values())


def may_open(
    kind: str,
    *,
    jurisdiction: Jurisdiction,
    parties: Mapping[str, Department],
    actor: Actor,
    at: dt.datetime,
) -> bool:
    """Return whether the actor fills a role that may open a case of this kind here and now.

    False where the regulation in force has no such procedure.
    """
    today = timezone.localdate(at)
    profile = profiles.load(organisations.profile_of(jurisdiction, today))
    try:
        table = compiling.compiled(profile, kind, today)
    except KindNotInProfileError:
        return False
    openers = (row.by for row in table.entry_steps)
    holders = roles.resolve_all(table, openers, parties, jurisdiction)
    return any(holder.held_by(actor) for able in holders.values() for holder in able)


def timeline(case: Case, history: Sequence[CaseEvent] | None = None) -> list[TimelineItem]:
    """Return what happened so far, oldest first, with the names of the pinned table.

    `history` are the case's events, where the caller has read them already.
    """
    table = tables.of(case)
    return [_item(table, event) for event in (history_of(case) if history is None else history)]


def overdue(at: dt.datetime, *, jurisdiction_codes: Sequence[str] = ()) -> list[Todo]:
    """Return the open cases whose lawful day is past, longest overdue first.

    `jurisdiction_codes` keeps those of some jurisdictions; empty means all. Five queries.
    """
    late = Case.objects.filter(closed_at__isnull=True, due_at__lt=at)
    if jurisdiction_codes:
        late = late.filter(jurisdiction__code__in=jurisdiction_codes)
    rows = (
        Waiting.objects.filter(case__in=late)
        .exclude(role=CLOCK)
        .select_related("case")
        .prefetch_related(_events("case__events"))
        .order_by("case_id", "id")
    )
    first: dict[int, Waiting] = {}
    for row in rows:
        first.setdefault(row.case_id, row)
    todos = _todos(first.values(), at)
    return sorted((todo for todo in todos if todo.is_overdue), key=_until)


def parties_of(case: Case) -> dict[str, Department]:
    """Return the departments of a case by role, in one query unless one of them has ended.

    Of a running case whoever carries on for them; a closed one keeps those that it had.
    """
    of = organisations.carriers_by_id if case.closed_at is None else organisations.departments_by_id
    found = of(case.parties.values())
    return {name: found[pk] for name, pk in case.parties.items()}


def awaited(case: Case, parties: Mapping[str, Department]) -> list[Department]:
    """Return for whom a case waits by name, where a role of it has several departments.

    One query, none for a case with one department in each role.
    """
    if all(several.MARK not in seat for seat in case.parties):
        return []
    waiting = Waiting.objects.filter(case=case).values_list("department_id", flat=True)
    ids = set(waiting)
    return list({one.pk: one for one in parties.values() if one.pk in ids}.values())


def case_of(number: str) -> Case:
    """Return a case by its number.

    Raises: Case.DoesNotExist.
    """
    return Case.objects.select_related(_HOME).get(number=number)


def _events(path: str) -> Prefetch[str, QuerySet[CaseEvent], str]:
    return Prefetch(path, queryset=CaseEvent.objects.order_by("seq"), to_attr="history")


def _todos(rows: Collection[Waiting], at: dt.datetime) -> list[Todo]:
    """Return the lines of rows whose cases and events are read; two queries."""
    read = tables.read({row.case.table_id for row in rows})
    days = calendars.of_all({row.case.jurisdiction_id for row in rows})
    return [_todo(row, read[row.case.table_id], days[row.case.jurisdiction_id], at) for row in rows]


def _todo(row: Waiting, table: FlatTable, calendar: WorkingCalendar, at: dt.datetime) -> Todo:
    case = row.case
    state = table.states[case.state]
    role = table.roles[row.role]
    history: list[CaseEvent] = case.history  # type: ignore[attr-defined]
    due = deadlines.due(table, history, calendar)
    return Todo(
        case=case,
        state=state.name,
        state_names=state.names,
        kind_names=table.names,
        role=role.name,
        role_names=role.names,
        table=table,
        due=due,
        remaining=deadlines.remaining(due, timezone.localdate(at), calendar) if due else None,
        is_overdue=due is not None and at > due.at,
        cite=due.cite if due else state.cite,
        since=row.since,
    )


def _until(todo: Todo) -> float:
    return todo.due.at.timestamp() if todo.due else float("inf")


def _item(table: FlatTable, event: CaseEvent) -> TimelineItem:
    step = next((s for s in table.rows(event.step, event.from_state) if s.by == event.role), None)
    state = table.states.get(event.to_state)
    return TimelineItem(
        event=event,
        step_names=_label_of(table, event.step),
        state_names=state.names if state else Names(zh=event.to_state, en=event.to_state),
        articles=tuple(
            Names(zh=clauses.label(cite, "zh"), en=clauses.label(cite, "en")) for cite in event.cite
        ),
        told=step.tell if step else (),
        is_practice=step.practice if step else False,
    )


def _label_of(table: FlatTable, step: str) -> Names:
    found = table.step_named(step)
    return found.names if found else Names(zh=step, en=step)

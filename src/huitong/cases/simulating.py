"""The running cases of a place under another regulation: what would change. Nothing is written."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Q

from huitong.cases import calendars, deadlines, tables
from huitong.cases.models import Case, CaseEvent
from huitong.organisations.models import Department, Jurisdiction
from huitong.regulations import compiling, replaying, saying, timing
from huitong.regulations.calendars import WorkingCalendar
from huitong.regulations.errors import KindNotInProfileError
from huitong.regulations.law import Profile
from huitong.regulations.replaying import Note, Replay, Taken
from huitong.regulations.types import FlatTable, Names, State

_AT_A_TIME = 2000
_WITHIN = ("code", "parent__code", "parent__parent__code", "parent__parent__parent__code")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands under one text: state, whom it waits for, and until when.

    `due` is None where no period runs; `cite` is then that of the state.
    """

    state: Names
    who: Names
    due: dt.date | None
    cite: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One running case under its own text and under the other one.

    `there` is None where the other text has no such procedure; `cite` is then where we looked.
    """

    number: str
    kind: str
    kind_names: Names
    profile: str
    here: Standing
    there: Standing | None
    ending: str
    notes: tuple[Note, ...]
    cite: tuple[str, ...]
    due_changes: bool
    who_changes: bool

    @property
    def verdict(self) -> str:
        """Return `absent`, `stops`, `ends`, `changes` or `same`."""
        if self.there is None:
            return "absent"
        if self.ending != "fits":
            return self.ending
        return "changes" if self.due_changes or self.who_changes else "same"


def simulate(
    profile: Profile, on: dt.date, *, jurisdiction: Jurisdiction | None = None
) -> Iterator[Outcome]:
    """Yield each running case, in order of receipt, as it would stand under another text.

    `on` is the day whose wording counts; `jurisdiction` keeps that place and those below it. Six
    queries for any number of cases; the events are streamed.
    """
    running = Case.objects.filter(closed_at__isnull=True)
    if jurisdiction is not None:
        within = Q()
        for name in _WITHIN:
            within |= Q(**{name: jurisdiction.code})
        places = Jurisdiction.objects.filter(within).values("pk")
        running = running.filter(jurisdiction__in=places)
    read = tables.read(running.order_by().values_list("table_id", flat=True).distinct())
    days = calendars.of_all(running.order_by().values_list("jurisdiction_id", flat=True).distinct())
    there = _compiled(profile, {table.kind for table in read.values()}, on)
    levels = _levels()
    events = (
        CaseEvent.objects.filter(case__in=running)
        .select_related("case")
        .order_by("case__received_at", "case_id", "seq")
    )
    for _, group in groupby(events.iterator(_AT_A_TIME), key=lambda event: event.case_id):
        taken = list(group)
        case = taken[0].case
        table = read[case.table_id]
        yield _outcome(
            case, taken, table, there[case.kind], days[case.jurisdiction_id], _found(case, levels)
        )


def summed(outcomes: Iterator[Outcome], counts: Counter[str]) -> Iterator[Outcome]:
    """Pass outcomes on while counting their verdicts and what changes."""
    for one in outcomes:
        counts["cases"] += 1
        counts[one.verdict] += 1
        counts["due"] += one.due_changes
        counts["who"] += one.who_changes
        yield one


def _compiled(
    profile: Profile, kinds: set[str], on: dt.date
) -> dict[str, FlatTable | tuple[str, ...]]:
    """Return the other text's table of each kind, or the clauses where it has none."""
    found: dict[str, FlatTable | tuple[str, ...]] = {}
    for kind in kinds:
        try:
            found[kind] = compiling.compiled(profile, kind, on)
        except KindNotInProfileError as error:
            found[kind] = tuple(error.cite)
    return found


def _levels() -> Mapping[int, tuple[str, int]]:
    """Return the level and the jurisdiction of every department, in one query."""
    rows = Department.objects.values_list("pk", "jurisdiction__level", "jurisdiction_id")
    return {pk: (level, place) for pk, level, place in rows}


def _found(case: Case, levels: Mapping[int, tuple[str, int]]) -> dict[str, object]:
    """Return what the engine would find out of the parties of a case (see `standing`)."""
    parties = {role: levels[pk] for role, pk in case.parties.items() if pk in levels}
    provider = parties.get("provider")
    return {
        "below_province": provider is not None and provider[0] != "province",
        "across": len({place for _, place in parties.values()}) > 1,
    }


def _outcome(
    case: Case,
    events: list[CaseEvent],
    here: FlatTable,
    there: FlatTable | tuple[str, ...],
    calendar: WorkingCalendar,
    computed: Mapping[str, object],
) -> Outcome:
    history = deadlines.history_of(events)
    due = timing.due_of(here, history, calendar, own_days=events[-1].own_days)
    state = here.states[case.state]
    now = _standing(here, state, due.day if due else None, due.cite if due else state.cite)
    if not isinstance(there, FlatTable):
        return Outcome(
            case.number, case.kind, here.names, case.profile_id, now, None, "absent", (), there,
            due_changes=due is not None, who_changes=True,
        )  # fmt: skip
    taken = [
        Taken(happened, event.role, event.from_state)
        for happened, event in zip(history, events, strict=True)
    ]
    other = replaying.replay(here, taken, there, computed)
    then = _then(there, other, calendar)
    ended = other.ending != "fits"
    who = {saying.standing(here.roles[r]) for r in state.owners if r in here.roles}
    others = {saying.standing(there.roles[r]) for r in other.state.owners if r in there.roles}
    return Outcome(
        case.number, case.kind, here.names, case.profile_id, now, then, other.ending, other.notes,
        then.cite, due_changes=ended or now.due != then.due, who_changes=ended or who != others,
    )  # fmt: skip


def _then(there: FlatTable, other: Replay, calendar: WorkingCalendar) -> Standing:
    due = timing.due_of(there, other.history, calendar) if other.history else None
    cite = due.cite if due else other.cite
    return _standing(there, other.state, due.day if due else None, cite)


def _standing(
    table: FlatTable, state: State, due: dt.date | None, cite: tuple[str, ...]
) -> Standing:
    who = saying.named(table.roles[role].names for role in state.owners if role in table.roles)
    return Standing(state.names, who, due, cite)

"""The running cases of a place under another regulation: what would change. Nothing is written.

Nothing is guessed either: bodies are those that hold a duty today, and where the way on, a period
or a body hangs on something that the case does not tell, that is what is answered.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from huitong.cases import calendars, deadlines, hindsight, seats, tables
from huitong.cases.hindsight import Moment
from huitong.cases.models import Case, CaseEvent
from huitong.cases.seats import Bodies, Seats
from huitong.organisations import queries as organisation_queries
from huitong.organisations.models import Jurisdiction
from huitong.regulations import compiling, doubts, replaying, saying, timing
from huitong.regulations.calendars import WorkingCalendar
from huitong.regulations.doubts import Doubt
from huitong.regulations.errors import KindNotInProfileError
from huitong.regulations.law import Profile
from huitong.regulations.replaying import Note, Replay, Taken
from huitong.regulations.types import FlatTable, Happened, Names, State, TimeLimit

_AT_A_TIME = 2000


@dataclass(frozen=True, slots=True)
class Until:
    """Until when a case may stay as it stands: a day, or no day and why.

    `known` is false where the day hangs on something that the case does not tell.
    """

    day: dt.date | None
    cite: tuple[str, ...]
    why: Names | None = None
    known: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands under one text: state, whom it waits for, and until when.

    `who` names the roles, `seats` the bodies that fill them today; `cite` are the clauses of the
    period, and those of the state where no period runs.
    """

    state: Names
    who: Names
    seats: Seats
    until: Until
    cite: tuple[str, ...]

    @property
    def due(self) -> dt.date | None:
        """Return the last day, None where there is none or it cannot be known."""
        return self.until.day


@dataclass(frozen=True, slots=True)
class Gap:
    """A fact that the other text asks for and that cannot be known from the case."""

    fact: str
    names: Names
    why: Names


@dataclass(frozen=True, slots=True)
class Outcome:
    """One running case under its own text and under the other one.

    `there` is None where the other text has no such procedure, or not even its first state can be
    known; `cite` is then where we looked. `due_changes` and `who_changes` are None where it cannot
    be known; `gaps` are the facts that this hangs on.
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
    due_changes: bool | None
    who_changes: bool | None
    gaps: tuple[Gap, ...] = ()

    @property
    def verdict(self) -> str:
        """Return `absent`, `stops`, `ends`, `unknown`, `changes` or `same`."""
        if self.ending != "fits":
            return self.ending
        if self.due_changes or self.who_changes:
            return "changes"
        return "unknown" if None in (self.due_changes, self.who_changes) else "same"


@dataclass(frozen=True, slots=True)
class _Scene:
    """What one run reads once: the other text's tables, the calendars, and all bodies."""

    there: Mapping[str, FlatTable | tuple[str, ...]]
    days: Mapping[int, WorkingCalendar]
    bodies: Bodies


def simulate(
    profile: Profile, on: dt.date, *, jurisdiction: Jurisdiction | None = None
) -> Iterator[Outcome]:
    """Yield each running case, in order of receipt, as it would stand under another text.

    `on` is the day whose wording counts; `jurisdiction` keeps that place and those below it. Ten
    queries for any number of cases, and one for each fact of the world that the other text has
    found out and the case's own has not; the events are streamed.
    """
    running = Case.objects.filter(closed_at__isnull=True)
    if jurisdiction is not None:
        places = organisation_queries.places_within([jurisdiction.code])
        running = running.filter(jurisdiction__in=places.order_by().values("pk"))
    read = tables.read(running.order_by().values_list("table_id", flat=True).distinct())
    scene = _Scene(
        there=_compiled(profile, {table.kind for table in read.values()}, on),
        days=calendars.of_all(
            running.order_by().values_list("jurisdiction_id", flat=True).distinct()
        ),
        bodies=seats.read(running),
    )
    events = (
        CaseEvent.objects.filter(case__in=running)
        .select_related("case")
        .order_by("case__received_at", "case_id", "seq")
    )
    for _, group in groupby(events.iterator(_AT_A_TIME), key=lambda event: event.case_id):
        taken = list(group)
        yield _outcome(scene, taken[0].case, taken, read[taken[0].case.table_id])


def summed(outcomes: Iterator[Outcome], counts: Counter[str]) -> Iterator[Outcome]:
    """Pass outcomes on while counting their verdicts and what changes."""
    for one in outcomes:
        counts["cases"] += 1
        counts[one.verdict] += 1
        counts["due"] += bool(one.due_changes)
        counts["who"] += bool(one.who_changes)
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


def _outcome(scene: _Scene, case: Case, events: list[CaseEvent], here: FlatTable) -> Outcome:
    calendar, there = scene.days[case.jurisdiction_id], scene.there[case.kind]
    parties = scene.bodies.parties_of(case)
    history = deadlines.history_of(events)
    own = _until(here, history, {}, calendar, own_days=events[-1].own_days)
    now = _standing(scene, case, here, here.states[case.state], own)
    if not isinstance(there, FlatTable):
        return Outcome(
            case.number, case.kind, here.names, case.profile_id, now, None, "absent", (), there,
            due_changes=now.due is not None, who_changes=True,
        )  # fmt: skip
    taken = [
        Taken(happened, event.role, event.from_state)
        for happened, event in zip(history, events, strict=True)
    ]

    def look(name: str, one: Taken, state: str, stated: Mapping[str, object]) -> object:
        moment = Moment(case, state, one.event.at, stated, parties)
        return hindsight.CLAIMS.of(name, case.number)(moment)

    other = replaying.replay(here, taken, there, look)
    then = _then(scene, case, there, other, calendar)
    known = other.ending != "unknown" and then is not None
    ended = other.ending in ("stops", "ends")
    due: bool | None = True if ended else None
    who: bool | None = True if ended else None
    if known and not ended and then is not None:
        due = now.due != then.due if now.until.known and then.until.known else None
        who = now.seats.differ_from(then.seats)
    return Outcome(
        case.number, case.kind, here.names, case.profile_id, now, then, other.ending, other.notes,
        (then.cite if then else ()) or other.cite, due_changes=due, who_changes=who,
        gaps=_gaps(there, other),
    )  # fmt: skip


def _gaps(there: FlatTable, other: Replay) -> tuple[Gap, ...]:
    return tuple(
        Gap(name, there.facts[name].names, why)
        for name, why in sorted(other.unknown.items())
        if name in there.facts
    )


def _then(
    scene: _Scene, case: Case, there: FlatTable, other: Replay, calendar: WorkingCalendar
) -> Standing | None:
    if other.state is None:
        return None
    until = _until(there, other.history, other.unknown, calendar)
    return _standing(scene, case, there, other.state, until)


def _standing(scene: _Scene, case: Case, table: FlatTable, state: State, until: Until) -> Standing:
    who = saying.named(table.roles[role].names for role in state.owners if role in table.roles)
    filled = scene.bodies.seats_of(case, table, state)
    return Standing(state.names, who, filled, until, until.cite or state.cite)


def _until(
    table: FlatTable,
    history: list[Happened] | tuple[Happened, ...],
    unknown: Mapping[str, Names],
    calendar: WorkingCalendar,
    *,
    own_days: int | None = None,
) -> Until:
    """Return the last day of the state that a history led to, or why there is none."""
    state = table.states[history[-1].to_state]
    limit = doubts.limit_of(table, state, timing.merged(history), unknown)
    if isinstance(limit, Doubt):
        on = replaying.named_facts(table, limit.facts)
        why = Names(f"期限取决于{on.zh}，从办件不能得知", f"hangs on {on.en}, which is not known")
        return Until(None, state.cite, why, known=False)
    if limit is None or state.is_end or state.pauses:
        return Until(None, ())
    due = timing.due_of(table, history, calendar, own_days=own_days)
    if due is not None:
        return Until(due.day, due.cite)
    return Until(None, limit.cite, _why_no_day(limit), known=limit.own_period is not None)


def _why_no_day(limit: TimeLimit) -> Names:
    if limit.own_period is not None:
        own = saying.OWN.get(limit.own_period, Names(limit.own_period, limit.own_period))
        return Names(f"{own.zh}（天数由本机构自定）", f"{own.en} (the body sets the number)")
    return Names(
        "起算点没有记载，期限不能得知", "the start is not on record, so the day is not known"
    )

"""Walks cases through the engine at random, and tries at every halt what must be refused there.

Everything is made from the tables; nothing here knows what a text says.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.utils.timezone import localdate

from cases.scene import MONDAY
from huitong.cases import actions, deadlines, queries, roles, rules
from huitong.cases.errors import (
    FactInvalidError,
    FactMissingError,
    FactNotAskedError,
    PartyMissingError,
    StaleCaseError,
    StepForbiddenError,
    TooEarlyError,
    WrongPersonError,
    WrongStateError,
)
from huitong.cases.models import Case, Waiting
from huitong.cases.types import Holder
from huitong.errors import HuitongError
from huitong.ledger.models import Entry
from huitong.organisations import actions as organisations
from huitong.organisations import queries as organisation_queries
from huitong.organisations.errors import NoAuthorityError
from huitong.organisations.models import Department, Jurisdiction, Person
from huitong.organisations.types import SYSTEM, Actor, Level, PostRole
from huitong.regulations import rules as law
from huitong.regulations import timing
from huitong.regulations.types import FlatTable, Step
from regulations.walking import filled

HOUR = timedelta(hours=1)
ON = date(2026, 3, 2)
_PLACES = (("230000", Level.PROVINCE), ("230100", Level.CITY), ("230111", Level.COUNTY))
_PARTIES = ("provider", "consumer", "party")
_MOST_STEPS = 12
_TRIES = 10

_STANDING = """
    SELECT (SELECT array_agg(ROW(id, state, version, closed_at) ORDER BY id)::text FROM cases_case),
           (SELECT array_agg(ROW(case_id, role) ORDER BY case_id, role)::text FROM cases_waiting),
           (SELECT count(*) FROM cases_caseevent),
           (SELECT count(*) FROM ledger_entry WHERE kind <> 'case.refused')
"""


@dataclass
class World:
    """A province, its city and its county under one text; each has an authority for every duty."""

    home: Jurisdiction
    departments: list[Department]
    actors: list[Actor]
    stranger: Actor
    refusals: int = 0
    """The last refusal that was looked at, by its row."""
    found_out: dict[str, object] = field(default_factory=dict)
    effects: Counter[str] = field(default_factory=Counter)


def found(profile_id: str, duties: set[str]) -> World:
    """Found three levels under one text: an authority and two departments at each."""
    places: list[Jurisdiction] = []
    departments: list[Department] = []
    for code, level in _PLACES:
        place = organisations.found_jurisdiction(
            code=code, name=f"地方{code}", level=level, parent=places[-1] if places else None,
            actor=SYSTEM, at=MONDAY, profile_id="" if places else profile_id,
        )  # fmt: skip
        places.append(place)
        authority, *others = (_staffed(place, suffix) for suffix in ("DATA", "ONE", "TWO"))
        for duty in sorted(duties):
            organisations.assign_duty(
                jurisdiction=place, duty=duty, department=authority, actor=SYSTEM, at=MONDAY
            )
        departments += others
    outside = _staffed(places[0], "OUTSIDE")
    actors = {
        person.username: organisation_queries.actor_of(person, ON)
        for person in Person.objects.order_by("pk")
    }
    stranger = actors.pop(outside.code.lower())
    return World(places[-1], departments, list(actors.values()), stranger)


def _staffed(place: Jurisdiction, suffix: str) -> Department:
    made = organisations.found_department(
        code=f"{place.code}-{suffix}", name=f"{place.code}{suffix}", jurisdiction=place,
        actor=SYSTEM, at=MONDAY,
    )  # fmt: skip
    person = organisations.register_person(
        username=made.code.lower(), name=made.name, actor=SYSTEM, at=MONDAY
    )
    for role in (PostRole.OFFICER, PostRole.HEAD, PostRole.UNIT_HEAD):
        organisations.appoint(
            person=person, department=made, role=role, actor=SYSTEM, at=MONDAY,
            since=date(2026, 1, 1),
        )  # fmt: skip
    return made


@dataclass
class Roamer:
    """One case on its way; `tried` counts what was taken and what was refused, by code."""

    world: World
    table: FlatTable
    chance: random.Random
    at: datetime
    case: Case | None = None
    parties: dict[str, Department] = field(default_factory=dict)
    tried: Counter[str] = field(default_factory=Counter)
    _holders: dict[str, Holder | None] = field(default_factory=dict)

    def roam(self) -> None:
        """Open a case and go on by chance, to an end or for some steps."""
        named = (n for n, role in self.table.roles.items() if role.resolver in _PARTIES)
        names = sorted({*named, *roles.needed_parties(self.table)})
        # Parties below the province, as long as there are enough: some go one level up from there.
        near = self.world.departments[::-1]
        chosen = self.chance.sample(near[: max(4, len(names))], len(names))
        self.parties = dict(zip(names, chosen, strict=True))
        self._halt(list(self.table.entry_steps))
        for _ in range(_MOST_STEPS):
            if self.case is None or self.case.closed_at is not None:
                return
            self.at += timedelta(days=self.chance.randrange(3), hours=self.chance.randrange(5))
            rows = list(self.table.steps_from(self.case.state))
            if not self._halt(rows):
                return

    def _halt(self, rows: list[Step]) -> bool:
        """Try what is refused here, then take some step; say whether one could be taken."""
        names = sorted({row.name for row in rows})
        for name in self.chance.sample(names, k=len(names)):
            same = [row for row in rows if row.name == name]
            actor, mine = self._right(same)
            if actor is None:
                continue
            row = mine[0]
            facts = self._facts(row)
            self._tried_by_a_stranger(row, facts)
            if row.by_clock:
                if self._let_time_pass(row):
                    return True
                continue
            self._tried_otherwise(row, actor, facts)
            for _ in range(_TRIES):
                if self._taken_or_barred(row, mine, actor, facts):
                    return True
                facts = self._facts(row)
        return False

    def _right(self, rows: list[Step]) -> tuple[Actor | None, list[Step]]:
        """Return somebody who may take one of the rows, and which ones."""
        if rows[0].by_clock:
            return SYSTEM, rows
        for actor in self.chance.sample(self.world.actors, k=len(self.world.actors)):
            mine = [row for row in rows if self._holds(actor, row.by)]
            if mine:
                return actor, mine
        return None, []

    def openers(self) -> set[str]:
        """Return who may open the case: nobody, where the public has no account of its own."""
        able = [row.by for row in self.table.entry_steps]
        return {
            actor.username for by in able for actor in self.world.actors if self._holds(actor, by)
        }

    def _holds(self, actor: Actor, role: str) -> bool:
        if role not in self._holders:
            self._holders[role] = self._holder(role)
        holder = self._holders[role]
        return holder is not None and holder.held_by(actor)

    def _holder(self, role: str) -> Holder | None:
        try:
            return roles.resolve(self.table, role, self.parties, self.world.home)
        except (PartyMissingError, NoAuthorityError):
            return None

    def _facts(self, row: Step) -> dict[str, object]:
        """Return facts for a step, and choose what the program is to find out."""
        needed = (*row.facts, *(need.name for need in row.facts_when))
        asked = [name for name in row.optional if self.chance.random() < 0.5]
        self.world.found_out.clear()
        self.world.found_out.update({name: self._some(name) for name in row.computed})
        return {name: self._some(name) for name in (*needed, *asked)}

    def _some(self, name: str) -> object:
        word = self.table.facts[name]
        if word.type == "choice":
            return self.chance.choice(list(word.choices))
        if word.type == "boolean":
            return self.chance.choice([True, False])
        if word.type == "date":
            today, days = localdate(self.at), timedelta(days=1 + self.chance.randrange(300))
            return (today - days if word.not_after else today + days).isoformat()
        return filled(word)

    def _tried_by_a_stranger(self, row: Step, facts: Mapping[str, object]) -> None:
        if self._holds(self.world.stranger, row.by):
            return  # whoever asks may take it
        self.refused(WrongPersonError, row.name, self.world.stranger, facts)

    def _tried_otherwise(self, row: Step, actor: Actor, facts: Mapping[str, object]) -> None:
        """Try the step without each fact, with a wrong and a strange one; another step; late."""
        for name in self.chance.sample(row.facts, k=min(2, len(row.facts))):
            self.refused(FactMissingError, row.name, actor, {**facts, name: None})
        strange = [n for n in self.table.facts if n not in row.own_facts]
        for name in strange[:1]:
            self.refused(FactNotAskedError, row.name, actor, {**facts, name: None})
        formed = [n for n in facts if self.table.facts[n].type != "text"]
        for name in formed[:1]:
            self.refused(FactInvalidError, row.name, actor, {**facts, name: {}})
        if self.case is None:
            return
        self.refused(StaleCaseError, row.name, actor, facts, version=self.case.version - 1)
        here = {step.name for step in self.table.steps_from(self.case.state)}
        for name in sorted(self.table.step_names() - here)[:1]:
            self.refused(WrongStateError, name, actor, facts)

    def _let_time_pass(self, row: Step) -> bool:
        """Try the clock's step at once; then at the first moment at which it may be taken."""
        case = self.present()
        history = deadlines.history_of(queries.history_of(case))
        wait = timing.waits_until(self.table, history)
        limit = wait or timing.due_of(self.table, history)
        if limit is None or self.at.date() >= limit.day:
            return False
        self.refused(TooEarlyError, row.name, SYSTEM, {})
        self.at = limit.at + (timedelta(days=1) if wait else timedelta(seconds=1))
        self.took(row.name, SYSTEM, {}, {r.to for r in row.routes})
        return True

    def _taken_or_barred(
        self, row: Step, mine: list[Step], actor: Actor, facts: dict[str, object]
    ) -> bool:
        given = rules.normalised({**facts, **self.world.found_out})
        before = self._before()
        if law.barred_by(row, law.deciding(row, given, before)) is not None:
            self.refused(StepForbiddenError, row.name, actor, facts)
            return False
        self.took(
            row.name,
            actor,
            facts,
            {law.route_of(each, law.deciding(each, given, before)).to for each in mine},
        )
        return True

    def _before(self) -> dict[str, object]:
        if self.case is None:
            return {}
        return rules.on_record(self.table, deadlines.history_of(queries.history_of(self.case)))

    def took(self, step: str, actor: Actor, facts: Mapping[str, object], to: set[str]) -> None:
        """Take a step, and see that it led where the table says."""
        before = self.case
        self.case = self._try(step, actor, facts, None)
        case = self.present()
        assert case.state in to
        assert case.version == (before.version + 1 if before else 1)
        state = self.table.states[case.state]
        waiting = set(Waiting.objects.filter(case=case).values_list("role", flat=True))
        by_clock = (
            {"clock"} if any(s.by_clock for s in self.table.steps_from(state.name)) else set()
        )
        assert waiting <= {*state.owners} | by_clock
        assert by_clock <= waiting
        assert bool(waiting) is not state.is_end
        assert (case.closed_at is not None) is state.is_end
        self.tried["taken"] += 1

    def refused(
        self,
        error: type[HuitongError],
        step: str,
        actor: Actor,
        facts: Mapping[str, object],
        *,
        version: int | None = None,
    ) -> None:
        """See that a step is refused, recorded with its articles, and changes nothing."""
        before = self._standing()
        with pytest.raises(error) as refusal:
            self._try(step, actor, facts, version)
        assert self._standing() == before
        (last,) = Entry.objects.filter(kind="case.refused", pk__gt=self.world.refusals)
        self.world.refusals = last.pk
        assert last.facts["code"] == refusal.value.code
        assert tuple(last.cite) == tuple(refusal.value.cite)
        assert last.actor == actor.ledger_name
        self.tried[refusal.value.code] += 1

    def _try(
        self, step: str, actor: Actor, facts: Mapping[str, object], version: int | None
    ) -> Case:
        if self.case is not None:
            return actions.take_step(
                self.case, step, actor=actor, at=self.at, facts=facts, expected_version=version
            )
        return actions.open_case(
            kind=self.table.kind, jurisdiction=self.world.home, subject="roaming:1", title="漫游",
            parties=self.parties, facts=facts, actor=actor, at=self.at,
        )  # fmt: skip

    def _standing(self) -> object:
        """Return all that a refused step must leave as it is."""
        with connection.cursor() as cursor:
            cursor.execute(_STANDING)
            return cursor.fetchone(), dict(self.world.effects)

    def present(self) -> Case:
        assert self.case is not None
        return Case.objects.get(pk=self.case.pk)


def noting(world: World) -> Callable[[str], Callable[..., None]]:
    """Return a maker of effects that only count how often each was run."""
    return lambda name: lambda *_: world.effects.update([name])

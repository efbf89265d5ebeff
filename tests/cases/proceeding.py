"""Takes a case of any regulation through the real engine, with somebody for every role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import uuid4

from huitong.cases import actions, outside, queries, roles, tables
from huitong.cases.applicants import Applicant
from huitong.cases.models import Case
from huitong.organisations import actions as organisations
from huitong.organisations import queries as bodies
from huitong.organisations.models import Department, Jurisdiction
from huitong.organisations.types import SYSTEM, Actor, Level, PostRole, public_actor
from huitong.regulations import compiling, profiles
from huitong.regulations.types import FlatTable, Step
from regulations.walking import filled

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
_PARTIES = ("provider", "consumer", "party")
PLACES = (
    ("0000", "甲省", Level.PROVINCE),
    ("0100", "乙市", Level.CITY),
    ("0102", "丙区", Level.COUNTY),
)


@dataclass
class Proceeding:
    """A county, its city and its province under one regulation; one authority a level."""

    profile_id: str
    first_code: str = "23"
    places: list[Jurisdiction] = field(default_factory=list)
    actors: dict[int, Actor] = field(default_factory=dict)
    authorities: dict[int, Department] = field(default_factory=dict)
    bodies: dict[str, Department] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parent = None
        for number, name, level in PLACES:
            code = self.first_code + number
            parent = organisations.found_jurisdiction(
                code=code, name=name, level=level, parent=parent, actor=SYSTEM, at=NOON,
                profile_id=self.profile_id,
            )  # fmt: skip
            self.places.append(parent)
            authority = self.body(f"DATA-{code}", f"{name}数据局", parent)
            self.authorities[parent.pk] = authority
            for duty in profiles.load(self.profile_id).words.duties:
                organisations.assign_duty(
                    jurisdiction=parent, duty=duty, department=authority, actor=SYSTEM, at=NOON
                )
        for code in self.bodies:
            self.actor(self.bodies[code])

    @property
    def home(self) -> Jurisdiction:
        return self.places[-1]

    def body(self, code: str, name: str = "", where: Jurisdiction | None = None) -> Department:
        """Return a department of the county, founded when it is first asked for."""
        if code not in self.bodies:
            self.bodies[code] = organisations.found_department(
                code=code, name=name or f"{code}局", jurisdiction=where or self.home,
                actor=SYSTEM, at=NOON,
            )  # fmt: skip
        return self.bodies[code]

    def actor(self, body: Department, on: date = date(2026, 3, 2)) -> Actor:
        """Return somebody who is officer and head of a department."""
        if body.pk not in self.actors:
            person = organisations.register_person(
                username=body.code.lower(), name=f"{body.name}经办人", actor=SYSTEM, at=NOON
            )
            for role in (PostRole.OFFICER, PostRole.HEAD, PostRole.UNIT_HEAD):
                organisations.appoint(
                    person=person, department=body, role=role, actor=SYSTEM, at=NOON,
                    since=date(2026, 1, 1),
                )  # fmt: skip
            self.actors[body.pk] = bodies.actor_of(person, on)
        return self.actors[body.pk]

    def table(self, kind: str) -> FlatTable:
        return compiling.compiled(profiles.load(self.profile_id), kind, NOON.date())

    def run(
        self,
        kind: str,
        *steps: str,
        subject: str = "matter:1",
        title: str = "办理事项",
        parties: Mapping[str, Department] | None = None,
        facts: Mapping[str, object] | None = None,
        at: datetime = NOON,
    ) -> Case:
        """Open a case by its entry and take the steps, with all facts that they need filled in.

        A joint step is taken by each of the bodies. `facts` replaces what is filled in.
        """
        table, given = self.table(kind), dict(facts or {})
        beside = {role.beside for role in table.roles.values() if role.beside in table.roles}
        wanted = {n for n in beside if n and table.roles[n].resolver in _PARTIES}
        wanted |= roles.needed_parties(table)
        named = {name: self.body(f"B-{name.upper()[:30]}") for name in sorted(wanted)}
        parties = {**named, **(parties or {})}
        row, actor = self._mover(table, table.entry_steps, parties, self.home)
        stated = self._facts(table, row, given)
        if actor.is_public:
            case, _code = outside.open_case(
                kind=kind, jurisdiction=self.home, subject=subject, title=title, parties=parties,
                facts=stated, name="申请人", contact="000", ref=actor.username, at=at,
            )  # fmt: skip
        else:
            case = actions.open_case(
                kind=kind, jurisdiction=self.home, subject=subject, title=title, parties=parties,
                facts=stated, actor=actor, at=at,
            )  # fmt: skip
        for step in steps:
            case = self.take(case, step, facts=given, at=at)
        return case

    def take(
        self,
        case: Case,
        step: str,
        *,
        facts: Mapping[str, object] | None = None,
        at: datetime = NOON,
    ) -> Case:
        """Take a step, a joint one in the name of every body that has to sign."""
        table, parties = tables.of(case), queries.parties_of(case)
        while True:
            rows = table.rows(step, case.state)
            row, actor = self._mover(table, rows, parties, case.jurisdiction, case)
            case = actions.take_step(
                case, step, actor=actor, at=at, facts=self._facts(table, row, facts or {})
            )
            if "_joined_" not in case.state:
                return case

    def _mover(
        self,
        table: FlatTable,
        rows: tuple[Step, ...],
        parties: Mapping[str, Department],
        home: Jurisdiction,
        case: Case | None = None,
    ) -> tuple[Step, Actor]:
        assert rows, f"no such step of {table.kind} now"
        found = roles.resolve_all(table, (row.by for row in rows), parties, home)
        row = next(row for row in rows if row.by in found)
        holder = found[row.by][0]
        if holder.is_public:
            applicant = Applicant.objects.filter(case=case).first() if case else None
            return row, public_actor(applicant.ref if applicant else uuid4().hex)
        if holder.department_id is not None:
            body = Department.objects.get(pk=holder.department_id)
        else:
            assert holder.jurisdiction_id is not None
            body = self.authorities[holder.jurisdiction_id]
        return row, self.actor(body)

    def _facts(self, table: FlatTable, row: Step, facts: Mapping[str, object]) -> dict[str, object]:
        given = {name: facts.get(name, filled(table.facts[name])) for name in row.facts}
        asked = set(row.own_facts) - set(row.computed)
        return given | {name: value for name, value in facts.items() if name in asked}

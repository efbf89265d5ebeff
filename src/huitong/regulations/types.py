"""Values of the law: time limits, roles, the flat table of a procedure, clauses and faults.

Everything that runs a procedure reads a :class:`FlatTable` and nothing else. A profile is only
what the table is compiled from. All objects are frozen and know neither Django nor the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Self

from huitong.regulations import canonical

Lang = Literal["zh", "en"]
Unit = Literal["working_days", "days", "months", "years"]
Resolver = Literal[
    "provider",
    "consumer",
    "party",
    "head",
    "authority",
    "common_superior",
    "anyone_of_public",
    "clock",
]

RESOLVERS: tuple[Resolver, ...] = (
    "provider",
    "consumer",
    "party",
    "head",
    "authority",
    "common_superior",
    "anyone_of_public",
    "clock",
)
"""Names that the cases room resolves to bodies.

`party` is a department named in the case under the role's own name; `head` the holder of a post in
the department of `beside` (it gives consent); `common_superior` the authority `for` a duty in the
lowest jurisdiction that holds both parties. `clock` is the platform's own sweep.
"""

HEAD_POSTS = ("head", "unit_head")
"""Whose consent a text may ask for: the head of the department, or of its work body (工作机构)."""

EACH, ANY, LEAD = "each", "any", "lead"
SEVERAL = (EACH, ANY, LEAD)
"""What is needed where a role has several departments: each answers, any one does, or the one
named first does and asks the others for their opinions."""

UNITS: tuple[Unit, ...] = ("working_days", "days", "months", "years")
CLOCK = "clock"
"""The built-in role of steps that only the lapse of time takes (`at_end`, `wait`)."""
ON_PAPER = ("decided_by", "decided_by_paper")
"""Facts of a step whose role is `recorded_by` another: who decided, and the paper's number."""


@dataclass(frozen=True, slots=True)
class Names:
    """An official or shared name in both languages."""

    zh: str
    en: str

    def get(self, lang: str) -> str:
        """Return the Chinese name for `zh*`, the English one otherwise."""
        return self.zh if lang.startswith("zh") else self.en

    def __getitem__(self, lang: str) -> str:
        return self.get(lang)


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of one text, as numbered by the text itself, with a summary of ours."""

    id: str
    profile_id: str
    article: int
    paragraph: int | None
    item: int | None
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a profile; `line` counts from 1, 0 means the whole file."""

    file: str
    line: int
    clause: str
    message: str
    mend: str
    code: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" + (f" [{self.clause}]" if self.clause else "")
        return f"{where} {self.message}; {self.mend}"


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A period: exactly one of `amount`+`unit`, `own_period`, `set_in`.

    `start` is `receipt`, `sending`, a stage (its decision) or `event.<fact>`; empty for `set_in`.
    `presumed` says that the text gives no start and this reading is the platform's.
    """

    cite: tuple[str, ...]
    amount: int | None = None
    unit: Unit | None = None
    own_period: str | None = None
    set_in: str | None = None
    start: str = ""
    presumed: bool = False
    when: str | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """Who acts: a resolver's name, and for `authority` the duty and beside whom.

    `above` counts levels up from there (上一级 is 1); `level` (province, city, county) fixes the
    level instead of `beside`. `beside` is a role, or `owner` (whoever the case waits for).
    `post` (`HEAD_POSTS`) says which head, of the department unless said. `several` (`SEVERAL`)
    says that a case may have several departments in the role; empty where it has one.
    """

    name: str
    resolver: Resolver
    names: Names
    duty: str | None = None
    beside: str | None = None
    level: str | None = None
    above: int = 0
    recorded_by: str | None = None
    presumed: bool = False
    cite: tuple[str, ...] = ()
    post: str | None = None
    several: str = ""


@dataclass(frozen=True, slots=True)
class FactWord:
    """A fact that a step may carry: `type` is text, date, boolean, choice, list or number.

    A date may be bounded by the day of the step: `not_after`, `not_before` are `today`, `tomorrow`
    or empty.
    """

    name: str
    type: str
    names: Names
    choices: Mapping[str, Names] = field(default_factory=dict)
    not_after: str = ""
    not_before: str = ""


@dataclass(frozen=True, slots=True)
class FactWhen:
    """A fact that a step needs only when the predicate holds."""

    name: str
    when: str
    cite: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guard:
    """The step is refused while the predicate holds."""

    when: str
    cite: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consent:
    """Whose consent the opening step rests on, inside the acting body: given as the fact `consent`.

    Later steps need none of this: there a consent is a step of its own that leads to a state.
    """

    by: str
    cite: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """Where a step leads; the first route whose predicate holds is taken.

    `effects` are run, in order, in the transaction of the step that takes this route.
    """

    when: str | None
    to: str
    effects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table: in `source`, a holder of `by` may do `name`.

    A step carries the facts that its row asks for (`own_facts`) and no other that the table knows;
    those in `computed` the engine finds out itself, nobody gives them.

    Several rows may share name and source and differ in `by` (art. 27: the authority *or* the
    provider): the actor needs one of them. `source` is "" for the step that opens the case.
    `several` says what is needed where the role has several departments (`each` leads on only when
    the last of them has taken the step); `consulting` names whose opinions it rests on (会同).
    """

    name: str
    stage: str
    outcome: str
    source: str
    by: str
    routes: tuple[Route, ...]
    names: Names
    cite: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    facts_when: tuple[FactWhen, ...] = ()
    optional: tuple[str, ...] = ()
    computed: tuple[str, ...] = ()
    consent: Consent | None = None
    forbidden: tuple[Guard, ...] = ()
    tell: tuple[str, ...] = ()
    practice: bool = False
    presumed: bool = False
    several: str = ""
    consulting: tuple[str, ...] = ()

    @property
    def effects(self) -> tuple[str, ...]:
        """Every effect that some route of this step has; run `route.effects`, not these."""
        return tuple(dict.fromkeys(name for route in self.routes for name in route.effects))

    @property
    def own_facts(self) -> frozenset[str]:
        """The facts that whoever takes the step may give: needed, conditional and optional."""
        conditional = (need.name for need in self.facts_when)
        return frozenset((*self.facts, *conditional, *self.optional))

    @property
    def by_clock(self) -> bool:
        """Say whether only the lapse of the state's time (or wait) takes this step."""
        return self.by == CLOCK


@dataclass(frozen=True, slots=True)
class State:
    """Where a case stands. Variants of a stage (`reply_extended`) share `stage` and its clock.

    `times` are tried in order, the first whose `when` holds (or is None) runs; `extensions` come
    on top of it; `wait` is an earliest day, not a deadline; `pauses` stops the stage's clock.
    `all_of` names who must sign together, `force` whether the stage must end in something (`may`
    leaves it to whoever acts).
    """

    name: str
    stage: str
    is_end: bool
    names: Names
    owners: tuple[str, ...] = ()
    times: tuple[TimeLimit, ...] = ()
    extensions: tuple[TimeLimit, ...] = ()
    wait: TimeLimit | None = None
    pauses: bool = False
    cite: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()
    force: str = "shall"

    @property
    def owner(self) -> str | None:
        """The role that is to act next; None at an end."""
        return self.owners[0] if self.owners else None

    @property
    def time(self) -> TimeLimit | None:
        """The stage's period when it depends on nothing, else its first one."""
        plain = [limit for limit in self.times if limit.when is None]
        return next(iter(plain or self.times), None)


@dataclass(frozen=True, slots=True)
class ClockSettings:
    """Settings of the platform, not of the law: when a due day ends and in which zone."""

    day_end: str = "17:30"
    timezone: str = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Overdue:
    """Who is told when a day passes; being late changes nothing else by itself."""

    tell: tuple[str, ...] = ()
    cite: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FlatTable:
    """A procedure with nothing left to look up but the world: what a case is pinned to."""

    profile_id: str
    kind: str
    names: Names
    entry: str
    states: Mapping[str, State]
    steps: tuple[Step, ...]
    roles: Mapping[str, Role]
    duties: Mapping[str, str]
    facts: Mapping[str, FactWord]
    silent: Mapping[str, str]
    closed: Mapping[str, tuple[str, ...]]
    overdue: Overdue
    clock: ClockSettings
    since: date | None = None
    follow: Mapping[str, str] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    """What of `silent` may have stood where the text breaks off."""

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of the canonical JSON of everything above."""
        return canonical.digest(self)

    def to_json(self) -> str:
        """Return the canonical JSON: sorted keys, no spaces, UTF-8; the digest's own bytes."""
        return canonical.dump(self)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read back what :meth:`to_json` wrote.

        Raises: ValueError or TypeError, when the text is no table.
        """
        return canonical.load(cls, text)

    @property
    def entry_steps(self) -> tuple[Step, ...]:
        """The rows that may open the case (all share the name `entry`)."""
        return self.rows(self.entry, "")

    def rows(self, name: str, state: str) -> tuple[Step, ...]:
        """Rows of a step in a state; the actor must hold the role `by` of one of them."""
        return tuple(s for s in self.steps if s.name == name and s.source == state)

    def steps_from(self, state: str) -> tuple[Step, ...]:
        """Every row that leaves a state."""
        return tuple(step for step in self.steps if step.source == state)

    def step_names(self) -> frozenset[str]:
        """Every step that the table knows, to tell an unknown one from a wrong moment."""
        return frozenset(step.name for step in self.steps)

    def step_named(self, name: str) -> Step | None:
        """Return the first row of that name in any state (for labels and cites)."""
        return next((step for step in self.steps if step.name == name), None)


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a case as clocks see it; the first opened the case."""

    step: str
    stage: str
    at: datetime
    facts: Mapping[str, object]
    to_state: str

"""Values of the engine: who may act now, what is to be done and until when."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from huitong.organisations.types import Actor, PostRole
from huitong.regulations import clauses, clocks
from huitong.regulations.clocks import Due
from huitong.regulations.types import FlatTable, Names, Step

if TYPE_CHECKING:
    from huitong.cases.models import Case, CaseEvent


class NoticeKind(StrEnum):
    """Why somebody is told something."""

    TOLD = "told"
    REMINDED = "reminded"
    DUE = "due"
    OVERDUE = "overdue"
    MOVED = "moved"
    EXPIRING = "expiring"
    RECURRING = "recurring"


class Noticed(IntEnum):
    """How far notice was given of the last day of a stay in a state."""

    NOT = 0
    REMINDED = 1
    DUE = 2
    OVERDUE = 3


@dataclass(frozen=True, slots=True)
class Holder:
    """Who fills a role in one case: a department, a duty in a jurisdiction, the clock, the public.

    `jurisdiction_id`, `_code` and `_name` are of one jurisdiction; they and `duty` are set
    together, and `department_id` is then None.
    """

    role: str
    names: Names
    department_id: int | None = None
    jurisdiction_id: int | None = None
    jurisdiction_code: str = ""
    jurisdiction_name: str = ""
    duty: str = ""
    is_clock: bool = False
    is_public: bool = False
    posts: frozenset[PostRole] = frozenset()
    """One of these must be held in the department; empty means any."""
    cite: tuple[str, ...] = ()
    key: str = ""
    """Under which name the case keeps the department of the role."""
    seat: str = ""
    """That name with the place of this one, where the role has several (`co_collector#2`)."""

    def held_by(self, actor: Actor) -> bool:
        """Whether the actor fills the role today; only the platform is the clock.

        Which case somebody of the public may act in is asked where the step is taken.
        """
        if self.is_clock:
            return actor.is_system
        if self.is_public:
            return actor.is_public
        if self.department_id is not None:
            in_post = not self.posts or bool(self.posts & actor.posts)
            return self.department_id == actor.department_id and in_post
        return (self.jurisdiction_code, self.duty) in actor.duties

    def signature(self, actor: Actor) -> "Signature":
        """Return in whose names the actor takes a step in this role.

        Who stands in, and who carries out a duty for another department, names both.
        """
        person, department = actor.name, actor.department_name
        facts: dict[str, str] = {}
        stood = actor.stood_for(self.posts)
        if stood is not None:
            person = f"{person}（代{stood.name}）" if stood.name else f"{person}（代理）"
            facts["stands_in_for"] = stood.username
        lent = actor.lent_by(self.jurisdiction_code, self.duty)
        if lent is not None:
            department = f"{department}（受{lent.department_name}委托）"
            facts["delegated_by"] = lent.department_code
        return Signature(person[:64], department[:200], facts)


@dataclass(frozen=True, slots=True)
class Signature:
    """The names that stand under a step, and what the ledger says of them besides the actor."""

    person: str
    department: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Todo:
    """One case that waits for the actor, with the last lawful day and why.

    `remaining` counts working days from tomorrow to the due day, negative when that day is past;
    None where no period runs.
    """

    case: "Case"
    state: str
    state_names: Names
    kind_names: Names
    role: str
    role_names: Names
    table: FlatTable
    due: Due | None
    remaining: int | None
    is_overdue: bool
    cite: tuple[str, ...]
    since: dt.datetime | None = None
    """Since when the case waits for this body; unknown of lines from before that was kept."""

    # Worked out when asked for: a list shows hundreds of lines and explains none of them.

    @property
    def steps(self) -> tuple[Step, ...]:
        """The rows that the role waited for may take now."""
        return tuple(s for s in self.table.steps_from(self.state) if s.by == self.role)

    @property
    def article(self) -> Names:
        """The articles that set the period, or that of the state where none runs."""
        return Names(
            zh="；".join(clauses.label(cite, "zh") for cite in self.cite),
            en="; ".join(clauses.label(cite, "en") for cite in self.cite),
        )

    @property
    def explanation(self) -> Names:
        """Say in sentences until when and why; empty where no period runs."""
        if self.due is None:
            return Names(zh="", en="")
        return Names(zh=clocks.explain(self.due, "zh"), en=clocks.explain(self.due, "en"))


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One step that was taken, with the names and articles that a page shows."""

    event: "CaseEvent"
    step_names: Names
    state_names: Names
    articles: tuple[Names, ...]
    told: tuple[str, ...] = ()
    is_practice: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A step that was refused, as the ledger keeps it: no free text, so no personal data."""

    subject: str
    actor: str
    at: dt.datetime
    facts: Mapping[str, object] = field(default_factory=dict)

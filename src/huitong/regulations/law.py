"""What a profile says, as read from its files, before anything is compiled.

Texts keep the order of the law: the first stage of a procedure is its entry, and `next` is the
stage listed after. `line` counts from 1 in the file that the value came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from huitong.regulations.types import (
    Clause,
    ClockSettings,
    Consent,
    FactWhen,
    FactWord,
    Guard,
    Names,
    Overdue,
    Role,
    TimeLimit,
)


@dataclass(frozen=True, slots=True)
class OutcomeWord:
    """What a shared kind says of one outcome of a stage: where it leads unless a text says else.

    `to` is `next`, `done`, a stage or an end. `effects` run whenever the outcome is taken.
    An outcome with `lapse` exists only where a text's `at_end` names it.
    """

    name: str
    to: str
    names: Names
    effects: tuple[str, ...] = ()
    lapse: bool = False


@dataclass(frozen=True, slots=True)
class StageWord:
    """A stage that a kind may have, with all that it may end in."""

    name: str
    names: Names
    outcomes: Mapping[str, OutcomeWord]


@dataclass(frozen=True, slots=True)
class EndWord:
    """An end of a kind and the effects of reaching it."""

    name: str
    names: Names
    effects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PracticeWord:
    """A step without an article, such as withdrawing one's own application."""

    stage: str
    outcome: str
    during: tuple[str, ...]
    to: str
    names: Names


@dataclass(frozen=True, slots=True)
class KindWord:
    """A kind of procedure as all texts share it: no owner, no period, no cite.

    `asks` names the parameters (`stage.time`, `stage.extend`, …) that every text must set or
    declare silent.
    """

    name: str
    names: Names
    stages: Mapping[str, StageWord]
    ends: Mapping[str, EndWord]
    practice: Mapping[str, PracticeWord]
    done: str
    asks: tuple[str, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Words:
    """The shared vocabulary of `kinds.yaml`."""

    kinds: Mapping[str, KindWord]
    facts: Mapping[str, FactWord]
    effects: Mapping[str, Names]
    terms: Mapping[str, Names]
    duties: Mapping[str, Names]
    powers: Mapping[str, Names]


@dataclass(frozen=True, slots=True)
class Extend:
    """The clock may be lengthened once, on application."""

    limit: TimeLimit
    approved_by: str
    facts: tuple[str, ...]
    tell: tuple[str, ...]
    cite: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Supplement:
    """Missing material is asked for, `times` times; the clock stops only where `pauses`."""

    times: int
    by: str
    pauses: bool
    facts: tuple[str, ...]
    cite: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AtEnd:
    """What the lapse of the period does, where an article (or a marked reading) says so."""

    outcome: str
    presumed: bool
    cite: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consulting:
    """Bodies whose opinions must be on file before the stage is decided (会同)."""

    roles: tuple[str, ...]
    cite: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """One way on from an outcome."""

    when: str | None
    to: str


@dataclass(frozen=True, slots=True)
class OutcomeText:
    """An outcome as the text refines it; empty fields leave what the kind and stage say."""

    name: str
    line: int
    targets: tuple[Target, ...] = ()
    by: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    facts_when: tuple[FactWhen, ...] = ()
    optional: tuple[str, ...] = ()
    computed: tuple[str, ...] = ()
    forbidden: tuple[Guard, ...] = ()
    tell: tuple[str, ...] = ()
    cite: tuple[str, ...] = ()
    closed_by: tuple[str, ...] = ()
    presumed: bool = False


@dataclass(frozen=True, slots=True)
class StageText:
    """One stage of one text."""

    name: str
    line: int
    since: date | None = None
    by: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    facts_when: tuple[FactWhen, ...] = ()
    optional: tuple[str, ...] = ()
    times: tuple[TimeLimit, ...] = ()
    tell: tuple[str, ...] = ()
    outcomes: Mapping[str, OutcomeText] = field(default_factory=dict)
    extend: Extend | None = None
    supplement: Supplement | None = None
    consent: Consent | None = None
    all_of: tuple[str, ...] = ()
    consulting: Consulting | None = None
    at_end: AtEnd | None = None
    wait: TimeLimit | None = None
    force: str = "shall"
    several: str = ""
    """What is needed here of several departments of a role, where not what the role says."""
    cite: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Absent:
    """A kind that the text does not have; it cannot be started, and the refusal cites `at`."""

    because: str
    at: tuple[str, ...]
    see: str = ""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A procedure that is to be run again and again: in each calendar year, or 定期.

    `own_period` is the text's word where it gives no number; nobody is then reminded.
    """

    yearly: bool
    own_period: str
    cite: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The answers that one text leaves to a fact whose shared word has more."""

    only: tuple[str, ...]
    cite: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProcedureText:
    """A kind as one text states it: stages in the order of the law, or absent.

    A stage may have several wordings; the last in force (`since`) on the day of receipt counts.
    `silent` maps `stage`, `stage.time` or `stage.outcome.facts` to the clause where we looked;
    those in `lost` may have been stated where the text that we have breaks off.
    """

    kind: str
    line: int
    stages: Mapping[str, tuple[StageText, ...]]
    silent: Mapping[str, str]
    practice: tuple[str, ...] = ()
    follow: Mapping[str, str] = field(default_factory=dict)
    follow_cites: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    recurs: Recurrence | None = None
    choices: Mapping[str, Narrowed] = field(default_factory=dict)
    absent: Absent | None = None
    lost: tuple[str, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Term:
    """An official word of the text."""

    name: str
    names: Names
    cite: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CatalogueField:
    """A field that a catalogue entry must state; `when` names a predicate on the entry's values.

    `treated_as` is what the text makes of silence (art. 21: no conditions, hence unconditional).
    """

    name: str
    names: Names
    cite: tuple[str, ...]
    when: str | None = None
    treated_as: str | None = None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Data to which the text does not apply; `shared_by`: what has it shared by agreement yet."""

    name: str
    names: Names
    cite: tuple[str, ...]
    shared_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BasisRule:
    """The ranks of norm on which a restriction may rest."""

    use: str
    ranks: tuple[str, ...]
    cite: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpeningBar:
    """A ground on which data is not opened, and what lifts it (`unless`, a fact)."""

    name: str
    names: Names
    cite: tuple[str, ...]
    unless: str | None = None


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True)
class Profile:
    """One regulation. Compared by identity: a profile is loaded once."""

    id: str
    prefix: str
    names: Names
    title: Names
    status: str
    level: str
    parent: str | None
    document: str
    valid_from: date | None
    valid_to: date | None
    validity_cite: tuple[str, ...]
    roles: Mapping[str, Role]
    bodies: Mapping[str, Names]
    duties: Mapping[str, str]
    terms: Mapping[str, Term]
    fields: tuple[CatalogueField, ...]
    excluded: Mapping[str, Exclusion]
    bases: Mapping[str, BasisRule]
    ranks: Mapping[str, Names]
    opening_bars: tuple[OpeningBar, ...]
    overdue: Overdue
    clock: ClockSettings
    kinds: Mapping[str, ProcedureText]
    clauses: Mapping[str, Clause]
    words: Words
    folder: str = ""
    above: Profile | None = None
    """The profile named by `parent`, once both are loaded: compared with, asked for its clocks."""

    def in_force(self, on: date) -> bool:
        """Say whether new cases of that day fall under this text; the last day counts."""
        after = self.valid_from is None or on >= self.valid_from
        return after and (self.valid_to is None or on <= self.valid_to)

    def term(self, name: str, lang: str = "zh") -> str:
        """Return the text's own word, for instance of `sharing.CONDITIONAL`.

        Raises: KeyError, when no text has such a term.
        """
        return self.terms[name].names.get(lang)

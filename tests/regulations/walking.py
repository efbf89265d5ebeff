"""Walks cases through compiled tables without a database, as the engine would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from huitong.regulations import compiling, profiles, rules, timing
from huitong.regulations.types import FactWord, FlatTable, Happened, Route, Step

BEIJING = ZoneInfo("Asia/Shanghai")
HEILONGJIANG = "heilongjiang-2025"


def beijing(text: str) -> datetime:
    """Read `2026-09-29` (nine o'clock) or `2026-09-29 10:00` as Beijing time."""
    made = datetime.fromisoformat(text)
    return (made if len(text) > 10 else made.replace(hour=9)).replace(tzinfo=BEIJING)


def stated(profile_id: str) -> tuple[str, ...]:
    """Return the kinds that a text has."""
    kinds = profiles.load(profile_id).kinds
    return tuple(name for name, text in kinds.items() if text.absent is None)


def table(kind: str, on: date = date(2026, 3, 2), profile_id: str = HEILONGJIANG) -> FlatTable:
    return compiling.compiled(profiles.load(profile_id), kind, on)


# What a case says of itself unless it is about just that.
_SAID_NO = frozenset({"state_secret", "obtained_by_sharing"})


def filled(word: FactWord) -> object:
    """Return some value that a fact of that type may have."""
    if word.name in _SAID_NO:
        return False
    if word.not_after:
        return "2026-03-01"
    values = {"text": "x", "date": "2026-12-31", "boolean": True, "list": ["x"], "number": 1}
    return next(iter(word.choices)) if word.type == "choice" else values[word.type]


@dataclass
class Walk:
    """One case: its table, and what has happened in it."""

    table: FlatTable
    history: list[Happened] = field(default_factory=list)
    last: Route | None = None
    steps: list[Step] = field(default_factory=list)

    @property
    def taken(self) -> Step:
        """The row of the last step."""
        assert self.steps, "the row takes no step"
        return self.steps[-1]

    @property
    def state(self) -> str:
        return self.history[-1].to_state if self.history else ""

    @property
    def facts(self) -> dict[str, object]:
        return timing.merged(self.history)

    def row(self, name: str) -> Step:
        rows = self.table.rows(name, self.state)
        assert rows, f"{name} cannot be taken in {self.state or 'no case yet'}"
        return rows[0]

    def take(self, name: str, at: datetime, facts: Mapping[str, object]) -> None:
        """Take a step with all the facts it needs; `facts` replaces what is filled in."""
        step = self.row(name)
        given = {f: facts.get(f, filled(self.table.facts[f])) for f in step.facts}
        given |= {f: facts[f] for f in (*step.optional, *step.computed) if f in facts}
        for needed in step.facts_when:
            if needed.name in facts:
                given[needed.name] = facts[needed.name]
        assert not rules.missing_facts(self.table, step, given, self.facts)
        deciding = rules.deciding(step, given, self.facts)
        assert rules.barred_by(step, deciding) is None
        self.last = rules.route_of(step, deciding)
        self.steps.append(step)
        self.history.append(Happened(name, step.stage, at, given, self.last.to))

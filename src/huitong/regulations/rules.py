"""What a step asks for and where it leads, decided from the flat table and the facts alone."""

from __future__ import annotations

from dataclasses import dataclass

from huitong.regulations.conditions import Facts
from huitong.regulations.predicates import holds
from huitong.regulations.types import FlatTable, Guard, Names, Route, State, Step, TimeLimit


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact that the step needs and was not given."""

    name: str
    names: Names
    cite: tuple[str, ...]


def missing_facts(
    table: FlatTable, step: Step, given: Facts, known: Facts | None = None
) -> tuple[MissingFact, ...]:
    """Return what the step still needs.

    `given` are the facts of this step; `known` those of the case so far, which only conditions
    look at. An empty text or list counts as missing, False and 0 do not.
    """
    together = {**(known or {}), **given}
    needed = [(name, step.cite) for name in step.facts]
    needed += [(f.name, f.cite) for f in step.facts_when if holds(f.when, together)]
    return tuple(
        MissingFact(name, table.facts[name].names, cite)
        for name, cite in needed
        if _is_empty(given.get(name))
    )


def deciding(step: Step, given: Facts, known: Facts) -> dict[str, object]:
    """Return the facts that a step's guards and routes read.

    What is on record (`known`) stands against what the step gives, so that no step lifts its own
    bar; what the engine computed for this step (`step.computed`) is of this moment and replaces
    what it computed earlier. Facts that the row does not ask for decide nothing.
    """
    own = {name: value for name, value in given.items() if name in step.own_facts}
    now = {name: value for name, value in given.items() if name in step.computed}
    return {**own, **known, **now}


def barred_by(step: Step, facts: Facts) -> Guard | None:
    """Return the first guard that forbids the step on these facts, None when none does."""
    return next((guard for guard in step.forbidden if holds(guard.when, facts)), None)


def route_of(step: Step, facts: Facts) -> Route:
    """Return the first route whose condition holds; a checked table always has one."""
    return next(r for r in step.routes if r.when is None or holds(r.when, facts))


def limit_of(state: State, facts: Facts) -> TimeLimit | None:
    """Return the period that runs in a state on these facts, None where the text sets none."""
    return next((t for t in state.times if t.when is None or holds(t.when, facts)), None)


def _is_empty(value: object) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or value in ((), [])

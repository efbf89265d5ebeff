"""What a condition may be where a fact is not known: decided only where every answer agrees.

A replay under another text meets facts that nobody was ever asked for. To read them as absent
would be a guess; here a condition is tried with each answer that the fact could have had.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from huitong.regulations.conditions import Facts
from huitong.regulations.predicates import PREDICATES
from huitong.regulations.types import FactWord, FlatTable, Names, Route, State, TimeLimit

NOT_ASKED = Names("本规定没有要求写明，办件没有记载", "its own text never asked for it")


@dataclass(frozen=True, slots=True)
class Unknown:
    """A fact that cannot be known from a case, and why."""

    why: Names


@dataclass(frozen=True, slots=True)
class Doubt:
    """What hangs on facts that are not known; `facts` are their names."""

    facts: tuple[str, ...]


_SAMPLES: Mapping[str, tuple[object, ...]] = {
    "boolean": (True, False),
    "text": ("", "x"),
    "date": ("", "2000-01-01"),
    "list": ((), ("x",)),
    "number": (None, 0, 1),
}


def holds(
    when: str, facts: Facts, unknown: Collection[str], words: Mapping[str, FactWord]
) -> bool | Doubt:
    """Say whether a condition holds whatever the unknown facts are, or what it hangs on."""
    predicate = PREDICATES[when]
    open_ = tuple(name for name in predicate.needs if name in unknown)
    answers = [_answers(words.get(name)) for name in open_]
    found = {
        predicate.holds({**facts, **dict(zip(open_, given, strict=True))})
        for given in product(*answers)
    }
    return found.pop() if len(found) == 1 else Doubt(open_)


def route_of(
    routes: Sequence[Route], facts: Facts, unknown: Collection[str], words: Mapping[str, FactWord]
) -> Route | Doubt:
    """Return the first route whose condition holds, or the doubt that comes before it."""
    for route in routes[:-1]:
        answer = True if route.when is None else holds(route.when, facts, unknown, words)
        if isinstance(answer, Doubt):
            return answer
        if answer:
            return route
    return routes[-1]  # of a checked table: it has no condition


def limit_of(
    table: FlatTable, state: State, facts: Facts, unknown: Collection[str]
) -> TimeLimit | Doubt | None:
    """Return the period that runs in a state, None where none does, or what it hangs on.

    A period whose starting day or last day is a fact that is not known hangs on that fact.
    """
    for limit in state.times:
        answer = True if limit.when is None else holds(limit.when, facts, unknown, table.facts)
        if isinstance(answer, Doubt):
            return answer
        if answer:
            needed = limit.set_in or limit.start.removeprefix("event.")
            return Doubt((needed,)) if needed in unknown else limit
    return None


def _answers(word: FactWord | None) -> tuple[object, ...]:
    if word is None:
        return (None,)
    if word.type == "choice":
        return (None, *word.choices)
    return _SAMPLES[word.type]

"""The clause matrix of a text: each clause, what carries it out, with what value, what proves it.

Pages and the health of a profile read this. The tests are those that name the clause in their
marker; `./run docs` collects them into `proofs.json`, since an installation has no tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from huitong.regulations import parameters, proving, standing
from huitong.regulations.law import Profile
from huitong.regulations.places import PARAMETERS, Place
from huitong.regulations.standing import Standing
from huitong.regulations.types import Clause, Names

PROOFS = Path(__file__).with_name("proofs.json")
DEADLINES = frozenset({"time", "extend", "wait", "validity"})
_ROLE = Names("由谁", "who")
# That there is a stage everything else of it says; how a body is found, its roles.
_SAID_ELSEWHERE = frozenset({"stage", "seats"})
_PLACE = Names("规则档案", "place in the profile")


@dataclass(frozen=True, slots=True)
class Rule:
    """One place of the profile that rests on a clause: `label` says of what, `value` what it is."""

    place: Place
    parameter: Names
    label: Names
    value: Names
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One clause with all that the software makes of it."""

    clause: Clause
    standing: Standing
    rules: tuple[Rule, ...]
    tests: tuple[str, ...]

    @property
    def is_deadline(self) -> bool:
        """Say whether the clause sets, lengthens or ends a period."""
        return any(r.place.parameter in DEADLINES and not r.silent for r in self.rules)

    @property
    def is_silent(self) -> bool:
        """Say whether the profile looked here for something and found nothing."""
        return any(rule.silent for rule in self.rules)

    @property
    def is_unproved(self) -> bool:
        """Say whether something is claimed of the clause that no test names."""
        return self.standing.kind in ("carried_out", "supported") and not self.tests


@cache
def of(profile: Profile) -> tuple[Row, ...]:
    """Return every clause of a text in its order."""
    rules: dict[str, list[Rule]] = {}
    for clause, rule in _rules(profile):
        rules.setdefault(clause, []).append(rule)
    for clause, places in proving.cites_of(profile).items():
        if places and clause not in rules:
            rules[clause] = [_bare(place) for place in places]
    proofs = tests()
    return tuple(
        Row(
            one.clause,
            one,
            tuple(rules.get(one.clause.id, ())),
            tuple(proofs.get(one.clause.id, ())),
        )
        for one in standing.of(profile)[0]
    )


def _rules(profile: Profile) -> Iterator[tuple[str, Rule]]:
    for place, said in parameters.of(profile).items():
        if place.parameter in _SAID_ELSEWHERE and said.because == "said":
            continue
        names = PARAMETERS[place.parameter]
        rule = Rule(place, names, said.label, said.names, silent=said.because != "said")
        for clause in said.cite:
            yield clause, rule
    for role in profile.roles.values():
        rule = Rule(Place("roles", "", "", role.name), _ROLE, role.names, role.names)
        for clause in role.cite:
            yield clause, rule


def _bare(place: str) -> Rule:
    """Return a place of the profile for which nobody has written words yet, as it is called."""
    return Rule(Place("profile", "", "", place), _PLACE, Names(place, place), Names(place, place))


@cache
def tests() -> Mapping[str, tuple[str, ...]]:
    """Return the tests that name each clause, as `./run docs` last found them."""
    found = json.loads(PROOFS.read_text(encoding="utf-8"))
    return {clause: tuple(names) for clause, names in found.items()}

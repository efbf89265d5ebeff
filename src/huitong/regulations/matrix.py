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
from huitong.regulations.parameters import PARAMETERS, Place
from huitong.regulations.standing import Standing
from huitong.regulations.types import Clause, Names

PROOFS = Path(__file__).with_name("proofs.json")
DEADLINES = frozenset({"time", "extend", "wait", "validity"})
_ROLE = Names("由谁", "who")


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
        if place.parameter == "stage" and said.because == "said":
            continue  # that there is a stage is said by everything else of it
        names = PARAMETERS[place.parameter]
        rule = Rule(place, names, said.label, said.names, silent=said.because != "said")
        for clause in said.cite:
            yield clause, rule
    for role in profile.roles.values():
        rule = Rule(Place("roles", "", "", role.name), _ROLE, role.names, role.names)
        for clause in role.cite:
            yield clause, rule


def kinds_of(row: Row) -> tuple[str, ...]:
    """Return the procedures that rest on a clause, in their order."""
    return tuple(dict.fromkeys(rule.place.kind for rule in row.rules if rule.place.kind))


def uncovered(profile: Profile) -> dict[str, list[str]]:
    """Return clauses that the profile cites in a place that no rule of the matrix shows.

    Empty for a sound profile; a test holds that, so that the pages leave nothing out.
    """
    shown = {row.clause.id for row in of(profile) if row.rules}
    cited = proving.cites_of(profile)
    return {clause: where for clause, where in cited.items() if where and clause not in shown}


@cache
def tests() -> Mapping[str, tuple[str, ...]]:
    """Return the tests that name each clause, as `./run docs` last found them."""
    found = json.loads(PROOFS.read_text(encoding="utf-8"))
    return {clause: tuple(names) for clause, names in found.items()}

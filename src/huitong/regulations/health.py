"""How a profile stands: conflicts with the law above, silence, expiry, what no test proves.

Everything here is found out from the files and the day; nothing is judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from huitong.regulations import compiling, floors, matrix, parameters, standing
from huitong.regulations.findings import Finding
from huitong.regulations.law import Profile
from huitong.regulations.matrix import Row
from huitong.regulations.places import PARAMETERS, Place
from huitong.regulations.types import Fault, Names, TimeLimit


@dataclass(frozen=True, slots=True)
class Silence:
    """A parameter on which the text says nothing, and where we looked.

    `above` is the period of the parent that runs instead, where one does.
    """

    place: Place
    names: Names
    label: Names
    cite: tuple[str, ...]
    lost: bool
    above: TimeLimit | None = None


@dataclass(frozen=True, slots=True)
class Expiry:
    """The last day on which new cases fall under a text, and the text that they fall to then.

    `days_left` counts the days after today on which it is still in force; negative when it is over.
    """

    last_day: date
    days_left: int
    cite: tuple[str, ...]
    then: Profile | None


@dataclass(frozen=True, slots=True)
class Health:
    """The findings of one profile on one day."""

    profile: Profile
    faults: tuple[Fault, ...]
    findings: tuple[Finding, ...]
    silences: tuple[Silence, ...]
    expiry: Expiry | None
    unproved: tuple[Row, ...]
    planned: Mapping[str, tuple[Row, ...]]

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings in which the text is weaker than the one above it."""
        return tuple(one for one in self.findings if one.warns)


def of(profile: Profile, on: date) -> Health:
    """Return how a profile stands on a day."""
    rows = matrix.of(profile)
    above = profile.above
    planned: dict[str, tuple[Row, ...]] = {}
    for row in rows:
        if row.standing.kind == "planned":
            planned[row.standing.room] = (*planned.get(row.standing.room, ()), row)
    return Health(
        profile=profile,
        faults=tuple(standing.of(profile)[1]),
        findings=tuple(floors.compare(profile, above)) if above else (),
        silences=tuple(_silences(profile, on)),
        expiry=expiry(profile, on),
        unproved=tuple(row for row in rows if row.is_unproved),
        planned=dict(sorted(planned.items())),
    )


def expiry(profile: Profile, on: date) -> Expiry | None:
    """Return when a text ends and what follows it; None for a text without a last day."""
    if profile.valid_to is None:
        return None
    above, after = profile.above, profile.valid_to + timedelta(days=1)
    then = above if above and above.status == "in_force" and above.in_force(after) else None
    return Expiry(profile.valid_to, (profile.valid_to - on).days, profile.validity_cite, then)


def _silences(profile: Profile, on: date) -> Iterator[Silence]:
    for place, said in parameters.of(profile).items():
        if said.because == "said":
            continue
        yield Silence(
            place,
            PARAMETERS[place.parameter],
            said.label,
            said.cite,
            lost=said.because == "lost",
            above=_above(profile, place, on),
        )


def _above(profile: Profile, place: Place, on: date) -> TimeLimit | None:
    """Return the parent's period that runs where the text is silent, as the tables have it."""
    if place.parameter != "time":
        return None
    state = compiling.compiled(profile, place.kind, on).states.get(place.stage)
    limits = state.times if state else ()
    return next((x for x in limits if not set(x.cite) <= profile.clauses.keys()), None)

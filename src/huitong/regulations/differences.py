"""Two texts side by side: every parameter on which they do not say the same, with both articles.

Nothing is judged here (`floors` says what is weaker). What differs only in naming or in order is no
difference; that a text is silent, and where we looked, is one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from huitong.regulations import parameters
from huitong.regulations.law import Profile
from huitong.regulations.places import PARAMETERS, Place, Said
from huitong.regulations.types import Names

NOTHING = Said(Names("—", "—"), (), None, "silent")
"""A parameter that a text neither sets nor was asked for."""
NO_STAGE = Names("没有这一环节", "no such stage")


@dataclass(frozen=True, slots=True)
class Difference:
    """One parameter on which two texts differ. `names` says which, `label` of what."""

    place: Place
    names: Names
    label: Names
    left: Said
    right: Said


def compare(left: Profile, right: Profile, kind: str | None = None) -> list[Difference]:
    """Return what distinguishes two texts, the text as a whole first, then kind by kind.

    `kind` keeps one procedure. Where one text has not the procedure at all, that is one difference;
    where it has not a stage, what the other says of that stage is listed too.

    Raises: KeyError, when no text knows such a kind.
    """
    ours, theirs = parameters.of(left, kind), parameters.of(right, kind)
    lacking = {*_absent(ours), *_absent(theirs)}
    found = []
    for place in _ordered(left, ours, theirs):
        if place.kind in lacking and place.parameter != "absent":
            continue
        one = ours.get(place) or _missing(place, ours)
        other = theirs.get(place) or _missing(place, theirs)
        if one.key != other.key or {one.because, other.because} == {"silent", "lost"}:
            label = one.label if one.label.zh else other.label
            found.append(Difference(place, PARAMETERS[place.parameter], label, one, other))
    return found


def _absent(said: dict[Place, Said]) -> list[str]:
    places = (place for place in said if place.parameter == "absent")
    return [place.kind for place in places if said[place].because != "said"]


def _missing(place: Place, said: dict[Place, Said]) -> Said:
    """Return why a text has nothing here: no such stage, or simply no word of it."""
    stage = said.get(Place("stage", place.kind, place.stage)) if place.stage else None
    if place.stage and (stage is None or stage.because != "said"):
        return Said(NO_STAGE, stage.cite if stage else (), None, "silent")
    if place.stage and place.item:
        return _missing_of_outcome(place, said)
    return NOTHING


def _missing_of_outcome(place: Place, said: dict[Place, Said]) -> Said:
    closed = said.get(Place("closed", place.kind, place.stage, place.item))
    return replace(closed, key=None) if closed else NOTHING


def _ordered(left: Profile, ours: dict[Place, Said], theirs: dict[Place, Said]) -> list[Place]:
    """Return the places of both: kinds and stages in one order, those of the right-hand text last.

    A stage that only one text has keeps its place among that text's stages.
    """
    kinds = {"": 0, **{kind: 1 + i for i, kind in enumerate(left.words.kinds)}}
    names = {name: i for i, name in enumerate(PARAMETERS)}
    stages = {
        (kind, stage): i
        for kind, word in left.words.kinds.items()
        for i, stage in enumerate(("", *word.stages))
    }
    union = dict.fromkeys((*ours, *theirs))
    seen = {place: i for i, place in enumerate(union)}

    def order(place: Place) -> tuple[int, int, int, int]:
        stage = stages.get((place.kind, place.stage), 0)
        return kinds[place.kind], stage, names[place.parameter], seen[place]

    return sorted(union, key=order)

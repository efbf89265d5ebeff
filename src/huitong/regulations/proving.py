"""Where each clause is relied on: the raw matter of the page article → rule."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from huitong.regulations import house
from huitong.regulations.law import Profile

_CITING = ("cite", "closed_by", "at", "validity_cite")
_NOT_RULES = ("clauses", "words", "lines", "folder", "above")


def cites_of(profile: Profile) -> Mapping[str, list[str]]:
    """Return clause id → the places of the profile that cite it, in the order of the clauses.

    A place reads like `kinds.share_application_conditional.reply.times` or `fields.items`.
    A wording of a stage and the stage itself are one place.
    Clauses that nothing cites are there with an empty list.
    """
    found: dict[str, list[str]] = {clause: [] for clause in profile.clauses}
    asked = house.of_profile(profile)
    for clause, where in chain(_walk(profile, ""), _walk(asked, "house")):
        places = found.setdefault(clause, [])
        if where not in places:
            places.append(where)
    return found


def only_looked_at(places: Iterable[str]) -> bool:
    """Say whether all of some places only tell that the text is silent there.

    >>> only_looked_at(["kinds.demand.absent", "kinds.dispute.silent.decide.time"])
    True
    >>> only_looked_at(["kinds.demand.absent", "terms.data"])
    False
    """
    return all(".silent." in place or place.endswith(".absent") for place in places)


def _walk(value: object, where: str) -> Iterator[tuple[str, str]]:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            content = getattr(value, field.name)
            if field.name in _CITING and isinstance(content, tuple):
                yield from ((clause, where or "validity") for clause in content)
            elif field.name == "silent":
                yield from ((c, f"{where}.silent.{key}") for key, c in content.items())
            elif field.name not in _NOT_RULES:
                inner = "" if field.name in ("stages", "outcomes") else field.name
                yield from _walk(content, _join(where, inner))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _walk(item, _join(where, str(key)))
    elif isinstance(value, tuple):
        for item in value:
            name = getattr(item, "name", "")
            known = not isinstance(name, str) or where.endswith(f".{name}")
            yield from _walk(item, where if known else _join(where, name))


def _join(where: str, name: str) -> str:
    return f"{where}.{name}" if where and name else where or name

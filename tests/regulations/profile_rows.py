"""Rows without a procedure: what a text says of names, bodies, roles, fields and restrictions.

What a row leaves unsaid of a thing that it names must be unsaid in the profile too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from huitong.regulations import house
from huitong.regulations.law import Profile
from regulations.looking import Looked, Row, worded

Thing = Mapping[str, object]
Things = Mapping[str, tuple[Thing, Collection[str]]]


def check(profile: Profile, row: Row, looked: Looked) -> None:
    """Compare every key of a row with the profile."""
    for key in row.keys() & LISTS.keys():
        things = LISTS[key](profile)
        wanted = row[key]
        named = wanted if isinstance(wanted, Mapping) else dict.fromkeys(worded(wanted))
        if key in worded(row.get("only", [])):
            assert list(things) == list(named)
        for name, said in named.items():
            assert name in things, f"{key}: the profile has no {name}, but {list(things)}"
            found, cites = things[name]
            _compare(f"{key}.{name}", found, said)
            looked.at(key, cites)
    for key in row.keys() & PLAIN.keys():
        found, cites = PLAIN[key](profile)
        assert found == row[key], f"{key}: {found}"
        looked.at(key, cites)


def _compare(where: str, found: Thing, said: object) -> None:
    """Compare a thing with `said`: its one word, all that is said of it, or None for its presence.

    Empty, false and missing are one: the row need not say what the text does not.
    """
    if said is None:
        return
    if not isinstance(said, Mapping):
        first = next(iter(found.values()))
        assert first == (worded(said) if isinstance(first, list) else str(said)), (
            f"{where}: {first}"
        )
        rest = {key: value for key, value in list(found.items())[1:] if value}
        assert not rest, f"{where}: and {rest}"
        return
    asked = {key: value for key, value in said.items() if value not in (False, 0)}
    assert {key: value for key, value in found.items() if value} == asked, f"{where}: {found}"


def _terms(profile: Profile) -> Things:
    return {n: ({"name": term.names.zh}, term.cite) for n, term in profile.terms.items()}


def _roles(profile: Profile) -> Things:
    return {
        name: (
            {
                "name": role.names.zh,
                "is": role.resolver,
                "duty": role.duty,
                "beside": role.beside,
                "level": role.level,
                "above": role.above,
                "recorded_by": role.recorded_by,
                "post": role.post,
                "several": role.several,
                "presumed": role.presumed,
            },
            role.cite,
        )
        for name, role in profile.roles.items()
    }


def _fields(profile: Profile) -> Things:
    return {
        field.name: (
            {"name": field.names.zh, "when": field.when, "treated_as": field.treated_as},
            field.cite,
        )
        for field in profile.fields
    }


def _opening_bars(profile: Profile) -> Things:
    return {
        bar.name: ({"name": bar.names.zh, "unless": bar.unless}, bar.cite)
        for bar in profile.opening_bars
    }


def _house(part: str, *fields: str) -> Callable[[Profile], Things]:
    def things(profile: Profile) -> Things:
        rules: Mapping[str, Any] = getattr(house.of(profile.id), part)
        return {
            name: ({field: _plain(getattr(rule, field)) for field in fields}, rule.cite)
            for name, rule in rules.items()
        }

    return things


def _records(profile: Profile) -> Things:
    found = {}
    for name, rule in house.of(profile.id).records.items():
        keep = {rule.keep.unit: rule.keep.amount} if rule.keep else {}
        said = {
            "by": rule.holder,
            "states": list(rule.states),
            "keep": keep,
            "inspect": list(rule.inspect.inspectors) if rule.inspect else [],
            "silent": sorted(rule.silent),
            "absent": rule.because,
        }
        parts = [rule.keep.cite if rule.keep else (), rule.inspect.cite if rule.inspect else ()]
        cites = {*rule.cite, *rule.absent, *(one for part in parts for one in part)}
        found[name] = (said, sorted(cites))
    return found


def _plain(value: object) -> object:
    """Return a value as a row writes it."""
    if isinstance(value, tuple):
        return list(value)
    return value.zh if hasattr(value, "zh") else value


# Key of a row → the things of that name in a profile, with their cites.
LISTS: Mapping[str, Callable[[Profile], Things]] = {
    "terms": _terms,
    "roles": _roles,
    "bodies": lambda p: {n: ({"name": names.zh}, ()) for n, names in p.bodies.items()},
    "duties": lambda p: {n: ({"body": body}, ()) for n, body in p.duties.items()},
    "fields": _fields,
    "excluded": lambda p: {
        n: ({"name": one.names.zh, "shared_by": " ".join(one.shared_by)}, one.cite + one.shared_by)
        for n, one in p.excluded.items()
    },
    "ranks": lambda p: {n: ({"name": names.zh}, ()) for n, names in p.ranks.items()},
    "bases": lambda p: {n: ({"ranks": list(one.ranks)}, one.cite) for n, one in p.bases.items()},
    "opening_bars": _opening_bars,
    "bound": _house("bodies", "standing", "authorised", "scope"),
    "posts": _house("posts", "names", "any_of", "filed", "presumed"),
    "units": _house("units", "names"),
    "papers": _house("papers", "paper", "by", "need", "level", "duty"),
    "records": _records,
    "tasks": _house("tasks", "names", "who", "kinds", "papers"),
}


def _guidance(profile: Profile) -> tuple[object, Collection[str]]:
    said = house.of(profile.id).guidance
    return (said.names.zh, said.cite) if said else ("none", ())


# Key of a row → the one value of that name, with its cites.
PLAIN: Mapping[str, Callable[[Profile], tuple[object, Collection[str]]]] = {
    "title": lambda p: (p.title.zh, ()),
    "document": lambda p: (p.document, ()),
    "status": lambda p: (p.status, ()),
    "level": lambda p: (p.level, ()),
    "above": lambda p: (p.parent or "none", ()),
    "valid_from": lambda p: (p.valid_from or "none", p.validity_cite),
    "valid_to": lambda p: (p.valid_to or "none", p.validity_cite),
    "overdue_tells": lambda p: (list(p.overdue.tell), p.overdue.cite),
    "guidance": _guidance,
}

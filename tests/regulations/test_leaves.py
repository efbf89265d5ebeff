"""No leaf of the format escapes the comparison: each is altered alone and must be noticed.

The leaves are found by walking over the dataclasses, so that a key added to the format fails here
until the difference of two texts shows it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from itertools import permutations
from typing import Any

import pytest

from huitong.regulations import (
    differences,
    house,
    parameters,
    profiles,
    saying,
    seating,
    whole_parameters,
)
from huitong.regulations.compiling import compiled
from huitong.regulations.errors import KindNotInProfileError
from huitong.regulations.law import ProcedureText, Profile
from huitong.regulations.places import Place, Said

NOT_LAW = {
    "line": "where it stands in the file",
    "lines": "where it stands in the file",
    "names": "how a text calls it: another name is no difference",
    "title": "how the text calls itself",
    "cite": "the source of a value, shown beside it",
    "follow_cites": "the source of a value",
    "validity_cite": "the source of a value",
    "at": "where we looked, shown beside it",
    "see": "a pointer for readers from an absent procedure to another",
    "name": "the key under which it stands",
    "kind": "the key under which it stands",
    "id": "the key under which it stands",
    "prefix": "the key under which it stands",
    "document": "the number of the document, shown at the head of both",
    "clauses": "our summaries of the articles",
    "words": "shared by all texts",
    "folder": "where it stands",
    "above": "the text above: compared by `parent`",
    "resolver": "with another one a role is another role: the comparison of two texts has it",
}
OTHER = {
    "unit": ("months", "years"),
    "own_period": ("immediately", "promptly"),
    "start": ("sending", "receipt"),
    "force": ("may", "shall"),
    "because": ("lost", "silent"),
    "status": ("draft", "in_force"),
    "level": ("city", "province"),
    "parent": ("model-city", "county-2024"),
    "post": ("head", "unit_head"),
    "when": ("material_missing", "entry_in_use"),
    "set_in": ("rectify_by", "use_until"),
    "treated_as": ("WITHHELD", "UNCONDITIONAL"),
    "unless": ("reason", "subject_consent"),
    "day_end": ("12:00", "17:30"),
    "timezone": ("UTC", "Asia/Shanghai"),
    "standing": ("bound", "by_reference"),
    "need": ("if_any", "always"),
    "paper": ("platform", "task"),
    "by": ("authority", "department"),
    "filed": ("people_filing", ""),
    "who": ("security", "data_work"),
    "holder": ("consumer", "department"),
}
ROLES = {"by", "all_of", "tell", "roles", "approved_by", "beside", "recorded_by", "owners"}
WHOLE = {"terms", "ranks"}  # every text has each of these; what names a rank needs it
AS_SETS = {"owners", "tell", "facts", "optional", "computed", "facts_when", "forbidden"}
BESIDE_THE_TABLE = {
    *("names", "cite", "silent", "closed", "roles"),  # names and sources
    *("profile_id", "duties", "overdue", "clock", "since"),  # of the text as a whole
}
MAY_BE_EMPTY = {"filed", "duty"}
Rebuild = Callable[[Any], Any]


def _altered(value: object, field: str, profile: Profile) -> Iterator[object]:
    """Yield other values that the format allows in place of a leaf."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
    elif isinstance(value, date):
        yield value + timedelta(days=1)
    elif isinstance(value, str) and field in ROLES and value in profile.roles:
        mine = profile.roles[value].resolver
        # Two roles of one resolver may well be one body under two names.
        yield next(one.name for one in profile.roles.values() if one.resolver != mine)
    elif field == "duties":
        yield from (body for body in list(profile.bodies)[:2] if body != value)
    elif isinstance(value, str) and field == "duty":
        yield next(duty for duty in profile.duties if duty not in (value, "government"))
    elif isinstance(value, str) and field in OTHER and (value or field in MAY_BE_EMPTY):
        yield next(one for one in OTHER[field] if one != value)


def _walk(
    value: object, field: str, profile: Profile, rebuild: Rebuild, where: str
) -> Iterator[tuple[str, Any]]:
    """Yield each leaf's place and the whole with that leaf altered or taken away."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from _fields(value, profile, rebuild, where)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if len(value) > 1 and field not in WHOLE:
                yield f"{where}.{key} away", rebuild({k: v for k, v in value.items() if k != key})
            within = partial(lambda key, new: rebuild({**value, key: new}), key)
            yield from _walk(item, field, profile, within, f"{where}.{key}")
    elif field == "absent":
        return  # where we looked; whether it is lost or silent is altered
    elif field in ("closed_by", "shared_by"):
        # Whether a way is closed is law; by how many clauses, a matter of sources.
        yield from [(f"{where} away", rebuild(()))] if value else []
    elif isinstance(value, tuple):
        for place, item in enumerate(value):
            before, after = value[:place], value[place + 1 :]
            yield f"{where}[{place}] away", rebuild((*before, *after))
            at = partial(lambda one, two, new: rebuild((*one, new, *two)), before, after)
            yield from _walk(item, field, profile, at, f"{where}[{place}]")
    else:
        for new in _altered(value, field, profile):
            yield f"{where} = {new}", rebuild(new)


def _fields(
    value: Any,  # noqa: ANN401 (any dataclass)
    profile: Profile,
    rebuild: Rebuild,
    where: str,
) -> Iterator[tuple[str, Any]]:
    for one in dataclasses.fields(value):
        content, there = getattr(value, one.name), f"{where}.{one.name}"
        if one.name in NOT_LAW or (one.name == "bodies" and isinstance(value, Profile)):
            continue  # which of its bodies has which duty is altered, not how it calls them
        inner = partial(lambda n, new: rebuild(dataclasses.replace(value, **{n: new})), one.name)
        yield from _walk(content, one.name, profile, inner, there)
        may_lack = one.default is None and one.name != "absent"
        if dataclasses.is_dataclass(content) and may_lack:
            yield f"{there} away", inner(None)


def _seen(before: Mapping[Place, Said], after: Mapping[Place, Said]) -> bool:
    """Say what `differences.compare` says: another key, or another reason of silence."""
    if {*before} ^ {*after}:
        return True
    return any(
        before[place].key != after[place].key or before[place].because != after[place].because
        for place in before
    )


def _bare(value: object, seats: Mapping[str, object], field: str = "") -> object:
    """Return what decides how a case goes: no names or cites, each role by the body it means."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return tuple(
            (one.name, _bare(getattr(value, one.name), seats, one.name))
            for one in dataclasses.fields(value)
            if one.name not in BESIDE_THE_TABLE
        )
    if isinstance(value, Mapping):
        return {key: _bare(item, seats) for key, item in value.items()}
    if isinstance(value, tuple):
        found = [_bare(item, seats, field) for item in value]
        return frozenset(found) if field in (*AS_SETS, "steps") else tuple(found)
    return seats.get(value, value) if field in ROLES and isinstance(value, str) else value


def _table(profile: Profile, kind: str) -> object:
    seats = {name: seating.seats(profile, (name,)) for name in profile.roles}
    meant = {
        name: seat[0][1] if seat else saying.standing(profile.roles[name])
        for name, seat in seats.items()
    }
    return _bare(compiled.__wrapped__(profile, kind, date.max), meant)


@pytest.mark.parametrize("profile_id", profiles.all_ids())
def test_each_leaf_of_each_procedure_altered_alone_is_a_difference(profile_id: str) -> None:
    profile = profiles.load(profile_id)
    hidden, tried = [], 0
    for kind, text in profile.kinds.items():
        before = parameters.of(profile, kind)

        def rebuild(new: object, kind: str = kind) -> Profile:
            return dataclasses.replace(profile, kinds={**profile.kinds, kind: new})

        for where, changed in _walk(text, "kind", profile, rebuild, kind):
            tried += 1
            # What only spells out where the case goes anyway may stand or be left out.
            if not _seen(before, parameters.of(changed, kind)) and not (
                "targets" in where and _table(profile, kind) == _table(changed, kind)
            ):
                hidden.append(where)

    assert tried > 400
    assert hidden == []


@pytest.mark.parametrize("profile_id", profiles.all_ids())
def test_each_leaf_of_each_role_that_acts_is_a_difference_where_it_acts(profile_id: str) -> None:
    profile = profiles.load(profile_id)
    said = {kind: parameters.of(profile, kind) for kind in profile.kinds}
    hidden, tried = [], 0
    for name, role in profile.roles.items():
        acts = [kind for kind, text in profile.kinds.items() if name in _named_in(text)]

        def rebuild(new: object, name: str = name) -> Profile:
            return dataclasses.replace(profile, roles={**profile.roles, name: new})

        for where, changed in _walk(role, "role", profile, rebuild, name):
            for kind in acts[:1]:
                tried += 1
                if not _seen(said[kind], parameters.of(changed, kind)):
                    hidden.append(f"{kind}: {where}")

    assert tried > 30
    assert hidden == []


def _named_in(text: ProcedureText) -> set[str]:
    stages = [wordings[-1] for wordings in text.stages.values()]
    return {role for stage in stages for role in seating.roles_of(stage)}


@pytest.mark.parametrize("profile_id", profiles.all_ids())
def test_each_leaf_of_the_text_as_a_whole_is_a_difference(profile_id: str) -> None:
    profile = profiles.load(profile_id)
    whole = dataclasses.replace(profile, kinds={}, roles={})
    before = dict(whole_parameters.of(profile))

    def rebuild(new: object) -> Profile:
        return dataclasses.replace(new, kinds=profile.kinds, roles=profile.roles)

    found = list(_walk(whole, "", profile, rebuild, profile_id))
    hidden = [
        where for where, changed in found if not _seen(before, dict(whole_parameters.of(changed)))
    ]

    assert len(found) > 50
    assert hidden == []


@pytest.mark.parametrize("profile_id", profiles.all_ids())
def test_each_leaf_of_a_bodys_own_house_is_a_difference(
    profile_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = profiles.load(profile_id)
    asked = house.of_profile(profile)
    before = dict(whole_parameters.of(profile))
    found = list(_walk(asked, "", dataclasses.replace(profile, roles={}), lambda new: new, "house"))
    hidden = []
    for where, changed in found:
        monkeypatch.setattr(house, "of_profile", lambda _profile, changed=changed: changed)
        if not _seen(before, dict(whole_parameters.of(profile))):
            hidden.append(where)

    assert len(found) > 5
    assert hidden == []


def test_two_texts_whose_tables_run_alike_say_nothing_different_and_the_other_way_round() -> None:
    """Whatever two compiled tables differ in, the comparison of the two texts names."""
    for left, right in permutations(map(profiles.load, profiles.all_ids()), 2):
        for kind in left.kinds:
            try:
                alike = _table(left, kind) == _table(right, kind)
            except KindNotInProfileError:
                continue
            if not alike:
                assert differences.compare(left, right, kind), (left.id, right.id, kind)

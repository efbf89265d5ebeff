"""What a body was on a given day, and what became of it. Cases of that day keep these names."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from django.db.models import Q, prefetch_related_objects

from huitong.organisations.models import Department, DepartmentChange, Jurisdiction, PlaceChange
from huitong.organisations.types import BodyAct


@dataclass(frozen=True, slots=True)
class PlaceThen:
    """An area as it was on a day; `parent` is the code that its parent had in the change's act."""

    code: str
    name: str
    name_en: str
    level: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class DepartmentThen:
    """A department as it was on a day."""

    name: str
    name_en: str
    kind: str
    jurisdiction: str


def place_on(jurisdiction: Jurisdiction, day: dt.date) -> PlaceThen:
    """Return an area as it was on a day: before its first known change, as that change found it.

    One query.
    """
    later = PlaceChange.objects.filter(jurisdiction=jurisdiction, day__gt=day)
    change = later.order_by("day", "id").first()
    if change is not None:
        return _place(change.before or change.after)
    parent = jurisdiction.parent
    return PlaceThen(
        jurisdiction.code,
        jurisdiction.name,
        jurisdiction.name_en,
        jurisdiction.level,
        parent.code if parent else None,
    )


@dataclass(frozen=True, slots=True)
class TreePlace:
    """An area in the tree of a day; `depth` is 0 at a root, `number` that of its row."""

    code: str
    name: str
    name_en: str
    level: str
    parent: str | None
    depth: int
    number: int


def tree_on(day: dt.date) -> list[TreePlace]:
    """Return the areas that stood on a day as they were then, each before those below it.

    Left out are areas that had ended by then, and those that were founded later by an act on
    record. Two queries.
    """
    rows = {row.pk: row for row in Jurisdiction.objects.all()}
    changes = list(PlaceChange.objects.order_by("day", "id"))
    named = _named(rows.values(), changes)
    after: dict[int, PlaceChange] = {}
    for change in changes:
        if change.day > day:
            after.setdefault(change.jurisdiction_id, change)
    then: dict[int, PlaceThen] = {}
    above: dict[int, int | None] = {}
    for pk, row in rows.items():
        change_after = after.get(pk)
        ended = row.ended_on is not None and row.ended_on <= day
        if ended or (change_after and change_after.act == BodyAct.FOUNDED):
            continue
        if change_after is None:
            then[pk] = PlaceThen(row.code, row.name, row.name_en, row.level, None)
            above[pk] = row.parent_id
        else:
            then[pk] = _place(change_after.before)
            above[pk] = named.get(then[pk].parent or "")
    below: dict[int | None, list[int]] = {}
    for pk in sorted(then, key=lambda one: then[one].code):
        parent = above[pk]
        below.setdefault(parent if parent in then else None, []).append(pk)
    found: list[TreePlace] = []
    waiting = [(pk, 0) for pk in reversed(below.get(None, []))]
    while waiting:
        pk, depth = waiting.pop()
        here, parent = then[pk], above[pk]
        up = then[parent].code if parent in then else None
        found.append(TreePlace(here.code, here.name, here.name_en, here.level, up, depth, pk))
        waiting += [(one, depth + 1) for one in reversed(below.get(pk, []))]
    return found


def codes_on(day: dt.date) -> Mapping[str, str]:
    """Return for every code that an area ever had the code that this area had on a day.

    Left out are areas that did not stand then. Four queries.
    """
    rows = list(Jurisdiction.objects.all())
    then = {one.number: one.code for one in tree_on(day)}
    named = _named(rows, PlaceChange.objects.all())
    return {code: then[pk] for code, pk in named.items() if pk in then}


def _named(rows: Iterable[Jurisdiction], changes: Iterable[PlaceChange]) -> dict[str, int]:
    """Return the areas by all codes that they ever had: none was given to two of them."""
    named = {
        state["code"]: change.jurisdiction_id
        for change in changes
        for state in (change.before, change.after)
        if state
    }
    return named | {row.code: row.pk for row in rows}


def place_of_code(code: str, day: dt.date) -> Jurisdiction | None:
    """Return the area that had this code on a day, whatever its code is now."""
    was = Q(changes__before__code=code) | Q(changes__after__code=code)
    for found in Jurisdiction.objects.filter(Q(code=code) | was).distinct():
        if place_on(found, day).code == code and not (found.ended_on and found.ended_on <= day):
            return found
    return None


def _place(state: Mapping[str, str]) -> PlaceThen:
    return PlaceThen(**{name.name: state[name.name] for name in fields(PlaceThen)})


def department_on(department: Department, day: dt.date) -> DepartmentThen:
    """Return a department as it was on a day. One query."""
    return departments_on([department], day)[department.pk]


def departments_on(departments: Iterable[Department], day: dt.date) -> Mapping[int, DepartmentThen]:
    """Return departments as they were on a day, by id, in one query."""
    wanted = list(departments)
    found: dict[int, DepartmentThen] = {}
    later = DepartmentChange.objects.filter(department__in=wanted, day__gt=day)
    for change in later.order_by("-day", "-id"):
        state = change.before or change.after
        found[change.department_id] = DepartmentThen(
            **{name.name: state[name.name] for name in fields(DepartmentThen)}
        )
    for one in wanted:
        if one.pk not in found:
            here = one.jurisdiction.code
            found[one.pk] = DepartmentThen(one.name, one.name_en, one.kind, here)
    return found


def standing_on(
    departments: Iterable[Department], day: dt.date
) -> list[tuple[Department, DepartmentThen]]:
    """Return those of some departments that stood on a day, each as it was then. Two queries.

    Left out are those that had ended by then, or were founded later by an act on record.
    """
    rows = list(departments)
    later = DepartmentChange.objects.filter(
        department__in=rows, act=BodyAct.FOUNDED.value, day__gt=day
    )
    unborn = set(later.values_list("department_id", flat=True))
    then = departments_on(rows, day)
    return [
        (row, then[row.pk])
        for row in rows
        if row.pk not in unborn and (row.ended_on is None or row.ended_on > day)
    ]


def kind_on(department: Department, day: dt.date) -> str:
    """Return what kind of body a department was on a day.

    One query for an object, however often and for whatever day it is asked.
    """
    prefetch_related_objects([department], "changes")
    later = [change for change in department.changes.all() if change.day > day]
    if not later:
        return department.kind
    first = min(later, key=lambda change: (change.day, change.pk))
    return str((first.before or first.after)["kind"])


def names_on(departments: Iterable[Department], day: dt.date) -> Mapping[int, str]:
    """Return by id the names that departments had on a day, in one query."""
    return {pk: then.name for pk, then in departments_on(departments, day).items()}


def successor_of(department: Department) -> Department:
    """Return who carries on for a department today: itself, or the last successor.

    A department that was abolished without a successor is returned itself.
    """
    here = department
    while here.ended_on is not None and here.successor is not None:
        here = here.successor
    return here

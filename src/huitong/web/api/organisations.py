"""Areas and departments over HTTP, as of any day; nothing is changed here."""

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from huitong.organisations import telling
from huitong.web import clock
from huitong.web.api.callers import caller

router = Router(tags=["organisations"])


class AreaLine(Schema):
    """An area as it was called on the day; `depth` is 0 at the root of the tree."""

    code: str
    name: str
    name_en: str
    level: str
    parent: str | None
    depth: int


class DepartmentLine(Schema):
    """A department as it was on the day; `ended_on` and `successor` are what is known today."""

    code: str
    name: str
    name_en: str
    kind: str
    kind_zh: str
    area: str
    ended_on: dt.date | None
    successor: str | None


class GapLine(Schema):
    """What a text asks for and is not there; `department` is null where the area lacks a duty.

    `presumed` marks what the text does not say in so many words.
    """

    area: str
    department: str | None
    name: str
    what: str
    missing: str
    zh: str
    en: str
    presumed: bool
    cite: list[str]


class DepartmentFull(DepartmentLine):
    """A department with its posts, units, duties, papers in force, gaps and history."""

    credit_code: str | None
    authorised_by: str
    parent: str | None
    guide: str | None
    posts: list[dict[str, Any]]
    units: list[dict[str, Any]]
    duties: list[dict[str, Any]]
    papers: list[dict[str, Any]]
    gaps: list[dict[str, Any]]
    changes: list[dict[str, Any]]


@router.get("", response=list[DepartmentLine])
def list_departments(
    request: HttpRequest, on: dt.date | None = None, area: str = ""
) -> list[dict[str, Any]]:
    """List the departments that stood on a day (today), those of one area by its code of then."""
    return telling.departments(_day(request, on), area=area)


@router.get("/tree", response=list[AreaLine])
def get_tree(request: HttpRequest, on: dt.date | None = None) -> list[dict[str, Any]]:
    """Return the areas that stood on a day (today), each before those below it."""
    return telling.tree(_day(request, on))


@router.get("/gaps", response=list[GapLine])
def list_gaps(
    request: HttpRequest, on: dt.date | None = None, area: str = ""
) -> list[dict[str, Any]]:
    """List posts, units, papers and duties that the text asks for and nobody has, with articles."""
    return telling.missing(_day(request, on), area=area)


@router.get("/{code}", response=DepartmentFull)
def get_department(request: HttpRequest, code: str, on: dt.date | None = None) -> dict[str, Any]:
    """Return one department as it was on a day (today); how people are reached is left out."""
    return telling.department(code, _day(request, on))


def _day(request: HttpRequest, on: dt.date | None) -> dt.date:
    _actor, at = caller(request)
    return on or clock.day_of(at)

"""Areas and departments as of a day, told as plain values for the command line and the API."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from huitong.organisations import books, gaps, history
from huitong.organisations.errors import BodyUnknownError
from huitong.organisations.models import Department, Jurisdiction, Post, Unit
from huitong.regulations import house

Told = dict[str, Any]
"""JSON-ready: texts, numbers, booleans, days as YYYY-MM-DD, lists and objects of these."""


def tree(on: dt.date) -> list[Told]:
    """Return the areas that stood on a day, each before those below it."""
    return [
        {
            "code": one.code,
            "name": one.name,
            "name_en": one.name_en,
            "level": one.level,
            "parent": one.parent,
            "depth": one.depth,
        }
        for one in history.tree_on(on)
    ]


def departments(on: dt.date, *, area: str = "") -> list[Told]:
    """Return the departments that stood on a day, those of one area where its code is given.

    The code is the one that the area had on that day. Raises: BodyUnknownError.
    """
    codes = history.codes_on(on)
    if area and area not in codes.values():
        raise BodyUnknownError(area)
    rows = Department.objects.select_related("jurisdiction", "successor").order_by("code")
    told = [_department(row, then, codes) for row, then in history.standing_on(rows, on)]
    return [one for one in told if area in ("", one["area"])]


def department(code: str, on: dt.date) -> Told:
    """Return one department as of a day: posts, units, duties, papers in force, gaps, history.

    Raises: BodyUnknownError.
    """
    rows = Department.objects.select_related("jurisdiction", "guide", "parent", "successor")
    row = rows.filter(code=code).first()
    if row is None:
        raise BodyUnknownError(code)
    posts = Post.objects.filter(department=row).held_on(on).select_related("person")
    units = Unit.objects.filter(department=row, since__lte=on)
    words = house.words()
    return {
        **_department(row, history.department_on(row, on), history.codes_on(on)),
        "credit_code": row.credit_code,
        "authorised_by": row.authorised_by,
        "parent": row.parent.code if row.parent else None,
        "guide": row.guide.code if row.guide else None,
        "posts": [
            {
                "role": post.role,
                "person": post.person.name,
                "since": post.since.isoformat(),
                "until": post.until.isoformat() if post.until else None,
                "acting": post.acting,
            }
            for post in posts.order_by("role", "since", "pk")
        ],
        "units": [
            {"kind": unit.kind, "name": unit.name, "since": unit.since.isoformat()}
            for unit in units
            if unit.until is None or unit.until > on
        ],
        "duties": [
            {"area": duty.jurisdiction.code, "duty": duty.duty}
            for duty in row.duties.select_related("jurisdiction")
        ],
        "papers": [
            {
                "kind": paper.kind,
                "kind_zh": words.papers[paper.kind].names.zh,
                "title": paper.title,
                "since": paper.since.isoformat(),
                "until": paper.until.isoformat() if paper.until else None,
            }
            for paper in books.in_force(row.papers.all(), on)
        ],
        "gaps": [_gap(one) for one in gaps.of_department(row, on)],
        "changes": [
            {
                "act": change.act,
                "day": change.day.isoformat(),
                "paper": change.paper,
                "before": change.before,
                "after": change.after,
            }
            for change in row.changes.all()
        ],
    }


def missing(on: dt.date, *, area: str = "") -> list[Told]:
    """Return what a regulation asks of areas and departments and is not there on a day.

    Only bodies that stand today are asked. Raises: BodyUnknownError.
    """
    wanted = _area(area, on) if area else None
    places: Iterable[Jurisdiction] = (
        [wanted] if wanted else Jurisdiction.objects.filter(ended_on__isnull=True)
    )
    found = []
    for place in places:
        rows = place.departments.filter(ended_on__isnull=True).select_related("jurisdiction")
        found += [
            {"area": place.code, "department": None, "name": place.name, **_gap(one)}
            for one in gaps.of_jurisdiction(place)
        ]
        found += [
            {"area": place.code, "department": row.code, "name": row.name, **_gap(one)}
            for row in rows
            for one in gaps.of_department(row, on)
        ]
    return found


def _area(code: str, on: dt.date) -> Jurisdiction:
    found = history.place_of_code(code, on)
    if found is None:
        raise BodyUnknownError(code)
    return found


def _department(row: Department, then: history.DepartmentThen, codes: Mapping[str, str]) -> Told:
    kind = house.words().bodies.get(then.kind)
    return {
        "code": row.code,
        "name": then.name,
        "name_en": then.name_en,
        "kind": then.kind,
        "kind_zh": kind.zh if kind else then.kind,
        "area": codes.get(then.jurisdiction, then.jurisdiction),
        "ended_on": row.ended_on.isoformat() if row.ended_on else None,
        "successor": row.successor.code if row.successor else None,
    }


def _gap(gap: gaps.Gap) -> Told:
    return {
        "what": gap.what,
        "missing": gap.name,
        "zh": gap.names.zh,
        "en": gap.names.en,
        "presumed": gap.presumed,
        "cite": list(gap.cite),
    }

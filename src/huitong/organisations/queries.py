"""Questions about organisations, each with a fixed number of SQL queries."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from huitong.organisations.errors import NoAuthorityError, NoPostError, NoRegulationError
from huitong.organisations.models import (
    Department,
    Duty,
    Jurisdiction,
    Person,
    Post,
)
from huitong.organisations.types import Actor, Lent, PostRole, StandsIn
from huitong.regulations import profiles


def actor_of(person: Person, on: dt.date, *, department: Department | None = None) -> Actor:
    """Return the person acting on a day, for the given department or the one joined last.

    Two queries. Raises: NoPostError.
    """
    for actor in actors_of(person, on):
        if department is None or actor.department_id == department.pk:
            return actor
    raise NoPostError(person=person.name)


def actors_of(person: Person, on: dt.date) -> tuple[Actor, ...]:
    """Return as whom the person may act on a day: one actor a department, last joined first.

    Two queries. Raises: NoPostError.
    """
    posts = Post.objects.filter(person=person).held_on(on)
    held: dict[Department, list[Post]] = {}
    related = posts.select_related("department", "stands_in_for__person")
    for post in related.order_by("-since", "-id"):
        held.setdefault(post.department, []).append(post)
    if not held or not person.is_active:
        raise NoPostError(person=person.name)
    duties = _duties(held, on)
    return tuple(
        Actor(
            person_id=person.pk,
            username=person.username,
            name=person.name,
            department_id=department.pk,
            department_code=department.code,
            department_name=department.name,
            duties=frozenset((code, duty) for code, duty, *_ in duties.get(department.pk, ())),
            posts=frozenset(PostRole(post.role) for post in mine),
            stands_in=_stood_in(mine),
            delegated=frozenset(
                Lent(code, duty, by, by_name)
                for code, duty, by, by_name in duties.get(department.pk, ())
                if by and (code, duty, "", "") not in duties[department.pk]
            ),
        )
        for department, mine in held.items()
    )


def _stood_in(posts: Iterable[Post]) -> frozenset[StandsIn]:
    """Return the posts held for somebody else only."""
    own = {post.role for post in posts if not post.acting}
    found = set()
    for post in posts:
        if post.acting and post.role not in own:
            whom = post.stands_in_for.person if post.stands_in_for else None
            names = (whom.username, whom.name) if whom else ("", "")
            found.add(StandsIn(PostRole(post.role), *names))
    return frozenset(found)


def _duties(
    departments: Iterable[Department], on: dt.date
) -> Mapping[int, set[tuple[str, str, str, str]]]:
    """Return by department (jurisdiction code, duty, delegator's code and name), in one query.

    Code and name are empty for a duty of its own.
    """
    found: dict[int, set[tuple[str, str, str, str]]] = {}
    for department_id, _place, code, duty, by, by_name in _held([d.pk for d in departments], on):
        found.setdefault(department_id, set()).add((code, duty, by, by_name))
    return found


def holds_duty(department_id: int, jurisdiction_id: int, duty: str, on: dt.date) -> bool:
    """Whether a department holds a duty somewhere on a day, itself or by delegation. One query."""
    held = _held([department_id], on)
    return any((place, name) == (jurisdiction_id, duty) for _, place, _, name, _, _ in held)


# Asked for by every page: built by the ORM this question takes longer than all of its answer. A
# delegation gives nothing once the delegator no longer holds the duty.
_DUTIES = """
    SELECT d.department_id, j.id, j.code, d.duty, '', ''
    FROM organisations_duty d JOIN organisations_jurisdiction j ON j.id = d.jurisdiction_id
    WHERE d.department_id = ANY(%(departments)s)
    UNION
    SELECT l.department_id, j.id, j.code, l.duty, b.code, b.name
    FROM organisations_delegation l
    JOIN organisations_duty d ON d.jurisdiction_id = l.jurisdiction_id AND d.duty = l.duty
        AND d.department_id = l.delegator_id
    JOIN organisations_jurisdiction j ON j.id = l.jurisdiction_id
    JOIN organisations_department b ON b.id = l.delegator_id
    WHERE l.department_id = ANY(%(departments)s) AND l.since <= %(on)s AND l.until > %(on)s
"""


def _held(department_ids: list[int], on: dt.date) -> list[tuple[int, int, str, str, str, str]]:
    """Return (department, jurisdiction, its code, duty, delegator's code and name) of a day."""
    with connection.cursor() as cursor:
        cursor.execute(_DUTIES, {"departments": department_ids, "on": on})
        return list(cursor.fetchall())


def departments_of(person: Person, on: dt.date) -> list[Department]:
    """Return the departments in which the person holds a post that day, last joined first."""
    posts = Post.objects.filter(person=person).held_on(on).select_related("department")
    return list(dict.fromkeys(post.department for post in posts.order_by("-since", "-id")))


def authority_of(jurisdiction: Jurisdiction, duty: str, *, cite: Iterable[str] = ()) -> Department:
    """Return the department that holds the duty in the jurisdiction today.

    Raises: NoAuthorityError, with the cite of the rule that asked.
    """
    try:
        held = Duty.objects.select_related("department").get(jurisdiction=jurisdiction, duty=duty)
    except Duty.DoesNotExist:
        raise NoAuthorityError(jurisdiction=jurisdiction.name, duty=duty, cite=cite) from None
    return held.department


def profile_of(jurisdiction: Jurisdiction, on: dt.date | None = None) -> str:
    """Return the id of the regulation under which new cases of that day fall here.

    The jurisdiction's own choice, else that of its parent; where the term of that regulation has
    ended (or not begun), the one above it (`profiles.standing_in`). Without a day it is today's: a
    page that shows what an entry must state has no moment of its own.

    Raises: NoRegulationError; ExpiredError, when nothing is in force that day.
    """
    return profiles.standing_in(chosen_profile_of(jurisdiction), on or timezone.localdate()).id


def chosen_profile_of(jurisdiction: Jurisdiction) -> str:
    """Return the id of the regulation chosen for a jurisdiction, be it in force or not.

    For one that was merged it is that of its successor.

    Raises: NoRegulationError.
    """
    stands = jurisdiction
    while stands.ended_on is not None and stands.successor is not None:
        stands = stands.successor
    for here in stands.lineage():
        if here.profile_id:
            return here.profile_id
    raise NoRegulationError(jurisdiction=jurisdiction.name)


def departments_by_id(ids: Iterable[int]) -> Mapping[int, Department]:
    """Return departments with their jurisdictions, by id, in one query."""
    return Department.objects.select_related("jurisdiction").in_bulk(list(ids))


def carriers_by_id(ids: Iterable[int]) -> Mapping[int, Department]:
    """Return who carries on today for departments, by the id of each: itself, or its successor.

    One query where none has ended, one more for each link in a chain of mergers.
    """
    wanted = list(ids)
    known = dict(departments_by_id(wanted))
    while (
        missing := {
            one.successor_id
            for one in known.values()
            if one.ended_on is not None and one.successor_id is not None
        }
        - known.keys()
    ):
        known |= departments_by_id(missing)
    found = {}
    for pk in wanted:
        here = known[pk]
        while here.ended_on is not None and here.successor_id is not None:
            here = known[here.successor_id]
        found[pk] = here
    return found


def carried_by(department_id: int) -> frozenset[int]:
    """Return the ids of a department and of all those that were merged into it, at any remove."""
    found = {department_id}
    latest = found
    while latest := set(
        Department.objects.filter(successor_id__in=latest).values_list("pk", flat=True)
    ):
        found = found | latest
    return frozenset(found)


def merged_into(jurisdiction: Jurisdiction) -> list[Jurisdiction]:
    """Return the areas that were merged into one, at any remove; a query for each remove."""
    found: list[Jurisdiction] = []
    latest = [jurisdiction]
    while latest := list(Jurisdiction.objects.filter(successor__in=latest)):
        found += latest
    return found


_WITHIN = """
    WITH RECURSIVE within AS (
        SELECT id FROM organisations_jurisdiction WHERE code = ANY(%s)
        UNION
        SELECT j.id FROM organisations_jurisdiction j JOIN within w ON j.parent_id = w.id
    )
    SELECT id FROM within
"""


def places_within(codes: Iterable[str]) -> QuerySet[Jurisdiction]:
    """Return the areas with these codes and all that lies below them, at any depth. One query.

    It is `Jurisdiction.lineage` read downwards: an area is here if one of `codes` is in its line.
    """
    return Jurisdiction.objects.filter(pk__in=RawSQL(_WITHIN, (list(codes),)))  # noqa: S611  our own text, the codes a parameter


def people_of(department: Department, on: dt.date) -> list[Post]:
    """Return the posts held in a department on a day, with their people."""
    posts = Post.objects.filter(department=department).held_on(on).select_related("person")
    return list(posts.order_by("role", "person__username"))

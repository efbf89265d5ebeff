"""What a regulation asks of a body and is not there: posts, units, papers, duties; with cites."""

import datetime as dt
from dataclasses import dataclass

from huitong.organisations import books, queries
from huitong.organisations.errors import NoRegulationError
from huitong.organisations.models import Department, Duty, Jurisdiction, Post, Unit
from huitong.regulations import house, profiles
from huitong.regulations.types import Names

# A body that the text merely encourages, or that only receives data, owes no house of its own.
_OWING = frozenset({"bound", "in_part", "by_reference"})


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing asked for and missing. `what` is `post`, `unit`, `paper` or `duty`.

    `filled_by` are the posts of which any would do; `presumed` marks our reading of the text.
    """

    what: str
    name: str
    names: Names
    cite: tuple[str, ...]
    filled_by: tuple[str, ...] = ()
    filed: str = ""
    presumed: bool = False


def house_of(jurisdiction: Jurisdiction) -> house.House:
    """Return what the regulation applied here asks; nothing where none was chosen."""
    try:
        return house.of(queries.profile_of(jurisdiction))
    except NoRegulationError:
        return house.House()


def standing_of(department: Department) -> house.BodyRule | None:
    """Return how the regulation stands to this kind of body; None where it does not name it."""
    return house_of(department.jurisdiction).bodies.get(department.kind)


def of_department(department: Department, on: dt.date) -> list[Gap]:
    """Return the units, posts and papers that a department lacks on a day, as the text has them.

    A post held by somebody who stands in is filled; a paper that has run out is missing. Four
    queries beside those for the regulation.
    """
    rule = standing_of(department)
    if department.ended_on is not None or rule is None or rule.standing not in _OWING:
        return []
    asked = house_of(department.jurisdiction)
    posts = set(
        Post.objects.filter(department=department, person__is_active=True)
        .held_on(on)
        .values_list("role", flat=True)
    )
    units = {
        unit.kind
        for unit in Unit.objects.filter(department=department, since__lte=on)
        if unit.until is None or unit.until > on
    }
    found = [
        Gap("unit", unit.name, unit.names, unit.cite)
        for unit in asked.units.values()
        if unit.name not in units
    ]
    found += [
        Gap("post", post.name, post.names, post.cite, post.any_of, post.filed, post.presumed)
        for post in asked.posts.values()
        if posts.isdisjoint(post.any_of)
    ]
    return found + _papers(department, asked, on)


def _papers(department: Department, asked: house.House, on: dt.date) -> list[Gap]:
    """Return the papers that are always needed and of which none is in force."""
    filed = set(books.in_force(department.papers.all(), on).values_list("kind", flat=True))
    here = department.jurisdiction
    duties = set(department.duties.filter(jurisdiction=here).values_list("duty", flat=True))
    words = house.words().papers
    return [
        Gap("paper", rule.paper, words[rule.paper].names, rule.cite)
        for rule in asked.papers.values()
        if rule.need == "always" and rule.paper not in filed and rule.asks(duties, here.level)
    ]


def of_jurisdiction(jurisdiction: Jurisdiction) -> list[Gap]:
    """Return the duties that the regulation gives to some body here and that nobody holds.

    The articles are those by which the text has the holder act. One query beside those for the
    regulation; none where no regulation was chosen.
    """
    held = set(Duty.objects.filter(jurisdiction=jurisdiction).values_list("duty", flat=True))
    return [gap for gap in duties_of(jurisdiction) if gap.name not in held]


def duties_of(jurisdiction: Jurisdiction) -> list[Gap]:
    """Return every duty that the regulation has somebody of this level hold, held or not.

    `names` are those of the body to which the text gives the duty, where it names one.
    """
    try:
        profile = profiles.load(queries.profile_of(jurisdiction))
    except NoRegulationError:
        return []
    cites: dict[str, dict[str, None]] = {}
    presumed: dict[str, bool] = {}
    for role in profile.roles.values():
        if role.resolver != "authority" or not role.duty or role.recorded_by is not None:
            continue
        if role.level is None or role.level == jurisdiction.level:
            cites.setdefault(role.duty, {}).update(dict.fromkeys(role.cite))
            presumed[role.duty] = presumed.get(role.duty, True) and role.presumed
    found = []
    for duty, body in profile.duties.items():
        if duty in cites:
            names = profile.bodies.get(body, profile.words.duties[duty])
            found.append(Gap("duty", duty, names, tuple(cites[duty]), (), "", presumed[duty]))
    return found

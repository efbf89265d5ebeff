"""Who may change bodies and people, and the entry that each change leaves."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils import timezone

from huitong.ledger import actions as ledger
from huitong.organisations import queries, rules
from huitong.organisations.errors import (
    ActPaperError,
    BodyNameError,
    LevelError,
    NoRegulationError,
    NotAuthorityError,
    NotResponsibleError,
    NotYourDepartmentError,
    PostError,
)
from huitong.organisations.models import Department, Jurisdiction
from huitong.organisations.types import Actor, PostRole
from huitong.regulations import profiles

AREA = ("HL-5",)
HOUSE = ("HL-6.1",)
# Who in a department names its own people: the article asks for a named unit and a responsible
# person, so an officer without such a post cannot appoint others.
NAMING = frozenset(
    {
        PostRole.HEAD,
        PostRole.DEPUTY,
        PostRole.UNIT_HEAD,
        PostRole.DAILY_STAFF,
        PostRole.CHIEF_DATA_OFFICER,
    }
)


# No text says who registers bodies. That it is the authority for the catalogue or for sharing, who
# under every text directs the departments of its area, is our reading of HL-5 and its like.
_BODIES = frozenset({"catalogue", "sharing"})
# Whom a department names is reported to a body in the county's text only (CT-23.2), which has this
# duty for it; elsewhere our reading is the same as for bodies.
_PEOPLE = "people"


def keeps_bodies(actor: Actor, jurisdiction: Jurisdiction) -> bool:
    """Whether the actor registers the bodies of an area: the right duty there or above, and a post.

    The post is one in that authority that names people.
    """
    return bool(actor.posts & NAMING) and _holds(actor, jurisdiction, lambda _: _BODIES)


def keeps_people(actor: Actor, jurisdiction: Jurisdiction) -> bool:
    """Whether the actor may name people of any department in an area; asked as `keeps_bodies`."""
    return bool(actor.posts & NAMING) and _holds(actor, jurisdiction, _people_duties)


def names_people(actor: Actor, department: Department) -> bool:
    """Whether the actor names the people of a department: its own, or as the area's authority."""
    mine = rules.acts_for(actor, department) and bool(actor.posts & NAMING)
    return mine or keeps_people(actor, department.jurisdiction)


def require_oversight(actor: Actor, jurisdiction: Jurisdiction | None) -> None:
    """Let the platform and the authority of the area, or of one that contains it, pass.

    Raises: NotAuthorityError, NotResponsibleError.
    """
    if actor.is_system:
        return
    if jurisdiction is None or not _holds(actor, jurisdiction, lambda _: _BODIES):
        where = jurisdiction.name if jurisdiction else "the tree's root"
        raise NotAuthorityError(actor=actor.name, jurisdiction=where, cite=AREA)
    if not actor.posts & NAMING:
        raise NotResponsibleError(actor=actor.name, department=actor.department_name, cite=AREA)


def require_naming(actor: Actor, department: Department | None) -> None:
    """Let the platform, the area's authority, and the department's responsible people pass.

    Raises: NotYourDepartmentError.
    """
    if actor.is_system:
        return
    if department is None:
        if not actor.posts & NAMING:
            raise NotYourDepartmentError(
                actor=actor.name, department=actor.department_name, cite=HOUSE
            )
        return
    if not names_people(actor, department):
        raise NotYourDepartmentError(actor=actor.name, department=department.name, cite=HOUSE)


def _holds(
    actor: Actor, jurisdiction: Jurisdiction, duties: Callable[[Jurisdiction], frozenset[str]]
) -> bool:
    """Whether the actor's department itself holds one of the duties in the area or above it."""
    areas = {code for code, _ in actor.own_duties}
    return any(
        (place.code, duty) in actor.own_duties
        for place in jurisdiction.lineage()
        if place.code in areas
        for duty in duties(place)
    )


def _people_duties(place: Jurisdiction) -> frozenset[str]:
    """Return the duties whose holder names people in an area under the regulation chosen there."""
    try:
        profile = profiles.load(queries.chosen_profile_of(place))
    except NoRegulationError:
        return _BODIES
    return frozenset({_PEOPLE}) if _PEOPLE in profile.duties else _BODIES


def require_first_day(actor: Actor, since: dt.date, paper: str, at: dt.datetime) -> str:
    """Return the paper of a post that began before today, trimmed; without one it cannot.

    The platform itself may record a post that was held before it was there.

    Raises: PostError.
    """
    today, paper = timezone.localdate(at), paper.strip()
    if since < today and not paper and not actor.is_system:
        raise PostError(
            f"The post would begin on {since}, before today, and no paper says so: name the paper "
            "of the appointment, or let it begin today.",
            zh=f"任职日{since}早于今日而没有依据文件：请填写任命文件，或自今日起任职。",
            cite=HOUSE,
        )
    return paper


def require_act(day: dt.date, paper: str, at: dt.datetime, after: dt.date | None) -> str:
    """Return the paper of an act on a body, trimmed; it and the day must be able to stand.

    `after` is the day of the last act on the body: history is added to at its end only.

    Raises: ActPaperError.
    """
    paper = paper.strip()
    if not paper:
        raise ActPaperError(
            "An act on a body rests on a paper: give its title and number.",
            zh="机构变动须有依据文件：请填写文件名称和文号。",
        )
    if day > timezone.localdate(at):
        raise ActPaperError(
            f"The act is of {day}, which is still to come: record it on that day.",
            zh=f"生效日{day}尚未到来：请于当日登记。",
        )
    if after is not None and day < after:
        raise ActPaperError(
            f"The body changed last on {after}; an act of {day} would rewrite its history: "
            "correct the day.",
            zh=f"该机构最近一次变动为{after}，不能在其前登记{day}的变动：请核对生效日。",
        )
    return paper


@dataclass(frozen=True, slots=True)
class Founding:
    """The day and the paper of a body's founding."""

    day: dt.date
    paper: str


def require_founding(day: dt.date | None, paper: str, at: dt.datetime) -> Founding | None:
    """Return day and paper of a founding; None for a body that was there before the platform.

    Raises: ActPaperError, for one without the other, or a day that is still to come.
    """
    if day is None and not paper.strip():
        return None
    if day is None:
        raise ActPaperError(
            "The founding has a paper and no day: give the day on which it takes effect.",
            zh="设立依据已填写，缺少生效日：请填写生效日。",
        )
    return Founding(day, require_act(day, paper, at, None))


def require_place(jurisdiction: Jurisdiction) -> None:
    """Refuse an area that was merged into another.

    Raises: LevelError.
    """
    if jurisdiction.ended_on is not None:
        successor = jurisdiction.successor
        raise LevelError(
            f"{jurisdiction} ended on {jurisdiction.ended_on}: act on {successor}, its successor.",
            zh=f"“{jurisdiction}”已于{jurisdiction.ended_on}撤销：请在承接的“{successor}”办理。",
        )


def named(code: str, name: str, name_en: str) -> tuple[str, str, str]:
    """Return the code and names of a body, trimmed.

    Raises: BodyNameError, for an empty code or name.
    """
    code, name, name_en = code.strip(), name.strip(), name_en.strip()
    if not code or not name:
        raise BodyNameError
    return code, name, name_en


def note(
    kind: str,
    subject: str,
    actor: Actor,
    at: dt.datetime,
    cite: tuple[str, ...],
    facts: Mapping[str, object],
) -> None:
    """Write the entry of an act."""
    ledger.record(
        kind=kind, subject=subject, actor=actor.ledger_name, at=at, cite=cite, facts=facts
    )

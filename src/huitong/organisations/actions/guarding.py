"""Who may change bodies and people, and the entry that each change leaves."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from huitong.ledger import actions as ledger
from huitong.organisations import rules
from huitong.organisations.errors import (
    ActPaperError,
    BodyNameError,
    LevelError,
    NotAuthorityError,
    NotYourDepartmentError,
)
from huitong.organisations.models import Department, Jurisdiction
from huitong.organisations.types import Actor, PostRole

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


def require_oversight(actor: Actor, jurisdiction: Jurisdiction | None) -> None:
    """Let the platform and the authority of the area, or of one that contains it, pass."""
    if actor.is_system:
        return
    if jurisdiction is None or not rules.oversees(actor, jurisdiction.lineage()):
        where = jurisdiction.name if jurisdiction else "the tree's root"
        raise NotAuthorityError(actor=actor.name, jurisdiction=where, cite=AREA)


def require_naming(actor: Actor, department: Department | None) -> None:
    """Let the platform, the area's authority, and the department's responsible people pass."""
    if actor.is_system:
        return
    named = bool(actor.posts & NAMING)
    if department is None:
        if not (named or actor.is_authority_of):
            raise NotYourDepartmentError(
                actor=actor.name, department=actor.department_name, cite=HOUSE
            )
        return
    if rules.oversees(actor, department.jurisdiction.lineage()):
        return
    if not (named and rules.acts_for(actor, department)):
        raise NotYourDepartmentError(actor=actor.name, department=department.name, cite=HOUSE)


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

"""Merging and abolishing departments: who carries on, and what ends with them."""

import datetime as dt

from huitong.organisations import succession
from huitong.organisations.actions.bodies import (
    changed,
    lock_departments,
    locked,
    require_standing,
    state_of,
)
from huitong.organisations.actions.duties import assign_duty
from huitong.organisations.actions.guarding import AREA
from huitong.organisations.actions.refusing import act
from huitong.organisations.errors import SuccessorError
from huitong.organisations.models import Delegation, Department, Duty, Post, Unit
from huitong.organisations.succession import Ended
from huitong.organisations.types import Actor, BodyAct


@act(*AREA)
def end_department(
    department: Department,
    *,
    successor: Department | None,
    day: dt.date,
    paper: str,
    actor: Actor,
    at: dt.datetime,
) -> Department:
    """Merge a department into another, or abolish it where nobody carries on.

    Its duties, running cases, catalogue entries, grants and systems go to the successor, and so do
    the bodies below it and those whose sector it guides; its posts, units and delegations end that
    day. What it did stays under its own name.

    Raises: NotAuthorityError, BodyEndedError (it or the successor), ActPaperError; SuccessorError,
    for itself as successor, one of another area for duties, or none where something goes on.
    """
    lock_departments(department, successor)
    row = locked(department, actor)
    if successor is not None:
        successor = Department.objects.select_related("jurisdiction").get(pk=successor.pk)
        require_standing(successor)
    # Those of an area that was merged follow the area that they were merged into.
    duties = list(
        Duty.objects.select_related("jurisdiction").filter(
            department=row, jurisdiction__ended_on__isnull=True
        )
    )
    _require_fitting(row, successor, duties)
    for duty in duties:
        assert successor is not None  # noqa: S101  asked for just above
        assign_duty(
            jurisdiction=duty.jurisdiction,
            duty=duty.duty,
            department=successor,
            actor=actor,
            at=at,
        )
    for spell in (
        *Post.objects.filter(department=row, until__isnull=True),
        *Post.objects.filter(department=row, until__gt=day),
        *Unit.objects.filter(department=row, until__isnull=True),
        *Delegation.objects.filter(delegator=row, until__gt=day),
        *Delegation.objects.filter(department=row, until__gt=day),
    ):
        spell.until = max(day, spell.since)
        spell.save(update_fields=["until"])
    _carry_on_guidance(row, successor, day, paper, actor, at)
    row.children.filter(ended_on__isnull=True).update(parent=successor)
    succession.tell(Ended(row, successor, actor, at))
    before = state_of(row)
    row.ended_on, row.successor = day, successor
    act = BodyAct.ABOLISHED if successor is None else BodyAct.MERGED
    return changed(row, before, act, day, paper, actor, at)


def _carry_on_guidance(
    row: Department,
    successor: Department | None,
    day: dt.date,
    paper: str,
    actor: Actor,
    at: dt.datetime,
) -> None:
    """Have the successor guide whom the department guided; nobody where it stands no higher."""
    related = ("jurisdiction", "guide", "successor")
    guided = row.guided.select_for_update(of=("self",)).select_related(*related)
    for one in guided.filter(ended_on__isnull=True):
        above = {place.pk for place in one.jurisdiction.lineage()[1:]}
        before = state_of(one)
        one.guide = successor if successor and successor.jurisdiction_id in above else None
        last = one.changes.order_by("-day").first()
        since = max(day, last.day) if last else day
        changed(one, before, BodyAct.GUIDED, since, paper, actor, at)


def _require_fitting(row: Department, successor: Department | None, duties: list[Duty]) -> None:
    if successor is not None and successor.pk == row.pk:
        raise SuccessorError(
            f"{row} cannot carry on for itself: name another department.",
            zh=f"“{row}”不能由本部门承接：请选择其他部门。",
            cite=AREA,
        )
    if duties and (successor is None or successor.jurisdiction_id != row.jurisdiction_id):
        raise SuccessorError(
            f"{row} holds {len(duties)} duties in {row.jurisdiction}: name a successor there, or "
            "assign the duties first.",
            zh=f"“{row}”在“{row.jurisdiction}”承担{len(duties)}项主管职责：请选择本级承接部门，或先另行确定职责。",
            cite=AREA,
        )

"""Merging areas: what lies in one of them belongs to the other from a day on."""

import datetime as dt

from django.utils import timezone

from huitong.organisations.actions import bodies, places
from huitong.organisations.actions.guarding import AREA, note, require_oversight, require_place
from huitong.organisations.actions.refusing import act
from huitong.organisations.errors import LevelError
from huitong.organisations.models import Delegation, Department, Duty, Jurisdiction
from huitong.organisations.types import Actor, BodyAct


@act(*AREA)
def merge_jurisdiction(
    jurisdiction: Jurisdiction,
    *,
    successor: Jurisdiction,
    day: dt.date,
    paper: str,
    actor: Actor,
    at: dt.datetime,
) -> Jurisdiction:
    """Merge an area into another of its level, by who oversees both.

    Its departments and the areas below it belong to the successor from then on, each with an act of
    its own. The successor's authority carries its duties on: running cases keep their number, their
    area's name and their regulation, and wait for that authority. A duty that nobody holds in the
    successor goes there with its holder. New cases begin in the successor only, under the
    regulation that applies there; two areas that become a third are both merged into it.

    Raises: NotAuthorityError, LevelError, ActPaperError.
    """
    row = places.locked(jurisdiction, actor)
    heir = (
        Jurisdiction.objects.select_for_update(of=("self",))
        .select_related("parent", "successor")
        .get(pk=successor.pk)
    )
    require_oversight(actor, heir)
    require_place(heir)
    if heir.pk == row.pk or heir.level != row.level:
        raise LevelError(
            f"{row} cannot be merged into {heir}: choose another area of its own level.",
            zh=f"“{row}”不能并入“{heir}”：请选择同一层级的其他行政区。",
            cite=AREA,
        )
    before = places.state_of(row)
    row.ended_on, row.successor = day, heir
    # Whoever stands above the successor stands above what remains of the area.
    row.parent = heir.parent
    places.changed(row, before, BodyAct.MERGED, day, paper, actor, at)
    for below in row.children.select_for_update(of=("self",)).filter(ended_on__isnull=True):
        state = places.state_of(below)
        below.parent = heir
        places.changed(below, state, BodyAct.MOVED, _not_before(below, day), paper, actor, at)
    standing = Department.objects.select_for_update(of=("self",)).filter(
        jurisdiction=row, ended_on__isnull=True
    )
    for department in standing.select_related("jurisdiction", "guide", "successor"):
        state = bodies.state_of(department)
        department.jurisdiction = heir
        since = _not_before(department, day)
        bodies.changed(department, state, BodyAct.MOVED, since, paper, actor, at)
    _carry_on_duties(row, heir, actor, at)
    today = timezone.localdate(at)
    for lent in Delegation.objects.filter(jurisdiction=row, until__gt=today):
        lent.until = max(today, lent.since)
        lent.save(update_fields=["until"])
    return row


def _not_before(body: Jurisdiction | Department, day: dt.date) -> dt.date:
    """Return the day of the act for a body that may have changed since: never before that."""
    last = body.changes.order_by("-day").first()
    return max(day, last.day) if last else day


def _carry_on_duties(row: Jurisdiction, heir: Jurisdiction, actor: Actor, at: dt.datetime) -> None:
    """Give each duty of the area to the successor's holder; what nobody holds there comes along."""
    there = {one.duty: one for one in Duty.objects.filter(jurisdiction=heir)}
    for held in Duty.objects.select_for_update(of=("self",)).filter(jurisdiction=row):
        former = held.department
        if held.duty in there:
            held.department = there[held.duty].department
            held.save(update_fields=["department"])
        else:
            Duty.objects.create(jurisdiction=heir, duty=held.duty, department=former)
        facts = {
            "duty": held.duty,
            "department": held.department.code,
            "former": former.code,
            "of": row.code,
        }
        note("duty.assigned", f"jurisdiction:{heir.code}", actor, at, AREA, facts)

"""Telling people: whoever a step, a last day or the end of a regulation concerns finds it here."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import Q, QuerySet

from huitong.cases import roles
from huitong.cases.models import Case, CaseEvent, Notice
from huitong.cases.types import Holder, NoticeKind
from huitong.errors import HuitongError
from huitong.organisations.models import Department, Jurisdiction
from huitong.organisations.types import Actor
from huitong.regulations.types import FlatTable, Step

OWNER = "owner"
"""In `tell`: whoever the case waits for."""


def of_step(
    case: Case,
    table: FlatTable,
    row: Step,
    event: CaseEvent,
    parties: Mapping[str, Department],
) -> None:
    """Tell whom the article names that the step was taken; the one who took it knows."""
    told = holders(table, row.tell, (), parties, case.jurisdiction)
    others = [each for each in told if each.department_id != event.department_id or each.duty]
    give(
        NoticeKind.TOLD,
        subject=f"case:{case.number}",
        to=others,
        at=event.at,
        case=case,
        seq=event.seq,
        cite=row.cite,
        facts={"step": row.name},
    )


def holders(
    table: FlatTable,
    names: Iterable[str],
    waiting: Sequence[Holder],
    parties: Mapping[str, Department],
    home: Jurisdiction,
) -> list[Holder]:
    """Return who is to be told; roles that nobody with an account fills are left out.

    The public reads its answer by its receipt, and a body that this case has none of cannot be
    told: neither may stop a step that was lawfully taken.
    """
    found: list[Holder] = []
    for name in names:
        if name == OWNER:
            found += waiting
            continue
        try:
            found += roles.resolve_each(table, name, parties, home)
        except HuitongError:
            continue
    return found


def give(
    kind: NoticeKind,
    *,
    subject: str,
    to: Iterable[Holder],
    at: dt.datetime,
    case: Case | None = None,
    seq: int = 0,
    cite: Sequence[str] = (),
    facts: Mapping[str, object] | None = None,
) -> None:
    """Write a notice to each recipient that was not told already."""
    write(
        rows(kind, subject=subject, to=to, at=at, case=case, seq=seq, cite=cite, facts=facts or {})
    )


def rows(
    kind: NoticeKind,
    *,
    subject: str,
    to: Iterable[Holder],
    at: dt.datetime,
    case: Case | None,
    seq: int,
    cite: Sequence[str],
    facts: Mapping[str, object],
) -> list[Notice]:
    """Return unsaved notices, one for each recipient; holders without an account are left out."""
    found = {
        _recipient(holder): Notice(
            kind=kind.value,
            subject=subject,
            case=case,
            seq=seq,
            recipient=_recipient(holder),
            role=holder.role,
            department_id=holder.department_id,
            jurisdiction_id=holder.jurisdiction_id,
            duty=holder.duty,
            at=at,
            cite=list(cite),
            facts=dict(facts),
        )
        for holder in to
        if holder.department_id is not None or holder.duty
    }
    return list(found.values())


def write(notices: Sequence[Notice]) -> None:
    """Save notices; one that was given before stays as it is and is not given again."""
    if notices:
        Notice.objects.bulk_create(notices, ignore_conflicts=True)


def to_actor(actor: Actor) -> QuerySet[Notice]:
    """Return the notices to the actor's department and to the duties it holds, newest first."""
    mine = Q(department_id=actor.department_id) if actor.department_id else Q(pk__in=[])
    for code, duty in sorted(actor.duties):
        mine |= Q(jurisdiction__code=code, duty=duty)
    return Notice.objects.filter(mine).select_related("case").order_by("-at", "-id")


@transaction.atomic
def mark_seen(ids: Iterable[int], *, actor: Actor, at: dt.datetime) -> int:
    """Note that somebody of the body told has seen notices; the first who saw stays on record.

    Others' notices are left alone. Returns how many were marked.
    """
    mine = to_actor(actor).filter(pk__in=list(ids), seen_at__isnull=True)
    return Notice.objects.filter(pk__in=list(mine.values_list("pk", flat=True))).update(
        seen_at=at, seen_by=actor.ledger_name
    )


def _recipient(holder: Holder) -> str:
    if holder.department_id is not None:
        return f"department:{holder.department_id}"
    return f"duty:{holder.jurisdiction_id}:{holder.duty}"

"""Delegation: a department lets another carry out a duty for a time, by a paper."""

import datetime as dt

from django.utils import timezone

from huitong.organisations import queries
from huitong.organisations.actions.bodies import standing
from huitong.organisations.actions.guarding import AREA, note, require_naming
from huitong.organisations.actions.refusing import act
from huitong.organisations.errors import DelegationError
from huitong.organisations.models import Delegation, Department, Duty, Jurisdiction
from huitong.organisations.types import Actor


@act(*AREA)
def delegate(
    *,
    jurisdiction: Jurisdiction,
    duty: str,
    department: Department,
    since: dt.date,
    until: dt.date,
    paper: str,
    actor: Actor,
    at: dt.datetime,
) -> Delegation:
    """Let a department carry out a duty for its holder, from `since` until `until` (exclusive).

    The holder keeps the duty and answers for it; what a delegate does names both. A delegate cannot
    delegate on, and is no authority of the area besides.

    Raises: NoAuthorityError, NotYourDepartmentError, BodyEndedError, DelegationError.
    """
    department = standing(department)
    lock_duty(jurisdiction, duty)
    holder = queries.authority_of(jurisdiction, duty, cite=AREA)
    require_naming(actor, holder)
    within = {place.pk for place in department.jurisdiction.lineage()}
    faults = {
        "the delegate is the holder itself": (department.pk == holder.pk, "受托部门就是承担部门"),
        "the delegate is not of the area": (jurisdiction.pk not in within, "受托部门不在本区域"),
        "the last day must come after the first": (until <= since, "终止日须晚于起始日"),
        "it begins in the past": (since < timezone.localdate(at), "起始日不能早于今日"),
        "it rests on no paper": (not paper.strip(), "缺少委托书"),
        "the duty is delegated on some of those days": (
            Delegation.objects.filter(
                jurisdiction=jurisdiction, duty=duty, since__lt=until, until__gt=since
            ).exists(),
            "该期间已有委托",
        ),
    }
    for en, (wrong, zh) in faults.items():
        if wrong:
            raise DelegationError(
                f"The duty was not delegated: {en}. Correct it.",
                zh=f"未予委托：{zh}。请更正后重新提交。",
                cite=AREA,
            )
    made = Delegation.objects.create(
        jurisdiction=jurisdiction,
        duty=duty,
        delegator=holder,
        department=department,
        since=since,
        until=until,
        paper=paper.strip(),
    )
    facts = {
        "duty": duty,
        "delegator": holder.code,
        "department": department.code,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "paper": made.paper,
    }
    note("delegation.begun", f"jurisdiction:{jurisdiction.code}", actor, at, AREA, facts)
    return made


def lock_duty(jurisdiction: Jurisdiction, duty: str) -> None:
    """Lock a duty until the act is done: it is delegated once at a time, by whoever holds it."""
    rows = Duty.objects.select_for_update(no_key=True).filter(jurisdiction=jurisdiction, duty=duty)
    list(rows.values_list("pk", flat=True))


@act(*AREA)
def end_delegation(delegation: Delegation, *, actor: Actor, at: dt.datetime) -> Delegation:
    """End a delegation today, by the department that gave it.

    Raises: NotYourDepartmentError; DelegationError when it ended already.
    """
    row = (
        Delegation.objects.select_for_update(of=("self",))
        .select_related("delegator__jurisdiction", "department", "jurisdiction")
        .get(pk=delegation.pk)
    )
    require_naming(actor, row.delegator)
    today = timezone.localdate(at)
    if row.until <= today:
        raise DelegationError(
            f"The delegation ended on {row.until}.", zh=f"委托已于{row.until}终止。", cite=AREA
        )
    row.until = max(today, row.since)
    row.save(update_fields=["until"])
    facts = {"duty": row.duty, "department": row.department.code, "until": row.until.isoformat()}
    note("delegation.ended", f"jurisdiction:{row.jurisdiction.code}", actor, at, AREA, facts)
    return row

"""Ordering a consumer to put its use right, and what becomes of the grant meanwhile and after.

Under some texts the order comes first and the grant is revoked only after a refusal, an
insufficient report, or a period that ran out (Heilongjiang, art. 27); under others the grant is
suspended first and answers again once the use was put right (State Council, art. 27).
"""

from datetime import date, datetime

from django.db import transaction

from huitong.cases import actions as cases
from huitong.cases import effects, refusals, tables
from huitong.cases.models import Case, CaseEvent
from huitong.organisations.types import Actor
from huitong.sharing import grants, queries
from huitong.sharing.grants import grant_of
from huitong.sharing.models import Grant
from huitong.sharing.types import Trigger

__all__ = ["grant_of"]

_KIND = "use_rectification"
_SUSPENDED = "suspend.suspend"
_ISSUE = "order.issue"


def may_order(grant: Grant, actor: Actor, at: datetime) -> bool:
    """Whether the actor may order the consumer of a live grant to rectify.

    The provider may, and the authority beside the consumer (the articles name no level; the reading
    is the profile's): whoever the entry step of the procedure resolves to.
    """
    return grants.may_open(_KIND, queries.grant(grant.pk), actor, at)


def order_rectification(
    grant: Grant,
    *,
    trigger: Trigger | str,
    problem: str,
    rectify_by: date,
    actor: Actor,
    at: datetime,
) -> Case:
    """Order the consumer of a grant to rectify by a day; its provider or the authority may.

    Where the text has the grant suspended first, it is, and the order follows at once.

    Raises: GrantEndedError, and what the case refuses.
    """
    facts: dict[str, object] = {"trigger": Trigger(trigger).value, "problem": problem}
    by: dict[str, object] = {"rectify_by": rectify_by}
    suspended = suspends_first(grant, at)
    with refusals.recorded(), transaction.atomic():
        opening = facts if suspended else facts | by
        case = grants.open_on(_KIND, grant, facts=opening, actor=actor, at=at)
        if suspended:
            case = cases.take_step(case, _ISSUE, actor=actor, facts=by, at=at)
    return case


def suspends_first(grant: Grant, at: datetime) -> bool:
    """Whether the text in force where the provider is has the grant suspended first."""
    row = queries.grant(grant.pk)
    table = queries.table_in_force(_KIND, row.dataset.provider.jurisdiction, at)
    return table is not None and table.entry == _SUSPENDED


def articles(grant: Grant, at: datetime) -> tuple[str, ...]:
    """Return the clauses by which a use is rectified where the provider is, if there are any."""
    row = queries.grant(grant.pk)
    table = queries.table_in_force(_KIND, row.dataset.provider.jurisdiction, at)
    steps = table.steps if table else ()
    return tuple(sorted({clause for step in steps for clause in step.cite}))


def grounds(grant: Grant, at: datetime) -> tuple[str, ...]:
    """Return the grounds (`Trigger` values) on which the text in force lets an order be issued."""
    row = queries.grant(grant.pk)
    table = queries.table_in_force(_KIND, row.dataset.provider.jurisdiction, at)
    word = table.facts.get("trigger") if table else None
    return tuple(word.choices) if word else ()


def report_rectification(case: Case, *, report: str, actor: Actor, at: datetime) -> Case:
    """Report what the consumer has put right."""
    return cases.take_step(case, "rectify.report", actor=actor, facts={"report": report}, at=at)


def decline_rectification(case: Case, *, reason: str, actor: Actor, at: datetime) -> Case:
    """Record that the consumer declines to rectify, and why."""
    facts = {"decline_reason": reason}
    return cases.take_step(case, "rectify.decline", actor=actor, facts=facts, at=at)


def accept_rectification(case: Case, *, finding: str, actor: Actor, at: datetime) -> Case:
    """Find the rectification sufficient: the grant is as it was before."""
    return _judge(case, "satisfied", {"finding": finding}, actor, at)


def order_again(case: Case, *, rectify_by: date, actor: Actor, at: datetime) -> Case:
    """Set another day, where the text knows it; the grant stays suspended."""
    return _judge(case, "again", {"rectify_by": rectify_by}, actor, at)


def cut_off(case: Case, *, finding: str, actor: Actor, at: datetime) -> Case:
    """Find it insufficient, which revokes the grant in the same transaction."""
    return _judge(case, "cut_off", {"finding": finding}, actor, at)


@effects.register("suspend_grant")
def suspend_grant(case: Case, event: CaseEvent, actor: Actor, at: datetime) -> None:
    """Suspend the grant; the gateway's statements refuse it from this transaction's commit on."""
    grant = grants.locked(case)
    if grant.suspended_at is None:
        grant.suspended_at = at
    grant.stop_cite = list(event.cite)
    grant.save(update_fields=["suspended_at", "stop_cite"])
    grants.note("grant.suspended", grant, event, actor, at)


@effects.register("resume_grant")
def resume_grant(case: Case, event: CaseEvent, actor: Actor, at: datetime) -> None:
    """Let the grant answer again, unless another open case has suspended it too."""
    grant = grants.locked(case)
    others = Case.objects.filter(
        subject=case.subject, closed_at__isnull=True, events__step=_SUSPENDED
    ).exclude(pk=case.pk)
    other = others.first()
    if other is not None:
        facts = {"because": other.number}
        grants.note("grant.stays_suspended", grant, event, actor, at, facts)
        return
    grant.suspended_at = None
    if grant.revoked_at is None:
        grant.stop_cite = []
    grant.save(update_fields=["suspended_at", "stop_cite"])
    grants.note("grant.resumed", grant, event, actor, at)


@effects.register("revoke_grant")
def revoke_grant(case: Case, event: CaseEvent, actor: Actor, at: datetime) -> None:
    """End the grant now; the gateway's statements refuse it from this transaction's commit on."""
    grant = grants.locked(case)
    if grant.revoked_at is None:
        grant.revoked_at = at
        grant.stop_cite = list(event.cite)
        grant.save(update_fields=["revoked_at", "stop_cite"])
    grants.note("grant.revoked", grant, event, actor, at)


def _judge(case: Case, outcome: str, facts: dict[str, object], actor: Actor, at: datetime) -> Case:
    """Take an outcome of the stage in which this case is judged: texts know two of them."""
    row = Case.objects.get(pk=case.pk)
    table = tables.of(row)
    known = sorted(
        (step for step in table.steps if step.outcome == outcome),
        key=lambda step: step.source != row.state,
    )
    step = known[0].name if known else f"judge.{outcome}"
    return cases.take_step(case, step, actor=actor, facts=facts, at=at)

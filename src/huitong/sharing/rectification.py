"""Ordering a consumer to put its use right, and ending the grant when it does not (art. 27).

A grant is revoked in no other way: the law asks for the order first, and for the end only after a
refusal, an insufficient report, or a period that ran out.
"""

from datetime import date, datetime

from django.db import transaction

from huitong.cases import actions as cases
from huitong.cases import effects, refusals
from huitong.cases import queries as cases_queries
from huitong.cases.models import Case, CaseEvent
from huitong.ledger import actions as ledger
from huitong.organisations.types import Actor
from huitong.sharing import queries
from huitong.sharing.errors import GrantEndedError
from huitong.sharing.models import Grant
from huitong.sharing.types import Trigger

_KIND = "use_rectification"
_SUBJECT = "grant:"


def may_order(grant: Grant, actor: Actor, at: datetime) -> bool:
    """Whether the actor may order the consumer of a live grant to rectify.

    The provider may, and the authority beside the consumer (art. 27 names no level; the reading is
    the profile's): whoever the entry step of the procedure resolves to.
    """
    row = queries.grant(grant.pk)
    provider = row.dataset.provider
    return not _has_ended(row, at) and cases_queries.may_open(
        _KIND,
        jurisdiction=provider.jurisdiction,
        parties={"provider": provider, "consumer": row.consumer},
        actor=actor,
        at=at,
    )


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

    Raises: GrantEndedError, and what the case refuses.
    """
    row = queries.grant(grant.pk)
    if _has_ended(row, at):
        raise GrantEndedError(row.pk)
    provider = row.dataset.provider
    facts = {"trigger": Trigger(trigger).value, "problem": problem, "rectify_by": rectify_by}
    with refusals.recorded(), transaction.atomic():
        return cases.open_case(
            kind=_KIND,
            jurisdiction=provider.jurisdiction,
            subject=row.subject,
            title=f"{row.application.version.title}（{row.consumer.name}）",
            parties={"provider": provider, "consumer": row.consumer},
            facts=facts,
            actor=actor,
            at=at,
        )


def report_rectification(case: Case, *, report: str, actor: Actor, at: datetime) -> Case:
    """Report what the consumer has put right."""
    return cases.take_step(case, "rectify.report", actor=actor, facts={"report": report}, at=at)


def decline_rectification(case: Case, *, reason: str, actor: Actor, at: datetime) -> Case:
    """Record that the consumer declines to rectify, and why."""
    facts = {"decline_reason": reason}
    return cases.take_step(case, "rectify.decline", actor=actor, facts=facts, at=at)


def accept_rectification(case: Case, *, finding: str, actor: Actor, at: datetime) -> Case:
    """Find the rectification sufficient, which leaves the grant as it is."""
    return cases.take_step(case, "judge.satisfied", actor=actor, facts={"finding": finding}, at=at)


def cut_off(case: Case, *, finding: str, actor: Actor, at: datetime) -> Case:
    """Find it insufficient, which revokes the grant in the same transaction."""
    return cases.take_step(case, "judge.cut_off", actor=actor, facts={"finding": finding}, at=at)


def grant_of(case: Case) -> Grant:
    """Return the grant that a rectification is about. Raises: GrantNotFoundError."""
    return queries.grant(int(case.subject.removeprefix(_SUBJECT)))


@effects.register("revoke_grant")
def revoke_grant(case: Case, event: CaseEvent, actor: Actor, at: datetime) -> None:
    """End the grant now; the gateway's statements refuse it from this transaction's commit on."""
    pk = int(case.subject.removeprefix(_SUBJECT))
    grant = Grant.objects.select_for_update().get(pk=pk)
    if grant.revoked_at is None:
        grant.revoked_at = at
        grant.save(update_fields=["revoked_at"])
    ledger.record(
        kind="grant.revoked",
        subject=grant.subject,
        actor=actor.ledger_name,
        at=at,
        cite=event.cite,
        facts={"case": case.number, "dataset": grant.dataset.code, "consumer": grant.consumer.code},
    )


def _has_ended(grant: Grant, at: datetime) -> bool:
    return grant.revoked_at is not None or grant.ends_at <= at

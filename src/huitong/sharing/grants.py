"""Cases about one grant: opened on it, and the grant found again by them."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from huitong.cases import actions as cases
from huitong.cases import queries as cases_queries
from huitong.cases import refusals
from huitong.cases.models import Case, CaseEvent
from huitong.ledger import actions as ledger
from huitong.organisations.types import Actor
from huitong.sharing import queries
from huitong.sharing.errors import GrantEndedError, NotAboutGrantError
from huitong.sharing.models import Grant

_SUBJECT = "grant:"


def may_open(kind: str, grant: Grant, actor: Actor, at: datetime) -> bool:
    """Whether the actor may open a case of this kind on a grant that has not ended."""
    provider = grant.dataset.provider
    return not has_ended(grant, at) and cases_queries.may_open(
        kind,
        jurisdiction=provider.jurisdiction,
        parties={"provider": provider, "consumer": grant.consumer},
        actor=actor,
        at=at,
    )


def open_on(
    kind: str,
    grant: Grant,
    *,
    facts: Mapping[str, object],
    actor: Actor,
    at: datetime,
) -> Case:
    """Open a case between the provider and the consumer of a grant.

    Raises: GrantEndedError, and what the case refuses.
    """
    row = queries.grant(grant.pk)
    if has_ended(row, at):
        raise GrantEndedError(row.pk)
    provider = row.dataset.provider
    with refusals.recorded(), transaction.atomic():
        return cases.open_case(
            kind=kind,
            jurisdiction=provider.jurisdiction,
            subject=row.subject,
            title=title_of(row),
            parties={"provider": provider, "consumer": row.consumer},
            facts=facts,
            actor=actor,
            at=at,
        )


def title_of(grant: Grant) -> str:
    """Return the title of a case about a grant: what is shared, and with whom."""
    return f"{grant.application.version.title}（{grant.consumer.name}）"


def has_ended(grant: Grant, at: datetime) -> bool:
    """Whether a grant was revoked or its time is over; a suspended one has not ended."""
    return grant.revoked_at is not None or grant.ends_at <= at


def is_suspended(grant: Grant, at: datetime) -> bool:
    """Whether a grant that has not ended is suspended."""
    return grant.suspended_at is not None and not has_ended(grant, at)


def grant_of(case: Case) -> Grant:
    """Return the grant that a case is about. Raises: NotAboutGrantError, GrantNotFoundError."""
    return queries.grant(_id(case))


def locked(case: Case) -> Grant:
    """Return the grant that a case is about, locked until the transaction ends.

    Raises: NotAboutGrantError, GrantNotFoundError.
    """
    number = _id(case)
    found = (
        Grant.objects.select_for_update(of=("self",))
        .select_related("dataset", "consumer")
        .filter(pk=number)
        .first()
    )
    return found or queries.grant(number)


def facts_of(case: Case) -> dict[str, object]:
    """Return what was stated in a case so far, later statements over earlier ones."""
    stated: dict[str, object] = {}
    for event in case.events.order_by("seq"):
        stated |= event.facts
    return stated


def note(
    kind: str,
    grant: Grant,
    event: CaseEvent,
    actor: Actor,
    at: datetime,
    facts: Mapping[str, object] | None = None,
) -> None:
    """Record what was done to a grant, with the articles of the step that did it."""
    ledger.record(
        kind=kind,
        subject=grant.subject,
        actor=actor.ledger_name,
        at=at,
        cite=event.cite,
        facts={
            "case": event.case.number,
            "dataset": grant.dataset.code,
            "consumer": grant.consumer.code,
            **(facts or {}),
        },
    )


def _id(case: Case) -> int:
    number = case.subject.removeprefix(_SUBJECT)
    if not case.subject.startswith(_SUBJECT) or not number.isdecimal():
        raise NotAboutGrantError(case.number)
    return int(number)

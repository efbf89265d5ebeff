"""Grants and systems of a department that ends: its successor's from then on, or over.

No text says what becomes of a grant when departments are merged. What they do say binds the use,
whoever carries the duty on: purpose and scope stay as applied for, and another use needs the
provider's consent (Heilongjiang, art. 30; State Council, art. 25; Huizhou, art. 13). So a grant is
carried on unchanged by the body that carries the duty on, and ends where nobody does: its purpose
can no longer be met (State Council, art. 27). The articles on record are those of the text in force
at the provider; a text that is silent on either leaves none, and the entry says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from huitong.ledger import actions as ledger
from huitong.organisations.models import Department
from huitong.organisations.succession import Ended, on_ended
from huitong.sharing import endings, queries
from huitong.sharing.changes import USE_CHANGE
from huitong.sharing.models import Client, Grant, Handover
from huitong.sharing.systems import OWN_SYSTEMS
from huitong.sharing.types import Side

_PARTIES = ("dataset__provider__jurisdiction", "application__version", "consumer")


@dataclass(frozen=True, slots=True)
class Held:
    """What a department has of sharing: grants that it may use, that it gave, and its systems."""

    used: QuerySet[Grant]
    given: QuerySet[Grant]
    systems: QuerySet[Client]


def held_by(department: Department, at: datetime) -> Held:
    """Return what of sharing goes to a successor, or ends without one; suspended grants too."""
    standing = Grant.objects.standing(at).select_related(*_PARTIES).order_by("pk")
    return Held(
        used=standing.filter(consumer=department),
        given=standing.filter(dataset__provider=department).exclude(consumer=department),
        systems=Client.objects.filter(consumer=department, active=True).order_by("client_id"),
    )


def articles(grant: Grant, kind: str, at: datetime) -> tuple[str, ...]:
    """Return the articles by which the text at the provider binds a use, or ends it; maybe none."""
    table = queries.table_in_force(kind, grant.dataset.provider.jurisdiction, at)
    return () if table is None else tuple(table.entry_steps[0].cite)


@on_ended
def hand_over(ended: Ended) -> None:
    """Carry grants and systems on under the successor's name; end them where there is none.

    Grants that the department gave stay with their datasets, which go to the same successor: calls
    go on, and the record of each says from whom. The gateway follows, told by the tables' triggers.
    """
    held = held_by(ended.department, ended.at)
    if ended.successor is None:
        for grant in held.used.select_for_update(of=("self",)):
            _end(grant, ended)
        for client in held.systems.select_for_update(of=("self",)):
            _stop(client, ended)
        return
    for grant in held.used.select_for_update(of=("self",)):
        _carry_on(grant, Side.CONSUMER, ended, ended.successor)
        grant.consumer = ended.successor
        grant.save(update_fields=["consumer"])
    for grant in held.given.select_for_update(of=("self",)):
        _carry_on(grant, Side.PROVIDER, ended, ended.successor)
    for client in Client.objects.select_for_update().filter(consumer=ended.department):
        _take_along(client, ended, ended.successor)


def _carry_on(grant: Grant, side: Side, ended: Ended, successor: Department) -> None:
    Handover.objects.create(
        grant=grant, side=side.value, former=ended.department, successor=successor, at=ended.at
    )
    cite = articles(grant, USE_CHANGE, ended.at)
    ledger.record(
        kind="grant.handed_over",
        subject=grant.subject,
        actor=ended.actor.ledger_name,
        at=ended.at,
        cite=cite,
        facts={
            "side": side.value,
            "from": ended.department.code,
            "to": successor.code,
            "dataset": grant.dataset.code,
            **_silent(cite),
        },
    )


def _end(grant: Grant, ended: Ended) -> None:
    cite = articles(grant, endings.USE_END, ended.at)
    endings.stop(grant, ended.at, cite)
    ledger.record(
        kind="grant.ended",
        subject=grant.subject,
        actor=ended.actor.ledger_name,
        at=ended.at,
        cite=cite,
        facts={
            "because": "no_successor",
            "dataset": grant.dataset.code,
            "consumer": ended.department.code,
            **_silent(cite),
        },
    )


def _take_along(client: Client, ended: Ended, successor: Department) -> None:
    Handover.objects.create(
        client=client,
        side=Side.SYSTEM.value,
        former=ended.department,
        successor=successor,
        at=ended.at,
    )
    client.consumer = successor
    client.save(update_fields=["consumer"])
    _note(
        "client.handed_over", client, ended, {"from": ended.department.code, "to": successor.code}
    )


def _stop(client: Client, ended: Ended) -> None:
    client.active = False
    client.save(update_fields=["active"])
    stopped = client.tokens.filter(revoked_at__isnull=True).update(revoked_at=ended.at)
    facts = {"tokens": stopped, "because": "no_successor", "department": ended.department.code}
    _note("client.deactivated", client, ended, facts)


def _note(kind: str, client: Client, ended: Ended, facts: Mapping[str, object]) -> None:
    ledger.record(
        kind=kind,
        subject=f"client:{client.client_id}",
        actor=ended.actor.ledger_name,
        at=ended.at,
        cite=OWN_SYSTEMS,
        facts=facts,
    )


def _silent(cite: tuple[str, ...]) -> dict[str, object]:
    return {} if cite else {"text": "silent"}

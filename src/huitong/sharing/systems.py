"""Systems of departments and their tokens: each act one transaction, one entry."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from huitong.ledger import actions as ledger
from huitong.organisations.models import Department
from huitong.organisations.rules import require_acts_for
from huitong.organisations.types import Actor
from huitong.sharing import secrets
from huitong.sharing.errors import ClientStoppedError
from huitong.sharing.models import Client, Token
from huitong.sharing.types import NewClient

_OWN_SYSTEMS = ("HL-38.3",)


def register_client(*, department: Department, name: str, actor: Actor, at: datetime) -> NewClient:
    """Register a system of the actor's own department; the secret is returned once.

    Raises: NotYourDepartmentError.
    """
    require_acts_for(actor, department, cite=_OWN_SYSTEMS)
    made = NewClient(client_id=secrets.new_client_id(), secret=secrets.new_secret())
    kept = secrets.hash_secret(made.secret)  # 40 ms: outside the transaction
    with transaction.atomic():
        client = Client.objects.create(
            client_id=made.client_id,
            secret_hash=kept,
            consumer=department,
            name=name,
            registered_at=at,
        )
        facts = {"name": name, "department": department.code}
        _note("client.registered", client, actor, at, facts)
    return made


def deactivate_client(client: Client, *, actor: Actor, at: datetime) -> Client:
    """Stop a system: it gets no token, and those that it has are revoked.

    Raises: NotYourDepartmentError, ClientStoppedError.
    """
    with transaction.atomic():
        row = (
            Client.objects.select_for_update(of=("self",))
            .select_related("consumer")
            .get(pk=client.pk)
        )
        require_acts_for(actor, row.consumer, cite=_OWN_SYSTEMS)
        if not row.active:
            raise ClientStoppedError(row.client_id)
        row.active = False
        row.save(update_fields=["active"])
        stopped = row.tokens.filter(revoked_at__isnull=True).update(revoked_at=at)
        _note("client.deactivated", row, actor, at, {"tokens": stopped})
    return row


def revoke_token(token: Token, *, actor: Actor, at: datetime) -> Token:
    """Revoke one token of a system of the actor's own department.

    Raises: NotYourDepartmentError, ClientStoppedError.
    """
    with transaction.atomic():
        row = (
            Token.objects.select_for_update(of=("self",))
            .select_related("client__consumer")
            .get(pk=token.pk)
        )
        require_acts_for(actor, row.client.consumer, cite=_OWN_SYSTEMS)
        if row.revoked_at is not None:
            raise ClientStoppedError(str(row))
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        _note("token.revoked", row.client, actor, at, {"token": row.digest[:16]})
    return row


def _note(
    kind: str, client: Client, actor: Actor, at: datetime, facts: Mapping[str, object]
) -> None:
    ledger.record(
        kind=kind,
        subject=f"client:{client.client_id}",
        actor=actor.ledger_name,
        at=at,
        cite=_OWN_SYSTEMS,
        facts=facts,
    )

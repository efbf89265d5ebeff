"""Systems of departments and their tokens: each act one transaction, one entry."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from huitong.cases import actions as cases
from huitong.cases import effects
from huitong.cases.models import Case, CaseEvent
from huitong.ledger import actions as ledger
from huitong.organisations.models import Department
from huitong.organisations.rules import require_acts_for
from huitong.organisations.types import Actor
from huitong.sharing import queries, secrets
from huitong.sharing.errors import ClientStoppedError, NotAboutSystemError
from huitong.sharing.models import Client, Token
from huitong.sharing.types import NewClient

OWN_SYSTEMS = ("HL-38.3",)
_FILING = "security_filing"
_SUBJECT = "client:"


def register_client(*, department: Department, name: str, actor: Actor, at: datetime) -> NewClient:
    """Register a system of the actor's own department; the secret is returned once.

    Where the text in force asks for a security filing, the system gets tokens once that is on
    record (`file_security`). Raises: NotYourDepartmentError.
    """
    require_acts_for(actor, department, cite=OWN_SYSTEMS)
    made = NewClient(client_id=secrets.new_client_id(), secret=secrets.new_secret())
    kept = secrets.hash_secret(made.secret)  # 40 ms: outside the transaction
    filing = queries.table_in_force(_FILING, department.jurisdiction, at)
    with transaction.atomic():
        client = Client.objects.create(
            client_id=made.client_id,
            secret_hash=kept,
            consumer=department,
            name=name,
            admitted=filing is None,
            registered_at=at,
        )
        facts = {"name": name, "department": department.code}
        _note("client.registered", client, actor, at, facts)
    return made


def subject_of(client: Client) -> str:
    """Return how cases and the ledger name a system."""
    return f"{_SUBJECT}{client.client_id}"


def client_of(subject: str) -> Client:
    """Return the system that a subject names. Raises: Client.DoesNotExist."""
    found = Client.objects.select_related("consumer__jurisdiction")
    return found.get(client_id=subject.removeprefix(_SUBJECT))


def file_security(
    client: Client, *, facts: Mapping[str, object], actor: Actor, at: datetime
) -> Case:
    """File the tests of a system before it connects; its own department does.

    `facts` are what the text asks for (tests and who made them).

    Raises: NotYourDepartmentError, and what the case refuses (KindAbsentError where the text asks
    for no filing).
    """
    row = Client.objects.select_related("consumer__jurisdiction").get(pk=client.pk)
    require_acts_for(actor, row.consumer, cite=OWN_SYSTEMS)
    return cases.open_case(
        kind=_FILING,
        jurisdiction=row.consumer.jurisdiction,
        subject=subject_of(row),
        title=f"{row.name}（{row.consumer.name}）",
        parties={"department": row.consumer, "provider": row.consumer},
        facts={"system_name": row.name, **facts},
        actor=actor,
        at=at,
    )


@effects.register("admit_system")
def admit_system(case: Case, event: CaseEvent, actor: Actor, at: datetime) -> None:
    """Let the system that a filing is about have tokens from now on.

    Raises: NotAboutSystemError, for a filing that names none.
    """
    client_id = case.subject.removeprefix(_SUBJECT)
    client = Client.objects.select_for_update().filter(client_id=client_id).first()
    if client is None or not case.subject.startswith(_SUBJECT):
        raise NotAboutSystemError(case.number)
    client.admitted = True
    client.save(update_fields=["admitted"])
    _note("client.admitted", client, actor, at, {"case": case.number}, event.cite)


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
        require_acts_for(actor, row.consumer, cite=OWN_SYSTEMS)
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
        require_acts_for(actor, row.client.consumer, cite=OWN_SYSTEMS)
        if row.revoked_at is not None:
            raise ClientStoppedError(str(row))
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        _note("token.revoked", row.client, actor, at, {"token": row.digest[:16]})
    return row


def _note(
    kind: str,
    client: Client,
    actor: Actor,
    at: datetime,
    facts: Mapping[str, object],
    cite: Sequence[str] = OWN_SYSTEMS,
) -> None:
    ledger.record(
        kind=kind,
        subject=f"client:{client.client_id}",
        actor=actor.ledger_name,
        at=at,
        cite=cite,
        facts=facts,
    )

"""Systems and their tokens."""

from datetime import timedelta

import pytest

from catalogue.world import LATER, NOON, World
from huitong.cases import actions as cases
from huitong.cases.errors import FactMissingError, KindAbsentError
from huitong.ledger.models import Entry
from huitong.organisations.errors import NotYourDepartmentError
from huitong.sharing import secrets, systems
from huitong.sharing.errors import ClientStoppedError
from huitong.sharing.models import Client, SnapshotVersion, Token
from sharing.places import found


@pytest.fixture
def registered(world: World) -> Client:
    made = systems.register_client(
        department=world.labour, name="就业补贴系统", actor=world.clerk, at=NOON
    )
    client = Client.objects.get(client_id=made.client_id)
    assert secrets.verify_secret(made.secret, client.secret_hash)
    return client


def issued(client: Client) -> Token:
    return client.tokens.create(
        digest=secrets.digest(secrets.new_token()),
        issued_at=NOON,
        expires_at=NOON + timedelta(hours=2),
    )


@pytest.mark.clause("HL-38.3")
def test_the_secret_is_shown_once_and_stands_nowhere(world: World) -> None:
    made = systems.register_client(
        department=world.labour, name="就业补贴系统", actor=world.clerk, at=NOON
    )
    client = Client.objects.get(client_id=made.client_id)
    entry = Entry.objects.get(subject=f"client:{made.client_id}")
    assert made.secret not in client.secret_hash
    assert made.secret not in str(entry.facts)


@pytest.mark.clause("HL-38.3")
def test_a_department_registers_its_own_systems_only(world: World) -> None:
    with pytest.raises(NotYourDepartmentError):
        systems.register_client(department=world.education, name="x", actor=world.clerk, at=NOON)


@pytest.mark.clause("HL-38.3")
def test_stopping_a_system_revokes_its_tokens_and_raises_the_snapshot(
    world: World, registered: Client
) -> None:
    token = issued(registered)
    before = SnapshotVersion.objects.get().version
    systems.deactivate_client(registered, actor=world.clerk, at=LATER)
    token.refresh_from_db()
    assert token.revoked_at == LATER
    assert SnapshotVersion.objects.get().version > before
    with pytest.raises(ClientStoppedError):
        systems.deactivate_client(registered, actor=world.clerk, at=LATER)


@pytest.mark.clause("HL-38.3")
def test_one_token_is_revoked_and_the_others_live_on(world: World, registered: Client) -> None:
    first, second = issued(registered), issued(registered)
    with pytest.raises(NotYourDepartmentError):
        systems.revoke_token(first, actor=world.teacher, at=LATER)
    systems.revoke_token(first, actor=world.clerk, at=LATER)
    second.refresh_from_db()
    assert second.revoked_at is None
    with pytest.raises(ClientStoppedError):
        systems.revoke_token(first, actor=world.clerk, at=LATER)


FILED = {"protection_test": "三级等保测评合格", "function_test": "合格", "test_body": "某测评机构"}


@pytest.mark.clause("CT-21.1", "CT-21.2")
def test_a_system_is_admitted_once_its_filing_is_on_record(db: None) -> None:
    place = found("county-2024")
    made = systems.register_client(
        department=place.consumer, name="业务系统", actor=place.clerk, at=LATER
    )
    client = Client.objects.get(client_id=made.client_id)
    assert not client.admitted
    with pytest.raises(FactMissingError, match="protection_test"):
        systems.file_security(client, facts={}, actor=place.clerk, at=LATER)

    case = systems.file_security(client, facts=FILED, actor=place.clerk, at=LATER)
    assert not Client.objects.get(pk=client.pk).admitted
    cases.take_step(case, "record.record", actor=place.regulator, at=LATER)

    assert Client.objects.get(pk=client.pk).admitted
    entry = Entry.objects.get(kind="client.admitted")
    assert (entry.subject, entry.cite) == (f"client:{client.client_id}", ["CT-21.2"])


def test_where_no_text_asks_for_a_filing_a_system_is_admitted_at_once(world: World) -> None:
    made = systems.register_client(
        department=world.labour, name="业务系统", actor=world.clerk, at=LATER
    )
    client = Client.objects.get(client_id=made.client_id)
    assert client.admitted
    with pytest.raises(KindAbsentError):
        systems.file_security(client, facts=FILED, actor=world.clerk, at=LATER)

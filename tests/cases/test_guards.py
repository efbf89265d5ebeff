"""What the database refuses, whatever the program above it does."""

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from cases.scene import MONDAY, Addresses, Scene
from huitong.cases import actions, queries, tables
from huitong.cases.errors import TableDamagedError
from huitong.cases.models import Case, CaseEvent, StoredTable
from huitong.ledger.models import Entry


def refused_by_database(statement: str, match: str) -> None:
    with (
        pytest.raises((IntegrityError, ProgrammingError), match=match),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_state_does_not_change_without_its_event(scene: Scene) -> None:
    scene.apply()

    refused_by_database("UPDATE cases_case SET state = 'granted'", "only together with its event")
    refused_by_database(
        "UPDATE cases_case SET state = 'granted', version = version + 1",
        "only together with its event",
    )
    refused_by_database("UPDATE cases_case SET closed_at = now()", "only together with its event")


def test_number_table_and_parties_never_change(scene: Scene) -> None:
    scene.apply()

    refused_by_database("UPDATE cases_case SET parties = '{}'", "never change")
    refused_by_database("UPDATE cases_case SET received_at = now()", "never change")
    refused_by_database("UPDATE cases_case SET number = 'GX-1'", "never change")


def test_an_event_is_neither_changed_nor_removed_by_the_application(scene: Scene) -> None:
    scene.apply()

    refused_by_database("UPDATE cases_caseevent SET facts = '{}'", "permission denied")
    refused_by_database("DELETE FROM cases_caseevent", "permission denied")
    refused_by_database("DELETE FROM cases_case", "permission denied")
    refused_by_database("UPDATE cases_storedtable SET body = '{}'", "permission denied")


def test_an_event_of_an_earlier_transaction_moves_no_case(
    real_scene: Scene, fresh_database: Addresses
) -> None:
    case = real_scene.apply()
    entry = Entry.objects.filter(kind="case.step").get()
    with psycopg.connect(fresh_database.admin_dsn) as admin:
        # Only so can such an event be there at all: see the test of events that change no case.
        admin.execute("ALTER TABLE cases_caseevent DISABLE TRIGGER caseevent_landed")
    CaseEvent.objects.create(
        case=case, seq=2, step="reply.grant", role="provider", person_name="x", at=MONDAY,
        facts={}, from_state="reply", to_state="granted", cite=[], entry_uuid=entry.uuid,
    )  # fmt: skip

    refused_by_database(
        "UPDATE cases_case SET state = 'granted', version = 2", "only together with its event"
    )


def test_even_the_owner_of_the_tables_rewrites_no_event(
    real_scene: Scene, fresh_database: Addresses
) -> None:
    real_scene.apply()

    with psycopg.connect(fresh_database.owner_dsn) as owner:
        for statement in (
            "UPDATE cases_caseevent SET facts = '{}'",
            "DELETE FROM cases_caseevent",
            "UPDATE cases_storedtable SET body = '{}'",
        ):
            with (
                pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="stays on record"),
                owner.transaction(),
            ):
                owner.execute(statement)


def test_an_event_that_changes_no_case_is_not_committed(real_scene: Scene) -> None:
    case = real_scene.apply()
    entry = Entry.objects.filter(kind="case.step").get()

    with pytest.raises(IntegrityError, match="did not change the case"), transaction.atomic():
        CaseEvent.objects.create(
            case=case, seq=2, step="reply.grant", role="provider", person_name="x", at=MONDAY,
            facts={}, from_state="reply", to_state="granted", cite=[], entry_uuid=entry.uuid,
        )  # fmt: skip

    assert case.events.count() == 1


def test_a_case_without_a_first_event_is_not_committed(real_scene: Scene) -> None:
    case = real_scene.apply()

    with pytest.raises(IntegrityError, match="without its first event"), transaction.atomic():
        Case.objects.create(
            number="GX-000000-2026-000009", kind=case.kind, profile_id=case.profile_id,
            table=case.table, jurisdiction=case.jurisdiction, state="", subject="x", title="x",
            parties={}, received_at=MONDAY,
        )  # fmt: skip
    with pytest.raises(IntegrityError, match="must begin without a state"), transaction.atomic():
        Case.objects.create(
            number="GX-000000-2026-000009", kind=case.kind, profile_id=case.profile_id,
            table=case.table, jurisdiction=case.jurisdiction, state="granted", subject="x",
            title="x", parties={}, received_at=MONDAY,
        )  # fmt: skip


def test_the_application_cannot_say_which_transaction_an_event_is_of(scene: Scene) -> None:
    case = scene.apply()
    event = case.events.get()

    event.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute("SELECT txid_current()")
        assert event.xact == cursor.fetchone()[0]


def test_an_altered_table_stops_its_cases(
    real_scene: Scene, fresh_database: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = real_scene.apply()
    tables.read([case.table_id])
    with psycopg.connect(fresh_database.admin_dsn) as admin:
        admin.execute("ALTER TABLE cases_storedtable DISABLE TRIGGER USER")
        admin.execute("UPDATE cases_storedtable SET body = replace(body, 'HL-22.3', 'HL-22.2')")

    # Whoever has read it goes on with the true one; a program that begins afterwards stops.
    actions.take_step(
        real_scene.apply(), "reply.grant", actor=real_scene.actor("provider"), at=MONDAY
    )
    monkeypatch.setattr(tables, "_KNOWN", {})
    with pytest.raises(TableDamagedError, match=case.table_id):
        real_scene.apply()
    with pytest.raises(TableDamagedError, match=case.table_id):
        actions.take_step(case, "reply.grant", actor=real_scene.actor("provider"), at=MONDAY)
    with pytest.raises(TableDamagedError):
        queries.due_of(Case.objects.get(pk=case.pk))
    assert StoredTable.objects.count() == 1
    with pytest.raises(TableDamagedError):
        tables.read(["0" * 64])

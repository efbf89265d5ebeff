"""Entries stand in the transaction of their act and cannot be changed by anyone."""

# ruff: noqa: S608 - the statements that tamper are put together from the tests' own constants

import json
import uuid
from datetime import timedelta, timezone
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from huitong.ledger import actions, keys, merkle, queries, receipts
from huitong.ledger.errors import (
    EntryUnknownError,
    NotCanonicalError,
    NoTransactionError,
    NotSealedError,
    SizeUnknownError,
)
from huitong.ledger.models import Checkpoint, Entry, Leaf, Node
from ledger.logs import AT, Databases, Log

TABLES = ("ledger_entry", "ledger_leaf", "ledger_node", "ledger_checkpoint")


def record(number: int = 1, **facts: object) -> Entry:
    return actions.record(
        kind="grant.issue",
        subject=f"grant:{number}",
        actor="person:li@230100-EDU",
        at=AT.astimezone(timezone(timedelta(hours=8))),
        cite=["HL-22.3"],
        facts={"columns": ["姓名"], **facts},
    )


@pytest.mark.django_db
def test_an_entry_is_kept_as_it_was_recorded(huitong_home: Path) -> None:
    made = record(seen=AT)

    kept = Entry.objects.get(uuid=made.uuid)
    assert kept.pk == made.pk
    assert kept.facts == made.facts == {"columns": ["姓名"], "seen": "2026-11-02T01:30:00.000000Z"}
    assert (kept.at, kept.cite, kept.leaf) == (AT, ["HL-22.3"], made.leaf)
    assert bytes(kept.leaf_hash) == merkle.leaf_hash(kept.leaf)
    assert list(queries.entries_of("grant:1")) == [kept]


def test_an_act_that_is_undone_leaves_no_entry(fresh_django: Databases) -> None:
    with transaction.atomic():
        record()
        transaction.set_rollback(True)

    assert not Entry.objects.exists()


def test_an_entry_outside_a_transaction_is_refused(fresh_django: Databases) -> None:
    with pytest.raises(NoTransactionError, match=r"grant\.issue.*transaction\.atomic"):
        record()

    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_facts_without_one_form_are_refused_before_the_database_sees_them() -> None:
    with pytest.raises(NotCanonicalError, match=r"facts\.seconds"):
        record(seconds=0.4)

    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_a_receipt_from_the_database_proves_with_the_public_key_alone(huitong_home: Path) -> None:
    made = [record(number) for number in range(9)]
    head = actions.seal(at=AT)

    assert head is not None
    assert head.size == 9
    receipt = json.loads(json.dumps(queries.receipt(str(made[4].uuid))))
    key = keys.load_public(huitong_home / "keys" / "ledger.pub")
    verified = receipts.verify(receipt, key)
    assert verified.entry["uuid"] == str(made[4].uuid)
    assert verified.entry["facts"] == {"columns": ["姓名"]}


@pytest.mark.django_db
def test_a_receipt_is_given_by_one_look_up_of_the_tree(
    huitong_home: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = [record(number) for number in range(40)]
    actions.seal(at=AT)

    # entry, leaf, head; the nodes are read beside Django's own cursors, by one statement.
    with django_assert_num_queries(3):
        queries.receipt(made[17].uuid)


@pytest.mark.django_db
def test_there_is_no_receipt_before_sealing_nor_of_an_unknown_entry(huitong_home: Path) -> None:
    made = record()

    with pytest.raises(NotSealedError, match="not sealed yet"):
        queries.receipt(made.uuid)
    for unknown in (uuid.UUID(int=1), "not a uuid"):
        with pytest.raises(EntryUnknownError, match="no entry"):
            queries.receipt(unknown)


@pytest.mark.django_db
def test_any_two_heads_of_the_log_are_proved_consistent(huitong_home: Path) -> None:
    heads = []
    for size in (1, 2, 5, 9):
        for number in range(size - Leaf.objects.count()):
            record(number)
        heads.append(actions.seal(at=AT))

    for old in heads:
        for new in heads:
            assert old is not None
            assert new is not None
            if old.size > new.size:
                with pytest.raises(SizeUnknownError, match="rolled back"):
                    queries.consistency_proof(old.size, new.size)
                continue
            proof = queries.consistency_proof(old.size, new.size)
            merkle.verify_consistency(old.size, new.size, proof, bytes(old.root), bytes(new.root))
    with pytest.raises(SizeUnknownError, match="has 9"):
        queries.consistency_proof(9, 12)
    with pytest.raises(SizeUnknownError):
        queries.inclusion_proof(9, 9)


@pytest.mark.django_db
def test_django_verifies_its_own_ledger_against_the_key_file(huitong_home: Path) -> None:
    record()
    actions.seal(at=AT)
    record(2)
    head = queries.latest_checkpoint()
    assert head is not None

    found = queries.verify_all(
        settings.CONFIG.keys_dir / "ledger.pub", saved_checkpoints=[head.note]
    )

    assert found.ok
    assert (found.entries, found.checkpoints, found.unsealed) == (1, 1, 1)


def test_outside_a_transaction_django_verifies_one_view_of_the_tables(
    fresh_django: Databases, huitong_home: Path
) -> None:
    with transaction.atomic():
        record()
    actions.seal(at=AT)

    assert queries.verify_all(huitong_home / "keys" / "ledger.pub").ok
    assert not connection.in_atomic_block


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Entry, Leaf, Node, Checkpoint])
def test_the_application_has_no_right_to_change_or_remove(model: type[Entry]) -> None:
    table = model._meta.db_table
    for statement in (
        f"UPDATE {table} SET {model._meta.concrete_fields[-1].column} = NULL",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
    ):
        with (
            pytest.raises(Exception, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.clause("HN-12.2", "NA-29.2")
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_even_the_owner_of_the_tables_is_refused(log: Log, table: str, statement: str) -> None:
    log.append()
    log.seal()
    column = {"ledger_entry": "id", "ledger_checkpoint": "id"}.get(table, "index")

    with (
        psycopg.connect(log.owner_dsn) as owner,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="takes inserts only"),
    ):
        owner.execute(statement.format(table, column, column))


@pytest.mark.parametrize("role", ["shipper", "gateway", "grants"])
def test_the_roles_of_the_gateway_reach_no_table_of_the_ledger(
    fresh_database: Databases, role: str
) -> None:
    with psycopg.connect(getattr(fresh_database, f"{role}_dsn"), autocommit=True) as connection:
        for table in TABLES:
            for attempt in (f"SELECT FROM {table}", f"INSERT INTO {table} DEFAULT VALUES"):
                with pytest.raises(
                    (psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedTable)
                ):
                    connection.execute(attempt)


def test_a_leaf_hash_of_another_width_is_refused_by_the_database(log: Log) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="width"):
        log.connection.execute(
            "INSERT INTO ledger_entry (uuid, kind, subject, actor, at, cite, facts, leaf_hash)"
            " VALUES (gen_random_uuid(), 'k', 's', 'a', now(), '{}', '{}', 'short')"
        )

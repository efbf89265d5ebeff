"""Sealing under concurrency: every committed entry once, in a tree that only grows."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from huitong.ledger import checkpoints, keys, merkle, sealing
from huitong.ledger.errors import DamagedError
from ledger.logs import AT, Databases, Log, append


def test_nothing_new_signs_nothing(log: Log) -> None:
    assert log.seal() is None
    log.append(2)
    assert log.seal() is not None
    assert log.seal() is None
    assert log.rows("SELECT size FROM ledger_checkpoint") == [(2,)]


def test_a_seal_signs_the_root_over_the_entries_in_order(log: Log) -> None:
    first, second = log.append(3), log.append(4)

    head = log.seal()

    assert head is not None
    signed = checkpoints.open_note(head.note, log.signer.public)
    assert signed.size == head.sealed == 7
    assert signed.root == merkle.root([made.leaf_hash for made in first + second])


@pytest.mark.parametrize("sizes", [(1, 1, 1), (3, 5, 9), (64, 1, 63), (100,)])
def test_the_stored_nodes_are_all_complete_subtrees_and_no_others(
    log: Log, sizes: tuple[int, ...]
) -> None:
    made = []
    for size in sizes:
        made += log.append(size)
        log.seal()
    frontier = merkle.Frontier()
    expected = {node: value for one in made for node, value in frontier.push(one.leaf_hash)}

    stored = log.rows("SELECT level, index, hash FROM ledger_node")
    assert {merkle.NodeId(level, place): value for level, place, value in stored} == expected


def test_an_entry_that_commits_late_with_a_lower_id_is_sealed_later(
    log: Log, fresh_database: Databases
) -> None:
    with psycopg.connect(fresh_database.app_dsn) as slow:
        late = append(slow, kind="test.late", subject="s")
        early = log.append(3)
        first = log.seal()
        # More seals while it is open: none may move past its id.
        log.append(2)
        log.seal()
        slow.commit()
    last = log.seal()

    assert first is not None
    assert last is not None
    assert (first.size, last.size) == (3, 6)
    order = log.rows(
        "SELECT e.uuid, e.id FROM ledger_leaf l JOIN ledger_entry e ON e.id = l.entry_id"
        " ORDER BY l.index"
    )
    assert [row[0] for row in order][:3] == [made.uuid for made in early]
    assert order[-1] == (late.uuid, min(row[1] for row in order))
    assert log.verify(first.note).ok


def settled(log: Log) -> int:
    ((found,),) = log.rows("SELECT settled_id FROM ledger_checkpoint ORDER BY size DESC LIMIT 1")
    return int(found)


def test_what_is_settled_is_not_searched_again(log: Log) -> None:
    log.append(5)
    log.seal()
    ((first,),) = log.rows("SELECT max(id) FROM ledger_entry")
    assert settled(log) < first  # one sealing behind at least: that which saw all of them ended

    # A transaction that is open in another database of the server holds the horizon back too.
    deadline = time.monotonic() + 60
    while settled(log) < first:
        assert time.monotonic() < deadline
        log.append(1)
        log.seal()


def test_nothing_is_settled_while_an_older_transaction_is_open(
    log: Log, fresh_database: Databases
) -> None:
    log.append(5)
    with psycopg.connect(fresh_database.app_dsn) as slow:
        slow.execute("SELECT pg_current_xact_id()")
        for _ in range(3):
            log.append(1)
            log.seal()
        assert settled(log) == 0
        append(slow, kind="test.late", subject="s")
    log.seal()

    assert log.rows("SELECT count(*) FROM ledger_leaf") == [(9,)]


def test_a_seal_inside_a_transaction_that_wrote_before_settles_nothing_by_its_number(
    log: Log, fresh_database: Databases
) -> None:
    with psycopg.connect(fresh_database.app_dsn) as slow, log.connection.transaction():
        log.append(1)
        append(slow, kind="test.late", subject="s")
        with psycopg.connect(fresh_database.app_dsn) as other:
            append(other, kind="test.act", subject="s")
        sealing.seal(log.connection, signer=log.signer, at=AT)
    for _ in range(3):
        log.append(1)
        log.seal()

    assert log.rows("SELECT count(*) FROM ledger_leaf") == [(6,)]
    assert log.verify().ok


def test_an_insert_has_its_transaction_number_before_its_id(log: Log) -> None:
    triggers = log.rows(
        "SELECT tgname, tgtype::int & 3 FROM pg_trigger"
        " WHERE tgrelid = 'ledger_entry'::regclass AND tgname = 'ledger_number_first'"
    )

    # Before (2), for each statement (not 1): it fires before defaults are computed.
    assert triggers == [("ledger_number_first", 2)]


def test_writers_and_sealers_at_once_lose_nothing_and_double_nothing(
    log: Log, fresh_database: Databases
) -> None:
    writers_done = threading.Event()
    notes: list[str] = []

    def write(writer: int) -> int:
        with psycopg.connect(fresh_database.app_dsn) as connection:
            for number in range(60):
                for _ in range(number % 3 + 1):
                    append(connection, kind="test.act", subject=f"writer:{writer}", number=number)
                # Some acts are undone: their ids stay unused for ever.
                (connection.rollback if number % 7 == 6 else connection.commit)()
        return sum(number % 3 + 1 for number in range(60) if number % 7 != 6)

    def keep_sealing() -> None:
        with psycopg.connect(fresh_database.app_dsn, autocommit=True) as connection:
            while True:
                last = writers_done.is_set()
                with connection.transaction():
                    head = sealing.seal(connection, signer=log.signer, at=AT)
                if head is not None:
                    notes.append(head.note)
                if last:
                    return

    with ThreadPoolExecutor(6) as threads:
        writers = [threads.submit(write, number) for number in range(4)]
        sealers = [threads.submit(keep_sealing) for _ in range(2)]
        try:
            written = sum(writer.result() for writer in writers)
        finally:
            writers_done.set()
        for sealer in sealers:
            sealer.result()

    assert len(notes) > 2
    assert log.rows(
        "SELECT count(*), count(DISTINCT entry_id), max(index) + 1 FROM ledger_leaf"
    ) == [(written, written, written)]
    found = log.verify(*notes)
    assert found.ok, found.problems
    assert (found.entries, found.unsealed) == (written, 0)


def test_a_seal_that_is_undone_leaves_no_trace(log: Log) -> None:
    log.append(3)
    with log.connection.transaction(force_rollback=True):
        sealing.seal(log.connection, signer=log.signer, at=AT)

    assert log.rows("SELECT count(*) FROM ledger_leaf") == [(0,)]
    head = log.seal()
    assert head is not None
    assert head.size == 3


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE ledger_node SET hash = sha256('') WHERE level = 1",
        "DELETE FROM ledger_node WHERE level = 1",
        "UPDATE ledger_leaf SET leaf_hash = sha256('') WHERE index = 2",
        "UPDATE ledger_checkpoint SET note = replace(note, '3', '4')",
        "UPDATE ledger_checkpoint SET size = 2",
    ],
)
def test_a_damaged_tree_is_never_continued(log: Log, damage: str) -> None:
    log.append(3)
    log.seal()
    log.append(1)
    log.tamper(damage)

    with pytest.raises(DamagedError, match="huitong ledger verify"):
        log.seal()
    assert log.rows("SELECT count(*) FROM ledger_checkpoint") == [(1,)]


def test_another_key_never_continues_the_log(log: Log, tmp_path: Path) -> None:
    log.append()
    log.seal()
    log.append()
    log.signer = keys.make(tmp_path / "other", name=log.signer.name)

    with pytest.raises(DamagedError):
        log.seal()


def test_more_entries_than_one_chunk_are_sealed_at_once(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "CHUNK", 7)
    made = log.append(50)

    head = log.seal()

    assert head is not None
    assert head.root == merkle.root([row.leaf_hash for row in made])
    assert log.verify().ok


def test_each_sealed_entry_is_numbered_once_within_each_clause_that_it_rests_on(log: Log) -> None:
    log.append(3)
    log.seal()
    log.append(2)
    log.seal()
    wanted = {
        (clause, entry)
        for entry, cite in log.rows("SELECT id, cite FROM ledger_entry")
        for clause in cite
    }
    rows = log.rows("SELECT clause, number, entry_id FROM ledger_citation ORDER BY clause, number")

    assert {(clause, entry) for clause, _, entry in rows} == wanted
    for clause in {row[0] for row in rows}:
        numbers = [number for name, number, _ in rows if name == clause]
        assert numbers == list(range(1, len(numbers) + 1))

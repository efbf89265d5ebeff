"""The serving copy: typed, indexed, swapped while others read."""

import threading
from datetime import date
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from django.db import DataError, connection, transaction
from django.db.backends.utils import CursorWrapper

from huitong.pool import actions, hooks, serving
from huitong.pool.errors import SwapBusyError
from huitong.pool.models import ServingCopy
from pool.stage import NOON, Item, Stage

ITEMS = [
    Item("k", required=True),
    Item("part", "integer", required=True),
    Item("v"),
    Item("price", "decimal"),
    Item("born", "date"),
    Item("seen", "datetime"),
    Item("alive", "boolean"),
]
HEADER = "k,part,v,price,born,seen,alive\n"
ROWS = HEADER + '1|a,1,"甲,""乙""",1.50,2024-01-05,2024-01-05 08:30:00,是\n' + "2\\,2,,,,,\n"


def _rows(dsn: str, dataset_id: int) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn) as reader:
        serving.act_as_pool(reader)
        return reader.execute(f"SELECT * FROM serving.d_{dataset_id} ORDER BY _key").fetchall()  # noqa: S608


def _tables(dsn: str) -> list[str]:
    with psycopg.connect(dsn) as reader:
        found = reader.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'serving'::regnamespace"
            " AND relkind = 'r' ORDER BY 1"
        ).fetchall()
    return [str(name) for (name,) in found]


def test_the_copy_has_the_types_of_the_catalogue_and_a_key(
    stage: Stage, fresh_database: object
) -> None:
    path = stage.file("a.csv", ROWS)
    dataset = stage.dataset("GOODS", ITEMS, sample=path, key=["k", "part"])
    batch = stage.deliver(dataset, path)

    copy = actions.swap_serving_copy(dataset, at=NOON)

    dsn = fresh_database.app_dsn  # type: ignore[attr-defined]
    assert copy.rows == 2
    assert copy.table_name == f"serving.d_{dataset.pk}"
    (_, one), (_, two) = enumerate(_rows(dsn, dataset.pk))
    assert one[:6] == ("1\\|a|1", "1|a", 1, '甲,"乙"', Decimal("1.50"), date(2024, 1, 5))
    assert str(one[6]) == "2024-01-05 08:30:00"
    assert one[7] is True
    assert two == ("2\\\\|2", "2\\", 2, None, None, None, None, None)
    assert serving.has_key(dataset.pk, "1\\|a|1")
    assert not serving.has_key(dataset.pk, "nobody")
    assert [entry.facts["batch"] for entry in stage.ledger("pool.serving_copy_swapped")] == [
        batch.pk
    ]


def test_a_copy_of_the_same_batch_is_not_built_again(stage: Stage) -> None:
    path = stage.file("a.csv", ROWS)
    dataset = stage.dataset("GOODS", ITEMS, sample=path, key=["k", "part"])
    stage.deliver(dataset, path)

    first = actions.swap_serving_copy(dataset, at=NOON)

    assert actions.swap_serving_copy(dataset, at=NOON).pk == first.pk
    assert ServingCopy.objects.count() == 1


def test_without_a_key_a_row_is_found_by_its_line(stage: Stage, fresh_database: object) -> None:
    path = stage.file("a.csv", "v\n甲\n乙\n")
    dataset = stage.dataset("NOKEY", [Item("v")], sample=path)
    stage.deliver(dataset, path)
    actions.swap_serving_copy(dataset, at=NOON)

    rows = _rows(fresh_database.app_dsn, dataset.pk)  # type: ignore[attr-defined]

    assert rows == [("2", "甲"), ("3", "乙")]


class Reader(threading.Thread):
    """Reads the table over and over and notes every distinct answer and every fault."""

    def __init__(self, dsn: str, dataset_id: int) -> None:
        super().__init__(daemon=True)
        self.dsn, self.table = dsn, f"serving.d_{dataset_id}"
        self.stop = threading.Event()
        self.seen: set[tuple[object, ...]] = set()
        self.reads = 0
        self.fault: str | None = None

    def run(self) -> None:
        try:
            with psycopg.connect(self.dsn, autocommit=True, prepare_threshold=1) as reader:
                serving.act_as_pool(reader)
                while not self.stop.is_set():
                    row = reader.execute(
                        f"SELECT count(*), min(v), max(v), count(*) FILTER (WHERE _key = '7')"  # noqa: S608
                        f" FROM {self.table}"
                    ).fetchone()
                    assert row is not None
                    self.seen.add(tuple(row))
                    self.reads += 1
        except Exception as error:  # noqa: BLE001 - the test looks at any fault
            self.fault = repr(error)


def test_readers_see_the_old_rows_or_the_new_ones_and_no_fault(
    stage: Stage, fresh_database: object
) -> None:
    rounds = 8
    files = [
        stage.file(
            f"{number}.csv",
            "k,v\n" + "".join(f"{row},{number:03d}\n" for row in range(1000 + number)),
        )
        for number in range(rounds)
    ]
    dataset = stage.dataset("BUSY", [Item("k"), Item("v")], sample=files[0], key=["k"])
    stage.deliver(dataset, files[0])
    actions.swap_serving_copy(dataset, at=NOON)
    dsn = fresh_database.app_dsn  # type: ignore[attr-defined]
    readers = [Reader(dsn, dataset.pk) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        for path in files[1:]:
            stage.deliver(dataset, path)
            actions.swap_serving_copy(dataset, at=NOON)
    finally:
        for reader in readers:
            reader.stop.set()
        for reader in readers:
            reader.join()

    whole = {(1000 + n, f"{n:03d}", f"{n:03d}", 1) for n in range(rounds)}
    assert [reader.fault for reader in readers] == [None] * 3
    assert all(reader.reads > 0 for reader in readers)
    seen = set().union(*(reader.seen for reader in readers))
    assert seen <= whole
    assert len(seen) > 1, "the readers never saw a swap"
    actions.swap_serving_copy(dataset, at=NOON)
    assert f"d_{dataset.pk}" in _tables(dsn)


def test_a_reader_that_does_not_let_go_keeps_the_old_copy_in_service(
    stage: Stage, fresh_database: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = stage.file("1.csv", "k\n1\n"), stage.file("2.csv", "k\n1\n2\n")
    dataset = stage.dataset("HELD", [Item("k")], sample=one, key=["k"])
    stage.deliver(dataset, one)
    actions.swap_serving_copy(dataset, at=NOON)
    stage.deliver(dataset, two)
    monkeypatch.setattr(serving, "_TRIES", 2)
    dsn = fresh_database.app_dsn  # type: ignore[attr-defined]

    with psycopg.connect(dsn) as holder:
        serving.act_as_pool(holder)
        holder.execute(f"SELECT * FROM serving.d_{dataset.pk}")  # noqa: S608
        with pytest.raises(SwapBusyError):
            actions.swap_serving_copy(dataset, at=NOON)
        assert ServingCopy.objects.count() == 1
    assert len(_rows(dsn, dataset.pk)) == 1

    actions.swap_serving_copy(dataset, at=NOON)
    assert len(_rows(dsn, dataset.pk)) == 2
    assert _tables(dsn) == [f"d_{dataset.pk}"]


def test_a_swap_tells_first_and_stays_undone_when_who_is_told_fails(
    stage: Stage, fresh_database: object
) -> None:
    one, two = stage.file("1.csv", "k\n1\n"), stage.file("2.csv", "k\n1\n2\n")
    dataset = stage.dataset("TOLD", [Item("k")], sample=one, key=["k"])
    stage.deliver(dataset, one)
    actions.swap_serving_copy(dataset, at=NOON)
    batch = stage.deliver(dataset, two)
    told: list[tuple[int, str]] = []

    def refuse(cursor: CursorWrapper, dataset_id: int, table: str) -> None:
        told.append((dataset_id, table))
        cursor.execute("SELECT 1 / 0")

    hooks.before_swap(refuse)
    try:
        with pytest.raises(DataError):
            actions.swap_serving_copy(dataset, at=NOON)
    finally:
        hooks.forget(refuse)

    assert told == [(dataset.pk, f"serving.d_{dataset.pk}_{batch.pk}")]
    dsn = fresh_database.app_dsn  # type: ignore[attr-defined]
    assert len(_rows(dsn, dataset.pk)) == ServingCopy.objects.count() == 1
    actions.swap_serving_copy(dataset, at=NOON)
    assert len(_rows(dsn, dataset.pk)) == 2


def test_a_build_that_was_cut_off_is_begun_anew(stage: Stage, fresh_database: object) -> None:
    path = stage.file("1.csv", "k\n1\n")
    dataset = stage.dataset("CUT", [Item("k")], sample=path, key=["k"])
    batch = stage.deliver(dataset, path)
    dsn = fresh_database.app_dsn  # type: ignore[attr-defined]
    with psycopg.connect(dsn) as earlier:
        serving.act_as_pool(earlier)
        earlier.execute(f"CREATE TABLE serving.d_{dataset.pk}_{batch.pk} (half text)")

    actions.swap_serving_copy(dataset, at=NOON)

    assert _rows(dsn, dataset.pk) == [("1", "1")]


def test_the_application_itself_cannot_read_a_serving_table(stage: Stage, tmp_path: Path) -> None:
    path = stage.file("1.csv", "k\n1\n")
    dataset = stage.dataset("OWN", [Item("k")], sample=path, key=["k"])
    stage.deliver(dataset, path)
    actions.swap_serving_copy(dataset, at=NOON)

    with (
        pytest.raises(Exception, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT * FROM serving.d_{dataset.pk}")  # noqa: S608

"""A delivery's way from the file to the receipt, and what is refused on it."""

import threading
from pathlib import Path

import pytest
from django.db import connection, connections, transaction
from django.db.utils import ProgrammingError
from pyiceberg.catalog.sql import SqlCatalog

from huitong.catalogue.models import Dataset
from huitong.organisations.types import SYSTEM
from huitong.pool import actions, pointers, queries
from huitong.pool.errors import DeliveryRefusedError, NothingToServeError, OpenTransactionError
from huitong.pool.models import Batch
from huitong.pool.types import BatchState
from huitong.pool.types import Stage as Step
from pool.stage import NOON, Item, Stage, clerk_of, left_over, whole

ROWS = "k,v,n\n1,甲,10\n2,乙,20\n3,丙,x\n1,甲,10\n"
ITEMS = [Item("k", required=True), Item("v"), Item("n", "integer")]


@pytest.fixture
def dataset(stage: Stage) -> Dataset:
    return stage.dataset("PEOPLE", ITEMS, sample=stage.file("a.csv", ROWS), key=["k"])


@pytest.mark.clause("HL-18.2", "HL-19.2", "HZ-5.3", "HZ-12.1", "CT-15.1", "HN-11.1")
def test_a_delivery_ends_in_a_receipt_that_accounts_for_every_row(
    stage: Stage, dataset: Dataset
) -> None:
    batch = stage.deliver(
        dataset, stage.file("a.csv", ROWS), declared={"rows": 4, "sums": {"n": "40"}}
    )

    receipt = queries.receipt_of(batch)
    assert receipt["reconciled"] is True
    assert receipt["reasons"] == {"n:integer": 1}
    assert receipt["digest"] == batch.digest
    assert (batch.rows_read, batch.accepted, batch.quarantined, batch.duplicates) == (4, 2, 1, 1)
    assert queries.quarantine_rows(batch) == [
        {
            "line": 4,
            "reasons": ["n:integer"],
            "key": None,
            "values": {"k": "3", "v": "丙", "n": "x"},
        }
    ]
    rows = [row for part in queries.snapshot_reader(dataset) for row in part.to_pylist()]
    assert rows == [{"k": "2", "v": "乙", "n": 20}, {"k": "1", "v": "甲", "n": 10}]
    (entry,) = stage.ledger("pool.delivery_accepted")
    assert entry.cite == ["HL-18.2", "HL-19.2"]
    assert entry.facts["snapshot_id"] == str(batch.snapshot_id)
    whole(stage)
    assert left_over(stage) == []


@pytest.mark.clause("HL-19.2")
def test_a_declaration_that_does_not_agree_is_said_line_by_line(
    stage: Stage, dataset: Dataset
) -> None:
    batch = stage.deliver(
        dataset, stage.file("a.csv", ROWS), declared={"rows": 5, "sums": {"n": 40}}
    )

    assert batch.reconciled is False
    assert batch.statement == [
        {"what": "rows", "declared": "5", "found": "4", "equal": False, "source": "declaration"},
        {"what": "sum:n", "declared": "40", "found": "40", "equal": True, "source": "declaration"},
    ]


def test_the_same_bytes_are_the_same_batch(stage: Stage, dataset: Dataset) -> None:
    first = stage.deliver(dataset, stage.file("a.csv", ROWS))
    second = stage.deliver(dataset, stage.file("renamed.csv", ROWS))

    assert second.pk == first.pk
    assert len(stage.ledger("pool.delivery_accepted")) == 1
    assert left_over(stage) == []


def test_the_same_bytes_at_the_same_time_are_one_batch(stage: Stage, dataset: Dataset) -> None:
    paths = [stage.file(f"{number}.csv", ROWS) for number in range(4)]
    found: list[int] = []

    def deliver(path: Path) -> None:
        try:
            found.append(stage.deliver(dataset, path).pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=deliver, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 4
    assert len(set(found)) == 1
    assert Batch.objects.count() == 1
    whole(stage)
    assert left_over(stage) == []


def test_a_process_that_lost_its_lock_does_not_overwrite_the_other(
    stage: Stage, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.deliver(dataset, stage.file("a.csv", ROWS))
    other = stage.file("b.csv", ROWS + "9,己,9\n")
    current = pointers.current

    def stale(table: str) -> str | None:
        """Answer what was current, and let somebody else's delivery in behind it."""
        location = current(table)
        monkeypatch.setattr(pointers, "current", current)
        stage.deliver(dataset, other)
        return location

    monkeypatch.setattr(pointers, "current", stale)
    with pytest.raises(DeliveryRefusedError) as refusal:
        stage.deliver(dataset, stage.file("c.csv", ROWS + "8,戊,8\n"))

    assert refusal.value.code == "lake_conflict"
    newest = queries.latest_batch(dataset)
    assert newest is not None
    assert newest.name == "b.csv"
    whole(stage)
    assert left_over(stage) == []


@pytest.mark.clause("MC-13.1")
def test_a_later_delivery_replaces_and_the_earlier_can_still_be_read(
    stage: Stage, dataset: Dataset
) -> None:
    first = stage.deliver(dataset, stage.file("a.csv", ROWS))
    second = stage.deliver(dataset, stage.file("b.csv", "k,v,n\n7,庚,70\n"))

    now = [row["k"] for part in queries.snapshot_reader(dataset) for row in part.to_pylist()]
    then = [
        row["k"]
        for part in queries.snapshot_reader(dataset, as_of=first.snapshot_id)
        for row in part.to_pylist()
    ]
    assert (now, sorted(then)) == (["7"], ["1", "2"])
    assert queries.quarantine_rows(second) == []
    assert len(queries.quarantine_rows(first)) == 1
    assert [queries.receipt_of(batch)["current"] for batch in (first, second)] == [False, True]


def test_a_delivery_without_one_good_row_replaces_nothing(stage: Stage, dataset: Dataset) -> None:
    first = stage.deliver(dataset, stage.file("a.csv", ROWS))
    second = stage.deliver(dataset, stage.file("b.csv", "k,v,n\n,庚,70\n"))

    assert second.state == BatchState.NOTHING_ACCEPTED
    assert second.reasons == {"k:required": 1}
    newest = queries.latest_batch(dataset)
    assert newest is not None
    assert newest.pk == first.pk
    whole(stage)


def test_any_iceberg_reader_with_the_sql_catalogue_finds_the_tables(
    stage: Stage, dataset: Dataset, fresh_database: object
) -> None:
    batch = stage.deliver(dataset, stage.file("a.csv", ROWS))
    dsn = fresh_database.app_dsn.replace("postgresql://", "postgresql+psycopg://")  # type: ignore[attr-defined]

    catalog = SqlCatalog(
        "huitong", uri=f"{dsn}?options=-csearch_path%3Dlake", init_catalog_tables="false"
    )
    try:
        rows = catalog.load_table(f"pool.{batch.lake_table}").scan().to_arrow().to_pylist()
    finally:
        catalog.engine.dispose()

    assert [(row["k"], row["n"]) for row in rows] == [("2", 20), ("1", 10)]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.csv", b"", "file_empty"),
        ("header.csv", b"k,v,n\n", "file_empty"),
        ("wrong.xlsx", b"k,v,n\n1,a,2\n", "file_wrong_kind"),
        ("ragged.csv", b"k,v,n\n1,a,2\n2,b\n", "row_ragged"),
        ("nul.csv", b"k,v,n\n1,a\0b,2\n", "file_nul_byte"),
        ("twice.csv", b"k,k,n\n1,a,2\n", None),
        ("formula.csv", b"k,v,n\n1,=cmd|' /C calc'!A0,2\n", "cell_formula"),
        ("other.csv", b"a,b,c\n1,2,3\n", "layout_mismatch"),
        ("cut.csv", "k,v,n\n1,甲".encode()[:-1], None),
    ],
)
def test_a_bad_file_is_refused_in_the_ledger_and_leaves_nothing(
    stage: Stage, dataset: Dataset, name: str, content: bytes, code: str | None
) -> None:
    with pytest.raises(DeliveryRefusedError) as refusal:
        stage.deliver(dataset, stage.file(name, content))

    assert refusal.value.zh != str(refusal.value)
    assert code in (None, refusal.value.code)
    (entry,) = stage.ledger("pool.delivery_refused")
    assert entry.facts["reason"] == refusal.value.code
    assert entry.subject == "dataset:PEOPLE"
    assert Batch.objects.count() == 0
    assert left_over(stage) == []


def test_a_file_over_the_limit_is_refused_and_not_kept(
    stage: Stage, dataset: Dataset, settings: object
) -> None:
    from dataclasses import replace  # noqa: PLC0415

    settings.CONFIG = replace(settings.CONFIG, upload_limit=20)  # type: ignore[attr-defined]

    with pytest.raises(DeliveryRefusedError) as refusal:
        stage.deliver(dataset, stage.file("a.csv", ROWS))

    assert refusal.value.code == "too_large"
    assert list(stage.home.glob("bytes/*")) == []


@pytest.mark.clause("HL-18.2", "NA-16.2")
def test_only_the_provider_delivers_and_only_for_a_published_entry(
    stage: Stage, dataset: Dataset
) -> None:
    path = stage.file("a.csv", ROWS)
    with pytest.raises(DeliveryRefusedError) as refusal:
        actions.receive_delivery(
            dataset=dataset, path=path, name="a.csv", actor=clerk_of(stage.other), at=NOON
        )
    assert (refusal.value.code, refusal.value.cite) == ("wrong_department", ("HL-18.2",))

    draft = stage.dataset("DRAFT", ITEMS, sample=path, key=["k"], published=False)
    with pytest.raises(DeliveryRefusedError) as refusal:
        stage.deliver(draft, path)
    assert refusal.value.code == "dataset_not_published"
    assert len(stage.ledger("pool.delivery_refused")) == 2


@pytest.mark.parametrize("declared", [{"rows": "x"}, {"sums": {"v": 1}}, {"columns": 3}])
def test_a_declaration_that_cannot_be_read_is_refused(
    stage: Stage, dataset: Dataset, declared: dict[str, object]
) -> None:
    with pytest.raises(DeliveryRefusedError) as refusal:
        stage.deliver(dataset, stage.file("a.csv", ROWS), declared=declared)

    assert refusal.value.code == "declaration_invalid"


def test_messages_and_ledger_hold_no_value_of_a_row(
    stage: Stage, dataset: Dataset, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "230102199001011234"
    caplog.set_level("DEBUG")
    stage.deliver(dataset, stage.file("a.csv", f"k,v,n\n1,{secret},{secret}1\n2,a,1\n"))
    with pytest.raises(DeliveryRefusedError) as refusal:
        stage.deliver(dataset, stage.file("b.csv", f"k,v,n\n1,a\n{secret},{secret},1,2\n"))

    said = " ".join([str(refusal.value), refusal.value.zh, caplog.text])
    kinds = ("pool.delivery_accepted", "pool.delivery_refused")
    recorded = [str(entry.facts) for kind in kinds for entry in stage.ledger(kind)]
    assert secret not in said
    assert not any(secret in facts for facts in recorded)


@pytest.mark.clause("CT-18.3")
def test_a_batch_cannot_be_changed_even_by_sql(stage: Stage, dataset: Dataset) -> None:
    batch = stage.deliver(dataset, stage.file("a.csv", ROWS))

    for statement in ("UPDATE pool_batch SET accepted = 0", "DELETE FROM pool_batch"):
        with (
            pytest.raises(ProgrammingError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)

    assert Batch.objects.get(pk=batch.pk).accepted == 2


def test_acts_that_commit_refuse_an_open_transaction(stage: Stage, dataset: Dataset) -> None:
    with transaction.atomic(), pytest.raises(OpenTransactionError):
        stage.deliver(dataset, stage.file("a.csv", ROWS))
    with transaction.atomic(), pytest.raises(OpenTransactionError):
        actions.swap_serving_copy(dataset, at=NOON)


def test_nothing_delivered_yet_is_said(stage: Stage, dataset: Dataset) -> None:
    with pytest.raises(NothingToServeError):
        actions.swap_serving_copy(dataset, at=NOON)
    with pytest.raises(NothingToServeError):
        queries.snapshot_reader(dataset)


def test_progress_names_every_stage(stage: Stage, dataset: Dataset) -> None:
    seen: list[Step] = []
    actions.receive_delivery(
        dataset=dataset,
        path=stage.file("a.csv", ROWS),
        name="a.csv",
        actor=SYSTEM,
        at=NOON,
        progress=lambda step, _rows: seen.append(step),
    )

    assert list(dict.fromkeys(seen)) == list(Step)

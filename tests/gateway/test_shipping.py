"""Shipping: each note once in the database, and each chunk in the ledger."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from gateway.sites import AT, Databases, one
from huitong.gateway import records, shipping
from huitong.gateway.records import Noted
from huitong.gateway.spool import Spool
from huitong.gateway.types import Outcome, Use
from huitong.ledger import merkle, uses
from huitong.operations.benches import gateway_stage

MICROSECONDS = 1_795_000_000_000_000


def use(number: int, outcome: Outcome = Outcome.ANSWERED) -> Use:
    return Use(
        MICROSECONDS + number, 1, 2, 3, 4, outcome, 1, b"s" * 16, b"k" * 32, b"%032d" % number
    )


@pytest.fixture
def shipper(fresh_database: Databases) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(fresh_database.owner_dsn, autocommit=True) as owner:
        gateway_stage.prepare(owner)
    with psycopg.connect(fresh_database.shipper_dsn, autocommit=True) as connection:
        yield connection


@pytest.fixture
def owner(fresh_database: Databases) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(fresh_database.owner_dsn, autocommit=True) as connection:
        yield connection


def positions(owner: psycopg.Connection[Any]) -> list[int]:
    return [row[0] for row in owner.execute("SELECT position FROM gateway.use ORDER BY 1")]


def test_uses_are_shipped_once_however_often_the_shipper_runs(
    shipper: psycopg.Connection[Any], owner: psycopg.Connection[Any], tmp_path: Path
) -> None:
    spool = Spool(tmp_path, node="n", segment_bytes=100_000)
    spool.note([use(number) for number in range(10)])

    assert shipping.ship_all(tmp_path, shipper, AT) == 10
    assert shipping.ship_all(tmp_path, shipper, AT) == 0
    spool.note([use(10)])
    assert shipping.ship_all(tmp_path, shipper, AT) == 1
    assert positions(owner) == list(range(11))
    query = "SELECT at, outcome, grant_id, shape, body_digest FROM gateway.use WHERE position = 10"
    assert one(owner, query) == (use(10).moment, "answered", 3, (b"s" * 16).hex(), b"%032d" % 10)


def test_records_and_offset_go_in_one_transaction(
    shipper: psycopg.Connection[Any],
    owner: psycopg.Connection[Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Spool(tmp_path, node="n", segment_bytes=100_000).note([use(1)])

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shipping, "_entry", dies)
        with pytest.raises(KeyboardInterrupt):
            shipping.ship_all(tmp_path, shipper, AT)
    assert positions(owner) == []
    assert one(owner, "SELECT count(*) FROM gateway.spool_offset") == (0,)
    assert shipping.ship_all(tmp_path, shipper, AT) == 1


def test_a_segment_is_removed_when_its_writer_is_gone_and_all_of_it_is_shipped(
    shipper: psycopg.Connection[Any], owner: psycopg.Connection[Any], tmp_path: Path
) -> None:
    spool = Spool(tmp_path, node="n", segment_bytes=records.SIZE * 4)
    spool.note([use(number) for number in range(4)])
    spool.note([use(4)])
    assert len(list(tmp_path.glob("*.spool"))) == 2

    assert shipping.ship_all(tmp_path, shipper, AT) == 5
    assert len(list(tmp_path.glob("*.spool"))) == 1
    spool.close()
    shipping.ship_all(tmp_path, shipper, AT)
    assert list(tmp_path.iterdir()) == []


def test_a_torn_last_record_goes_with_its_segment(
    shipper: psycopg.Connection[Any], owner: psycopg.Connection[Any], tmp_path: Path
) -> None:
    spool = Spool(tmp_path, node="n", segment_bytes=10_000)
    spool.note([use(0), use(1)])
    spool.close()
    (segment,) = tmp_path.glob("*.spool")
    with segment.open("r+b") as file:
        file.seek(2 * records.SIZE)
        file.write(records.encode(use(2), 2, records.seed(segment.stem))[:50])

    assert shipping.ship_all(tmp_path, shipper, AT) == 2
    assert list(tmp_path.iterdir()) == []
    assert positions(owner) == [0, 1]


def test_whole_records_behind_a_damaged_one_are_kept_for_people(
    shipper: psycopg.Connection[Any], owner: psycopg.Connection[Any], tmp_path: Path
) -> None:
    spool = Spool(tmp_path, node="n", segment_bytes=10_000)
    spool.note([use(0), use(1), use(2)])
    spool.close()
    (segment,) = tmp_path.glob("*.spool")
    with segment.open("r+b") as file:
        file.seek(records.SIZE + 9)
        file.write(b"\xff")

    shipping.ship_all(tmp_path, shipper, AT)
    assert [path.suffix for path in tmp_path.iterdir()] == [".damaged"]
    assert positions(owner) == [0]


def test_each_chunk_has_an_entry_whose_root_proves_its_records(
    shipper: psycopg.Connection[Any], owner: psycopg.Connection[Any], tmp_path: Path
) -> None:
    spool = Spool(tmp_path, node="n", segment_bytes=10_000)
    spool.note([use(number) for number in range(7)])
    shipping.ship_all(tmp_path, shipper, AT)

    kind, facts, cite = one(owner, "SELECT kind, facts, cite FROM ledger_entry")
    assert (kind, cite, facts["use_count"]) == ("gateway.uses", ["HL-28.2"], 7)
    written = [records.as_json(spool.segment, Noted(number, use(number))) for number in range(7)]
    proof = uses.proof(written, 3)
    merkle.verify_inclusion(
        leaf=uses.use_hash(written[3]),
        index=3,
        size=7,
        proof=proof,
        root=bytes.fromhex(facts["use_root"]),
    )
    assert uses.facts(written)["use_root"] == facts["use_root"]


@pytest.mark.clause("HL-28.3")
def test_the_provider_sees_uses_by_day_and_grant(
    shipper: psycopg.Connection[Any],
    owner: psycopg.Connection[Any],
    tmp_path: Path,
    fresh_database: Databases,
) -> None:
    spool = Spool(tmp_path, node="n", segment_bytes=10_000)
    spool.note([use(1), use(2), use(3, Outcome.COLUMN_NOT_GRANTED)])
    shipping.ship_all(tmp_path, shipper, AT)
    spool.note([use(4)])
    shipping.ship_all(tmp_path, shipper, AT)

    with psycopg.connect(fresh_database.app_dsn) as app:
        found = app.execute(
            "SELECT outcome, calls, rows, last_at FROM gateway.use_by_grant "
            "WHERE grant_id = 3 ORDER BY outcome"
        ).fetchall()
    assert found == [
        ("answered", 3, 3, use(4).moment),
        ("column_not_granted", 1, 1, use(3).moment),
    ]


@pytest.mark.clause("HL-28.2")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE gateway.use SET outcome = 'answered'",
        "DELETE FROM gateway.use",
        "TRUNCATE gateway.use",
    ],
)
def test_uses_are_kept_three_years_and_never_changed(
    shipper: psycopg.Connection[Any], owner: psycopg.Connection[Any], tmp_path: Path, statement: str
) -> None:
    Spool(tmp_path, node="n", segment_bytes=10_000).note([use(1)])
    shipping.ship_all(tmp_path, shipper, AT)

    with pytest.raises(psycopg.errors.InsufficientPrivilege, match=r"three years.*HL-28\.2"):
        owner.execute(statement)
    assert positions(owner) == [0]


def test_the_shipper_writes_no_other_entry(shipper: psycopg.Connection[Any]) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        shipper.execute("INSERT INTO ledger_entry (kind) VALUES ('grant.issue')")
    with pytest.raises(psycopg.errors.RaiseException, match="0 of 5 uses"):
        shipper.execute(
            "SELECT gateway.seal_uses('s', 0, 5, gen_random_uuid(), now(), '{}', '\\x00')"
        )

"""How fast the ledger seals and proves, against the plainest thing that PostgreSQL can do.

Baseline of sealing: the rows that it writes (leaves and nodes), all hashes known beforehand,
written by COPY into tables of the same columns, keys and checks. Everything happens in one
transaction, in a schema of the bench's own, and is undone when it ends.
"""

import random
import statistics
import time
import uuid as uuids
from datetime import UTC, datetime

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from huitong.ledger import checkpoints, leaves, merkle, sealing, verification
from huitong.ledger.checkpoints import Signer

PROOFS = 300
AT = datetime(2026, 11, 2, tzinfo=UTC)

# The schema comes first in the search path: the ledger's own statements run on its tables, and
# nothing of the real ledger is touched.
_TABLES = (
    "CREATE SCHEMA ledger_bench; SET LOCAL search_path = ledger_bench;"
    + "".join(
        f"CREATE TABLE {table} (LIKE public.{table} INCLUDING ALL);"
        for table in (
            "ledger_entry",
            "ledger_leaf",
            "ledger_node",
            "ledger_citation",
            "ledger_checkpoint",
        )
    )
    + "CREATE TABLE plain_leaf (LIKE ledger_leaf INCLUDING ALL);"
    "CREATE TABLE plain_node (LIKE ledger_node INCLUDING ALL);"
)


def run(dsn: str, entries: int = 200_000) -> list[dict[str, object]]:
    """Measure, and return one dict per figure: name, value, unit, baseline, ratio, target, met.

    `dsn` reaches a migrated database as a role that may create a schema (the owner). Proofs are
    measured at the size that was reached, which stands in the name.
    """
    signer = Signer("bench.example/ledger", Ed25519PrivateKey.generate())
    with psycopg.connect(dsn) as connection:
        connection.execute(_TABLES)
        _record(connection, entries)
        connection.execute("ANALYZE ledger_entry")
        began = time.perf_counter()
        head = sealing.seal(connection, signer=signer, at=AT)
        sealed = entries / (time.perf_counter() - began)
        if head is None or head.size != entries:
            raise AssertionError(f"{entries} entries were to be sealed, not {head}.")
        connection.execute("ANALYZE ledger_leaf")
        connection.execute("ANALYZE ledger_node")
        plain = entries / _plain(connection)
        proofs = _proofs(connection, head.size, checkpoints.open_note(head.note, signer.public))
        began = time.perf_counter()
        found = verification.verify(connection, key=signer.public)
        seconds = time.perf_counter() - began
        if not found.ok:
            raise AssertionError(f"The bench's own ledger does not verify: {found.problems[:3]}")
        connection.rollback()
    return [
        _figure("ledger_sealed", sealed, "entries/s", plain, 20_000, met=sealed >= 20_000),
        _figure(f"ledger_proof_at_{entries}", proofs, "ms", None, 2.0, met=proofs <= 2.0),
        _figure(
            "ledger_verified",
            entries / seconds,
            "entries/s",
            None,
            16_667,
            met=entries >= 16_667 * seconds,
        ),
    ]


def _record(connection: psycopg.Connection, count: int) -> None:
    """Fill the ledger with entries like those of a grant; not measured."""
    chance = random.Random(7)  # noqa: S311 - the same entries at every run
    statement = f"COPY ledger_entry ({', '.join(leaves.COLUMNS)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for number in range(count):
            entry = leaves.entry(
                uuid=uuids.UUID(int=chance.getrandbits(128)),
                kind="grant.issue",
                subject=f"grant:{number}",
                actor="person:li@230100-EDU",
                at=AT,
                cite=["HL-22.3", "HL-27.1"],
                facts={"columns": ["name", "id"], "purpose": "核验学籍", "days": number % 365},
            )
            copy.write_row(leaves.row(entry))


def _plain(connection: psycopg.Connection) -> float:
    """Return the seconds in which PostgreSQL takes the rows of a sealing, nothing computed."""
    leaf_rows = connection.execute("SELECT index, entry_id, leaf_hash FROM ledger_leaf").fetchall()
    node_rows = connection.execute("SELECT level, index, hash FROM ledger_node").fetchall()
    began = time.perf_counter()
    with connection.cursor() as cursor:
        for table, types, rows in (
            ("plain_leaf (index, entry_id, leaf_hash)", ["int8", "int8", "bytea"], leaf_rows),
            ("plain_node (level, index, hash)", ["int2", "int8", "bytea"], node_rows),
        ):
            with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(types)
                for row in rows:
                    copy.write_row(row)
    return time.perf_counter() - began


def _proofs(connection: psycopg.Connection, size: int, head: checkpoints.Checkpoint) -> float:
    """Return the median milliseconds of one inclusion proof; each is verified, untimed."""
    chance = random.Random(11)  # noqa: S311 - the same leaves at every run
    times = []
    for _ in range(PROOFS):
        index = chance.randrange(size)
        began = time.perf_counter()
        plan = merkle.inclusion_plan(index, size)
        wanted = {node for step in plan for node in step}
        proof = merkle.assemble(plan, sealing.nodes(connection, wanted))
        times.append(time.perf_counter() - began)
        leaf = sealing.nodes(connection, {merkle.NodeId(0, index)})[merkle.NodeId(0, index)]
        merkle.verify_inclusion(leaf, index, size, proof, head.root)
    return statistics.median(times) * 1000


def _figure(
    name: str, value: float, unit: str, baseline: float | None, target: float, *, met: bool
) -> dict[str, object]:
    return {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "baseline": None if baseline is None else round(baseline, 3),
        "ratio": None if baseline is None else round(value / baseline, 3),
        "target": target,
        "met": met,
    }

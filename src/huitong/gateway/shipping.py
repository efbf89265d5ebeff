"""Ships the spool to PostgreSQL exactly once, and each chunk into the ledger.

A process of its own: `python -m huitong.gateway.shipping`. Records and the new offset go in one
transaction, so a shipper that dies at any moment goes on where the database says; the primary key
(segment, position) refuses a record that would come twice. A segment is removed when all of it is
shipped and its writer is gone or has begun another.
"""

import fcntl
import logging
import os
import signal
import threading
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from huitong.gateway import records, spool
from huitong.gateway.records import Noted
from huitong.gateway.settings import GatewaySettings, from_environment
from huitong.ledger import leaves, merkle, uses

log = logging.getLogger(__name__)

CHUNK = 5000
_PAUSE = 0.5
_RETRY = 0.5
# The oldest segment that still waits is older than this: somebody should look.
_WARN_SECONDS = 3600.0
_NICE = 10
_ACTOR = "system:gateway"
_CITE = ("HL-28.2",)


def ship(segment: Path, connection: psycopg.Connection[Any], at: datetime) -> int:
    """Ship what the segment holds beyond its offset; return the number of records.

    Each chunk is one transaction: the records, the offset, one entry of the ledger.
    """
    name, total = segment.stem, 0
    crc_seed = records.seed(name)
    with segment.open("rb") as file:
        while True:
            with connection.transaction():
                offset = _offset(connection, name)
                file.seek(offset * records.SIZE)
                data = file.read(CHUNK * records.SIZE)
                found = list(records.read(data, offset, crc_seed))
                if not found:
                    return total
                _store(connection, name, found, at)
            total += len(found)
            if len(found) < CHUNK:
                return total


def ship_all(folder: Path, connection: psycopg.Connection[Any], at: datetime) -> int:
    """Ship every segment of the folder, the oldest first, and remove what is done with."""
    total = 0
    for segment in sorted(folder.glob(f"*{spool.SUFFIX}"), key=_age):
        final = _abandoned(segment)
        # Asked before shipping: what its writer wrote until it gave up the lock is read after.
        total += ship(segment, connection, at)
        if final:
            _retire(segment, connection)
    return total


def _age(segment: Path) -> tuple[float, str]:
    try:
        return segment.stat().st_ctime, segment.name
    except FileNotFoundError:
        return 0.0, segment.name


def _offset(connection: psycopg.Connection[Any], name: str) -> int:
    row = connection.execute(
        "SELECT shipped FROM gateway.spool_offset WHERE segment = %s FOR UPDATE", (name,)
    ).fetchone()
    return 0 if row is None else int(row[0])


def _store(
    connection: psycopg.Connection[Any], name: str, found: Sequence[Noted], at: datetime
) -> None:
    first, count = found[0].position, len(found)
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY gateway.use ({records.COLUMNS}) FROM STDIN") as copy:
            copy.write("".join([records.copy_line(name, noted) for noted in found]))
        cursor.execute(
            "INSERT INTO gateway.spool_offset AS o (segment, shipped, shipped_at) "
            "VALUES (%s, %s, %s) ON CONFLICT (segment) DO UPDATE "
            "SET shipped = excluded.shipped, shipped_at = excluded.shipped_at",
            (name, first + count, at),
        )
        row = _entry(name, found, at)
        cursor.execute(
            "SELECT gateway.seal_uses(%s, %s, %s, %s, %s, %s::jsonb, %s)",
            (name, first, count, row.uuid, row.at, row.facts, row.leaf_hash),
        )


def _entry(name: str, found: Sequence[Noted], at: datetime) -> leaves.Row:
    """Return the ledger's entry over these records: their Merkle root, count and place."""
    frontier = merkle.Frontier()
    for noted in found:
        frontier.push(merkle.leaf_hash(records.canonical(name, noted)))
    return leaves.row(
        leaves.entry(
            uuid=uuid.uuid4(),
            kind=uses.KIND,
            subject=f"segment:{name}",
            actor=_ACTOR,
            at=at,
            cite=_CITE,
            facts={
                uses.ROOT_FACT: frontier.root().hex(),
                uses.COUNT_FACT: frontier.size,
                "first": found[0].position,
            },
        )
    )


def _abandoned(segment: Path) -> bool:
    """Tell whether no writer holds the segment any more."""
    try:
        file = os.open(segment, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(file)
    return True


def _retire(segment: Path, connection: psycopg.Connection[Any]) -> None:
    """Remove a segment that is shipped to its end.

    A torn last record was never answered and goes with the file. Whole records behind a bad one
    mean that the disk has damaged what was noted: such a file is kept for people to look at.
    """
    data, crc_seed = segment.read_bytes(), records.seed(segment.stem)
    with connection.transaction():
        shipped = _offset(connection, segment.stem)
    rest = range(shipped, len(data) // records.SIZE)
    whole = sum(
        records.decode(data[place * records.SIZE : (place + 1) * records.SIZE], place, crc_seed)
        is not None
        for place in rest
        if any(data[place * records.SIZE : (place + 1) * records.SIZE])
    )
    if whole:
        log.error("%d records of %s stand behind a damaged one: the file is kept", whole, segment)
        segment.rename(segment.with_suffix(spool.DAMAGED))
        return
    segment.unlink()


def run(settings: GatewaySettings, stop: threading.Event) -> None:
    """Ship until `stop` is set; a database that does not answer is tried again."""
    settings.spool_dir.mkdir(parents=True, exist_ok=True)
    parent, failed, warned = os.getppid(), False, 0.0
    while not stop.is_set():
        try:
            with psycopg.connect(
                settings.shipper_dsn,
                autocommit=True,
                connect_timeout=5,
                application_name="huitong gateway shipper",
            ) as connection:
                if failed:
                    log.warning("uses are being shipped again")
                failed = False
                while not stop.is_set():
                    shipped = ship_all(settings.spool_dir, connection, datetime.now(UTC))  # noqa: TID251
                    kept = spool.held(settings.spool_dir, time.time())
                    if kept.age > _WARN_SECONDS and time.monotonic() - warned > _WARN_SECONDS:
                        warned = time.monotonic()
                        log.warning("%d bytes wait to be shipped", kept.bytes)
                    if os.getppid() != parent:
                        return
                    # Little is left to gather: each chunk costs a transaction and an entry.
                    if shipped < CHUNK:
                        stop.wait(_PAUSE)
        except psycopg.Error as error:
            if not failed:
                log.warning("uses cannot be shipped: %s", type(error).__name__)
            failed = True
            stop.wait(_RETRY)


def main(settings: GatewaySettings) -> None:
    """Ship until the process is told to stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    logging.basicConfig(level=logging.INFO)
    # Notes can wait, callers cannot: on a busy machine the spool takes up the difference.
    os.nice(_NICE)
    run(settings, stop)


if __name__ == "__main__":
    main(from_environment())

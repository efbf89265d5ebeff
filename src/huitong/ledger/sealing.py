"""Sealing: committed entries get their places in the tree, and the new head is signed.

Ids come from a sequence and commit out of order, so a place is given here and nowhere else. What
is unsealed must be found without reading the whole ledger each time. So a sealing notes the largest
id it saw (`through_id`) and its own transaction number, taken after it looked (`xact_ceiling`). A
later one that sees every transaction below that number ended sees, and seals, all that there will
ever be at or below that id (a trigger has a transaction take its number before it takes an id): it
notes that id as settled (`settled_id`), and those after it look behind it only. Ids are what is
skipped, transaction numbers are but the clock: after a restore into another cluster the search is
wider for a while, and never too narrow.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import psycopg

from huitong.ledger import checkpoints, merkle
from huitong.ledger.checkpoints import Checkpoint, Signer
from huitong.ledger.errors import CheckpointInvalidError, DamagedError

# Any fixed number: sealers of one database queue on it.
LOCK = 0x4855_4954_4C45_4447
CHUNK = 20_000

_SETTLED = """
SELECT coalesce((SELECT settled_id FROM ledger_checkpoint ORDER BY size DESC LIMIT 1), 0)
"""
_SETTLING = """
SELECT coalesce((
    SELECT through_id FROM ledger_checkpoint
    WHERE xact_ceiling <= pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    ORDER BY size DESC LIMIT 1
), 0)
"""
_UNSEALED = """
SELECT e.id, e.leaf_hash FROM ledger_entry e
WHERE e.id > %(after)s
  AND NOT EXISTS (SELECT FROM ledger_leaf l WHERE l.entry_id = e.id AND l.entry_id > %(after)s)
ORDER BY e.id
"""
_NUMBERED = "SELECT count(pg_current_xact_id_if_assigned())"
_CEILING = "SELECT pg_current_xact_id()::text::bigint"
_HEAD = "SELECT size, note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1"
_NODES = """
SELECT n.level, n.index, n.hash FROM ledger_node n
JOIN unnest(%(levels)s::int[], %(indices)s::bigint[]) AS w(level, index)
  ON n.level = w.level AND n.index = w.index
UNION ALL
SELECT 0, l.index, l.leaf_hash FROM ledger_leaf l WHERE l.index = ANY(%(leaves)s::bigint[])
"""
_COPY_LEAVES = "COPY ledger_leaf (index, entry_id, leaf_hash) FROM STDIN (FORMAT BINARY)"
_COPY_NODES = "COPY ledger_node (level, index, hash) FROM STDIN (FORMAT BINARY)"
_CHECKPOINT = """
INSERT INTO ledger_checkpoint (size, root, note, at, through_id, xact_ceiling, settled_id)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
# One entry that names a clause twice relies on it once.
_CITATIONS = """
WITH found AS (
    SELECT DISTINCT one AS clause, leaf.index, leaf.entry_id, entry.kind
    FROM ledger_leaf AS leaf JOIN ledger_entry AS entry ON entry.id = leaf.entry_id
    CROSS JOIN LATERAL unnest(entry.cite) AS one
    WHERE leaf.index >= %(begin)s AND leaf.index < %(end)s
), before AS (
    SELECT named.clause, last.number, last.steps
    FROM (SELECT DISTINCT clause FROM found) AS named
    CROSS JOIN LATERAL (
        SELECT number, steps FROM ledger_citation AS one
        WHERE one.clause = named.clause ORDER BY number DESC LIMIT 1
    ) AS last
)
INSERT INTO ledger_citation (clause, number, entry_id, steps)
SELECT found.clause, coalesce(before.number, 0) + row_number() OVER upto, found.entry_id,
       coalesce(before.steps, 0) + count(*) FILTER (WHERE found.kind = 'case.step') OVER upto
FROM found LEFT JOIN before ON before.clause = found.clause
WINDOW upto AS (PARTITION BY found.clause ORDER BY found.index ROWS UNBOUNDED PRECEDING)
"""


@dataclass(frozen=True)
class Head:
    """What a sealing has signed."""

    size: int
    root: bytes
    note: str
    sealed: int


def seal(connection: psycopg.Connection, *, signer: Signer, at: datetime) -> Head | None:
    """Seal what is committed, in the connection's transaction (READ COMMITTED); None: nothing new.

    The caller must commit before it shows the note to anyone. Memory is bounded by `CHUNK`.

    Raises: DamagedError, when the stored tree is not what this key signed last: two heads that
    contradict each other are never signed.
    """
    with psycopg.Cursor(connection) as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        after = _number(cursor, _SETTLED)
        settled = max(after, _number(cursor, _SETTLING))
        frontier = _resume(connection, signer)
        size = frontier.size
        # Within a transaction that wrote before, the number is too old to say anything: stay.
        numbered = _number(cursor, _NUMBERED)
        through = after
        for chunk in _unsealed(connection, after):
            through = after if numbered else chunk[-1][0]
            begin = frontier.size
            _write(cursor, frontier, chunk)
            cursor.execute(_CITATIONS, {"begin": begin, "end": frontier.size})
        if frontier.size == size:
            return None
        ceiling = _number(cursor, _CEILING)
        root = frontier.root()
        note = signer.sign(Checkpoint(signer.name, frontier.size, root))
        cursor.execute(_CHECKPOINT, (frontier.size, root, note, at, through, ceiling, settled))
    return Head(frontier.size, root, note, frontier.size - size)


def nodes(connection: psycopg.Connection, wanted: set[merkle.NodeId]) -> dict[merkle.NodeId, bytes]:
    """Return the stored hashes of nodes and leaves, by one query; what is missing is left out."""
    upper = [node for node in wanted if node.level]
    parameters = {
        "levels": [node.level for node in upper],
        "indices": [node.place for node in upper],
        "leaves": [node.place for node in wanted if not node.level],
    }
    with psycopg.Cursor(connection) as cursor:
        cursor.execute(_NODES, parameters)
        return {merkle.NodeId(level, place): bytes(value) for level, place, value in cursor}


def _resume(connection: psycopg.Connection, signer: Signer) -> merkle.Frontier:
    with psycopg.Cursor(connection) as cursor:
        head = cursor.execute(_HEAD).fetchone()
    if head is None:
        return merkle.Frontier()
    try:
        signed = checkpoints.open_note(head[1], signer.public)
    except CheckpointInvalidError as error:
        raise DamagedError(f"its last checkpoint, of {head[0]} entries, does not hold") from error
    wanted = merkle.peaks(signed.size)
    found = nodes(connection, set(wanted))
    if len(found) != len(wanted):
        raise DamagedError(f"nodes of the tree of {signed.size} entries are missing")
    frontier = merkle.Frontier(signed.size, [found[node] for node in wanted])
    if signed.size != head[0] or frontier.root() != signed.root:
        raise DamagedError(f"its tree of {signed.size} entries is not the one that was signed")
    return frontier


def _unsealed(connection: psycopg.Connection, after: int) -> Iterator[list[tuple[int, bytes]]]:
    with psycopg.ServerCursor(connection, "ledger_unsealed") as cursor:
        cursor.execute(_UNSEALED, {"after": after}, binary=True)
        while chunk := cursor.fetchmany(CHUNK):
            yield chunk


def _write(
    cursor: psycopg.Cursor, frontier: merkle.Frontier, chunk: list[tuple[int, bytes]]
) -> None:
    completed = []
    with cursor.copy(_COPY_LEAVES) as copy:
        copy.set_types(["int8", "int8", "bytea"])
        for entry_id, leaf in chunk:
            copy.write_row((frontier.size, entry_id, leaf))
            completed += frontier.push(leaf)
    with cursor.copy(_COPY_NODES) as copy:
        copy.set_types(["int2", "int8", "bytea"])
        for (level, place), value in completed:
            copy.write_row((level, place, value))


def _number(cursor: psycopg.Cursor, statement: str) -> int:
    row = cursor.execute(statement).fetchone()
    if row is None:
        raise TypeError(f"{statement} returned no row.")
    return int(row[0])

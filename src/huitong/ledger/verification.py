"""Checking the whole ledger, trusting nothing in the database.

Every leaf is hashed again from the columns of its entry, the tree is grown again from the leaves,
and its root is compared at the size of every checkpoint, whose signature is checked against a key
file outside the database. Checkpoints are heads of one growing tree, so that each pair of them is
consistent when every one of them matches. A log that was cut back and signed again is only found by
a checkpoint that was saved elsewhere: pass it as `saved`.

One pass in the order of the log by server-side cursors; memory does not grow with the ledger.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson
import psycopg

from huitong.ledger import checkpoints, leaves, merkle, uses
from huitong.ledger.checkpoints import PublicKey
from huitong.ledger.errors import CheckpointInvalidError, NotCanonicalError
from huitong.ledger.leaves import Json
from huitong.ledger.merkle import NodeId

CHUNK = 1 << 14
FETCHED = 2000
MOST_PROBLEMS = 1000

# Given an entry, return the root (32 bytes) over its records as they stand now, or None when they
# are no longer kept.
Recompute: TypeAlias = Callable[[psycopg.Connection, Mapping[str, Json]], bytes | None]

_RECOMPUTE: dict[str, Recompute] = {}

_SIZE = "SELECT coalesce(max(size), 0) FROM ledger_checkpoint"
_CHECKPOINTS = "SELECT size, root, note FROM ledger_checkpoint WHERE size <= %s ORDER BY size, id"
_LEAVES = """
SELECT l.index, l.entry_id, l.leaf_hash, e.leaf_hash, e.uuid::text, e.kind, e.subject, e.actor,
       e.at AT TIME ZONE 'UTC', array_to_json(e.cite)::text, e.facts::text
FROM ledger_leaf l LEFT JOIN ledger_entry e ON e.id = l.entry_id
WHERE l.index < %s ORDER BY l.index
"""
_UNSEALED = """
SELECT -1, e.id, e.leaf_hash, e.leaf_hash, e.uuid::text, e.kind, e.subject, e.actor,
       e.at AT TIME ZONE 'UTC', array_to_json(e.cite)::text, e.facts::text
FROM ledger_entry e WHERE NOT EXISTS (SELECT FROM ledger_leaf l WHERE l.entry_id = e.id)
"""
_NODE_RANGES = """
SELECT n.level, n.index, n.hash
FROM unnest(%s::int[], %s::bigint[], %s::bigint[]) AS r(level, low, high)
JOIN ledger_node n ON n.level = r.level AND n.index >= r.low AND n.index < r.high
"""
# Leaves and nodes that no checkpoint covers; one statement, so one view of the tables.
_STRAY = """
WITH head AS (SELECT coalesce(max(size), 0) AS size FROM ledger_checkpoint)
SELECT (SELECT count(*) FROM ledger_leaf, head WHERE index >= head.size OR index < 0),
       (SELECT count(*) FROM ledger_node, head
        WHERE level < 1 OR index < 0 OR level > 62 OR index >= head.size >> level)
"""


@dataclass(frozen=True)
class Problem:
    """One thing that does not hold. `entry` is a uuid where an entry can be named."""

    code: str
    detail: str
    entry: str | None = None


@dataclass
class Verification:
    """What a verification found; `unsealed` entries are recorded and in no checkpoint yet."""

    entries: int = 0
    checkpoints: int = 0
    unsealed: int = 0
    uses_checked: int = 0
    uses_unchecked: int = 0
    problem_count: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Say whether all of it holds."""
        return self.problem_count == 0

    def report(self, code: str, detail: str, entry: str | None = None) -> None:
        """Note a problem; the first `MOST_PROBLEMS` are kept, all are counted."""
        self.problem_count += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(code, detail, entry))


def register_recompute(kind: str, recompute: Recompute) -> None:
    """Name the function that computes the root over the records of an entry of this kind again.

    The room that owns the records registers it at start; an entry of kind `gateway.uses` that
    nobody registered for is counted in `uses_unchecked`.
    """
    _RECOMPUTE[kind] = recompute


def verify(
    connection: psycopg.Connection, *, key: PublicKey, saved: Sequence[str] = ()
) -> Verification:
    """Check everything, in the connection's transaction. `saved`: notes kept from earlier days."""
    found = Verification()
    with psycopg.Cursor(connection) as cursor:
        row = cursor.execute(_SIZE).fetchone()
        size = int(row[0]) if row else 0
        expected = _Expected(connection, key, size, found, saved)
        walk = _Walk(connection, found, expected)
        walk.leaves(size)
        expected.finish()
        found.entries = walk.frontier.size
        for row in _rows(connection, "ledger_verify_rest", _UNSEALED, ()):
            found.unsealed += 1
            walk.entry(row)
        row = cursor.execute(_STRAY).fetchone()
        for count, what in zip(row or (), ("leaf", "node"), strict=True):
            if count:
                found.report(f"{what}_stray", f"{count} rows of ledger_{what} are in no checkpoint")
    return found


class _Expected:
    """The heads that the tree must have on the way: every stored checkpoint, every saved one."""

    def __init__(
        self,
        connection: psycopg.Connection,
        key: PublicKey,
        size: int,
        found: Verification,
        saved: Sequence[str],
    ) -> None:
        self._key = key
        self._found = found
        self._rows = _rows(connection, "ledger_verify_heads", _CHECKPOINTS, (size,))
        self._next = next(self._rows, None)
        self._good = 0
        self._saved = self._open_saved(saved, size)
        # The next size at which there is something to compare.
        self.due = 0

    def _open_saved(self, saved: Sequence[str], size: int) -> dict[int, list[bytes]]:
        roots: dict[int, list[bytes]] = {}
        for note in saved:
            try:
                head = checkpoints.open_note(note, self._key)
            except CheckpointInvalidError as error:
                self._found.report("saved_checkpoint_invalid", str(error))
                continue
            if head.size > size:
                self._found.report(
                    "rolled_back",
                    f"a saved checkpoint has {head.size} entries, the ledger's last has {size}",
                )
            roots.setdefault(head.size, []).append(head.root)
        return roots

    def compare(self, size: int, frontier: merkle.Frontier) -> None:
        """Compare the tree, now of this size, with every head of this size."""
        while self._next is not None and self._next[0] <= size:
            self._stored(self._next, frontier if self._next[0] == size else None)
            self._next = next(self._rows, None)
        for root in self._saved.get(size, ()):
            if root != frontier.root():
                self._found.report(
                    "history_changed",
                    f"the first {size} entries are not those of the saved checkpoint",
                )
        later = [saved for saved in self._saved if saved > size]
        if self._next is not None:
            later.append(self._next[0])
        self.due = min(later, default=0)

    def finish(self) -> None:
        """Report the heads that the tree never grew to."""
        while self._next is not None:
            self._stored(self._next, None)
            self._next = next(self._rows, None)

    def _stored(self, row: tuple[int, bytes, str], frontier: merkle.Frontier | None) -> None:
        size, root, note = row
        self._found.checkpoints += 1
        try:
            head = checkpoints.open_note(note, self._key)
        except CheckpointInvalidError as error:
            self._found.report("checkpoint_forged", f"checkpoint of {size} entries: {error}")
            return
        if (head.size, head.root) != (size, bytes(root)):
            self._found.report(
                "checkpoint_altered",
                f"the row of {size} entries is not what its note says ({head.size} entries)",
            )
        elif frontier is None:
            self._found.report("leaves_missing", f"the tree never has {size} entries")
        elif frontier.root() != head.root:
            self._found.report(
                "root_mismatch",
                f"entries {self._good} to {size - 1} hold a change: the tree of {size} entries "
                "does not have the root that was signed",
            )
        else:
            self._good = size


class _Walk:
    """The tree grown again from the leaves, and each entry on the way."""

    def __init__(
        self, connection: psycopg.Connection, found: Verification, expected: _Expected
    ) -> None:
        self._connection = connection
        self._found = found
        self._expected = expected
        self.frontier = merkle.Frontier()
        self._completed: dict[NodeId, bytes] = {}
        self._uuids: list[str | None] = []
        self._first = 0

    def leaves(self, size: int) -> None:
        """Go through all sealed entries."""
        self._expected.compare(0, self.frontier)
        for row in _rows(self._connection, "ledger_verify_leaves", _LEAVES, (size,)):
            index = row[0]
            if index != self.frontier.size:
                self._found.report(
                    "leaf_missing", f"leaf {self.frontier.size} is not there, {index} comes instead"
                )
                # Places are lost from here on; no root after this can match, and one says it.
                break
            self.entry(row)
            self._uuids.append(row[4])
            self._completed.update(self.frontier.push(row[2]))
            if self.frontier.size == self._expected.due:
                self._expected.compare(self.frontier.size, self.frontier)
            if self.frontier.size % CHUNK == 0:
                self._compare_nodes()
        self._compare_nodes()

    def entry(self, row: tuple[Any, ...]) -> None:
        """Compare an entry with its leaf, and its records with its facts."""
        index, entry_id, leaf, own_leaf, uuid, kind, subject, actor, at, cite, facts = row
        if uuid is None:
            self._found.report("entry_missing", f"leaf {index}: entry with id {entry_id} is gone")
            return
        content: dict[str, Json] = {
            "v": leaves.VERSION,
            "uuid": uuid,
            "kind": kind,
            "subject": subject,
            "actor": actor,
            "at": at.isoformat(timespec="microseconds") + "Z",
            "cite": orjson.loads(cite),
            "facts": orjson.loads(facts),
        }
        try:
            computed = _hash(content, leaf)
        except NotCanonicalError as error:
            self._found.report("entry_altered", str(error), uuid)
            return
        if computed != leaf:
            self._found.report("entry_altered", f"leaf {index} is not the hash of its entry", uuid)
        elif computed != own_leaf:
            self._found.report("entry_altered", "its own leaf_hash is not its hash", uuid)
        elif kind == uses.KIND or kind in _RECOMPUTE:
            self._records(kind, content, uuid)

    def _records(self, kind: str, entry: dict[str, Json], uuid: str) -> None:
        recompute, facts = _RECOMPUTE.get(kind), entry["facts"]
        root = None if recompute is None else recompute(self._connection, entry)
        if root is None or not isinstance(facts, dict):
            self._found.uses_unchecked += 1
        elif root.hex() == facts.get(uses.ROOT_FACT):
            self._found.uses_checked += 1
        else:
            self._found.report("uses_altered", "its records do not have the root it states", uuid)

    def _compare_nodes(self) -> None:
        """Compare the stored nodes with those completed since the last time."""
        ranges: dict[int, tuple[int, int]] = {}
        for level, index in self._completed:
            low, high = ranges.get(level, (index, index))
            ranges[level] = (min(low, index), max(high, index))
        with psycopg.Cursor(self._connection) as cursor:
            cursor.execute(
                _NODE_RANGES,
                (
                    list(ranges),
                    [low for low, _ in ranges.values()],
                    [high + 1 for _, high in ranges.values()],
                ),
                binary=True,
            )
            stored = {NodeId(level, index): value for level, index, value in cursor}
        wrong = {node for node, value in self._completed.items() if stored.get(node) != value}
        for node in sorted(wrong):
            # A wrong leaf spoils every node above it: the lowest tells where.
            if not {NodeId(node.level - 1, node.place * 2 + side) for side in (0, 1)} & wrong:
                self._report_node(node, present=node in stored)
        self._completed.clear()
        self._uuids.clear()
        self._first = self.frontier.size

    def _report_node(self, node: NodeId, *, present: bool) -> None:
        low, high = node.place << node.level, (node.place + 1) << node.level
        what = "is not that of its leaves" if present else "is missing"
        detail = f"node {node.level}/{node.place} over leaves {low} to {high - 1} {what}"
        code = "node_altered" if present else "node_missing"
        # Chunks are even, so that both leaves of a pair stand in this one.
        pair = self._uuids[low - self._first : high - self._first] if node.level == 1 else []
        for uuid in pair or [None]:
            self._found.report(code, detail, uuid)


def _hash(content: dict[str, Json], leaf: bytes) -> bytes:
    """Return the leaf hash of an entry.

    orjson writes the same bytes ten times as fast, but checks less: where its hash is the leaf,
    they were the right ones, and elsewhere the definition decides.

    Raises: NotCanonicalError.
    """
    quick = merkle.leaf_hash(orjson.dumps(content, option=orjson.OPT_SORT_KEYS))
    return quick if quick == leaf else merkle.leaf_hash(leaves.canonical(content))


def _rows(
    connection: psycopg.Connection, name: str, statement: str, parameters: tuple[int, ...]
) -> Iterator[tuple[Any, ...]]:
    with psycopg.ServerCursor(connection, name) as cursor:
        cursor.execute(statement, parameters, binary=True)
        while rows := cursor.fetchmany(FETCHED):
            yield from rows

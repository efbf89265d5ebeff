"""Keeps the grants in memory up to date: read the version every quarter second, woken by NOTIFY.

First everything is loaded, however long that takes, then only what the log of changes names. Any
error closes the connection and makes a new one; until a read succeeds the book grows old and calls
are refused (`GrantBook.require_fresh`).
"""

import asyncio
import contextlib
import gc
import json
import logging
import time
from collections.abc import Callable

import asyncpg

from huitong.gateway import shapes
from huitong.gateway.grants import GrantBook, grant_of
from huitong.gateway.types import Caller, Grant
from huitong.gateway.wire import Connection, Row
from huitong.sharing.types import NOTIFY_CHANNEL

log = logging.getLogger(__name__)

READ_SECONDS = 0.25
# A read that takes longer is given up, so that a hanging connection is replaced within the second.
_READ_LIMIT = 0.75
_LOAD_LIMIT = 600.0
_PAUSE = 0.1
# A call leaves hardly any cycles: the young generation may grow before it is looked through.
_GC_THRESHOLDS = (20_000, 20, 100)
_CHUNK = 2000
LOG_LENGTH = 100_000
_SHAPES_KEPT = 100_000
_SWEEP_SECONDS = 300.0


class Listener:
    """One connection of the role that reads the grants; `book` is what it keeps."""

    def __init__(self, dsn: str, book: GrantBook, *, tick: Callable[[], None]) -> None:
        self._dsn = dsn
        self._book = book
        self._tick = tick
        self._connection: Connection | None = None
        self._wake = asyncio.Event()
        self._read = asyncio.Condition()
        self._reads_begun = 0
        self._reads_done = 0
        self._shapes: dict[tuple[int, str, str | None], tuple[str, tuple[str, ...], bool]] = {}
        self._swept = 0.0
        self._lock = asyncio.Lock()

    async def run(self) -> None:
        """Read for ever."""
        failed = False
        while True:
            try:
                await self._connect()
                if failed:
                    log.warning("grants are being read again")
                failed = False
                while True:
                    await self._refresh()
                    self._tick()
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._wake.wait(), READ_SECONDS)
                    self._wake.clear()
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                if not failed:
                    log.warning("grants cannot be read: %s", type(error).__name__)
                failed = True
                self._close()
                self._tick()
                await asyncio.sleep(_PAUSE)

    async def refreshed(self, limit: float = _READ_LIMIT) -> None:
        """Return after a read that began after this call, or when `limit` seconds are over.

        A call that the memory would refuse waits for this first, so that a token or a grant works
        from the moment at which it was committed.
        """
        wanted = self._reads_begun + 1
        self._wake.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit), self._read:
                await self._read.wait_for(lambda: self._reads_done >= wanted)

    async def secret_of(self, client: str) -> tuple[str, bool] | None:
        """Return the hash of a client's secret and whether the client is active.

        Raises: OSError, asyncpg errors, when the database does not answer.
        """
        row = await self._fetchrow(
            "SELECT secret_hash, active FROM gateway.snapshot_client WHERE client = $1", client
        )
        return None if row is None else (row["secret_hash"], row["active"])

    async def dataset_id(self, code: str) -> int | None:
        """Return the id of the dataset with this code, if there is one."""
        row = await self._fetchrow("SELECT id FROM gateway.snapshot_dataset WHERE code = $1", code)
        return None if row is None else int(row["id"])

    async def _fetchrow(self, query: str, value: str) -> Row | None:
        async with self._lock:
            return await self._open().fetchrow(query, value, timeout=_READ_LIMIT)

    async def _connect(self) -> None:
        connection = await asyncpg.connect(
            self._dsn,
            timeout=_READ_LIMIT,
            server_settings={"application_name": "huitong gateway grants", "jit": "off"},
        )
        self._connection = connection
        await connection.add_listener(NOTIFY_CHANNEL, self._notified)

    def _open(self) -> Connection:
        if self._connection is None:
            raise ConnectionError("the grants' connection is down")
        return self._connection

    def _notified(self, *_args: object) -> None:
        self._wake.set()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def _refresh(self) -> None:
        book = self._book
        self._reads_begun += 1
        number = self._reads_begun
        began = time.monotonic()
        async with self._lock:
            row = await self._open().fetchrow(
                "SELECT version, at FROM gateway.snapshot_version", timeout=_READ_LIMIT
            )
            if row is None:
                raise ConnectionError("sharing_snapshotversion has no row")
            book.clock_offset = row["at"] - time.monotonic()
            version = row["version"]
            if version != book.version:
                behind = version - book.version
                if book.version < 0 or not 0 < behind < LOG_LENGTH:
                    # However long it takes: under load a limit here would never let it end.
                    async with asyncio.timeout(_LOAD_LIMIT):
                        began = await self._load()
                else:
                    async with asyncio.timeout(_READ_LIMIT * 4):
                        began = await self._follow()
        book.fresh_at = began
        if began - self._swept > _SWEEP_SECONDS:
            self._swept = began
            self._sweep(book.now(began))
        self._reads_done = number
        async with self._read:
            self._read.notify_all()

    async def _load(self) -> float:
        """Load everything as of one moment; return when that read began."""
        connection, fresh = self._open(), GrantBook()
        began = time.monotonic()
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            fresh.version = await connection.fetchval(_VERSION)
            async for row in connection.cursor(_TOKENS, prefetch=_CHUNK):
                digest, caller = _caller(row)
                fresh.tokens[digest] = caller
            async for row in connection.cursor(f"{_GRANTS} ORDER BY id", prefetch=_CHUNK):
                grant = self._grant(row)
                if grant:
                    fresh.put((grant,))
        book = self._book
        book.tokens, book.grants, book.held = fresh.tokens, fresh.grants, fresh.held
        book.version = fresh.version
        # A collection that walks all grants stops every call for its time (p99 92 ms against 7).
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_GC_THRESHOLDS)
        # What was revoked while this went on is read next: only that read makes the book fresh.
        return began if time.monotonic() - began < READ_SECONDS else await self._follow()

    async def _follow(self) -> float:
        """Read what changed since the book's version; return when that read began."""
        connection, book = self._open(), self._book
        began = time.monotonic()
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            version = await connection.fetchval(_VERSION)
            changed: dict[str, set[str]] = {"grant": set(), "client": set(), "token": set()}
            for row in await connection.fetch(
                "SELECT kind, key FROM gateway.snapshot_change WHERE version > $1", book.version
            ):
                changed[row["kind"]].add(row["key"])
            if changed["grant"]:
                await self._follow_grants([int(key) for key in changed["grant"]])
            if changed["token"]:
                await self._follow_tokens(list(changed["token"]))
            if changed["client"]:
                clients = [int(key) for key in changed["client"]]
                for row in await connection.fetch(f"{_TOKENS} WHERE client_id = ANY($1)", clients):
                    digest, caller = _caller(row)
                    book.tokens[digest] = caller
        book.version = version
        return began

    async def _follow_grants(self, ids: list[int]) -> None:
        found = []
        for start in range(0, len(ids), _CHUNK):
            part = ids[start : start + _CHUNK]
            rows = await self._open().fetch(f"{_GRANTS} WHERE id = ANY($1)", part)
            found += [grant for row in rows if (grant := self._grant(row))]
        self._book.put(found)
        self._book.drop(set(ids) - {grant.id for grant in found})

    async def _follow_tokens(self, digests: list[str]) -> None:
        book = self._book
        gone = set(digests)
        for start in range(0, len(digests), _CHUNK):
            part = digests[start : start + _CHUNK]
            for row in await self._open().fetch(f"{_TOKENS} WHERE digest = ANY($1)", part):
                digest, caller = _caller(row)
                book.tokens[digest] = caller
                gone.discard(row["digest"])
        for text in gone:
            book.tokens.pop(bytes.fromhex(text), None)

    def _grant(self, row: Row) -> Grant | None:
        name = (row["dataset_id"], row["columns"], row["row_filter"])
        known = self._shapes.get(name)
        if known is None:
            given = None if name[2] is None else json.loads(name[2])
            try:
                shape = shapes.shape_of(name[0], json.loads(name[1]), given)
            except shapes.ShapeInvalidError:
                # One grant that cannot be served must not keep the others from being read.
                log.warning("grant %d has columns or a row filter that cannot be served", row["id"])
                return None
            if len(self._shapes) >= _SHAPES_KEPT:
                self._shapes.clear()
            known = self._shapes[name] = (shape.digest, shape.names, shape.matches)
        return grant_of(row, known)

    def _sweep(self, now: float) -> None:
        """Forget tokens that ended more than a day ago; until then they are told so."""
        tokens = self._book.tokens
        for digest in [key for key, caller in tokens.items() if caller.expires_at < now - 86400]:
            del tokens[digest]


_VERSION = "SELECT version FROM gateway.snapshot_version"
_TOKENS = (
    "SELECT digest, client_id, client, consumer_id, active, expires_at, revoked "
    "FROM gateway.snapshot_token"
)
_GRANTS = (
    "SELECT id, dataset_id, dataset, consumer_id, columns, row_filter, starts_at, ends_at, "
    "revoked, suspended, stop_cite, cite FROM gateway.snapshot_grant"
)


def _caller(row: Row) -> tuple[bytes, Caller]:
    return bytes.fromhex(row["digest"]), Caller(
        client_id=row["client_id"],
        client=row["client"],
        consumer_id=row["consumer_id"],
        expires_at=row["expires_at"],
        revoked=row["revoked"],
        active=row["active"],
    )

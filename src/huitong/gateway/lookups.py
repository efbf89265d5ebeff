"""Look-ups that wait are answered together; every answer leaves after its note.

A free connection takes a call at once. Calls that come while all are busy wait by what they ask
for (shape and columns), and the next free connection takes all that wait for one such desk, as one
array to one function.
"""

import asyncio
import functools
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeVar, cast

import asyncpg

from huitong.gateway.desks import Desk, Line
from huitong.gateway.errors import (
    DatabaseUnavailableError,
    ShapeAbsentError,
    SpoolFullError,
    TooManyCallsError,
)
from huitong.gateway.noting import Answer, Ask, Noter
from huitong.gateway.types import Grant
from huitong.gateway.wire import Statement

log = logging.getLogger(__name__)

# One array never holds more: a batch must not keep the calls after it waiting for long.
BATCH = 256
_WAITING_LIMIT = 10_000
_DESKS_KEPT = 4096
_CONNECT_SECONDS = 1.0
_PAUSE = 0.2
# What hangs longer is given up; the statement itself is ended by the server a little earlier.
CALL_SECONDS = 5.0
_UNAVAILABLE = (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError)
_ABSENT = (
    asyncpg.UndefinedFunctionError,
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedColumnError,
)


_Found = TypeVar("_Found")


class Lookups:
    """An own list of connections: a pool would send a reset after every call (0.69)."""

    def __init__(self, dsn: str, connections: int, noter: Noter) -> None:
        self._dsn = dsn
        self._noter = noter
        self._wanted = connections
        self._free: list[Line] = []
        self._lines: set[Line] = set()
        self._desks: dict[tuple[str, tuple[str, ...]], Desk] = {}
        self._busy: deque[Desk] = deque()
        self._lines_waited_for: deque[asyncio.Future[Line]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False
        self._gathering = False
        self.waiting = 0
        self.batches = 0
        self.batched = 0

    async def open(self) -> None:
        """Make the connections; those that fail are tried again in the background."""
        for _ in range(self._wanted):
            self._start(self._renew())

    async def close(self) -> None:
        """Close what is open."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        for line in self._lines:
            line.connection.terminate()

    def watch(self, now: float) -> None:
        """Cut connections on which one statement hangs, though the server should have ended it.

        Called a few times a second: a timer for each call would cost more than the check itself.
        """
        for line in self._lines.difference(self._free):
            if line.turn != line.seen:
                line.seen, line.since = line.turn, now
            elif now - line.since > CALL_SECONDS:
                line.connection.terminate()

    @property
    def alive(self) -> int:
        """Return the number of connections that work."""
        return len(self._lines)

    async def look_up(self, ask: Ask) -> Answer | None:
        """Return the answer for one key, noted; None when the database refused the grant.

        Raises: DatabaseUnavailableError, ShapeAbsentError, TooManyCallsError, SpoolFullError.
        """
        name = (ask.grant.shape, ask.columns)
        desk = self._desks.get(name) or self._desk(*name)
        if self._free and len(self._free) == len(self._lines):
            line = self._free.pop()
            found = await self._alone(line, desk, ask)
            if self._busy or self._lines_waited_for:
                self._release(line)
            else:
                self._free.append(line)
            return self._noter.answer(ask, found)
        if not self._lines:
            raise DatabaseUnavailableError
        if self.waiting >= _WAITING_LIMIT:
            raise TooManyCallsError(0.1)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer | None] = loop.create_future()
        if not desk.waiting:
            self._busy.append(desk)
        desk.asks.append(ask)
        desk.waiting.append(future)
        self.waiting += 1
        if self._free and not self._gathering:
            # Calls that came in with this one are taken along: a loop's turn, no time.
            self._gathering = True
            loop.call_soon(self._dispatch)
        return await future

    async def _alone(self, line: Line, desk: Desk, ask: Ask) -> str:
        """Return the answer for one key; the line stays with the caller unless this fails.

        The shape's view is asked first. No row in it, or no view, says nothing but that the
        function must be asked: it tells an absent record from a refused grant.
        """
        line.turn += 1
        try:
            if not desk.columns:
                try:
                    row = line.statements.get(desk.row) or await line.prepared(desk.row)
                    found = await row.fetchval(ask.key, ask.grant.id)
                except asyncpg.UndefinedTableError:
                    line.statements.pop(desk.row, None)  # the grant is older than the first swap
                else:
                    if found is not None:
                        return cast("str", found)
            return (await self._batch(line, desk, (ask,)))[0]
        except BaseException as error:
            reason = self._failed(line, error, ask.grant.id)
            if reason is error:
                raise
            raise reason from error

    def _dispatch(self) -> None:
        self._gathering = False
        if self._free and self._busy:
            self._start(self._serve(self._free.pop()))

    async def look_up_all(
        self, keys: Sequence[str], grant: Grant, columns: tuple[str, ...]
    ) -> list[str]:
        """Return the answers for many keys of one call, in their order."""
        desk = self._desk(grant.shape, columns)
        arguments: list[object] = [list(keys), [grant.id] * len(keys)]
        if columns:
            arguments.append(desk.columns)
        line = await self._line()
        found = await self._run(line, grant.id, _value, desk.batch, arguments)
        return cast("list[str]", found)

    async def page(
        self, grant: Grant, after: str, size: int, columns: tuple[str, ...]
    ) -> list[tuple[str | None, str]]:
        """Return up to `size` (key, answer) pairs in the order of keys, after a key."""
        desk = self._desk(grant.shape, columns)
        arguments: list[object] = [grant.id, after, size]
        if columns:
            arguments.append(desk.columns)
        line = await self._line()
        rows = await self._run(line, grant.id, _rows, desk.page, arguments)
        return [(row[0], row[1]) for row in rows]

    async def match(
        self, key: str, grant: Grant, items: Sequence[str], values: Sequence[str | None]
    ) -> str:
        """Return a JSON object of item → whether its value is the one stated."""
        query = f"SELECT gateway.shape_{grant.shape}_match($1, $2, $3, $4)"
        line = await self._line()
        arguments = (key, grant.id, list(items), list(values))
        return cast("str", await self._run(line, grant.id, _value, query, arguments))

    async def call(self, query: str, *arguments: object) -> object:
        """Return the value of a statement of the gateway's own (a token, for one)."""
        line = await self._line()
        return await self._run(line, 0, _value, query, arguments)

    def _desk(self, shape: str, columns: tuple[str, ...]) -> Desk:
        desk = self._desks.get((shape, columns))
        if desk is None:
            if len(self._desks) >= _DESKS_KEPT:
                self._desks = {name: kept for name, kept in self._desks.items() if kept.waiting}
            desk = self._desks[shape, columns] = Desk(shape, columns)
        return desk

    async def _run(
        self,
        line: Line,
        grant_id: int,
        fetch: Callable[[Statement, Sequence[object]], Awaitable[_Found]],
        query: str,
        arguments: Sequence[object],
    ) -> _Found:
        line.turn += 1
        try:
            statement = await line.prepared(query)
            found = await fetch(statement, arguments)
        except BaseException as error:
            reason = self._failed(line, error, grant_id)
            if reason is error:
                raise
            raise reason from error
        self._release(line)
        return found

    def _failed(self, line: Line, error: BaseException, grant_id: int) -> BaseException:
        """Give the line back or replace it; return what the caller is told."""
        if isinstance(error, _ABSENT):
            line.statements.clear()
            self._release(line)
            return ShapeAbsentError(grant_id)
        if isinstance(error, asyncpg.QueryCanceledError):
            self._release(line)
            return DatabaseUnavailableError()
        # Anything else leaves a connection in an unknown state, a cancelled call too.
        self._lines.discard(line)
        line.connection.terminate()
        self._start(self._renew())
        if not self._lines:
            self._fail_waiting()
        if isinstance(error, _UNAVAILABLE):
            return DatabaseUnavailableError()
        if isinstance(error, asyncpg.PostgresError):
            log.warning("a look-up failed: %s", getattr(error, "sqlstate", ""))
            return DatabaseUnavailableError()
        return error

    def _lost(self, line: Line, _connection: object) -> None:
        """Replace a line that ended while it was idle, before a call is lost on it."""
        if line in self._lines and line in self._free and not self._closed:
            self._free.remove(line)
            self._lines.discard(line)
            self._start(self._renew())

    def _fail_waiting(self) -> None:
        """Nobody is left to answer those who wait."""
        while self._busy:
            _, waiting = self._take(self._busy.popleft(), None)
            for future in waiting:
                if not future.done():
                    future.set_exception(DatabaseUnavailableError())
        while self._lines_waited_for:
            waiter = self._lines_waited_for.popleft()
            if not waiter.done():
                waiter.set_exception(DatabaseUnavailableError())

    def _take(
        self, desk: Desk, limit: int | None
    ) -> tuple[list[Ask], list[asyncio.Future[Answer | None]]]:
        asks, waiting = desk.asks[:limit], desk.waiting[:limit]
        taken = len(waiting)
        desk.asks, desk.waiting = desk.asks[taken:], desk.waiting[taken:]
        self.waiting -= taken
        return asks, waiting

    def _release(self, line: Line) -> None:
        """Give the line to whoever waits for one, else to a desk, else put it back."""
        while self._lines_waited_for:
            waiter = self._lines_waited_for.popleft()
            if not waiter.done():
                waiter.set_result(line)
                return
        if self._busy:
            self._start(self._serve(line))
        else:
            self._free.append(line)

    async def _line(self) -> Line:
        if self._free:
            return self._free.pop()
        if not self._lines:
            raise DatabaseUnavailableError
        waiter: asyncio.Future[Line] = asyncio.get_running_loop().create_future()
        self._lines_waited_for.append(waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self._release(waiter.result())
            raise

    async def _serve(self, line: Line) -> None:
        """Answer desk after desk until nobody waits."""
        while self._busy and not self._lines_waited_for:
            desk = self._busy.popleft()
            asks, waiting = self._take(desk, BATCH)
            if desk.waiting:
                self._busy.append(desk)
            try:
                found = await self._batch(line, desk, asks)
            except BaseException as error:  # noqa: BLE001 - told to all who wait
                _refuse(waiting, self._failed(line, error, asks[0].grant.id))
                return
            self.batches += 1
            self.batched += len(asks)
            try:
                answers = self._noter.answers(asks, found)
            except SpoolFullError as error:
                _refuse(waiting, error)
                continue
            for future, answer in zip(waiting, answers, strict=True):
                if not future.done():
                    future.set_result(answer)
        self._release(line)

    async def _batch(self, line: Line, desk: Desk, asks: Sequence[Ask]) -> Sequence[str]:
        line.turn += 1
        if len(asks) == 1:
            statement = await line.prepared(desk.one)
            arguments: tuple[object, ...] = (asks[0].key, asks[0].grant.id)
        else:
            statement = await line.prepared(desk.batch)
            arguments = ([ask.key for ask in asks], [ask.grant.id for ask in asks])
        if desk.columns:
            arguments = (*arguments, desk.columns)
        found = await statement.fetchval(*arguments)
        return (found,) if len(asks) == 1 else found

    async def _renew(self) -> None:
        """Make one connection, however long that takes."""
        while not self._closed:
            try:
                connection = await asyncpg.connect(
                    self._dsn,
                    timeout=_CONNECT_SECONDS,
                    server_settings={
                        "application_name": "huitong gateway",
                        "jit": "off",
                        # A view is planned at each call until five plans were weighed.
                        "plan_cache_mode": "force_generic_plan",
                        "statement_timeout": str(int(CALL_SECONDS * 900)),
                    },
                )
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(_PAUSE)
                continue
            line = Line(connection)
            connection.add_termination_listener(functools.partial(self._lost, line))
            self._lines.add(line)
            self._release(line)
            return

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _refuse(waiting: Sequence[asyncio.Future[Answer | None]], error: BaseException) -> None:
    for future in waiting:
        if not future.done():
            future.set_exception(error)


async def _value(statement: Statement, arguments: Sequence[object]) -> object:
    return await statement.fetchval(*arguments)


async def _rows(statement: Statement, arguments: Sequence[object]) -> list[tuple[str | None, str]]:
    return await statement.fetch(*arguments)

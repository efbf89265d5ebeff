"""The baseline of the gateway's benchmark: the same look-up, with nothing of what a gateway is for.

Bare ASGI, asyncpg with an own list of connections, a prepared statement, orjson; under the same
server with the same settings. Set `HUITONG_BENCH_BARE` to JSON with `dsn`, `role`, `table`,
`connections`, `port`.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import orjson
from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops

VARIABLE = "HUITONG_BENCH_BARE"
_HEADERS = [(b"content-type", b"application/json")]


class Bare:
    """One query by key."""

    def __init__(self, dsn: str, role: str, table: str, connections: int) -> None:
        self._dsn, self._role, self._table, self._wanted = dsn, role, table, connections
        self._free: list[Any] = []
        self._waiting: list[asyncio.Future[Any]] = []

    async def __call__(
        self,
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[dict[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        """Serve one event of the server."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        key = scope["query_string"][4:].decode()
        if self._free:
            statement = self._free.pop()
        else:
            future = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            statement = await future
        row = await statement.fetchrow(key)
        if self._waiting:
            self._waiting.pop(0).set_result(statement)
        else:
            self._free.append(statement)
        body = orjson.dumps({"citizen_id": row[0], "name": row[1], "phone": row[2]})
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await send({"type": "http.response.body", "body": body})

    async def _lifespan(
        self,
        receive: Callable[[], Awaitable[dict[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        await receive()
        for _ in range(self._wanted):
            connection = await asyncpg.connect(self._dsn)
            await connection.execute(f'SET ROLE "{self._role}"')
            self._free.append(
                await connection.prepare(
                    f"SELECT citizen_id, name, phone FROM {self._table} WHERE _key = $1"  # noqa: S608
                )
            )
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})


def build() -> Bare:
    """Return the application of one worker."""
    given = json.loads(os.environ[VARIABLE])
    given.pop("port")
    return Bare(**given)


def main() -> None:
    """Serve as the gateway is served."""
    Granian(
        "huitong.operations.benches.bare:build",
        factory=True,
        port=json.loads(os.environ[VARIABLE])["port"],
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        websockets=False,
        backlog=2048,
        backpressure=2048,
    ).serve()


if __name__ == "__main__":
    main()

"""Who waits for what, and the connections by which it is asked."""

import asyncio

from huitong.gateway.noting import Answer, Ask
from huitong.gateway.wire import Connection, Statement

_STATEMENTS_KEPT = 512


class Desk:
    """What is asked alike: the statements of one shape and choice of columns, and who waits."""

    __slots__ = ("asks", "batch", "columns", "one", "page", "row", "waiting")

    def __init__(self, shape: str, columns: tuple[str, ...]) -> None:
        name = f"gateway.shape_{shape}"
        self.columns = list(columns)
        self.row = f"SELECT body FROM {name}_row WHERE _key = $1 AND grant_id = $2"  # noqa: S608
        if columns:
            self.one = f"SELECT gateway.narrow({name}_one($1, $2), $3)"
            self.batch = f"SELECT gateway.narrow_all({name}($1, $2), $3)"
            self.page = f"SELECT after, gateway.narrow(body, $4) FROM {name}_page($1, $2, $3)"  # noqa: S608
        else:
            self.one = f"SELECT {name}_one($1, $2)"
            self.batch = f"SELECT {name}($1, $2)"
            self.page = f"SELECT after, body FROM {name}_page($1, $2, $3)"  # noqa: S608
        self.asks: list[Ask] = []
        self.waiting: list[asyncio.Future[Answer | None]] = []


class Line:
    """One connection and its prepared statements."""

    __slots__ = ("connection", "seen", "since", "statements", "turn")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.turn = 0
        self.seen = 0
        self.since = 0.0
        self.statements: dict[str, Statement] = {}

    async def prepared(self, query: str) -> Statement:
        """Return the statement, prepared once on this connection."""
        statement = self.statements.get(query)
        if statement is None:
            if len(self.statements) >= _STATEMENTS_KEPT:
                self.statements.clear()
            statement = self.statements[query] = await self.connection.prepare(query)
        return statement

"""The part of asyncpg that the gateway uses, as types: the library itself has none."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeAlias

Row: TypeAlias = Mapping[str, Any]


class Statement(Protocol):
    """A prepared statement."""

    async def fetchval(self, *arguments: object) -> Any:  # noqa: ANN401
        """Return the first value of the first row."""

    async def fetch(self, *arguments: object) -> list[Any]:
        """Return all rows."""


class Connection(Protocol):
    """One connection."""

    async def prepare(self, query: str) -> Statement:
        """Prepare a statement."""

    async def fetchrow(
        self,
        query: str,
        *arguments: object,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> Row | None:
        """Return the first row."""

    async def fetchval(self, query: str, *arguments: object) -> Any:  # noqa: ANN401
        """Return the first value of the first row."""

    async def fetch(self, query: str, *arguments: object) -> list[Row]:
        """Return all rows."""

    def cursor(self, query: str, *, prefetch: int) -> AsyncIterator[Row]:
        """Return rows by parts, inside a transaction."""

    def transaction(self, *, isolation: str, readonly: bool) -> AbstractAsyncContextManager[None]:
        """Open a transaction."""

    async def add_listener(self, channel: str, called: Callable[..., None]) -> None:
        """Have notifications told."""

    def add_termination_listener(self, called: Callable[[object], None]) -> None:
        """Have the end of the connection told."""

    def terminate(self) -> None:
        """Cut the connection."""

"""`POST /oauth/token`: a system proves its secret and gets a token (RFC 6749, section 4.4)."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import orjson

from huitong.gateway.callers import DECOY_HASH, Credentials
from huitong.gateway.errors import (
    DatabaseUnavailableError,
    TooManyCallsError,
    UnknownClientError,
)
from huitong.gateway.grants import GrantBook
from huitong.gateway.limits import Limiter
from huitong.gateway.listening import Listener
from huitong.gateway.lookups import Lookups
from huitong.gateway.noting import Answer, Noter
from huitong.gateway.types import Caller, Outcome
from huitong.sharing import secrets

_ISSUE = "SELECT gateway.issue_token($1, $2, $3)"
# A slow hash is meant to be slow: one at a time, and few may wait, so that guessing starves nobody.
_WAITING = 8
_TRIES_A_SECOND = 0.5
_TRIES_AT_ONCE = 10


class TokenDesk:
    """Checks secrets away from the calls and issues tokens by a function of the database."""

    def __init__(
        self, listener: Listener, lookups: Lookups, book: GrantBook, noter: Noter, seconds: int
    ) -> None:
        self._listener = listener
        self._lookups = lookups
        self._book = book
        self._noter = noter
        self._seconds = seconds
        self._limiter = Limiter(_TRIES_A_SECOND, _TRIES_AT_ONCE)
        self._checker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="secret")
        self._waiting = 0

    async def issue(self, given: Credentials) -> Answer:
        """Return a token in an answer that was noted.

        Raises: UnknownClientError, TooManyCallsError, DatabaseUnavailableError, SpoolFullError.
        """
        wait = self._limiter.wait(given.client, time.monotonic())
        if wait or self._waiting >= _WAITING:
            raise TooManyCallsError(wait or 1.0)
        try:
            found = await self._listener.secret_of(given.client)
        except Exception as error:
            raise DatabaseUnavailableError from error
        kept, active = found or (DECOY_HASH, False)
        if not await self._fits(given.secret, kept) or not active:
            raise UnknownClientError
        token = secrets.new_token()
        digest = secrets.digest(token)
        issued = await self._lookups.call(_ISSUE, given.client, digest, self._seconds)
        if issued is None:
            raise UnknownClientError
        caller = await self._seen(bytes.fromhex(digest))
        body = orjson.dumps(
            {"access_token": token, "token_type": "Bearer", "expires_in": self._seconds}
        )
        receipt = self._noter.note(Outcome.TOKEN_ISSUED, b"", caller=caller)
        return Answer(200, body, receipt, Outcome.TOKEN_ISSUED)

    def close(self) -> None:
        """End the thread."""
        self._checker.shutdown(wait=False, cancel_futures=True)

    async def _fits(self, secret: str, kept: str) -> bool:
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._checker, secrets.verify_secret, secret, kept)
        finally:
            self._waiting -= 1

    async def _seen(self, digest: bytes) -> Caller | None:
        """Return the token's caller once the memory knows it, so that it works at once."""
        if digest not in self._book.tokens:
            await self._listener.refreshed()
        return self._book.tokens.get(digest)

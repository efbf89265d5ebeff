"""Answers calls: admit by memory, ask the database, note, and say why when it is refused."""

import time
from hashlib import sha256

import orjson

from huitong.gateway import shapes
from huitong.gateway.callers import identify
from huitong.gateway.calls import KEY_LENGTH, Call
from huitong.gateway.cursors import Cursors
from huitong.gateway.errors import (
    ColumnNotGrantedError,
    DatabaseUnavailableError,
    GatewayError,
    GrantChangedError,
    GrantSuspendedError,
    NoGrantError,
    TooManyCallsError,
    UnknownCallerError,
    UnknownDatasetError,
)
from huitong.gateway.grants import FRESH_SECONDS, GrantBook, find
from huitong.gateway.http import Scope
from huitong.gateway.limits import Limiter
from huitong.gateway.listening import Listener
from huitong.gateway.lookups import Lookups
from huitong.gateway.noting import Answer, Ask, Noter
from huitong.gateway.types import Caller, Grant, Outcome
from huitong.gateway.verifying_errors import NotForVerifyingError, VerifyOnlyError

# What the memory does not know may have been committed a moment ago: these are asked twice.
_PERHAPS_NEW = (
    NoGrantError,
    ColumnNotGrantedError,
    GrantSuspendedError,
    VerifyOnlyError,
    NotForVerifyingError,
)
_UNKNOWN_A_SECOND = 100.0
_UNKNOWN_AT_ONCE = 200


class CallDesk:
    """Everything between a parsed call and its answer."""

    def __init__(
        self,
        *,
        book: GrantBook,
        listener: Listener,
        lookups: Lookups,
        bulk: Lookups,
        noter: Noter,
        limiter: Limiter,
        cursors: Cursors,
    ) -> None:
        self._book = book
        self._listener = listener
        self._lookups = lookups
        self._bulk = bulk
        self._noter = noter
        self._limiter = limiter
        self._cursors = cursors
        self._unknown = Limiter(_UNKNOWN_A_SECOND, _UNKNOWN_AT_ONCE)

    def ordinary(self, scope: Scope) -> Ask | None:  # noqa: PLR0911 - each return is a way out
        """Return what an ordinary call asks for: one key, all columns, one live grant, known here.

        None for anything else, be it refused in the end or not: the long way through `answer`
        decides then. Most calls are ordinary, and this is a third of their cost in Python.
        """
        path, raw = scope.path, scope.query_string
        if scope.method != "GET" or path[:13] != "/v1/datasets/" or path[-8:] != "/records":
            return None
        key = raw[4:]
        if raw[:4] != "key=" or not (key.isascii() and key.isalnum()) or len(key) > KEY_LENGTH:
            return None
        header = scope.headers.get("authorization")
        if header is None or header[:7] != "Bearer ":
            return None
        book, monotonic = self._book, time.monotonic()
        caller = book.tokens.get(sha256(header[7:].encode()).digest())
        if caller is None:
            return None
        at = monotonic + book.clock_offset
        held = book.held.get((caller.consumer_id, path[13:-8]))
        if (
            monotonic - book.fresh_at > FRESH_SECONDS
            or at >= caller.expires_at
            or caller.revoked
            or not caller.active
            or held is None
            or len(held) != 1
        ):
            return None
        grant = held[0]
        if grant.stopped or not grant.starts_at <= at < grant.ends_at:
            return None
        if self._limiter.limited and self._limiter.wait(grant.id, monotonic):
            return None
        return tuple.__new__(Ask, (key, grant, caller, ()))

    def known(self, digest: bytes) -> Caller | None:
        """Return who calls, or None when nobody here knows the token.

        Raises: GrantsStaleError, TokenExpiredError, TokenRevokedError, ClientInactiveError.
        """
        book, monotonic = self._book, time.monotonic()
        book.require_fresh(monotonic)
        if digest not in book.tokens:
            return None
        return identify(book.tokens, digest, book.now(monotonic))

    async def look_again(self, digest: bytes) -> Caller:
        """Return who calls with a token that was perhaps issued a moment ago.

        Raises: UnknownCallerError and the reasons of `known`; TooManyCallsError when unknown
        callers come too fast for each to be looked into.
        """
        wait = self._unknown.wait("", time.monotonic())
        if wait:
            raise TooManyCallsError(wait)
        await self._listener.refreshed()
        caller = self.known(digest)
        if caller is None:
            raise UnknownCallerError
        return caller

    async def answer(self, call: Call, caller: Caller) -> Answer:
        """Return the noted answer to a call.

        Raises: GatewayError of any kind; it is not noted yet.
        """
        grant = self._admit(call, caller)
        if grant is None:
            caller, grant = await self._admit_late(call, caller)
        call.dataset_id = grant.dataset_id
        self._keep_rate(call, grant)
        if call.values is not None:
            found = await self._match(call, call.values, caller, grant)
        elif call.page:
            found = await self._page(call, caller, grant)
        elif call.many:
            found = await self._many(call, caller, grant)
        else:
            columns = () if call.columns == grant.names else call.columns
            found = await self._lookups.look_up(Ask(call.keys[0], grant, caller, columns))
        if found is None:
            raise await self._why(call, caller, grant)
        return found

    def _admit(self, call: Call, caller: Caller) -> Grant | None:
        """Return the grant by the memory; None when a newer one may be there."""
        book = self._book
        at = book.now(time.monotonic())
        try:
            return find(
                book,
                caller,
                call.dataset,
                call.columns,
                at,
                call.grant_id,
                verify=call.values is not None,
            )
        except _PERHAPS_NEW:
            return None

    def _keep_rate(self, call: Call, grant: Grant) -> None:
        wait = self._limiter.wait(grant.id, time.monotonic(), max(len(call.keys), 1))
        if wait:
            error = TooManyCallsError(wait)
            error.extra["grant"] = grant.id
            raise error

    async def _admit_late(self, call: Call, caller: Caller) -> tuple[Caller, Grant]:
        book = self._book
        await self._listener.refreshed()
        monotonic = time.monotonic()
        book.require_fresh(monotonic)
        now = book.now(monotonic)
        if call.token:
            # A merger moves the grant and the system in one commit: who called is asked anew too.
            caller = call.caller = identify(book.tokens, call.token, now)
        try:
            grant = find(
                book,
                caller,
                call.dataset,
                call.columns,
                now,
                call.grant_id,
                verify=call.values is not None,
            )
        except GatewayError as error:
            held = book.grants.get(_grant_id(error))
            if held:
                call.dataset_id = held.dataset_id
            if isinstance(error, NoGrantError):
                call.dataset_id = await self._dataset_id(call.dataset)
            raise
        return caller, grant

    async def _dataset_id(self, code: str) -> int:
        try:
            found = await self._listener.dataset_id(code)
        except Exception as error:
            raise DatabaseUnavailableError from error
        if found is None:
            raise UnknownDatasetError
        return found

    async def _why(self, call: Call, caller: Caller, grant: Grant) -> GatewayError:
        """Return why the statement refused a grant that the memory took for good."""
        await self._listener.refreshed()
        monotonic = time.monotonic()
        self._book.require_fresh(monotonic)
        try:
            find(
                self._book,
                caller,
                call.dataset,
                call.columns,
                self._book.now(monotonic),
                grant.id,
                verify=call.values is not None,
            )
        except GatewayError as error:
            return error
        return GrantChangedError(grant.id)

    async def _many(self, call: Call, caller: Caller, grant: Grant) -> Answer | None:
        found = await self._bulk.look_up_all(call.keys, grant, call.columns)
        if shapes.REFUSED in found:
            return None
        records = ",".join("null" if text == shapes.NOT_FOUND else text for text in found)
        body = f'{{"grant":{grant.id},"records":[{records}]}}'.encode()
        rows = [0 if text == shapes.NOT_FOUND else 1 for text in found]
        receipt = self._noter.note(
            Outcome.ANSWERED, body, caller=caller, grant=grant, keys=call.keys, rows=rows
        )
        return Answer(200, body, receipt, Outcome.ANSWERED)

    async def _match(
        self, call: Call, values: tuple[str | None, ...], caller: Caller, grant: Grant
    ) -> Answer | None:
        """Answer for each item whether its value is the one stated, and nothing else.

        That there is no record at all is not told: then nothing matches. The note tells.
        """
        found = await self._bulk.match(call.keys[0], grant, call.columns, values)
        if found == shapes.REFUSED:
            return None
        absent = found == shapes.NOT_FOUND
        match = dict.fromkeys(call.columns, False) if absent else orjson.loads(found)
        body = orjson.dumps({"grant": grant.id, "match": match})
        receipt = self._noter.note(
            Outcome.VERIFIED, body, caller=caller, grant=grant, keys=call.keys, rows=[not absent]
        )
        return Answer(200, body, receipt, Outcome.VERIFIED)

    async def _page(self, call: Call, caller: Caller, grant: Grant) -> Answer | None:
        owner = f"{caller.consumer_id}:{grant.dataset_id}"
        after = self._cursors.open(call.page, owner)
        # One more than asked tells whether another page follows.
        found = await self._bulk.page(grant, after, call.size + 1, call.columns)
        if found and found[0][1] == shapes.REFUSED:
            return None
        shown, last = found[: call.size], None
        if len(found) > call.size:
            last = self._cursors.seal(shown[-1][0] or "", owner)
        records = ",".join(text for _, text in shown)
        following = orjson.dumps(last).decode()
        body = f'{{"grant":{grant.id},"records":[{records}],"next":{following}}}'.encode()
        receipt = self._noter.note(
            Outcome.PAGE, body, caller=caller, grant=grant, rows=(len(shown),)
        )
        return Answer(200, body, receipt, Outcome.PAGE)


def _grant_id(error: GatewayError) -> int:
    found = error.extra.get("grant", 0)
    return found if isinstance(found, int) else 0

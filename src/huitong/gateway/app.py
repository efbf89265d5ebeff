"""The gateway as a bare RSGI application: routes, refusals, life and death of one worker."""

import asyncio
import logging
import os
import signal
import time
import traceback

import orjson

from huitong.gateway import calls, http, spool
from huitong.gateway.callers import credentials, token_digest
from huitong.gateway.calls import Call
from huitong.gateway.counting import Counters, render
from huitong.gateway.cursors import Cursors
from huitong.gateway.desk import CallDesk
from huitong.gateway.errors import (
    BadCallError,
    GatewayError,
    NotServedError,
    SpoolFullError,
    TooManyCallsError,
    UnknownCallerError,
    UnknownClientError,
)
from huitong.gateway.grants import FRESH_SECONDS, GrantBook
from huitong.gateway.http import Scope
from huitong.gateway.limits import Limiter
from huitong.gateway.listening import Listener
from huitong.gateway.lookups import Lookups
from huitong.gateway.noting import Answer, Noter
from huitong.gateway.settings import GatewaySettings, from_environment, hmac_key
from huitong.gateway.tokens import TokenDesk
from huitong.gateway.types import Outcome

log = logging.getLogger(__name__)


class Gateway:
    """One worker. Everything is made at the start of its event loop."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._settings = settings
        secret = hmac_key(settings.key_file)
        self._book = GrantBook()
        self._spool = spool.Spool(
            settings.spool_dir,
            node=settings.node_name,
            segment_bytes=settings.segment_bytes,
            max_bytes=settings.spool_max_bytes,
            sync=settings.sync,
        )
        self._noter = Noter(self._spool, secret, lambda: self._book.now(time.monotonic()))
        self._counters = Counters()
        self._parent = os.getppid()
        self._listener = Listener(settings.grants_dsn, self._book, tick=self._tick)
        self._lookups = Lookups(settings.gateway_dsn, settings.connections, self._noter)
        self._bulk = Lookups(settings.gateway_dsn, settings.bulk_connections, self._noter)
        self._tokens = TokenDesk(
            self._listener, self._bulk, self._book, self._noter, settings.token_seconds
        )
        self._desk = CallDesk(
            book=self._book,
            listener=self._listener,
            lookups=self._lookups,
            bulk=self._bulk,
            noter=self._noter,
            limiter=Limiter(settings.rate, settings.burst),
            cursors=Cursors(secret),
        )
        self._listening: asyncio.Task[None] | None = None

    async def __rsgi__(self, scope: Scope, peer: http.Peer) -> None:
        """Serve one call."""
        began = time.perf_counter()
        ask = self._desk.ordinary(scope)
        if ask is None:
            await self._http(scope, peer)
            return
        try:
            answer = await self._lookups.look_up(ask)
        except GatewayError:
            # A failure leaves no note: the long way tries once more and says what is wrong.
            answer = None
        if answer is None:
            await self._http(scope, peer)
            return
        http.answer(peer, answer)
        counters = self._counters
        counters.calls[answer.outcome] += 1
        counters.took(time.perf_counter() - began)

    async def _http(self, scope: Scope, peer: http.Peer) -> None:
        began = time.perf_counter()
        path = scope.path
        dataset = calls.dataset_of(path, "/records")
        try:
            if dataset is not None and scope.method in {"GET", "POST"}:
                answer = await self._records(scope, peer, dataset)
            elif scope.method == "POST" and (named := calls.dataset_of(path, "/verify")):
                answer = await self._records(scope, peer, named, verify=True)
            elif path == "/oauth/token" and scope.method == "POST":
                answer = await self._token(scope, peer)
            elif path == "/healthz":
                self._health(peer)
                return
            elif path == "/metrics":
                http.plain(peer, 200, "text/plain; version=0.0.4", self._metrics())
                return
            else:
                answer = self._unnoted(NotServedError())
        except Exception as error:  # noqa: BLE001 - the caller is told, the operator reads the log
            # Values may be personal data: the log gets the kind of error and the place alone.
            place = traceback.extract_tb(error.__traceback__)[-1]
            log.error("%s at %s:%s", type(error).__name__, place.filename, place.lineno)  # noqa: TRY400
            answer = self._unnoted(
                GatewayError(
                    "The gateway failed: call again, and tell the operator if it stays so.",
                    zh="网关内部错误，请重试；若持续发生请联系运维人员。",
                )
            )
        counters = self._counters
        if answer.receipt:
            counters.calls[int(answer.outcome)] += 1
        counters.took(time.perf_counter() - began)
        http.answer(peer, answer)

    async def _records(
        self, scope: Scope, peer: http.Peer, dataset: str, *, verify: bool = False
    ) -> Answer:
        call = Call(dataset)
        try:
            header = scope.headers.get("authorization")
            if header is None:
                raise UnknownCallerError
            digest = call.token = token_digest(header)
            caller = self._desk.known(digest) or await self._desk.look_again(digest)
            call.caller = caller
            if verify:
                calls.read_verification(call, await http.body(peer, self._settings.body_limit))
            elif scope.method == "GET":
                given = http.query(scope.query_string)
                calls.read_query(call, given, self._settings.page_limit)
            else:
                data = await http.body(peer, self._settings.body_limit)
                calls.read_body(call, data, self._settings.batch_limit)
            return await self._desk.answer(call, caller)
        except GatewayError as error:
            return self._refused(error, call)

    async def _token(self, scope: Scope, peer: http.Peer) -> Answer:
        try:
            data = await http.body(peer, 8192)
            given = credentials(scope.headers.get("authorization"), http.form(data))
            self._book.require_fresh(time.monotonic())
            return await self._tokens.issue(given)
        except BadCallError as error:
            return self._unnoted(_oauth(error, "invalid_request"))
        except UnknownClientError as error:
            return self._refused(_oauth(error, "invalid_client"), Call(""))
        except GatewayError as error:
            return self._refused(_oauth(error, "temporarily_unavailable"), Call(""))

    def _refused(self, error: GatewayError, call: Call) -> Answer:
        """Note a refusal; what nobody decided (5xx) and what comes too fast unknown is counted."""
        unknown_rush = isinstance(error, TooManyCallsError) and call.caller is None
        if error.status >= 500 or unknown_rush:
            self._counters.unnoted += unknown_rush
            return self._unnoted(error)
        try:
            return self._noter.refuse(
                error,
                caller=call.caller,
                dataset_id=call.dataset_id,
                key=call.keys[0] if len(call.keys) == 1 else "",
            )
        except SpoolFullError as full:
            return self._unnoted(full)

    def _unnoted(self, error: GatewayError) -> Answer:
        self._counters.failures[error.code] += 1
        return Answer(error.status, orjson.dumps(error.problem()), "", Outcome.UNAVAILABLE)

    def _health(self, peer: http.Peer) -> None:
        age = time.monotonic() - self._book.fresh_at
        ok = age <= FRESH_SECONDS and self._lookups.alive > 0 and self._bulk.alive > 0
        found = {
            "ok": ok,
            "grants_seconds_old": round(age, 3) if self._book.version >= 0 else None,
            "connections": self._lookups.alive + self._bulk.alive,
            "worker": os.getpid(),
        }
        http.plain(peer, 200 if ok else 503, "application/json", orjson.dumps(found))

    def _metrics(self) -> bytes:
        kept = spool.held(self._settings.spool_dir, time.time())
        gauges = {
            "grants_age_seconds": time.monotonic() - self._book.fresh_at,
            "grants": float(len(self._book.grants)),
            "tokens": float(len(self._book.tokens)),
            "connections": float(self._lookups.alive + self._bulk.alive),
            "waiting": float(self._lookups.waiting),
            "batches": float(self._lookups.batches),
            "batched_calls": float(self._lookups.batched),
            "noted": float(self._spool.noted),
            "spool_segments": float(kept.segments),
            "spool_bytes": float(kept.bytes),
            "spool_oldest_seconds": kept.age,
        }
        return render(self._counters, os.getpid(), gauges)

    def _tick(self) -> None:
        """End when the process that started this worker is gone: nobody would restart it."""
        if os.getppid() != self._parent:
            os.kill(os.getpid(), signal.SIGKILL)
        now = time.monotonic()
        self._lookups.watch(now)
        self._bulk.watch(now)

    async def _open(self) -> None:
        await self._lookups.open()
        await self._bulk.open()
        self._listening = asyncio.get_running_loop().create_task(self._listener.run())

    async def _close(self) -> None:
        if self._listening:
            self._listening.cancel()
        self._tokens.close()
        await self._lookups.close()
        await self._bulk.close()
        self._spool.close()

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin; what is started here goes on once the loop runs."""
        loop.run_until_complete(self._open())

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """End, when the server is told to stop."""
        loop.run_until_complete(self._close())


def _oauth(error: GatewayError, code: str) -> GatewayError:
    """Add the members by which OAuth clients know an error (RFC 6749, section 5.2)."""
    error.extra |= {"error": code, "error_description": str(error)}
    return error


def build() -> Gateway:
    """Return the application of this worker; its settings come from the environment."""
    return Gateway(from_environment())

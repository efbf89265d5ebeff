"""Answers and their notes: nothing leaves before it stands in the spool."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import NamedTuple

import orjson

from huitong.gateway import shapes
from huitong.gateway.errors import GatewayError, RecordNotFoundError
from huitong.gateway.spool import Spool
from huitong.gateway.types import NO_DIGEST, NO_SHAPE, Caller, Fields, Grant, Outcome, Use

# Plain numbers: finding and packing a member of an enumeration takes twice as long.
_ANSWERED = int(Outcome.ANSWERED)
_NOT_FOUND = int(Outcome.RECORD_NOT_FOUND)
_new = tuple.__new__


class Ask(NamedTuple):
    """One key that a caller asks for under a grant; `columns` empty means all that is granted."""

    key: str
    grant: Grant
    caller: Caller
    columns: tuple[str, ...]


class Answer(NamedTuple):
    """What is sent: its note stands already. `outcome` is for the counters."""

    status: int
    body: bytes
    receipt: str
    outcome: int


class Noter:
    """Writes uses; `now` gives Unix seconds by the database's clock, `secret` makes the HMACs."""

    def __init__(self, spool: Spool, secret: bytes, now: Callable[[], float]) -> None:
        self._spool = spool
        block = (secret if len(secret) <= 64 else sha256(secret).digest()).ljust(64, b"\0")
        self._inner = sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = sha256(bytes(byte ^ 0x5C for byte in block))
        self._now = now

    def answers(self, asks: Sequence[Ask], found: Sequence[str]) -> list[Answer | None]:
        """Turn what the shape's function said into answers, noted by one write.

        None stands where the database refused the grant: why is not known here.

        Raises: SpoolFullError; nothing may be answered then.
        """
        at = int(self._now() * 1_000_000)
        answered = []
        for ask, text in zip(asks, found, strict=True):
            answered.append(None if text == shapes.REFUSED else self._prepare(at, ask, text))
        receipts = iter(self._spool.note([made[0] for made in answered if made]))
        return [
            made and _new(Answer, (made[1], made[2], next(receipts), made[3])) for made in answered
        ]

    def answer(self, ask: Ask, text: str) -> Answer | None:
        """Do what `answers` does for one call."""
        if text == shapes.REFUSED:
            return None
        use, status, body, outcome = self._prepare(int(self._now() * 1_000_000), ask, text)
        return _new(Answer, (status, body, self._spool.note_one(use), outcome))

    def _prepare(self, at: int, ask: Ask, text: str) -> tuple[Fields, int, bytes, int]:
        """Return the use, and status, body and outcome of its answer."""
        key, grant, caller, _ = ask
        if text == shapes.NOT_FOUND:
            body = orjson.dumps(RecordNotFoundError(grant.id).problem())
            status, outcome, rows = 404, _NOT_FOUND, 0
        else:
            body = f'{{"grant":{grant.id},"record":{text}}}'.encode()
            status, outcome, rows = 200, _ANSWERED, 1
        dataset_id = grant.dataset_id
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(f"{dataset_id}:{key}".encode())
        outer.update(inner.digest())
        use = (
            at,
            caller.client_id,
            caller.consumer_id,
            grant.id,
            dataset_id,
            outcome,
            rows,
            grant.shape_bytes,
            outer.digest(),
            sha256(body).digest(),
        )
        return use, status, body, outcome

    def key_mac(self, dataset_id: int, key: str) -> bytes:
        """Return the HMAC-SHA-256 (RFC 2104) under which a key of a dataset is noted.

        Both pads are hashed once at the start: `hmac.digest` takes three times as long.
        """
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(f"{dataset_id}:{key}".encode())
        outer.update(inner.digest())
        return outer.digest()

    def note(
        self,
        outcome: Outcome,
        body: bytes,
        *,
        caller: Caller | None = None,
        grant: Grant | None = None,
        dataset_id: int = 0,
        keys: Sequence[str] = (),
        rows: Sequence[int] = (0,),
    ) -> str:
        """Note one answer, once for each key (or once when there is none); return the receipt.

        `rows` holds the number of records for each key. The receipt of several keys is
        `segment.first-last`.

        Raises: SpoolFullError.
        """
        at = int(self._now() * 1_000_000)
        dataset_id = grant.dataset_id if grant else dataset_id
        digest = sha256(body).digest() if body else NO_DIGEST
        macs = [self.key_mac(dataset_id, key) for key in keys] or [NO_DIGEST]
        uses = [
            Use(
                at,
                caller.client_id if caller else 0,
                caller.consumer_id if caller else 0,
                grant.id if grant else 0,
                dataset_id,
                outcome,
                count,
                grant.shape_bytes if grant else NO_SHAPE,
                mac,
                digest,
            )
            for mac, count in zip(macs, rows, strict=True)
        ]
        receipts = self._spool.note(uses)
        if len(receipts) == 1:
            return receipts[0]
        return f"{receipts[0]}-{receipts[-1].rpartition('.')[2]}"

    def refuse(
        self,
        error: GatewayError,
        *,
        caller: Caller | None = None,
        dataset_id: int = 0,
        key: str = "",
        rows: int = 0,
    ) -> Answer:
        """Note a refusal and return it as an answer.

        The grant named by the error is the one that is noted. Raises: SpoolFullError.
        """
        body = orjson.dumps(error.problem())
        grant_id = error.extra.get("grant", 0)
        use = Use(
            int(self._now() * 1_000_000),
            caller.client_id if caller else 0,
            caller.consumer_id if caller else 0,
            grant_id if isinstance(grant_id, int) else 0,
            dataset_id,
            error.outcome,
            rows,
            NO_SHAPE,
            self.key_mac(dataset_id, key) if key else NO_DIGEST,
            sha256(body).digest(),
        )
        return Answer(error.status, body, self._spool.note((use,))[0], error.outcome)

"""Answers and their notes: nothing leaves before it stands in the spool."""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import NamedTuple

import orjson

from huitong.gateway import shapes
from huitong.gateway.errors import GatewayError, RecordNotFoundError
from huitong.gateway.spool import Spool
from huitong.gateway.types import NO_DIGEST, NO_SHAPE, Caller, Grant, Outcome, Use


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
    outcome: Outcome


class Noter:
    """Writes uses; `now` gives Unix seconds by the database's clock, `secret` makes the HMACs."""

    def __init__(self, spool: Spool, secret: bytes, now: Callable[[], float]) -> None:
        self._spool = spool
        self._secret = secret
        self._now = now

    def answers(self, asks: Sequence[Ask], found: Sequence[str]) -> list[Answer | None]:
        """Turn what the shape's function said into answers, noted by one write.

        None stands where the database refused the grant: why is not known here.

        Raises: SpoolFullError; nothing may be answered then.
        """
        at = int(self._now() * 1_000_000)
        secret = self._secret
        uses: list[Use] = []
        parts: list[tuple[int, bytes, Outcome] | None] = []
        for (key, grant, caller, _), text in zip(asks, found, strict=True):
            if text == shapes.REFUSED:
                parts.append(None)
                continue
            if text == shapes.NOT_FOUND:
                error = RecordNotFoundError(grant.id)
                status, outcome, rows = 404, Outcome.RECORD_NOT_FOUND, 0
                body = orjson.dumps(error.problem())
            else:
                status, outcome, rows = 200, Outcome.ANSWERED, 1
                body = f'{{"grant":{grant.id},"record":{text}}}'.encode()
            parts.append((status, body, outcome))
            uses.append(
                Use(
                    at,
                    caller.client_id,
                    caller.consumer_id,
                    grant.id,
                    grant.dataset_id,
                    outcome,
                    rows,
                    bytes.fromhex(grant.shape),
                    hmac.digest(secret, f"{grant.dataset_id}:{key}".encode(), "sha256"),
                    hashlib.sha256(body).digest(),
                )
            )
        receipts = iter(self._spool.note(uses) if uses else ())
        return [part and Answer(part[0], part[1], next(receipts), part[2]) for part in parts]

    def key_mac(self, dataset_id: int, key: str) -> bytes:
        """Return the HMAC under which a key of a dataset is noted."""
        return hmac.digest(self._secret, f"{dataset_id}:{key}".encode(), "sha256")

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
        digest = hashlib.sha256(body).digest() if body else NO_DIGEST
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
                bytes.fromhex(grant.shape) if grant else NO_SHAPE,
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
            hashlib.sha256(body).digest(),
        )
        return Answer(error.status, body, self._spool.note((use,))[0], error.outcome)

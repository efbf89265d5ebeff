"""The grants in memory: they only refuse early, the statement decides.

Filled by `listening`, asked here. Times are Unix seconds of the database's clock, but freshness is
by the monotonic clock: a clock that is set wrong must not make old grants look new.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from huitong.gateway.errors import (
    ColumnNotGrantedError,
    GatewayError,
    GrantEndedError,
    GrantNotStartedError,
    GrantRevokedError,
    GrantsStaleError,
    GrantSuspendedError,
    NoGrantError,
)
from huitong.gateway.types import Caller, Grant
from huitong.gateway.verifying_errors import NotForVerifyingError, VerifyOnlyError
from huitong.sharing.types import MATCH

FRESH_SECONDS = 1.0
REVOKED, SUSPENDED = "revoked", "suspended"


@dataclass(slots=True)
class GrantBook:
    """Tokens and grants as of `version`; `fresh_at` is when the read that told so began."""

    version: int = -1
    fresh_at: float = float("-inf")
    clock_offset: float = 0.0
    tokens: dict[bytes, Caller] = field(default_factory=dict)
    grants: dict[int, Grant] = field(default_factory=dict)
    held: dict[tuple[int, str], tuple[Grant, ...]] = field(default_factory=dict)

    def require_fresh(self, monotonic: float) -> None:
        """Raise GrantsStaleError when nobody knows any more what was revoked."""
        if monotonic - self.fresh_at > FRESH_SECONDS:
            raise GrantsStaleError

    def now(self, monotonic: float) -> float:
        """Return Unix time by the database's clock."""
        return monotonic + self.clock_offset

    def put(self, grants: Iterable[Grant]) -> None:
        """Add or replace grants."""
        for grant in grants:
            self._unlink(self.grants.get(grant.id))
            self.grants[grant.id] = grant
            name = (grant.consumer_id, grant.dataset)
            self.held[name] = (grant, *self.held.get(name, ()))

    def drop(self, ids: Iterable[int]) -> None:
        """Forget grants that are no longer there."""
        for grant_id in ids:
            self._unlink(self.grants.pop(grant_id, None))

    def _unlink(self, grant: Grant | None) -> None:
        if grant is None:
            return
        name = (grant.consumer_id, grant.dataset)
        rest = tuple(held for held in self.held.get(name, ()) if held.id != grant.id)
        if rest:
            self.held[name] = rest
        else:
            self.held.pop(name, None)


def find(
    book: GrantBook,
    caller: Caller,
    dataset: str,
    columns: tuple[str, ...],
    at: float,
    grant_id: int = 0,
    *,
    verify: bool = False,
) -> Grant:
    """Return the live grant of the caller's department that holds the columns.

    `columns` empty means all that is granted; `grant_id` chooses among several grants. Of several
    the newest that answers is taken; if none does, the newest one's reason is given.

    Raises: NoGrantError, GrantRevokedError, GrantSuspendedError, GrantEndedError,
    GrantNotStartedError, VerifyOnlyError, NotForVerifyingError, ColumnNotGrantedError.
    """
    held = book.held.get((caller.consumer_id, dataset), ())
    refusal: GatewayError | None = None
    for grant in held:
        if grant_id and grant.id != grant_id:
            continue
        reason = refuse(grant, columns, at, verify=verify)
        if reason is None:
            return grant
        # A lack of columns says more than that some older grant has ended.
        if refusal is None or (
            isinstance(reason, ColumnNotGrantedError)
            and not isinstance(refusal, ColumnNotGrantedError)
        ):
            refusal = reason
    raise refusal or NoGrantError


def refuse(  # noqa: PLR0911 - each return is a reason
    grant: Grant, columns: tuple[str, ...], at: float, *, verify: bool = False
) -> GatewayError | None:
    """Return why the grant does not answer at this moment, or None."""
    if grant.stopped == REVOKED:
        return GrantRevokedError(grant.id, grant.cite)
    if at >= grant.ends_at:
        return GrantEndedError(grant.id, () if grant.stopped else grant.cite)
    if grant.stopped == SUSPENDED:
        return GrantSuspendedError(grant.id, grant.cite)
    if at < grant.starts_at:
        return GrantNotStartedError(grant.id)
    if grant.matches and not verify:
        return VerifyOnlyError(grant.id, grant.issue_cite)
    if verify and not grant.matches:
        return NotForVerifyingError(grant.id)
    if columns:
        missing = set(columns).difference(grant.names)
        if missing:
            return ColumnNotGrantedError(grant.id, missing, grant.names)
    return None


def grant_of(row: Mapping[str, object], shape: tuple[str, tuple[str, ...], bool]) -> Grant:
    """Return a row of `gateway.snapshot_grant` as a Grant.

    `shape` is its digest, its names, and whether they are only compared.
    """
    digest, names, matches = shape
    records = MATCH if matches else ""
    return Grant(
        id=int(row["id"]),  # type: ignore[call-overload]
        dataset_id=int(row["dataset_id"]),  # type: ignore[call-overload]
        dataset=str(row["dataset"]),
        consumer_id=int(row["consumer_id"]),  # type: ignore[call-overload]
        names=names,
        shape=digest,
        shape_bytes=bytes.fromhex(digest),
        starts_at=float(row["starts_at"]),  # type: ignore[arg-type]
        ends_at=float(row["ends_at"]),  # type: ignore[arg-type]
        stopped=REVOKED if row["revoked"] else SUSPENDED if row["suspended"] else records,
        matches=matches,
        cite=_cite(str(row["stop_cite"] or "[]")),
        issue_cite=_cite(str(row["cite"] or "[]")),
    )


@cache
def _cite(text: str) -> tuple[str, ...]:
    # Few texts for many grants: kept, so that each grant does not hold a copy.
    return tuple(str(clause) for clause in json.loads(text))

"""The values of a call."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import NamedTuple, TypeAlias

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Outcome(IntEnum):
    """What became of a call; the number stands in the spool, the name in the database.

    Numbers are never reused. From 100 on nothing of the dataset was answered.
    """

    ANSWERED = 1
    PAGE = 2
    EXPORT_STARTED = 3
    EXPORT_ENDED = 4
    TOKEN_ISSUED = 5
    RECORD_NOT_FOUND = 6
    VERIFIED = 7
    UNKNOWN_CALLER = 100
    TOKEN_EXPIRED = 101
    TOKEN_REVOKED = 102
    CLIENT_INACTIVE = 103
    UNKNOWN_CLIENT = 104
    UNKNOWN_DATASET = 110
    NO_GRANT = 111
    COLUMN_NOT_GRANTED = 112
    GRANT_REVOKED = 113
    GRANT_ENDED = 114
    GRANT_NOT_STARTED = 115
    GRANT_CHANGED = 116
    GRANT_SUSPENDED = 117
    VERIFY_ONLY = 118
    NOT_FOR_VERIFYING = 119
    TOO_MANY_CALLS = 120
    BAD_CALL = 130
    UNAVAILABLE = 140
    EXPORT_BROKEN = 141

    @property
    def label(self) -> str:
        """Return the name that the database and the metrics show."""
        return self.name.lower()

    @property
    def refused(self) -> bool:
        """Tell whether the call got nothing of the dataset, not even that a record is absent."""
        return self >= 100


@dataclass(frozen=True, slots=True)
class Caller:
    """The system behind a token. `expires_at` is a Unix time in seconds of the database's clock."""

    client_id: int
    client: str
    consumer_id: int
    expires_at: float
    revoked: bool
    active: bool


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant as the memory snapshot holds it; times are Unix seconds of the database's clock.

    `stopped` is "" for a grant that answers records, else why it does not (`revoked`, `suspended`,
    or `match` where values are only compared); `cite` are the articles by which it was stopped or
    ended, `issue_cite` those by which it was issued.
    """

    id: int
    dataset_id: int
    dataset: str
    consumer_id: int
    names: tuple[str, ...]
    shape: str
    shape_bytes: bytes
    starts_at: float
    ends_at: float
    stopped: str
    matches: bool
    cite: tuple[str, ...]
    issue_cite: tuple[str, ...]


# The members of a Use in their order: on the way of every call a plain tuple is made of them, for
# calling a NamedTuple's class costs as much as hashing the body.
Fields: TypeAlias = tuple[int, int, int, int, int, int, int, bytes, bytes, bytes]


class Use(NamedTuple):
    """One use as it is noted. Ids are 0 where the call did not get that far.

    `at` is microseconds since 1970 by the database's clock, `shape` 16 bytes, `key_mac` the HMAC of
    the key (never the key), `body_digest` the SHA-256 of the answer's body; both 32 bytes.
    """

    at: int
    client_id: int
    consumer_id: int
    grant_id: int
    dataset_id: int
    outcome: int
    rows: int
    shape: bytes
    key_mac: bytes
    body_digest: bytes

    @property
    def moment(self) -> datetime:
        """Return `at` as an aware datetime."""
        return _EPOCH + timedelta(microseconds=self.at)


NO_SHAPE = bytes(16)
NO_DIGEST = bytes(32)

"""The words and values of the pool. Pure: no Django."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path


class Mode(StrEnum):
    """What a delivery means for what the pool already holds."""

    REPLACE = "replace"


class BatchState(StrEnum):
    """What became of a delivery that was processed to its end.

    A delivery without one acceptable row replaces nothing: its rows stand in the quarantine and
    the dataset keeps the snapshot that it had.
    """

    ACCEPTED = "accepted"
    NOTHING_ACCEPTED = "nothing_accepted"


class Stage(StrEnum):
    """Where a delivery is while it is being received, for a progress line."""

    KEEP = "keep"
    LAND = "land"
    CHECK = "check"
    COMMIT = "commit"
    DONE = "done"


Progress = Callable[[Stage, int], None]
"""Called with the stage that begins and the rows known so far."""


def no_progress(_stage: Stage, _rows: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class KeptBytes:
    """A delivery as it came: `digest` is SHA-256 in hex, `size` in bytes."""

    digest: str
    size: int
    path: Path


@dataclass(frozen=True, slots=True)
class Declared:
    """What the provider said that it sent.

    `rows` counts data rows; `sums` holds a total for items by name.
    """

    rows: int | None = None
    sums: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of a reconciliation: what was declared beside what was found."""

    what: str
    declared: str
    found: str
    equal: bool
    source: str

    def to_json(self) -> dict[str, object]:
        """Return the line as the receipt shows it."""
        return {
            "what": self.what,
            "declared": self.declared,
            "found": self.found,
            "equal": self.equal,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Counts:
    """Where the rows of one delivery went.

    Every row read is in exactly one of `accepted`, `quarantined`, `duplicates`, `superseded`.
    `reasons` counts by `item:code` (one row may have several); `warnings` likewise, for rows that
    were accepted all the same. `sums` are totals over all rows read, of the items declared.
    """

    rows_read: int
    accepted: int
    quarantined: int
    duplicates: int
    superseded: int
    reasons: Mapping[str, int]
    warnings: Mapping[str, int]
    sums: Mapping[str, Decimal]

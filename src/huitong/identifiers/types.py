"""What a check answers: for one value, and for a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    import pyarrow as pa

Array: TypeAlias = "pa.Array[Any]"
ChunkedArray: TypeAlias = "pa.ChunkedArray[Any]"

REASONS: Final[tuple[str, ...]] = (
    "length",
    "character",
    "date",
    "future_date",
    "check_digit",
    "organisation_digit",
)
"""Every reason for which an identifier is refused; its place is its code in the column checks."""

UNKNOWN_REGION: Final = "unknown_region"
"""The only warning: the value is kept, since lists of divisions are never complete."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The answer for one value.

    `value` is the normalised form (upper case) and is None when the value is refused.
    `reason` is one of `REASONS` when refused; `warning` is `UNKNOWN_REGION` or None.
    """

    value: str | None
    ok: bool
    reason: str | None = None
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class ColumnCheck:
    """The answers for a column of n values; every array has length n.

    `values` (string): the normalised value, null where refused or missing.
    `ok` (bool): null where the value is missing, since a missing value is no wrong identifier.
    `reason` (string): one of `REASONS` where refused, else null.
    `warning` (string): `UNKNOWN_REGION` or null.
    """

    values: pa.StringArray
    ok: pa.BooleanArray
    reason: pa.StringArray
    warning: pa.StringArray

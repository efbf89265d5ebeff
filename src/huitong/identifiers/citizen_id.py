"""Citizen identification numbers (公民身份号码, GB 11643-1999), 18 characters.

Eighteen characters: six digits of a division, the day of birth as YYYYMMDD, three digits of
sequence, and a check character 0-9 or X. A lower-case x is accepted and normalised to X. Full-width
digits, blanks and hyphens are refused: whoever wants them accepted normalises the text first, where
it can be reported. Residence permits of Hong Kong, Macao and Taiwan residents (81, 82, 83) and
permanent residence cards of foreigners (9 + province + nationality) follow the same rule.

The division is never a ground for refusal, since no register of divisions is complete: an unknown
one is the warning `unknown_region`.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

from huitong.identifiers import columns, divisions, tables
from huitong.identifiers.types import (
    REASONS,
    UNKNOWN_REGION,
    Array,
    CheckResult,
    ChunkedArray,
    ColumnCheck,
)

if TYPE_CHECKING:
    import numpy.typing as npt

_VALUES: Final = tables.values_by_byte("0123456789")
_CHECKS: Final = tables.checks_by_sum(tables.CITIZEN_CHECKS, 9 * sum(tables.CITIZEN_WEIGHTS))
_DAYS: Final = tables.days_by_month()
_DIGITS: Final = frozenset("0123456789")
_LAST: Final = frozenset("0123456789Xx")


def check(value: str, *, on: date) -> CheckResult:
    """Check one number; `on` is the day after which nobody can have been born.

    >>> check("11010519491231002x", on=date(2026, 1, 1))
    CheckResult(value='11010519491231002X', ok=True, reason=None, warning=None)
    >>> check("110105194912310021", on=date(2026, 1, 1)).reason
    'check_digit'
    """
    if len(value) != tables.LENGTH:
        return CheckResult(None, ok=False, reason="length")
    body = value[:17]
    if not (_DIGITS.issuperset(body) and value[17] in _LAST):
        return CheckResult(None, ok=False, reason="character")
    try:
        born = date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return CheckResult(None, ok=False, reason="date")
    if born > on:
        return CheckResult(None, ok=False, reason="future_date")
    if check_character(body) != value[17].upper():
        return CheckResult(None, ok=False, reason="check_digit")
    known = divisions.region_is_known(int(value[:6]))
    return CheckResult(value.upper(), ok=True, warning=None if known else UNKNOWN_REGION)


def check_character(body: str) -> str:
    """Return the check character of the first 17 digits."""
    total = sum(
        weight * int(digit) for weight, digit in zip(tables.CITIZEN_WEIGHTS, body, strict=True)
    )
    return tables.CITIZEN_CHECKS[total % 11]


def check_column(column: Array | ChunkedArray, *, on: date) -> ColumnCheck:
    """Check a column of text (string, large string or dictionary), as `check` does each value.

    Raises: pyarrow.ArrowInvalid, when the column cannot be read as text.
    """
    text = columns.text_of(column)
    count = len(text.matrix)
    codes = np.empty(count, dtype=np.int8)
    unknown = np.empty(count, dtype=np.bool_)
    known = divisions.known_regions()
    latest = on.year * 10_000 + on.month * 100 + on.day
    small_x = False
    for start in range(0, count, columns.BLOCK):
        block = slice(start, start + columns.BLOCK)
        characters = np.ascontiguousarray(text.matrix[block].T)
        codes[block], unknown[block] = _check_block(characters, latest, known)
        small_x = small_x or bool((characters[17] == ord("x")).any())
    raised = None
    if small_x:
        raised = text.matrix.copy()
        raised[raised[:, 17] == ord("x"), 17] = ord("X")
    return columns.answer(text, codes, unknown, raised)


def _check_block(
    characters: npt.NDArray[np.uint8], latest: int, known: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.bool_]]:
    """Check a block given as (18, m) bytes; return reason codes (m) and unknown regions (m)."""
    values = _VALUES[characters]
    body = values[:17]
    last = characters[17]
    wide = (characters >= 0x80).any(axis=0)
    is_x = (last == ord("X")) | (last == ord("x"))
    strange = (body == tables.NO_VALUE).any(axis=0) | ((values[17] == tables.NO_VALUE) & ~is_x)
    body[:, strange] = 0
    digits = body.astype(np.uint32)
    year = digits[6] * 1000 + digits[7] * 100 + digits[8] * 10 + digits[9]
    month = digits[10] * 10 + digits[11]
    day = digits[12] * 10 + digits[13]
    leap = ((year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))).view(np.uint8)
    no_date = (year == 0) | (day == 0) | (day > _DAYS[leap, month])
    future = year * 10_000 + month * 100 + day > latest
    total = np.zeros(len(last), dtype=np.uint16)
    for weight, digit in zip(tables.CITIZEN_WEIGHTS, body, strict=True):
        total += digit * np.uint16(weight)
    expected = _CHECKS[total]
    wrong = expected != np.where(is_x, np.uint8(ord("X")), last)
    # 18 bytes that are not all ASCII are fewer than 18 characters.
    codes = np.select(
        [wide, strange, no_date, future, wrong],
        [
            np.int8(REASONS.index(reason))
            for reason in ("length", "character", "date", "future_date", "check_digit")
        ],
        default=np.int8(columns.ACCEPTED),
    )
    region = digits[0] * 100_000 + digits[1] * 10_000 + digits[2] * 1000
    region += digits[3] * 100 + digits[4] * 10 + digits[5]
    return codes, ~known[region]

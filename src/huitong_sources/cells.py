"""Checks of cells that hold for every kind of file: formulas, and numbers that Excel rounded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitong_sources.buffers import any_of, first_bytes, text_buffers

if TYPE_CHECKING:
    import numpy.typing as npt

    from huitong_sources.types import Array

FORMULA: Final = (
    r"^\s*(?:"
    r"[=＝]\s*[^=＝\s]"  # an equals sign and anything: always a formula
    r"|[+\-@＋－＠][^|]*\w\s*\|[^!]*!"  # a command: +cmd|' /C calc'!A0
    r"|[+\-@＋－＠]\s*[0-9.+*/\-]*[A-Za-z][A-Za-z0-9.]*\("  # a function: @SUM(…), -2+3+SUM(…)
    r")"
)
"""What a spreadsheet would run; negative numbers, +86 telephones, a dash and @names are not."""

ROUNDED: Final = r"^[1-9](?:\.[0-9]+)?[Ee]\+1[4-9]$"
"""A number of 15 to 20 digits as Excel shows and saves it: 2.30102E+17."""

_SUSPECT: Final = b"=+-@\t\r\n " + "＝".encode()[:1]
"""The last is the first byte of all full-width forms."""


def first_formula(column: Array) -> int | None:
    """Return the row of the first cell that a spreadsheet would run, or None.

    Looks at the first byte of each cell only, and at the whole cell where that byte is suspect.
    """
    buffers = text_buffers(column)
    if buffers is None:
        return None
    # An empty cell looks at the byte of another one: harmless, the regular expression decides.
    suspect = any_of(first_bytes(*buffers), _SUSPECT)
    return _first_match(column, np.flatnonzero(suspect), FORMULA) if suspect.any() else None


def first_rounded(column: Array) -> int | None:
    """Return the row of the first cell that holds a long number in Excel's short form, or None."""
    matches = _matches(column, ROUNDED)
    index = pc.index(matches, pa.scalar(value=True)).as_py()
    return int(index) if index >= 0 else None


def _first_match(column: Array, rows: npt.NDArray[np.intp], pattern: str) -> int | None:
    matches = _matches(column.take(rows), pattern)
    index = pc.index(matches, pa.scalar(value=True)).as_py()
    return int(rows[index]) if index >= 0 else None


def _matches(column: Array, pattern: str) -> Array:
    return cast("Array", pc.match_substring_regex(column, pattern).fill_null(fill_value=False))

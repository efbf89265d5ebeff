"""Checks of cells that hold for every kind of file: formulas, and numbers that Excel rounded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    import numpy.typing as npt

FORMULA: Final = (
    r"^\s*(?:"
    r"[=＝]\s*[^=＝\s]"  # an equals sign and anything: always a formula
    r"|[+\-@＋－＠][^|]*\w\s*\|[^!]*!"  # a command: +cmd|' /C calc'!A0
    r"|[+\-@＋－＠]\s*[0-9.+*/\-]*[A-Za-z][A-Za-z0-9.]*\("  # a function: @SUM(…), -2+3+SUM(…)
    r")"
)
"""What a spreadsheet would run. Negative numbers, +86 telephones, a lone dash and @names are not."""

ROUNDED: Final = r"^[1-9](?:\.[0-9]+)?[Ee]\+1[4-9]$"
"""A number of 15 to 20 digits as Excel shows and saves it: 2.30102E+17."""

_SUSPECT: Final = np.zeros(256, dtype=np.bool_)
_SUSPECT[[ord(sign) for sign in "=+-@\t\r\n "]] = True
_SUSPECT["＝".encode()[0]] = True  # the first byte of all full-width forms


def first_formula(column: pa.Array) -> int | None:
    """Return the row of the first cell that a spreadsheet would run, or None.

    Looks at the first byte of each cell only, and at the whole cell where that byte is suspect.
    """
    _, offsets, data = column.buffers()
    if data is None or data.size == 0:
        return None
    ends = np.frombuffer(offsets, np.int32, len(column) + 1, column.offset * 4)
    starts = ends[:-1]
    raw = np.frombuffer(data, np.uint8)
    # An empty cell looks at the byte of the next one, or of none at the end: harmless, the regular
    # expression decides.
    suspect = _SUSPECT[raw[np.minimum(starts, raw.size - 1)]]
    return _first_match(column, np.flatnonzero(suspect), FORMULA) if suspect.any() else None


def first_rounded(column: pa.Array) -> int | None:
    """Return the row of the first cell that holds a long number in Excel's short form, or None."""
    matches = pc.fill_null(pc.match_substring_regex(column, ROUNDED), fill_value=False)
    index = pc.index(matches, pa.scalar(value=True)).as_py()
    return int(index) if index >= 0 else None


def _first_match(column: pa.Array, rows: npt.NDArray[np.intp], pattern: str) -> int | None:
    matches = pc.match_substring_regex(column.take(pa.array(rows)), pattern)
    index = pc.index(pc.fill_null(matches, fill_value=False), pa.scalar(value=True)).as_py()
    return int(rows[index]) if index >= 0 else None

"""From an Arrow column of text to a matrix of bytes without copying, and from codes to answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitong.identifiers.tables import LENGTH
from huitong.identifiers.types import (
    REASONS,
    UNKNOWN_REGION,
    Array,
    ChunkedArray,
    ColumnCheck,
)

if TYPE_CHECKING:
    import numpy.typing as npt

_arrow: Any = pa  # the stubs lag behind: they know no NumPy buffers
_compute: Any = pc

BLOCK: Final = 65_536
"""Rows worked on at a time, so that the columns of a block stay in the processor's cache."""

ACCEPTED: Final = -1
"""In a column of reason codes: nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Text:
    """A column of n texts, and its m values of exactly 18 bytes as a matrix (m, 18) of bytes.

    `rows` are the places of those m values in the column, None when they are all of it.
    `codes` (n) holds the reasons already known: `length` and, for 18 characters that are not 18
    bytes (full-width digits), `character`.
    """

    array: Array
    missing: npt.NDArray[np.bool_] | None
    matrix: npt.NDArray[np.uint8]
    rows: npt.NDArray[np.intp] | None
    codes: npt.NDArray[np.int8]


def text_of(column: Array | ChunkedArray) -> Text:
    """Return the column as bytes.

    The bytes are those of Arrow's own buffer when every value has 18 bytes and none is missing.

    Raises: pyarrow.ArrowInvalid, when the column cannot be read as text.
    """
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if not pa.types.is_string(array.type) and not pa.types.is_large_string(array.type):
        array = array.cast(pa.large_string())
    count = len(array)
    missing = np.asarray(array.is_null()) if array.null_count else None
    offset_type: np.dtype[Any] = np.dtype(np.int32 if pa.types.is_string(array.type) else np.int64)
    _, offset_buffer, data_buffer = cast("list[Any]", array.buffers())
    if count == 0 or data_buffer is None:
        codes = np.full(count, REASONS.index("length"), dtype=np.int8)
        none = np.empty(0, dtype=np.intp)
        return Text(array, missing, np.empty((0, LENGTH), dtype=np.uint8), none, codes)
    offsets = np.frombuffer(
        offset_buffer,
        dtype=offset_type,
        count=count + 1,
        offset=array.offset * offset_type.itemsize,
    )
    data = np.frombuffer(data_buffer, dtype=np.uint8)
    fits = np.diff(offsets) == LENGTH
    if missing is not None:
        fits &= ~missing
    codes = np.full(count, ACCEPTED, dtype=np.int8)
    if fits.all():
        matrix = data[offsets[0] : offsets[-1]].reshape(count, LENGTH)
        return Text(array, missing, matrix, None, codes)
    others = np.flatnonzero(~fits)
    characters = np.asarray(
        _compute.fill_null(_compute.utf8_length(array.take(_arrow.array(others))), 0)
    )
    codes[others] = np.where(
        characters == LENGTH, REASONS.index("character"), REASONS.index("length")
    )
    rows = np.flatnonzero(fits)
    if rows.size == 0:
        return Text(array, missing, np.empty((0, LENGTH), dtype=np.uint8), rows, codes)
    windows = np.lib.stride_tricks.sliding_window_view(data, LENGTH)
    return Text(array, missing, windows[offsets[:-1][rows]], rows, codes)


def answer(
    text: Text,
    codes: npt.NDArray[np.int8],
    unknown: npt.NDArray[np.bool_],
    raised: npt.NDArray[np.uint8] | None,
) -> ColumnCheck:
    """Return the column's answers.

    `codes` (m) and `unknown` (m) belong to the rows of the matrix; `raised` (m, 18) is the matrix
    in upper case, None when nothing had to be raised.
    """
    count = len(text.array)
    if text.rows is None:
        all_codes, warned = codes, unknown
    else:
        all_codes = text.codes
        all_codes[text.rows] = codes
        warned = np.zeros(count, dtype=np.bool_)
        warned[text.rows] = unknown
    accepted = all_codes == ACCEPTED
    if text.missing is not None:
        accepted &= ~text.missing
    refused = ~accepted if text.missing is None else ~accepted & ~text.missing
    return ColumnCheck(
        values=_values(text, accepted, raised),
        ok=_arrow.array(accepted, mask=text.missing),
        reason=_arrow.array(REASONS).take(_arrow.array(np.maximum(all_codes, 0), mask=~refused)),
        warning=_arrow.array((UNKNOWN_REGION,)).take(
            _arrow.array(np.zeros(count, dtype=np.int8), mask=~(accepted & warned))
        ),
    )


def _values(
    text: Text, accepted: npt.NDArray[np.bool_], raised: npt.NDArray[np.uint8] | None
) -> pa.StringArray:
    """Return the normalised values, null where they are not accepted."""
    count = len(text.array)
    if raised is None and accepted.all():
        return cast("pa.StringArray", text.array.cast(pa.string()))
    rows = raised if raised is not None else text.matrix
    if text.rows is not None:
        rows = rows[accepted[text.rows]]
        lengths = np.where(accepted, LENGTH, 0)
    else:
        lengths = np.full(count, LENGTH)
    offsets = np.zeros(count + 1, dtype=np.int32)
    np.cumsum(lengths, out=offsets[1:])
    valid = _arrow.array(accepted).buffers()[1]
    data = _arrow.py_buffer(np.ascontiguousarray(rows))
    return cast(
        "pa.StringArray",
        _arrow.Array.from_buffers(pa.string(), count, [valid, _arrow.py_buffer(offsets), data]),
    )

"""The bytes of an Arrow text column as NumPy arrays, without copying."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from huitong_sources.types import Array


def text_buffers(column: Array) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]] | None:
    """Return where the n texts begin and end (n + 1 offsets), and the bytes that they point into.

    None, when the column holds no byte at all.
    """
    _, offsets, data = cast("list[Any]", column.buffers())
    if data is None or data.size == 0:
        return None
    ends = np.frombuffer(offsets, np.int32, len(column) + 1, column.offset * 4)
    return ends, np.frombuffer(data, np.uint8)


def first_bytes(ends: npt.NDArray[np.int32], data: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return the first byte of each text; an empty text shows a byte of its neighbours.

    >>> first_bytes(np.array([0, 2, 3], np.int32), np.frombuffer(b"abc", np.uint8)).tobytes()
    b'ac'
    """
    width = _width(ends)
    if width:
        return np.ascontiguousarray(data[ends[0] : ends[-1] : width])
    return data.take(ends[:-1], mode="clip")


def edge_bytes(
    ends: npt.NDArray[np.int32], data: npt.NDArray[np.uint8]
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Return the first byte of each text and the last; an empty one shows its neighbours'.

    >>> edge_bytes(np.array([0, 2, 3], np.int32), np.frombuffer(b"abc", np.uint8))[1].tobytes()
    b'bc'
    """
    width = _width(ends)
    if width:
        texts = data[ends[0] : ends[-1]].reshape(-1, width)
        return np.ascontiguousarray(texts[:, 0]), np.ascontiguousarray(texts[:, -1])
    return data.take(ends[:-1], mode="clip"), data.take(ends[1:] - 1, mode="clip")


def any_of(found: npt.NDArray[np.uint8], signs: bytes) -> npt.NDArray[np.bool_]:
    """Tell which bytes are among a few signs; comparing is quicker than looking up in a table."""
    matches = np.zeros(found.size, dtype=np.bool_)
    for sign in signs:
        matches |= found == sign
    return matches


def _width(ends: npt.NDArray[np.int32]) -> int:
    """Return the length of all texts, 0 when they differ: numbers and days need no gathering."""
    count = ends.size - 1
    width = int(ends[-1] - ends[0]) // count if count else 0
    return width if (np.diff(ends) == width).all() else 0

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

"""Parquet as text columns: whole numbers without a point, days as ISO."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from huitong_sources.errors import DigitsLostError, FileRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from huitong_sources.types import Array, SourceFile

_BATCH: Final = 65_536
_EXACT: Final = float(2**53)
"""From here on a double no longer holds every whole number."""


def headers(file: SourceFile) -> tuple[str, ...]:
    """Return the names of the columns in order."""
    return tuple(parquet.ParquetFile(file.arrow()).schema_arrow.names)


def batches(file: SourceFile) -> Iterator[tuple[npt.NDArray[np.int64], pa.RecordBatch]]:
    """Yield the rows as text columns named by position, with their numbers from 1.

    Raises: FileRefusedError, when a column is nested or binary, or the file is damaged;
    DigitsLostError, when a floating column holds numbers too long for it.
    """
    done = 0
    try:
        for batch in parquet.ParquetFile(file.arrow()).iter_batches(batch_size=_BATCH):
            columns = [
                _text(file, name, column, done)
                for name, column in zip(batch.schema.names, batch.columns, strict=True)
            ]
            lines = np.arange(done + 1, done + 1 + batch.num_rows, dtype=np.int64)
            done += batch.num_rows
            names = [str(place) for place in range(len(columns))]
            yield lines, pa.RecordBatch.from_arrays(columns, names)
    except (pa.ArrowException, OSError) as error:
        raise FileRefusedError(
            f"{file.name} is damaged ({error}): write it again and deliver it.",
            zh=f"{file.name}已损坏：请重新生成后报送。",
        ) from error


def _text(file: SourceFile, name: str, column: Array, done: int) -> Array:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        raise FileRefusedError(
            f"{file.name}, column “{name}” is {kind}: deliver plain columns (text, numbers, days).",
            zh=f"{file.name}的“{name}”列类型为{kind}：请报送普通列（文本、数值、日期）。",
        )
    if pa.types.is_floating(kind):
        return _numerals(file, name, column.cast(pa.float64()), done)
    text = column.cast(pa.string())
    return cast(
        "Array", pc.if_else(pc.equal(text, pa.scalar("")), pa.scalar(None, pa.string()), text)
    )


def _numerals(file: SourceFile, name: str, column: Array, done: int) -> Array:
    values = np.asarray(column.fill_null(0.0))
    long = np.flatnonzero(np.isfinite(values) & (np.abs(values) >= _EXACT))
    if long.size:
        line = done + int(long[0]) + 1
        raise DigitsLostError(
            f"{file.name}, row {line}, column “{name}” holds {values[long[0]]:.0f} as a floating "
            "number, so its last digits are lost: write the column as text.",
            zh=f"{file.name}第{line}行“{name}”列以浮点数存储{values[long[0]]:.0f}，末位数字已丢失：请以文本写出该列。",
            address=f"row {line}, column {name}",
        )
    whole = np.isfinite(values) & (values == np.trunc(values))
    missing = np.asarray(column.is_null())
    plain = pa.array(np.where(whole, values, 0).astype(np.int64), mask=missing).cast(pa.string())
    return cast("Array", pc.if_else(pa.array(whole), plain, column.cast(pa.string())))

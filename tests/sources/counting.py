"""A file read to its end in a test, as those who land it do."""

from typing import Any

import pyarrow as pa

from huitong_sources import reading
from huitong_sources.types import Landed, Layout, SourceFile


def counted(file: SourceFile, layout: Layout) -> tuple[Landed, list[dict[str, Any]]]:
    """Return what was counted, and the rows."""
    reader = reading.Reader(file, layout)
    rows: list[dict[str, Any]] = pa.Table.from_batches(list(reader), reader.schema).to_pylist()
    return Landed(reader.rows, layout.names, reader.control_totals, reader.mends), rows

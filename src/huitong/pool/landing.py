"""One parser, one landing: a file's rows as text columns in Arrow's file format.

Every engine starts from what is landed here, never from the delivered file. The landed file lives
for seconds and every row of it is read twice: as plain Arrow, mapped into memory, it costs a fifth
of what Parquet costs to write and nothing to read. An engine that needs Parquet converts it.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from huitong_sources.reading import Reader
from huitong_sources.types import Landed, Layout, SourceFile


def land(file: SourceFile, layout: Layout, target: Path) -> Landed:
    """Write the rows to `target` and return what was counted on the way.

    A fault may leave a part of the file; it lies in the work folder, which goes as a whole.

    Raises: LayoutMismatchError, FileRefusedError and its kinds, OSError.
    """
    reader = Reader(file, layout)
    with pa.OSFile(str(target), "wb") as sink, pa.ipc.new_file(sink, reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)
    return Landed(reader.rows, layout.names, reader.control_totals, reader.mends)


def batches(landed: Path, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Yield columns of a landed file, in this order; the values stay in the mapped file.

    Batches are as large as the parser made them: about 16 MB of the delivered file.
    """
    with pa.memory_map(str(landed)) as source, pa.ipc.open_file(source) as file:
        for number in range(file.num_record_batches):
            yield file.get_batch(number).select(list(names))

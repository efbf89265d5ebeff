"""Comma, tab, semicolon or bar separated text, by Arrow's parser, with the line of every row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Final, Literal, cast

import numpy as np
import pyarrow as pa
from pyarrow import csv

from huitong_sources import texts
from huitong_sources.buffers import text_buffers
from huitong_sources.errors import CutOffError, FileRefusedError, RaggedRowError, TooLargeError

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    import numpy.typing as npt

    from huitong_sources.types import SourceFile

_BLOCK: Final = 16 << 20


@dataclass(slots=True)
class Strays:
    """Footer rows with fewer cells than the header: (number of the record, text)."""

    rows: list[tuple[int, str]] = field(default_factory=list)
    refused: csv.InvalidRow | None = None


def batches(
    file: SourceFile,
    *,
    skip: int,
    width: int,
    delimiter: str,
    footer: re.Pattern[str] | None,
    strays: Strays,
) -> Iterator[tuple[npt.NDArray[np.int64], pa.RecordBatch]]:
    """Yield the rows below the first `skip` lines as text columns named by position, with lines.

    Empty cells are null. Rows with too few cells that match `footer` are put aside in `strays`,
    where the reader of the whole file decides whether they stand at the end.

    Raises: RaggedRowError, CutOffError, TooLargeError, FileRefusedError.
    """

    def on_ragged(row: csv.InvalidRow) -> Literal["skip", "error"]:
        if footer and row.actual_columns < width and footer.match(_first_cell(row.text, delimiter)):
            strays.rows.append((row.number or 0, row.text))
            return "skip"
        strays.refused = row
        return "error"

    names = [str(place) for place in range(width)]
    encoding = "gb18030" if file.encoding == "gb18030" else "utf-8"
    done = 0
    extra = 0
    try:
        reader = csv.open_csv(
            cast("IO[Any]", file.arrow()),
            read_options=csv.ReadOptions(
                use_threads=False,
                block_size=_BLOCK,
                column_names=names,
                skip_rows=skip,
                encoding=encoding,
            ),
            parse_options=csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=file.quotes,
                ignore_empty_lines=False,
                invalid_row_handler=on_ragged,
            ),
            convert_options=csv.ConvertOptions(
                check_utf8=False,
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
        for batch in reader:
            count = batch.num_rows
            lines = np.arange(done, done + count, dtype=np.int64) + (skip + 1)
            for number, _ in strays.rows:
                lines[lines >= number] += 1
            lines += extra
            if file.quotes:
                inside = _newlines_inside(batch)
                if inside is not None:
                    through = np.cumsum(inside)
                    lines[1:] += through[:-1]
                    extra += int(through[-1])
            done += count
            yield lines, batch
    except pa.ArrowInvalid as error:
        raise _refusal(file, strays, width, skip, error) from error


def _first_cell(text: str, delimiter: str) -> str:
    return text.partition(delimiter)[0].strip().strip('"').strip()


def _newlines_inside(batch: pa.RecordBatch) -> npt.NDArray[np.int64] | None:
    """Return how many line ends each row holds inside its cells; None when no row holds any."""
    found: npt.NDArray[np.int64] | None = None
    for column in batch.columns:
        buffers = text_buffers(column)
        if buffers is None:
            continue
        ends, data = buffers
        places = np.flatnonzero(data[ends[0] : ends[-1]] == ord("\n"))
        if places.size:
            if found is None:
                found = np.zeros(batch.num_rows, dtype=np.int64)
            rows = np.searchsorted(ends, places + ends[0], side="right") - 1
            found += np.bincount(rows, minlength=batch.num_rows)
    return found


def line_of_record(file: SourceFile, skip: int, number: int) -> int:
    """Return the line on which a record begins; the parser counts skipped lines and records."""
    if not file.quotes:
        return number
    seen = skip
    for line, _ in texts.records(file):
        if line <= skip:
            continue
        seen += 1
        if seen == number:
            return line
    return number


def _refusal(
    file: SourceFile, strays: Strays, width: int, skip: int, error: pa.ArrowInvalid
) -> FileRefusedError:
    row = strays.refused
    if row is None:
        if "straddling" in str(error):
            # A row longer than a block; a quotation that never closes is named by its own error.
            for _ in texts.records(file):
                pass
            return TooLargeError(
                f"{file.name} has a row of more than {_BLOCK} bytes: shorten it.",
                zh=f"{file.name}有一行超过{_BLOCK}字节：请缩短。",
            )
        return FileRefusedError(
            f"{file.name} cannot be parsed ({error}): export it again as CSV UTF-8.",
            zh=f"{file.name}无法解析：请重新导出为CSV UTF-8。",
        )
    line = line_of_record(file, skip, row.number or 0)
    text = row.text if len(row.text) <= 80 else row.text[:80] + "…"
    if row.actual_columns < width and _is_last_without_end(file, row.text):
        return CutOffError(
            f"{file.name}, line {line}: the last row has {row.actual_columns} of {width} cells and "
            f"no line end, so the file is cut off ({text!r}). Export or copy it again.",
            zh=f"{file.name}第{line}行：末行只有{row.actual_columns}列（应为{width}列）且无换行，文件不完整。"
            "请重新导出或复制。",
            address=f"line {line}",
        )
    return RaggedRowError(
        f"{file.name}, line {line}: the row has {row.actual_columns} cells, the header has {width} "
        f"({text!r}). Put cells that hold the delimiter in quotation marks, and deliver again.",
        zh=f"{file.name}第{line}行：有{row.actual_columns}列，表头为{width}列。"
        "含分隔符的内容请加引号，然后重新报送。",
        address=f"line {line}",
    )


def _is_last_without_end(file: SourceFile, text: str) -> bool:
    with file.open() as stream:
        size = len(text.encode(file.encoding or "utf-8"))
        stream.seek(max(0, file.size - size))
        return stream.read().decode(file.encoding or "utf-8", "replace") == text

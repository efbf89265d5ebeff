"""Read a file by its layout, as Arrow batches. All columns are text."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from huitong_sources import delimited, fitting, heads, jsonlines, parquet_files, texts, workbooks
from huitong_sources.addresses import address
from huitong_sources.delimited import Strays
from huitong_sources.errors import EmptyFileError, RaggedRowError
from huitong_sources.shaping import Shaper
from huitong_sources.structure import FOOTER
from huitong_sources.types import LINE, ControlTotal, Mend

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from huitong_sources.types import Layout, SourceFile

    Raw = tuple[npt.NDArray[np.int64], pa.RecordBatch]

_LOOK: Final = 50
"""So many rows at the end may be a footer."""


class Reader:
    """The rows of a file, once. Iterate it to the end, then ask for totals and mends."""

    def __init__(
        self, file: SourceFile, layout: Layout, opened: workbooks.Sheet | None = None
    ) -> None:
        """Check that the file fits the layout; `opened` spares parsing its sheet again.

        Raises: LayoutMismatchError, and what reading the head of the file raises.
        """
        fit = fitting.fits(file, layout, opened)
        self._file = replace(file, delimiter=layout.delimiter) if layout.delimiter else file
        self._layout = layout
        self._mends = list(fit.mends)
        self._shaper = Shaper(self._file, layout, fit.sheet)
        self._strays = Strays()
        self._skip = 0
        self._sheet = fit.opened
        self.schema = pa.schema(
            [pa.field(name, pa.string()) for name in layout.names] + [pa.field(LINE, pa.int64())]
        )

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """Yield record batches; see `read`."""
        held: Raw | None = None
        shaper = self._shaper
        for lines, batch in self._raw():
            shaper.inspect(lines, batch)
            now = shaper.without_blanks(lines, batch)
            if held is not None and now[1].num_rows > _LOOK:
                yield shaper.shape(*held)
                held = now
            else:
                held = now if held is None else _joined(held, now)
        if held is not None:
            rule = self._layout.footer
            held = shaper.cut_footer(*held, rule.pattern if rule else FOOTER, _LOOK)
            self._settle_strays(held[0])
            yield shaper.shape(*held)
        if shaper.rows == 0:
            raise EmptyFileError(
                f"{self._file.name} holds no row of data: export it again and deliver it.",
                zh=f"{self._file.name}没有数据行：请重新导出后报送。",
            )

    @property
    def rows(self) -> int:
        """Return how many rows were read so far."""
        return self._shaper.rows

    @property
    def control_totals(self) -> tuple[ControlTotal, ...]:
        """Return the totals that the file states, beside what was found."""
        return self._shaper.control_totals()

    @property
    def mends(self) -> tuple[Mend, ...]:
        """Return what was mended or left out."""
        return (*self._mends, *self._numbers_as_text(), *self._shaper.mends())

    def _raw(self) -> Iterator[Raw]:
        """Yield the source's rows as text columns named by position, with their lines."""
        layout = self._layout
        width = len(layout.headers)
        match layout.kind.family:
            case "delimited":
                rule = layout.footer
                top = heads.preamble(self._file, layout.title_rows + layout.header_rows)
                self._skip = top.skip
                self._file = texts.plain_below(self._file, top.skip)
                yield from delimited.batches(
                    self._file,
                    skip=self._skip,
                    width=width,
                    delimiter=layout.delimiter or ",",
                    footer=re.compile(rule.pattern) if rule else None,
                    strays=self._strays,
                )
            case "sheet" if self._sheet is not None:
                start = layout.title_rows + layout.header_rows
                for first, batch in workbooks.batches(self._sheet, start, width):
                    yield np.arange(first, first + batch.num_rows, dtype=np.int64), batch
            case "jsonl":
                yield from jsonlines.batches(self._file, layout.headers)
            case _:
                yield from parquet_files.batches(self._file)

    def _settle_strays(self, lines: npt.NDArray[np.int64]) -> None:
        """Take short footer rows as the footer, unless rows of data follow them."""
        last = int(lines[-1]) if len(lines) else 0
        for number, text in self._strays.rows:
            line = delimited.line_of_record(self._file, self._skip, number)
            if line < last:
                raise RaggedRowError(
                    f"{self._file.name}, line {line}: a row that looks like a footer "
                    f"({text[:40]!r}) "
                    "stands before rows of data: remove it and deliver again.",
                    zh=f"{self._file.name}第{line}行：数据行之前出现表尾样的行（{text[:40]}）：请删除后重新报送。",
                    address=f"line {line}",
                )
            cells = [cell.strip().strip('"') or None for cell in text.split(self._file.delimiter)]
            self._shaper.footers.append((line, cells))

    def _numbers_as_text(self) -> tuple[Mend, ...]:
        if self._sheet is None:
            return ()
        return tuple(
            Mend(
                "numbers_as_text",
                address(self._sheet.title, self._layout.data_line, column.position),
                str(count),
                column.header,
            )
            for column in self._layout.columns
            if column.type == "text" and (count := self._sheet.numbers.get(column.position, 0))
        )


def _joined(one: Raw, two: Raw) -> Raw:
    table = pa.Table.from_batches([one[1], two[1]]).combine_chunks()
    batches = table.to_batches()
    return np.concatenate([one[0], two[0]]), batches[0] if batches else one[1]


def read(file: SourceFile, layout: Layout) -> Iterator[pa.RecordBatch]:
    """Yield the rows: every kept column as text under its name, empty cells null, and `LINE`.

    Batches hold up to about 16 MB of source. A fault may show after some batches have been
    yielded, so whoever keeps rows must be able to drop them.

    Raises: LayoutMismatchError, FileRefusedError and its kinds.
    """
    yield from Reader(file, layout)

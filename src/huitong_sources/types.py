"""The values that pass between the parts: limits, files, layouts, what was mended and counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Literal, TypeAlias

import pyarrow as pa

from huitong_sources.addresses import in_chinese
from huitong_sources.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping

Array: TypeAlias = "pa.Array[Any]"
"""Any Arrow array; the columns that are passed around here are text."""

LINE: Final = "_line"
"""Name of the column that says where a row stood: the line of a text file, the row of a sheet."""

ColumnType = Literal["text", "integer", "decimal", "date", "datetime", "boolean"]


class Kind(StrEnum):
    """What the content of a file is."""

    CSV = "csv"
    TSV = "tsv"
    XLS = "xls"
    XLSX = "xlsx"
    JSONL = "jsonl"
    PARQUET = "parquet"

    @property
    def family(self) -> str:
        """Return what a layout is tied to: kinds of one family are read by the same layout."""
        return {"csv": "delimited", "tsv": "delimited", "xls": "sheet", "xlsx": "sheet"}.get(
            self.value, self.value
        )


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is taken; bytes, unless said otherwise."""

    max_bytes: int = 4 << 30
    max_inflated: int = 2 << 30
    max_ratio: int = 200
    """Inflated to compressed size; looked at above `ratio_floor` only, where a bomb hurts."""
    ratio_floor: int = 32 << 20
    max_columns: int = 2000
    max_cells: int = 25_000_000
    """Rows times columns of a sheet, empty cells and all: that is what its parser sets aside."""
    max_line_bytes: int = 16 << 20


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file whose kind, encoding and soundness were established by `files.open_file`.

    `encoding` and `delimiter` are set for text kinds; `sheets` are the visible sheets of a
    workbook, `faults` what forbids reading one of them. `quotes` and `pluses` tell whether those
    characters occur at all, so that checks that need them can be left out; `quotes_end` is how many
    bytes end with the last quotation mark.
    """

    name: str
    kind: Kind
    size: int
    limits: Limits
    path: Path | None = None
    data: bytes | None = field(default=None, repr=False)
    encoding: str | None = None
    delimiter: str | None = None
    sheets: tuple[str, ...] = ()
    quotes: bool = True
    quotes_end: int = 0
    pluses: bool = True
    faults: Mapping[str, SourceError] = field(default_factory=dict)

    def open(self) -> BinaryIO:
        """Open the bytes for reading from the start."""
        return self.path.open("rb") if self.path is not None else BytesIO(self.data or b"")

    def arrow(self) -> pa.NativeFile:
        """Open the bytes for Arrow."""
        if self.path is not None:
            return pa.OSFile(str(self.path), "rb")
        return pa.BufferReader(self.data or b"")


@dataclass(frozen=True, slots=True)
class Mend:
    """Something that was put right or left out while reading, to be shown to the department."""

    code: str
    address: str
    before: str = ""
    after: str = ""

    @property
    def en(self) -> str:
        """Return the sentence in English."""
        return f"{self.address}: " + _MENDS[self.code][0].format(self.before, self.after)

    @property
    def zh(self) -> str:
        """Return the sentence in Chinese."""
        return f"{in_chinese(self.address)}：" + _MENDS[self.code][1].format(
            self.before, self.after
        )


_MENDS: Final[Mapping[str, tuple[str, str]]] = {
    "header_trimmed": (
        "the header “{0}” is read as “{1}”",
        "表头“{0}”按“{1}”读取",
    ),
    "header_missing": ("the column has no header and is named “{1}”", "该列没有表头，命名为“{1}”"),
    "empty_column": ("the column “{0}” is empty and left out", "“{0}”列全为空，不予收录"),
    "blank_rows": ("{0} blank rows are left out", "略去空行{0}行"),
    "numbers_as_text": (
        "{0} cells of “{1}” are numbers and read as text",
        "“{1}”列有{0}个单元格存为数字，按文本读取",
    ),
    "group_rows": ("{0} group rows become the column “{1}”", "{0}个分组行转为“{1}”列"),
    "footer": ("the footer “{0}” is left out", "表尾“{0}”不作为数据"),
    "other_sheets": ("other sheets are not read: {0}", "未读取其他工作表：{0}"),
    "sheet_renamed": ("sheet “{0}” is read instead of “{1}”", "读取工作表“{0}”（原为“{1}”）"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is kept. `position` counts from 0 in the source, -1 for the group's column.

    `header` is the header in the file (joined over several rows, trimmed), `name` the identifier.
    With `to_iso`, days written in other forms (1990年12月03日) are turned into 1990-12-03.
    """

    position: int
    header: str
    name: str
    type: ColumnType = "text"
    to_iso: bool = False


@dataclass(frozen=True, slots=True)
class Dropped:
    """A column that is left out: `empty` (must stay so), or `chosen` by the person."""

    position: int
    header: str
    reason: Literal["empty", "chosen"] = "empty"


@dataclass(frozen=True, slots=True)
class GroupRule:
    """Rows inside the data with one cell only, in the column at `position`, are groups.

    Where `pattern` matches, its group `value` is the value and `total` the number of rows that the
    source declares. Otherwise the whole cell is the value. `name` is the column they become.
    """

    position: int
    header: str
    name: str
    pattern: str


@dataclass(frozen=True, slots=True)
class FooterRule:
    """Rows at the end that are no data: their first cell matches `pattern`."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How the rows of a file are found and named; proposed, confirmed, stored, and reused.

    `headers` are all columns of the source in order, kept or not: a later file must have the same.
    `header_line` and `data_line` count from 1 (lines of a text file, rows of a sheet); for kinds
    without header they are 0. `mends` are what the proposal had to mend in the file it was made of.
    """

    kind: Kind
    headers: tuple[str, ...]
    columns: tuple[Column, ...]
    sheet: str | None = None
    title_rows: int = 0
    titles: tuple[str, ...] = ()
    header_rows: int = 0
    header_line: int = 0
    data_line: int = 0
    encoding: str | None = None
    delimiter: str | None = None
    dropped: tuple[Dropped, ...] = ()
    group: GroupRule | None = None
    footer: FooterRule | None = None
    mends: tuple[Mend, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the kept columns in order, without `LINE`."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """A total that the file itself states, and what was found.

    `measure` is `rows` (of the group `scope`, or of the whole when it is empty) or `sum` (of
    `column`). `address` is the cell that states it.
    """

    measure: Literal["rows", "sum"]
    scope: str
    column: str | None
    stated: Decimal
    found: Decimal
    address: str

    @property
    def agrees(self) -> bool:
        """Tell whether what the file states is what it holds."""
        return self.stated == self.found


@dataclass(frozen=True, slots=True)
class Landed:
    """A file whose rows were landed: `columns` text columns and `LINE`, `rows` rows."""

    rows: int
    columns: tuple[str, ...]
    control_totals: tuple[ControlTotal, ...]
    mends: tuple[Mend, ...]

    @property
    def declared_rows(self) -> int | None:
        """Return how many rows the file's own totals declare, None when it declares none."""
        stated = [total for total in self.control_totals if total.measure == "rows"]
        whole = [total for total in stated if not total.scope]
        counted = whole or stated
        return int(sum(total.stated for total in counted)) if counted else None

    @property
    def reconciled(self) -> bool:
        """Tell whether every total that the file states agrees with what was found."""
        return all(total.agrees for total in self.control_totals)

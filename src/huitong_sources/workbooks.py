"""Excel workbooks, old and new, as rows of text; numbers as the digits that a person sees."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Final

import pyarrow as pa
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)
from python_calamine import PasswordError as CalaminePasswordError

from huitong_sources.addresses import address, address_zh
from huitong_sources.errors import (
    DigitsLostError,
    EmptyFileError,
    LayoutMismatchError,
    PasswordError,
    WrongKindError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huitong_sources.types import SourceFile

Cell = int | float | str | bool | date | datetime | time | timedelta

_BATCH: Final = 16_384
_EXACT: Final = 10**15
"""Excel keeps 15 digits of a number; from here on the last ones are zeros that nobody typed."""


@dataclass(slots=True)
class Sheet:
    """An opened sheet: `width` and `height` count from A1, `merges` are (top, left, bottom, right).

    Merges count from 0 and include both ends.
    """

    title: str
    width: int
    height: int
    merges: tuple[tuple[int, int, int, int], ...]
    source: CalamineSheet
    numbers: dict[int, int] = field(default_factory=dict)
    """By position: how many cells read so far hold a number."""


def visible_sheets(file: SourceFile) -> tuple[str, ...]:
    """Return the names of the sheets that a person sees and that hold a cell.

    Raises: WrongKindError, PasswordError, EmptyFileError.
    """
    with _readable(file):
        book = _book(file)
        filled = tuple(
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible
            and sheet.typ == SheetTypeEnum.WorkSheet
            and book.get_sheet_by_name(sheet.name).end is not None
        )
    if not filled:
        raise EmptyFileError(
            f"{file.name} has no visible sheet with a cell: fill it and deliver it again.",
            zh=f"{file.name}没有含数据的可见工作表：请填写后重新报送。",
        )
    return filled


@contextmanager
def _readable(file: SourceFile) -> Iterator[None]:
    """Say what the parser's errors mean; its panics come as an exception beside `Exception`."""
    try:
        yield
    except CalaminePasswordError as error:
        raise PasswordError(
            f"{file.name} is protected by a password: remove the protection and deliver it again.",
            zh=f"{file.name}设有密码：请取消密码后重新报送。",
        ) from error
    except BaseException as error:
        is_parsers = isinstance(error, CalamineError) or type(error).__module__.startswith(
            ("python_calamine", "pyo3_runtime")
        )
        if not is_parsers:
            raise
        raise WrongKindError(
            f"{file.name} cannot be read as a workbook ({error}): open it in Excel, save it as "
            ".xlsx and deliver that.",
            zh=f"{file.name}无法作为工作簿读取：请用Excel打开并另存为.xlsx后报送。",
        ) from error


def _book(file: SourceFile) -> CalamineWorkbook:
    return CalamineWorkbook.from_object(str(file.path) if file.path else file.open())


def open_sheet(file: SourceFile, title: str) -> Sheet:
    """Open a sheet by its name, which must be one of `file.sheets`.

    Raises: LayoutMismatchError, when there is no such sheet; ErrorCellError or FormulaCellError,
    when a cell of it has no value that can be trusted.
    """
    if title not in file.sheets:
        raise LayoutMismatchError(
            f"{file.name} has no sheet {title!r} (it has: {', '.join(file.sheets)}).",
            zh=f"{file.name}中没有工作表“{title}”（现有：{'、'.join(file.sheets)}）。",
        )
    if title in file.faults:
        raise file.faults[title]
    with _readable(file):
        source = _book(file).get_sheet_by_name(title)
        ranges = source.merged_cell_ranges or ()
    end = source.end or (0, 0)
    merges = tuple((top, left, bottom, right) for (top, left), (bottom, right) in ranges)
    return Sheet(title, end[1] + 1, end[0] + 1, merges, source)


def rows_of(sheet: Sheet, start: int = 0) -> Iterator[tuple[int, list[Cell]]]:
    """Yield the rows from the row `start` (from 0) with their row numbers (from 1)."""
    yield from enumerate(islice(sheet.source.iter_rows(), start, None), start + 1)


def head(sheet: Sheet, count: int) -> list[list[str]]:
    """Return the first rows as text."""
    return [
        [text_of(cell, sheet.title, line, place) or "" for place, cell in enumerate(row)]
        for line, row in islice(rows_of(sheet), count)
    ]


def batches(sheet: Sheet, start: int, width: int) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Yield the rows from `start` as text columns named by position, with the first row's number.

    Raises: DigitsLostError; LayoutMismatchError, when a cell right of `width` holds something.
    """
    names = [str(place) for place in range(width)]
    rows = rows_of(sheet, start)
    while chunk := list(islice(rows, _BATCH)):
        first = chunk[0][0]
        cells = list(zip_longest(*(row for _, row in chunk), fillvalue=""))
        cells += [("",) * len(chunk)] * (width - len(cells))
        texts = [_texts(column, sheet, first, place) for place, column in enumerate(cells)]
        for place in range(width, len(texts)):
            line = next((first + at for at, text in enumerate(texts[place]) if text), None)
            if line is not None:
                raise _beyond(sheet, line, place)
        columns = [pa.array(column, pa.string()) for column in texts[:width]]
        yield first, pa.RecordBatch.from_arrays(columns, names)


def _texts(column: tuple[Cell, ...], sheet: Sheet, first: int, place: int) -> list[str | None]:
    """Return the cells of a column as text, and count the numbers among them."""
    if set(map(type, column)) == {str}:
        return [str(cell) or None for cell in column]
    numbers = sum(isinstance(cell, float) for cell in column)
    sheet.numbers[place] = sheet.numbers.get(place, 0) + numbers
    return [text_of(cell, sheet.title, first + at, place) for at, cell in enumerate(column)]


def _beyond(sheet: Sheet, line: int, place: int) -> LayoutMismatchError:
    where = address(sheet.title, line, place)
    return LayoutMismatchError(
        f"{where} holds a value right of the last column of the layout: remove it, or confirm a "
        "new layout.",
        zh=f"{address_zh(sheet.title, line, place)}位于布局最后一列之外却有内容：请删除，"
        "或确认新的布局。",
        address=where,
    )


def text_of(cell: Cell, title: str, line: int, place: int) -> str | None:
    """Return a cell as text: whole numbers without a point, days as ISO, nothing as None.

    Raises: DigitsLostError.

    >>> text_of(4111010001.0, "Sheet1", 4, 2), text_of(0.1, "Sheet1", 4, 2)
    ('4111010001', '0.1')
    """
    if isinstance(cell, str):
        return cell or None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float | int):
        if abs(cell) >= _EXACT:
            where = address(title, line, place)
            raise DigitsLostError(
                f"{where} holds the number {cell:.0f}: Excel keeps 15 digits of a number, the rest "
                "are lost. Format the column as text, fill it again from the source, and deliver.",
                zh=f"{address_zh(title, line, place)}存为数字{cell:.0f}：Excel只保留15位，"
                "其余已丢失。"
                "请将该列设为文本格式，从源系统重新填入后报送。",
                address=where,
            )
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds" if not cell.microsecond else "auto")
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(int(cell.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    return cell.isoformat()

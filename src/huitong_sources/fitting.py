"""Compare a file with the layout that was confirmed, before a row of it is read."""

from __future__ import annotations

from dataclasses import dataclass, replace

from huitong_sources import heads, jsonlines, parquet_files, structure, workbooks
from huitong_sources.addresses import address, address_zh
from huitong_sources.errors import LayoutMismatchError
from huitong_sources.types import Layout, Mend, SourceFile

_KEYS = 1000
"""So many objects of JSON lines show which keys there are; later ones are checked when read."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A file that fits: the sheet that is read, and what was mended in its headers."""

    sheet: str | None
    mends: tuple[Mend, ...]
    opened: workbooks.Sheet | None = None
    """The sheet, parsed already, for whoever reads on."""


def fits(file: SourceFile, layout: Layout, opened: workbooks.Sheet | None = None) -> Fit:
    """Return how the file fits; encodings and sheet names may differ, headers may not.

    Only the top of the file is looked at: rows that do not fit are found while reading. `opened`
    spares parsing the sheet again.

    Raises: LayoutMismatchError, with the address of the first cell that differs.
    """
    if file.kind.family != layout.kind.family:
        raise LayoutMismatchError(
            f"{file.name} is {file.kind.value}, the layout is for {layout.kind.value}: deliver the "
            "usual format, or confirm a new layout.",
            zh=f"{file.name}是{file.kind.value}格式，布局为{layout.kind.value}：请按原格式报送，或确认新的布局。",
        )
    match layout.kind.family:
        case "delimited":
            return _fits_text(file, layout)
        case "sheet":
            return _fits_sheet(file, layout, opened)
        case "jsonl":
            _compare(jsonlines.keys(file, _KEYS), layout, file, exact=False)
            return Fit(None, ())
        case _:
            _compare(parquet_files.headers(file), layout, file, exact=True)
            return Fit(None, ())


def _fits_text(file: SourceFile, layout: Layout) -> Fit:
    count = layout.title_rows + layout.header_rows
    top = heads.preamble(replace(file, delimiter=layout.delimiter), count)
    lines = top.lines or (1,)
    rows = list(top.records[layout.title_rows :])
    line = lines[min(layout.title_rows, len(lines) - 1)]
    mends = _compare_rows(rows, layout, None, line, file.name)
    return Fit(None, mends)


def _fits_sheet(file: SourceFile, layout: Layout, opened: workbooks.Sheet | None) -> Fit:
    title = layout.sheet or file.sheets[0]
    renamed: tuple[Mend, ...] = ()
    if title not in file.sheets and len(file.sheets) == 1:
        renamed = (Mend("sheet_renamed", file.name, file.sheets[0], title),)
        title = file.sheets[0]
    sheet = opened or workbooks.open_sheet(file, title)
    rows = workbooks.head(sheet, layout.title_rows + layout.header_rows)[layout.title_rows :]
    merges = [
        (top - layout.title_rows, left, bottom - layout.title_rows, right)
        for top, left, bottom, right in sheet.merges
        if top >= layout.title_rows
    ]
    mends = _compare_rows(rows, layout, title, layout.title_rows + 1, file.name, merges)
    return Fit(title, (*renamed, *mends), sheet)


def _compare_rows(
    rows: list[list[str]],
    layout: Layout,
    sheet: str | None,
    line: int,
    name: str,
    merges: list[structure.Merge] | None = None,
) -> tuple[Mend, ...]:
    """Compare the header rows, the first of which stands on `line`, with the layout's headers."""
    headers, mended = structure.join_headers(rows, merges or [])
    last = line + max(len(rows) - 1, 0)
    for place in range(max(len(headers), len(layout.headers))):
        found = headers[place] if place < len(headers) else ""
        wanted = layout.headers[place] if place < len(layout.headers) else ""
        if found != wanted:
            raise _differs(name, sheet, last, place, found, wanted)
    return tuple(
        Mend("header_trimmed", address(sheet, row + line, place), before, after)
        for row, place, before, after in mended
    )


def _differs(
    name: str, sheet: str | None, line: int, place: int, found: str, wanted: str
) -> LayoutMismatchError:
    where = address(sheet, line, place)
    says = f"“{found}”" if found else "nothing"
    expects = f"“{wanted}”" if wanted else "no column there"
    return LayoutMismatchError(
        f"{name}, {where} says {says}, the layout has {expects}. Nothing was loaded: deliver the "
        "file in its usual form, or confirm a new layout.",
        zh=f"{name}的{address_zh(sheet, line, place)}为“{found}”，布局中为“{wanted}”。"
        "未装载任何数据："
        "请按原格式报送，或确认新的布局。",
        address=where,
    )


def _compare(found: tuple[str, ...], layout: Layout, file: SourceFile, *, exact: bool) -> None:
    """Compare names of columns or keys: all and in order when `exact`, else none may be new."""
    for place, name in enumerate(found):
        wanted = layout.headers[place] if place < len(layout.headers) else ""
        if (exact and name != wanted) or (not exact and name not in layout.headers):
            raise _differs(file.name, None, 1, place, name, wanted if exact else "")
    if exact and len(found) < len(layout.headers):
        place = len(found)
        raise _differs(file.name, None, 1, place, "", layout.headers[place])

"""Layouts: proposed from a file, kept as a mapping (YAML), compared with later files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, fields, replace
from itertools import islice
from typing import Any, Final, get_args

import pyarrow as pa

from huitong_sources import heads, jsonlines, naming, parquet_files, structure, texts, workbooks
from huitong_sources.addresses import address
from huitong_sources.errors import HeaderMissingError, LayoutInvalidError, TooLargeError
from huitong_sources.fitting import Fit, fits
from huitong_sources.reading import Reader
from huitong_sources.types import (
    Column,
    ColumnType,
    Dropped,
    FooterRule,
    GroupRule,
    Kind,
    Layout,
    Mend,
    SourceFile,
)

__all__ = ["Fit", "Layout", "fits", "from_dict", "propose", "to_dict"]

_HEAD: Final = 60
_TAIL: Final = 50
_SAMPLE: Final = 100_000


def _as_it_is(value: Any) -> Any:  # noqa: ANN401 (a stored mapping can hold anything)
    return value


_MEMBERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "kind": Kind,
    "headers": lambda stored: tuple(map(str, stored)),
    "titles": lambda stored: tuple(map(str, stored)),
    "columns": lambda stored: tuple(Column(**each) for each in stored),
    "dropped": lambda stored: tuple(Dropped(**each) for each in stored),
    "mends": lambda stored: tuple(Mend(**each) for each in stored),
    "group": lambda stored: GroupRule(**stored) if stored else None,
    "footer": lambda stored: FooterRule(**stored) if stored else None,
}
"""How the members of a stored layout are read that are more than a text or a number."""


def propose(file: SourceFile, *, sheet: str | None = None) -> Layout:
    """Return a layout for a person to confirm.

    Reads the head, the end, and up to 100,000 rows: a column that is empty in a file read to its
    end is left out and reported. Of a workbook the first visible sheet is taken unless `sheet`
    names one.

    Raises: what reading raises; HeaderMissingError, DuplicateHeaderError, TooLargeError.
    """
    opened = None
    if file.kind.family == "sheet":
        opened = workbooks.open_sheet(file, sheet or file.sheets[0])
    layout = _outline(file, opened)
    if len(layout.headers) > file.limits.max_columns:
        raise TooLargeError(
            f"{file.name} has {len(layout.headers)} columns, the limit is "
            f"{file.limits.max_columns}: divide the table.",
            zh=f"{file.name}有{len(layout.headers)}列，超过上限{file.limits.max_columns}：请拆分。",
        )
    sample, whole = _sampled(Reader(file, layout, opened))
    return _typed(layout, sample, whole=whole)


def _outline(file: SourceFile, opened: workbooks.Sheet | None) -> Layout:
    """Return a layout in which every column is text."""
    if opened is not None:
        return _outline_sheet(file, opened)
    match file.kind.family:
        case "delimited":
            return _outline_text(file)
        case "jsonl":
            headers = jsonlines.keys(file, _SAMPLE)
        case _:
            headers = parquet_files.headers(file)
    if not headers:
        raise HeaderMissingError(
            f"{file.name} has no columns: write it again and deliver it.",
            zh=f"{file.name}没有列：请重新生成后报送。",
        )
    structure.refuse_twice(headers, None, 1, file.name)
    return Layout(file.kind, headers, _columns(headers), encoding=file.encoding, data_line=1)


def _outline_text(file: SourceFile) -> Layout:
    records = list(islice(texts.records(file), _HEAD))
    rows = [row for _, row in records]
    found = structure.detect(rows, [], file.name)
    data = found.title_rows + found.header_rows
    line = records[found.title_rows][0]
    # The parser takes rows as wide as the header row, blank headers and all.
    width = max(len(row) for row in rows[found.title_rows : data])
    found = replace(found, headers=(*found.headers, *[""] * width)[:width])
    layout = _layout(file, found, line, None)
    return replace(
        _with_groups(layout, rows[data:]),
        encoding=file.encoding,
        delimiter=file.delimiter,
        data_line=heads.preamble(file, data).skip + 1,
        footer=FooterRule(structure.FOOTER) if structure.has_footer(texts.tail(file)) else None,
    )


def _outline_sheet(file: SourceFile, sheet: workbooks.Sheet) -> Layout:
    title = sheet.title
    rows = workbooks.head(sheet, _HEAD)
    found = structure.detect(rows, [merge for merge in sheet.merges if merge[0] < _HEAD], file.name)
    data = found.title_rows + found.header_rows
    layout = _layout(file, found, found.title_rows + 1, title)
    start = max(data, sheet.height - _TAIL)
    last = [
        [workbooks.text_of(cell, title, line, place) or "" for place, cell in enumerate(row)]
        for line, row in workbooks.rows_of(sheet, start)
    ]
    others = tuple(name for name in file.sheets if name != title)
    mends = layout.mends
    if others:
        mends = (*mends, Mend("other_sheets", file.name, ", ".join(others)))
    return replace(
        _with_groups(layout, rows[data:]),
        sheet=title,
        data_line=data + 1,
        mends=mends,
        footer=FooterRule(structure.FOOTER) if structure.has_footer(last) else None,
    )


def _layout(file: SourceFile, found: structure.Structure, line: int, sheet: str | None) -> Layout:
    """Return a layout with the headers of a structure, of which the first row stands on `line`."""
    last = line + found.header_rows - 1
    structure.refuse_twice(found.headers, sheet, last, file.name)
    mends = [
        Mend("header_trimmed", address(sheet, line + row - found.title_rows, place), before, after)
        for row, place, before, after in found.mends
    ]
    mends += [
        Mend("header_missing", address(sheet, last, place), "", f"列{place + 1}")
        for place, header in enumerate(found.headers)
        if not header
    ]
    return Layout(
        file.kind,
        found.headers,
        _columns(found.headers),
        title_rows=found.title_rows,
        titles=found.titles,
        header_rows=found.header_rows,
        header_line=line,
        mends=tuple(mends),
    )


def _columns(headers: tuple[str, ...]) -> tuple[Column, ...]:
    names = naming.names_for(headers)
    return tuple(
        Column(place, header or f"列{place + 1}", name)
        for place, (header, name) in enumerate(zip(headers, names, strict=True))
    )


def _with_groups(layout: Layout, rows: list[list[str]]) -> Layout:
    """Return the layout with a column in front for the groups, when the data begins with one."""
    position = structure.group_position(rows, len(layout.headers))
    if position is None:
        return layout
    values = [row[position] for row in rows if any(row) and sum(1 for cell in row if cell) == 1]
    header, name = structure.group_name(values)
    if header in layout.headers or name in layout.names:
        header, name = f"{header}（分组）", f"{name}_group"
    rule = GroupRule(position, header, name, structure.GROUP)
    return replace(layout, group=rule, columns=(Column(-1, header, name), *layout.columns))


def _sampled(reader: Reader) -> tuple[pa.Table, bool]:
    """Return the first rows, and whether they are all."""
    batches: list[pa.RecordBatch] = []
    rows: Iterator[pa.RecordBatch] = iter(reader)
    whole = True
    for batch in rows:
        batches.append(batch)
        if sum(each.num_rows for each in batches) >= _SAMPLE:
            whole = next(rows, None) is None
            break
    return pa.Table.from_batches(batches, reader.schema), whole


def _typed(layout: Layout, sample: pa.Table, *, whole: bool) -> Layout:
    """Return the layout with types proposed and columns left out that are empty to the end."""
    columns: list[Column] = []
    dropped: list[Dropped] = []
    mends: list[Mend] = []
    for column in layout.columns:
        values = sample.column(column.name).combine_chunks()
        if whole and values.null_count == len(values) and column.position >= 0:
            dropped.append(Dropped(column.position, column.header))
            line = layout.header_line + layout.header_rows - 1
            where = address(layout.sheet, max(line, 1), column.position)
            mends.append(Mend("empty_column", where, column.header))
            continue
        kind, to_iso = naming.type_for(column.header, values.slice(0, _SAMPLE))
        columns.append(replace(column, type=kind, to_iso=to_iso))
    return replace(
        layout,
        columns=tuple(columns),
        dropped=tuple(dropped),
        mends=(*layout.mends, *mends),
    )


def to_dict(layout: Layout) -> dict[str, Any]:
    """Return the layout as plain mappings, lists, texts and numbers, fit for YAML and JSON."""
    found = asdict(layout)
    found["kind"] = layout.kind.value
    for name, value in found.items():
        if isinstance(value, tuple):
            found[name] = list(value)
    return found


def from_dict(stored: Mapping[str, Any]) -> Layout:
    """Return the layout of `to_dict`; members that have defaults may be left out.

    Raises: LayoutInvalidError, which names the member.
    """
    known = {field.name for field in fields(Layout)}
    if unknown := set(stored) - known:
        raise _invalid(", ".join(sorted(unknown)), "is not known", "未知")
    try:
        read = {name: _MEMBERS.get(name, _as_it_is)(value) for name, value in stored.items()}
        layout = Layout(**read)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise _invalid(str(error), "cannot be read", "无法读取") from error
    _check(layout)
    return layout


def _check(layout: Layout) -> None:
    """Refuse a layout that contradicts itself."""
    width = len(layout.headers)
    if not layout.columns:
        raise _invalid("columns", "is empty", "为空")
    names = [column.name for column in layout.columns]
    for column in layout.columns:
        if column.type not in get_args(ColumnType):
            raise _invalid(f"columns.{column.name}.type", f"is {column.type}", f"为{column.type}")
        if names.count(column.name) > 1 or column.name == "_line":
            raise _invalid(f"columns.{column.name}", "is not unique", "重名")
        lowest = -1 if layout.group else 0
        if not lowest <= column.position < width:
            raise _invalid(
                f"columns.{column.name}.position", f"is {column.position}", f"为{column.position}"
            )
    for rule in (layout.group, layout.footer):
        if rule is not None:
            try:
                re.compile(rule.pattern)
            except re.error as error:
                raise _invalid(
                    "pattern", f"is no regular expression ({error})", "不是正则表达式"
                ) from error


def _invalid(member: str, what: str, what_zh: str) -> LayoutInvalidError:
    return LayoutInvalidError(
        f"The stored layout cannot be used: {member} {what}. Propose it again from a file.",
        zh=f"存储的布局不可用：{member}{what_zh}。请由文件重新生成。",
    )

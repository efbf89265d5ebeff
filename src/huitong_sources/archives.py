"""The inside of an .xlsx before anything inflates it: bombs, errors in cells, live formulas."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from functools import partial
from posixpath import normpath
from typing import IO, TYPE_CHECKING, BinaryIO, Final
from xml.sax.saxutils import unescape

from huitong_sources.errors import (
    CutOffError,
    ErrorCellError,
    FileRefusedError,
    FormulaCellError,
    SourceError,
    TooLargeError,
    ZipBombError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huitong_sources.types import Limits

_CHUNK: Final = 1 << 20
_MEMBERS: Final = 10_000
_SHEET: Final = re.compile(r"<sheet\b[^>]*>")
_TITLE: Final = re.compile(r'\bname="([^"]*)"')
_SHEET_ID: Final = re.compile(r'\br:id="([^"]*)"')
_LINK: Final = re.compile(r"<Relationship\b[^>]*>")
_ID: Final = re.compile(r'\bId="([^"]*)"')
_TARGET: Final = re.compile(r'\bTarget="([^"]*)"')
_CELL: Final = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(/>|>(.*?)</(?:\w+:)?c\s*>)", re.DOTALL)
_STANDS: Final = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br\s*=\s*[\"']([A-Za-z]{1,9})([0-9]{1,20})[\"']")
_ROW: Final = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br\s*=\s*[\"']([0-9]{1,20})[\"']")
_CLOSE: Final = re.compile(rb"</(?:\w+:)?c\s*>")
_PLACE: Final = re.compile(rb'\br="([A-Z]+[0-9]+)"')
_IS_ERROR: Final = re.compile(rb'\bt="e"')
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?f\s*>)", re.DOTALL)
_VALUE: Final = re.compile(rb"<(?:\w+:)?v\b[^>]*>(.*?)</(?:\w+:)?v\s*>", re.DOTALL)
_COMMAND: Final = re.compile(r"\w+\s*\|.*!", re.DOTALL)


def inspect(stream: BinaryIO, name: str, limits: Limits) -> dict[str, SourceError]:
    """Refuse an .xlsx that is a bomb or damaged, or that calls programs.

    Inflates each part piecemeal and counts, since the sizes that an archive states may be lies;
    never holds more than a few MB. Returns by sheet the first cell whose value cannot be trusted
    (an error of Excel, a formula without its result): whoever reads that sheet raises it.

    Raises: ZipBombError, TooLargeError, CutOffError, FormulaCellError, FileRefusedError.
    """
    stream.seek(0)
    faults: dict[str, SourceError] = {}
    try:
        with zipfile.ZipFile(stream) as archive:
            infos = archive.infolist()
            compressed = sum(info.compress_size for info in infos)
            if len(infos) > _MEMBERS:
                raise _bomb(name, f"it has {len(infos)} parts", f"含{len(infos)}个部件")
            _weigh(sum(info.file_size for info in infos), compressed, name, limits)
            if any(info.flag_bits & 1 for info in infos):
                raise FileRefusedError(
                    f"{name} has an encrypted part: remove the protection and deliver again.",
                    zh=f"{name}含加密部分：请取消保护后重新报送。",
                )
            titles = _titles(archive)
            total = 0
            for info in infos:
                with archive.open(info) as part:
                    sheet = _Sheet(name, titles.get(info.filename), limits, faults)
                    for piece in sheet.inspected(part):
                        total += len(piece)
                        _weigh(total, compressed, name, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError) as error:
        raise CutOffError(
            f"{name} is damaged ({error}): save it again in Excel and deliver it.",
            zh=f"{name}已损坏：请用Excel重新保存后报送。",
        ) from error
    return faults


def _titles(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the titles of the sheets by the part of the archive in which they stand."""
    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets: dict[str, str] = {}
    for tag in _LINK.findall(links):
        link, target = _ID.search(tag), _TARGET.search(tag)
        if link and target:
            targets[link[1]] = normpath(f"/xl/{target[1]}".rpartition("//")[2]).lstrip("/")
    # A sheet that no link leads to is looked at all the same, under the name of its part.
    titles = {part: part for part in archive.namelist() if part.startswith("xl/worksheets/")}
    for tag in _SHEET.findall(book):
        title, link = _TITLE.search(tag), _SHEET_ID.search(tag)
        if title and link and link[1] in targets:
            titles[targets[link[1]]] = unescape(title[1], {"&quot;": '"', "&apos;": "'"})
    return titles


def _weigh(inflated: int, compressed: int, name: str, limits: Limits) -> None:
    ratio = inflated // max(compressed, 1)
    if inflated > limits.max_inflated or (
        inflated > limits.ratio_floor and ratio > limits.max_ratio
    ):
        raise _bomb(
            name,
            f"{compressed} bytes would grow to {inflated} (limits: {limits.max_inflated} bytes, "
            f"{limits.max_ratio} times)",
            f"{compressed}字节解压后达{inflated}字节（上限{limits.max_inflated}字节、{limits.max_ratio}倍）",
        )


def _bomb(name: str, what: str, what_zh: str) -> ZipBombError:
    return ZipBombError(
        f"{name} is refused before it is unpacked: {what}. Deliver the table as CSV.",
        zh=f"{name}未予解压：{what_zh}。请改以CSV报送。",
    )


@dataclass(slots=True)
class _Sheet:
    """A part of an archive; `title` is None when it is no sheet."""

    name: str
    title: str | None
    limits: Limits
    faults: dict[str, SourceError]
    rows: int = 0
    columns: int = 0

    def inspected(self, part: IO[bytes]) -> Iterator[bytes]:
        """Yield the pieces of the part; of a sheet, look where its cells stand and what fails."""
        rest = b""
        for piece in iter(partial(part.read, _CHUNK), b""):
            yield piece
            if self.title is None:
                continue
            text = rest + piece
            end = _end_of_cells(text)
            self._extent(text[:end])
            if b"<f" in text or b":f" in text or b't="e"' in text:
                _inspect_cells(text[:end], self.name, self.title, self.faults)
            rest = text[end:][-_CHUNK:]
        self._extent(rest)

    def _extent(self, text: bytes) -> None:
        """Refuse a sheet whose parser would have to set aside memory for too many cells."""
        cells = _STANDS.findall(text)
        rows = [int(row) for _, row in cells] + [int(row) for row in _ROW.findall(text)]
        self.rows = max(self.rows, max(rows, default=0))
        for letters in {letters.upper() for letters, _ in cells}:
            number = 0
            for letter in letters:
                number = number * 26 + letter - 64
            self.columns = max(self.columns, number)
        if self.rows * self.columns > self.limits.max_cells:
            raise TooLargeError(
                f"{self.name}, sheet {self.title} reaches to row {self.rows} and column "
                f"{self.columns}, over the limit of {self.limits.max_cells} cells: clear stray "
                "cells far from the table, or deliver CSV.",
                zh=f"{self.name}的工作表{self.title}延伸至第{self.rows}行第{self.columns}列，"
                f"超过{self.limits.max_cells}个单元格的上限：请清除远处的零散单元格，或改报CSV。",
            )


def _end_of_cells(text: bytes) -> int:
    """Return where the last whole cell ends, looking in the last 64 kB first."""
    for start in (max(0, len(text) - 65_536), 0):
        ends = [found.end() for found in _CLOSE.finditer(text, start)]
        if ends:
            return ends[-1]
    return 0


def _inspect_cells(text: bytes, name: str, sheet: str, faults: dict[str, SourceError]) -> None:
    for attributes, _, content in _CELL.findall(text):
        is_error = _IS_ERROR.search(attributes)
        formula = _FORMULA.search(content)
        if not is_error and not formula:
            continue
        place = _PLACE.search(attributes)
        cell = f"{sheet}!{place[1].decode() if place else '?'}"
        value = _VALUE.search(content)
        shown = value[1].decode("utf-8", "replace") if value else ""
        if formula and _COMMAND.search(unescape((formula[1] or b"").decode("utf-8", "replace"))):
            raise FormulaCellError(
                f"{name}, {cell} calls a program (a DDE formula): remove it and deliver again.",
                zh=f"{name}的{cell}调用外部程序（DDE公式）：请删除后重新报送。",
                address=cell,
            )
        if is_error:
            error: SourceError = ErrorCellError(
                f"{name}, {cell} holds the Excel error {shown} instead of a value: mend the cell "
                "and deliver again.",
                zh=f"{name}的{cell}是Excel错误值{shown}：请改正该单元格后重新报送。",
                address=cell,
            )
            faults.setdefault(sheet, error)
        elif not shown and b't="str"' not in attributes:
            error = FormulaCellError(
                f"{name}, {cell} holds a formula without its result: open the file in Excel, "
                "save it, and deliver again.",
                zh=f"{name}的{cell}是公式且没有计算结果：请用Excel打开并保存后重新报送。",
                address=cell,
            )
            faults.setdefault(sheet, error)

"""The inside of an .xlsx before anything inflates it: bombs, errors in cells, live formulas."""

from __future__ import annotations

import re
import zipfile
import zlib
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Final
from xml.sax.saxutils import unescape

from huitong_sources.errors import (
    CutOffError,
    ErrorCellError,
    FileRefusedError,
    FormulaCellError,
    ZipBombError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huitong_sources.types import Limits

_CHUNK: Final = 1 << 20
_MEMBERS: Final = 10_000
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml")
_CELL: Final = re.compile(rb"<c\b([^>]*?)(/>|>(.*?)</c>)", re.DOTALL)
_PLACE: Final = re.compile(rb'\br="([A-Z]+[0-9]+)"')
_IS_ERROR: Final = re.compile(rb'\bt="e"')
_FORMULA: Final = re.compile(rb"<f\b[^>]*?(?:/>|>(.*?)</f>)", re.DOTALL)
_VALUE: Final = re.compile(rb"<v>(.*?)</v>", re.DOTALL)
_COMMAND: Final = re.compile(r"\w+\s*\|.*!", re.DOTALL)


def inspect(stream: BinaryIO, name: str, limits: Limits) -> None:
    """Refuse an .xlsx that is a bomb, damaged, or holds cells whose values cannot be trusted.

    Inflates each part piecemeal and counts, since the sizes that an archive states may be lies;
    never holds more than a few MB. Titles of sheets are not known here: cells are named by the
    part of the archive in which they stand.

    Raises: ZipBombError, CutOffError, FormulaCellError, ErrorCellError.
    """
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            infos = archive.infolist()
            if len(infos) > _MEMBERS:
                raise _bomb(name, f"it has {len(infos)} parts", f"含{len(infos)}个部件")
            stated = sum(info.file_size for info in infos)
            _weigh(stated, sum(info.compress_size for info in infos), name, limits)
            for info in infos:
                if info.flag_bits & 1:
                    raise FileRefusedError(
                        f"{name} has an encrypted part: remove the protection and deliver again.",
                        zh=f"{name}含加密部分：请取消保护后重新报送。",
                    )
            total = 0
            for info in infos:
                with archive.open(info) as part:
                    pieces = iter(partial(part.read, _CHUNK), b"")
                    if _SHEET.fullmatch(info.filename):
                        total += _inspect_sheet(pieces, name, info.filename)
                    else:
                        total += sum(map(len, pieces))
                _weigh(total, sum(each.compress_size for each in infos), name, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise CutOffError(
            f"{name} is damaged ({error}): save it again in Excel and deliver it.",
            zh=f"{name}已损坏：请用Excel重新保存后报送。",
        ) from error


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


def _inspect_sheet(pieces: Iterator[bytes], name: str, part: str) -> int:
    """Look at every cell with an error or a formula; return the inflated size."""
    size = 0
    rest = b""
    sheet = part.rpartition("/")[2].removesuffix(".xml")
    for piece in pieces:
        size += len(piece)
        text = rest + piece
        end = text.rfind(b"</c>") + 4
        if end < 4:
            end = 0
        whole, rest = text[:end], text[end:]
        if b"<f" in whole or b't="e"' in whole:
            _inspect_cells(whole, name, sheet)
        if len(rest) > 64 * _CHUNK:
            rest = rest[-_CHUNK:]
    return size


def _inspect_cells(text: bytes, name: str, sheet: str) -> None:
    for attributes, _, content in _CELL.findall(text):
        is_error = _IS_ERROR.search(attributes)
        formula = _FORMULA.search(content)
        if not is_error and not formula:
            continue
        place = _PLACE.search(attributes)
        cell = f"{sheet}!{place[1].decode() if place else '?'}"
        value = _VALUE.search(content)
        if formula and _COMMAND.search(unescape((formula[1] or b"").decode("utf-8", "replace"))):
            raise FormulaCellError(
                f"{name}, {cell} calls a program (a DDE formula): remove it and deliver again.",
                zh=f"{name}的{cell}调用外部程序（DDE公式）：请删除后重新报送。",
                address=cell,
            )
        if is_error:
            shown = value[1].decode("utf-8", "replace") if value else ""
            raise ErrorCellError(
                f"{name}, {cell} holds the Excel error {shown} instead of a value: mend the cell "
                "and deliver again.",
                zh=f"{name}的{cell}是Excel错误值{shown}：请改正该单元格后重新报送。",
                address=cell,
            )
        if formula and (value is None or not value[1]) and b't="str"' not in attributes:
            raise FormulaCellError(
                f"{name}, {cell} holds a formula without its result: open the file in Excel, "
                "save it, and deliver again.",
                zh=f"{name}的{cell}是公式且没有计算结果：请用Excel打开并保存后重新报送。",
                address=cell,
            )

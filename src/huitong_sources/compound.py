"""The inside of an old .xls before anything parses it: whole, unprotected, and of honest extent.

A cell may claim any row and column; the parser then sets aside memory for the whole rectangle and
takes the process with it. So the extent is read here first. Sources: [MS-CFB] (compound files),
[MS-XLS] 2.5 (records).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np

from huitong_sources.errors import CutOffError, PasswordError, WrongKindError

if TYPE_CHECKING:
    import numpy.typing as npt

MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FREE: Final = 0xFFFFFFFF
_LAST: Final = 0xFFFFFFFA
"""From here on a sector number is a mark and no sector."""
_ROWS: Final = 65_536
_COLUMNS: Final = 256
_NAMES: Final = ("Workbook", "Book")
_CELL: Final = frozenset({0x0006, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E, 0x00D6, 0x00FD})
_CELLS: Final = frozenset({0x00BD, 0x00BE})
"""Records of several cells in a row: their last column stands at their end."""
_DIMENSIONS: Final = 0x0200
_PROTECTED: Final = 0x002F


@dataclass(frozen=True, slots=True)
class _Compound:
    """The parts of a compound file: `table` is the allocation table, by sector the next one."""

    stream: BinaryIO
    shift: int
    table: npt.NDArray[np.uint32]
    header: bytes

    def sector(self, number: int) -> bytes:
        self.stream.seek((number + 1) << self.shift)
        return self.stream.read(1 << self.shift)

    def read(self, start: int) -> bytes:
        """Return the sectors of a chain; a chain longer than the table goes in circles."""
        found: list[bytes] = []
        number = start
        while number < len(self.table) and len(found) <= len(self.table):
            found.append(self.sector(number))
            number = int(self.table[number])
        return b"".join(found)


def inspect(stream: BinaryIO, size: int, name: str) -> None:
    """Refuse a compound file that is cut off, protected, no workbook, or absurdly large in extent.

    Raises: CutOffError, PasswordError, WrongKindError.
    """
    compound = _opened(stream, name)
    used = np.flatnonzero(compound.table != _FREE)
    last = int(used[-1]) if used.size else 0
    # The last sector may be shorter than the rest: some writers do not pad it.
    if size <= (last + 1) << compound.shift:
        raise _cut_off(
            name,
            f"it names {last + 1} sectors of {1 << compound.shift} bytes and has {size} bytes",
            f"应有{last + 1}个{1 << compound.shift}字节扇区，实有{size}字节",
        )
    entries = _directory(compound)
    if "EncryptedPackage" in entries:
        raise _protected(name)
    entry = next((entries[each] for each in _NAMES if each in entries), None)
    if entry is None:
        raise WrongKindError(
            f"{name} is a document of another program, not a workbook: deliver XLS, XLSX or CSV.",
            zh=f"{name}不是Excel工作簿：请报送XLS、XLSX或CSV。",
        )
    _inspect_records(_content(compound, entries, *entry), name)


def _opened(stream: BinaryIO, name: str) -> _Compound:
    stream.seek(0)
    header = stream.read(512)
    if len(header) < 512:
        raise _cut_off(name, "its header is shorter than 512 bytes", "文件头不足512字节")
    (shift,) = struct.unpack_from("<H", header, 30)
    if shift not in {9, 12}:
        raise WrongKindError(
            f"{name} is a compound file of an unknown version, not a workbook: save it as .xlsx.",
            zh=f"{name}是版本未知的复合文档，不是工作簿：请另存为.xlsx。",
        )
    count, link, links = (
        *struct.unpack_from("<I", header, 44),
        *struct.unpack_from("<II", header, 68),
    )
    numbers = list(struct.unpack_from("<109I", header, 76))
    compound = _Compound(stream, shift, np.empty(0, np.uint32), header)
    for _ in range(min(links, 1 << 16)):
        if link >= _LAST:
            break
        more = np.frombuffer(compound.sector(link).ljust(1 << shift, b"\xff"), "<u4")
        numbers += more[:-1].tolist()
        link = int(more[-1])
    tables = [compound.sector(number) for number in numbers[:count] if number < _LAST]
    if not tables or any(len(table) < 1 << shift for table in tables):
        raise _cut_off(name, "its allocation table is missing", "缺少扇区分配表")
    return _Compound(stream, shift, np.frombuffer(b"".join(tables), "<u4"), header)


def _directory(compound: _Compound) -> dict[str, tuple[int, int]]:
    """Return by name where each stream starts and how long it is ([MS-CFB] 2.6)."""
    (start,) = struct.unpack_from("<I", compound.header, 48)
    data = compound.read(start)
    entries: dict[str, tuple[int, int]] = {}
    for place in range(0, len(data) - 127, 128):
        (length,) = struct.unpack_from("<H", data, place + 64)
        title = data[place : place + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        first, size = struct.unpack_from("<II", data, place + 116)
        entries.setdefault(title, (first, size))
    return entries


def _content(
    compound: _Compound, entries: dict[str, tuple[int, int]], start: int, size: int
) -> bytes:
    """Return a stream; short ones lie in the sectors of 64 bytes of the root's own stream."""
    (cutoff, small) = struct.unpack_from("<II", compound.header, 56)
    if size >= cutoff:
        return compound.read(start)[:size]
    whole = compound.read(entries.get("Root Entry", (_FREE, 0))[0])
    table = np.frombuffer(compound.read(small), "<u4")
    found: list[bytes] = []
    while start < len(table) and len(found) <= len(table):
        found.append(whole[start * 64 : start * 64 + 64])
        start = int(table[start])
    return b"".join(found)[:size]


def _inspect_records(data: bytes, name: str) -> None:
    """Look at every record that says where cells stand."""
    place = 0
    end = len(data) - 4
    head = struct.Struct("<HH")
    while place <= end:
        kind, length = head.unpack_from(data, place)
        place += 4
        row = column = 0
        if kind in _CELL and length >= 4 and place <= end:
            row, column = head.unpack_from(data, place)
        elif kind in _CELLS and length >= 6 and place + length <= len(data):
            row, column = head.unpack_from(data, place)
            column = max(column, *struct.unpack_from("<H", data, place + length - 2))
        elif kind == _DIMENSIONS and length >= 10 and place + length <= len(data):
            first_row, row, first_column, column = struct.unpack_from(
                "<IIHH" if length >= 12 else "<HHHH", data, place
            )
            row, column = max(row - 1, first_row, 0), max(column - 1, first_column, 0)
        elif kind == _PROTECTED:
            raise _protected(name)
        if row >= _ROWS or column >= _COLUMNS:
            raise CutOffError(
                f"{name} is damaged: a cell claims row {row + 1}, column {column + 1}, and .xls "
                f"ends at row {_ROWS}, column {_COLUMNS}. Save it as .xlsx and deliver that.",
                zh=f"{name}已损坏：单元格位于第{row + 1}行第{column + 1}列，超出.xls的上限。"
                "请另存为.xlsx后报送。",
            )
        place += length


def _protected(name: str) -> PasswordError:
    return PasswordError(
        f"{name} is protected by a password: remove the protection and deliver it again.",
        zh=f"{name}设有密码：请取消密码后重新报送。",
    )


def _cut_off(name: str, what: str, what_zh: str) -> CutOffError:
    return CutOffError(
        f"{name} is cut off: {what}. Copy or export it again and deliver it.",
        zh=f"{name}不完整：{what_zh}。请重新复制或导出后报送。",
    )

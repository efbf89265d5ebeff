"""Files that would take the memory are refused before anything unpacks or parses them."""

import io
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from huitong_sources import errors, files, layouts
from huitong_sources.types import Limits

Made = Callable[..., Any]
"""A fixture that makes, takes or reads a file; see conftest."""


def _refused(data: bytes, name: str) -> errors.SourceError:
    with pytest.raises(errors.SourceError, match=name) as caught:
        files.open_file(data, name)
    return caught.value


def test_a_zip_bomb_is_refused_before_it_is_unpacked(workbook: Made) -> None:
    stream = io.BytesIO(workbook([["code", "name"], ["1", "a"]]))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", bytes(100 << 20))
    error = _refused(stream.getvalue(), "list.xlsx")
    assert error.code == "file_zip_bomb"


def test_a_zip_bomb_that_states_a_small_size_is_refused(workbook: Made) -> None:
    stream = io.BytesIO(workbook([["code", "name"], ["1", "a"]]))
    size = 100 << 20
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", bytes(size))
    lied = stream.getvalue().replace(size.to_bytes(4, "little"), (4096).to_bytes(4, "little"))
    assert _refused(lied, "list.xlsx").code in {"file_zip_bomb", "file_cut_off"}


def test_a_workbook_that_grows_beyond_the_limit(workbook: Made) -> None:
    data = workbook([["code", "name"], *([str(n), "x"] for n in range(3000))])
    with pytest.raises(errors.ZipBombError, match="limits: 50000 bytes"):
        files.open_file(data, "list.xlsx", Limits(max_inflated=50_000))


def test_more_columns_than_the_limit() -> None:
    file = files.open_file(b"a,b,c\n1,2,3\n", "list.csv", Limits(max_columns=2))
    with pytest.raises(errors.TooLargeError, match="3 columns, the limit is 2"):
        layouts.propose(file)


def test_a_line_without_end() -> None:
    with pytest.raises(errors.TooLargeError, match="a line of more than"):
        files.open_file(b"x" * (9 << 20), "list.csv", Limits(max_line_bytes=1 << 20))


@pytest.mark.parametrize("cell", ["XFD1048576", "A1048576", "ZZ500000"])
def test_one_stray_cell_far_away_does_not_take_the_memory(cell: str, workbook: Made) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook([["code"] * 30, ["1"] * 30])))
    book["名单"][cell] = "x"
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(errors.TooLargeError, match="clear stray cells"):
        files.open_file(stream.getvalue(), "list.xlsx")


def _old_workbook(*records: bytes, stream_name: str = "Workbook") -> bytes:
    """Return a compound file with one stream, which holds these records ([MS-CFB])."""
    data = b"".join(records)
    data += bytes(-len(data) % 512) if len(data) >= 4096 else bytes(4096 - len(data))
    sectors = len(data) // 512
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIII", header, 44, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    header[80:] = b"\xff" * 432
    directory = b""
    for name, kind, start, size in (
        ("Root Entry", 5, 0xFFFFFFFE, 0), (stream_name, 2, 2, len(data)),
        ("", 0, 0, 0), ("", 0, 0, 0),
    ):  # fmt: skip
        entry = bytearray(128)
        title = name.encode("utf-16-le")
        entry[: len(title)] = title
        struct.pack_into("<HBBIII", entry, 64, len(title) + 2, kind, 1, *[0xFFFFFFFF] * 3)
        struct.pack_into("<IQ", entry, 116, start, size)
        directory += bytes(entry)
    allocation = struct.pack(f"<{len(table)}I", *table).ljust(512, b"\xff")
    return bytes(header) + allocation + directory + data


def _record(kind: int, *values: int) -> bytes:
    return struct.pack(f"<HH{len(values)}H", kind, 2 * len(values), *values)


@pytest.mark.parametrize(
    "record",
    [
        _record(0x0203, 65535, 65535, 0, 0, 0, 0, 0),  # a number far beyond column IV
        _record(0x00BD, 1, 0, 0, 0, 0, 300),  # several numbers in a row
        _record(0x0200, 0, 0, 65535, 65535, 0, 65535, 0),  # the sheet's own statement
    ],
    ids=["cell", "cells", "dimensions"],
)
def test_an_old_workbook_of_absurd_extent_does_not_take_the_memory(record: bytes) -> None:
    error = _refused(_old_workbook(_record(0x0809, 0x600, 5, 0, 0), record), "list.xls")
    assert error.code == "file_cut_off"
    assert "claims row" in str(error)


def test_a_document_of_another_program_is_no_workbook() -> None:
    error = _refused(_old_workbook(b"x", stream_name="WordDocument"), "list.xls")
    assert error.code == "file_wrong_kind"


@pytest.mark.parametrize("name", ["Workbook", "EncryptedPackage"])
def test_a_workbook_protected_by_a_password(name: str) -> None:
    data = _old_workbook(_record(0x002F, 1, 0), stream_name=name)
    assert _refused(data, "list.xls").code == "file_password"

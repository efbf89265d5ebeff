"""Every kind of bad file gives an error that says what, where, and what to do; nothing is left."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from huitong_sources import errors, files, layouts, reading
from huitong_sources.types import Limits

Made = Callable[..., Any]
"""A fixture that makes, takes or reads a file; see conftest."""

GOOD = b"code,name\n1,a\n2,b\n"


def _take(data: bytes, name: str) -> None:
    file = files.open_file(data, name)
    layout = layouts.propose(file)
    for _ in reading.read(file, layout):
        pass


def _refused(data: bytes, name: str = "list.csv") -> errors.SourceError:
    with pytest.raises(errors.SourceError) as caught:
        _take(data, name)
    error = caught.value
    assert name in str(error) or (error.address or name) in str(error)
    assert error.zh != str(error)
    assert any("\u4e00" <= character <= "\u9fff" for character in error.zh)
    return error


def test_an_empty_file() -> None:
    error = _refused(b"")
    assert error.code == "file_empty"
    assert "0 bytes" in str(error)


@pytest.mark.parametrize("data", [b"code,name\n", b"code,name\n\n\n", b"code,name\n,\n"])
def test_a_file_with_a_header_and_nothing_under_it(data: bytes) -> None:
    assert _refused(data).code == "file_empty"


def test_a_file_over_the_size_limit() -> None:
    with pytest.raises(errors.TooLargeError, match="18 bytes, the limit is 10"):
        files.open_file(GOOD, "list.csv", Limits(max_bytes=10))


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (GOOD, "list.xlsx", "is delimited text"),
        (b"%PDF-1.7 ...", "list.xls", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n....", "list.csv", "a picture"),
        (b"<html><table><tr><td>1</td></tr></table>", "list.xls", "web page"),
        (b'\xef\xbb\xbf\n<?xml version="1.0"?><Workbook/>', "list.xls", "web page or XML"),
        (b'[{"a": 1}]', "list.json", "JSON array"),
        (b'{"a": 1}\n', "list.csv", "is JSON lines"),
        (b"\x1f\x8b\x08....", "list.csv", "gzip"),
    ],
)
def test_a_file_that_is_not_what_its_name_says(data: bytes, name: str, says: str) -> None:
    error = _refused(data, name)
    assert error.code == "file_wrong_kind"
    assert says in str(error)


def test_a_workbook_under_another_name(workbook: Made) -> None:
    data = workbook([["code", "name"], ["1", "a"]])
    assert _refused(data, "list.csv").code == "file_wrong_kind"
    assert _refused(data, "list.xls").code == "file_wrong_kind"


def test_a_zip_that_is_no_workbook() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("list.csv", GOOD)
    error = _refused(stream.getvalue(), "list.xlsx")
    assert "unpack it first" in str(error)


def test_a_name_without_a_known_ending_promises_nothing() -> None:
    _take(GOOD, "list.dat")


# Cut off -------------------------------------------------------------------------------------


def test_a_csv_cut_off_inside_a_row() -> None:
    error = _refused(b"code,name,place\n1,a,x\n2,b")
    assert error.code == "file_cut_off"
    assert error.address == "line 3"


def test_a_csv_cut_off_inside_a_character() -> None:
    whole = "代码,名称,地点\n1,北京大学,海淀\n".encode()
    error = _refused(whole[:-2])
    assert error.code == "file_cut_off"
    assert error.address == "line 2"


def test_a_gb18030_csv_cut_off_inside_a_character() -> None:
    whole = "代码,名称,地点\n1,北京大学,海淀".encode("gb18030")
    assert _refused(whole[:-1]).code == "file_cut_off"


def test_a_csv_cut_off_inside_a_quotation() -> None:
    error = _refused(b'code,name\n1,a\n2,"b\nc\nd')
    assert error.code == "quote_open"
    assert error.address == "line 3"


def test_a_csv_whose_quotation_swallows_the_rest() -> None:
    rows = b"".join(b"%d,name %d\n" % (number, number) for number in range(30_000))
    error = _refused(b'code,name\n1,"a\n' + rows)
    assert error.code == "quote_open"
    assert error.address == "line 2"


def test_a_workbook_cut_off(workbook: Made) -> None:
    data = workbook([["code", "name"], *([str(n), "x"] for n in range(500))])
    assert _refused(data[: len(data) // 2], "list.xlsx").code == "file_cut_off"


def test_a_damaged_workbook(workbook: Made) -> None:
    data = bytearray(workbook([["code", "name"], *([str(n), f"x{n}"] for n in range(5000))]))
    place = data.find(b"xl/worksheets/sheet1.xml") + 400
    data[place : place + 40] = bytes(40)
    assert _refused(bytes(data), "list.xlsx").code == "file_cut_off"


def test_an_old_workbook_cut_off(shared_data: Path) -> None:
    data = (shared_data / "A01_moe_universities_2025.xls").read_bytes()
    for size in (300, 20_000, len(data) // 2, len(data) - 600):
        assert _refused(data[:size], "list.xls").code == "file_cut_off"


def test_json_lines_cut_off() -> None:
    error = _refused(b'{"a": "1"}\n{"a": "2', "list.jsonl")
    assert error.code == "file_cut_off"
    assert error.address == "line 2"


def test_parquet_cut_off() -> None:
    stream = io.BytesIO()
    pq.write_table(pa.table({"a": ["1", "2"]}), stream)
    assert _refused(stream.getvalue()[:-10], "list.parquet").code == "file_cut_off"


# Bytes and encodings -------------------------------------------------------------------------


def test_a_nul_byte() -> None:
    error = _refused(b"code,name\n1,a\n2,b\x00c\n")
    assert error.code == "file_nul_byte"
    assert error.address == "line 3"


def test_utf_16_is_named() -> None:
    error = _refused("code,name\n1,北京\n".encode("utf-16"))
    assert error.code == "file_encoding"
    assert "UTF-16" in str(error)


def test_utf_8_with_a_broken_byte_is_not_taken_for_gb18030() -> None:
    broken = "代码,名称\n1,北京大学\n2,清华".encode() + b"\xff\xff" + ",复旦\n".encode()
    error = _refused(broken)
    assert error.code == "file_encoding"
    assert error.address == "line 3"


def test_text_that_is_neither_utf_8_nor_gb18030() -> None:
    assert _refused(b"code,name\n1,\xff\xff\n").code == "file_encoding"


# Rows and cells ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "cells"), [(b"2,b,c", 3), (b"2", 1), (b'2,"b",', 3)], ids=["more", "fewer", "comma"]
)
def test_a_ragged_row(row: bytes, cells: int) -> None:
    error = _refused(b"code,name\n1,a\n" + row + b"\n3,c\n")
    assert error.code == "row_ragged"
    assert error.address == "line 3"
    assert f"{cells} cells, the header has 2" in str(error)


def test_a_ragged_row_is_named_by_its_line_after_quoted_line_ends() -> None:
    error = _refused(b'code,name\n1,"a\nb\nc"\n2\n3,d\n')
    assert (error.code, error.address) == ("row_ragged", "line 5")


def test_a_ragged_row_far_down_a_large_file(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    with path.open("wb") as stream:
        stream.write(b"code,name\n")
        stream.write(b"".join(b"%08d,%s\n" % (n, b"x" * 40) for n in range(400_000)))
        stream.write(b"1,2,3\n")
        stream.write(b"4,5\n")
    file = files.open_file(path)
    with pytest.raises(errors.RaggedRowError) as caught:
        list(reading.read(file, layouts.propose(file)))
    assert caught.value.address == "line 400002"


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("code,name,code", "line 1, column 3"),
        ("code,name,code ", "line 1, column 3"),  # the same once it is mended
        ("code,\u200bname,name", "line 1, column 3"),
    ],
)
def test_a_header_twice(header: str, address: str) -> None:
    error = _refused(f"{header}\n1,a,2\n".encode())
    assert error.code == "header_twice"
    assert error.address == address


def test_a_header_twice_in_a_workbook(workbook: Made) -> None:
    data = workbook([["附表"], ["代码", "名称", "代码"], ["1", "a", "2"]])
    error = _refused(data, "list.xlsx")
    assert (error.code, error.address) == ("header_twice", "名单!C2")


def test_a_key_twice_in_an_object() -> None:
    error = _refused(b'{"a": "1", "a": "2"}\n', "list.jsonl")
    assert (error.code, error.address) == ("header_twice", "line 1")


@pytest.mark.parametrize(
    "cell",
    [
        "=cmd|' /C calc'!A0",
        "=1+1",
        '=HYPERLINK("http://x","y")',
        " =1+1",
        "\t=1+1",
        "+cmd|' /C calc'!A0",
        "-cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "@SUM(A1:A9)",
        "-2+3+cmd|' /C calc'!A0",
        "+SUM(A1)",
        "＝1+1",
    ],
)
def test_a_formula_cell_is_refused(cell: str, workbook: Made) -> None:
    quoted = '"' + cell.replace('"', '""') + '"'
    error = _refused(f"code,name\n1,a\n2,{quoted}\n".encode())
    assert (error.code, error.address) == ("cell_formula", "line 3, column 2")


@pytest.mark.parametrize(
    "cell",
    ["-12.5", "+8613800138000", "+86 138-0013-8000", "-", "--", "-无", "@某某", "a=b", "====",
     "@name", "+", "- 说明（一）", "1-2", "－", "http://x/?a=b", "-1e5", "+0451-1234567(转2)"],
)  # fmt: skip
def test_what_only_looks_like_a_formula_is_taken(cell: str, rows_of: Made) -> None:
    file = files.open_file(f"code,name\n1,a\n2,{cell}\n".encode(), "list.csv")
    assert rows_of(file)[1]["name"] == cell


def test_a_text_that_would_run_is_refused_in_a_workbook_too(workbook: Made) -> None:
    data = bytearray(workbook([["code", "name"], ["1", "~cmd|' /C calc'!A0"]]))
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as old, zipfile.ZipFile(stream, "w") as new:
        for info in old.infolist():
            new.writestr(info.filename, old.read(info).replace(b"~cmd", b"=cmd"))
    error = _refused(stream.getvalue(), "list.xlsx")
    assert (error.code, error.address) == ("cell_formula", "名单!B2")


def test_a_formula_that_calls_a_program(workbook: Made) -> None:
    data = workbook([["code", "name"], ["1", "=cmd|'/C calc'!A0"]])
    error = _refused(data, "list.xlsx")
    assert (error.code, error.address) == ("cell_formula", "名单!B2")


def test_a_formula_without_its_result(workbook: Made) -> None:
    error = _refused(workbook([["code", "n"], ["1", 2], ["2", "=B2+1"]]), "list.xlsx")
    assert (error.code, error.address) == ("cell_formula", "名单!B3")
    assert "without its result" in str(error)


def test_an_error_of_excel_is_no_value(workbook: Made) -> None:
    error = _refused(workbook([["code", "name"], ["1", "#N/A"]]), "list.xlsx")
    assert (error.code, error.address) == ("cell_error", "名单!B2")


def test_18_digit_ids_stored_as_numbers_have_lost_digits(workbook: Made) -> None:
    data = workbook([["名单"], ["姓名", "身份证号"], ["王", 110105194912310021], ["李", "x"]])
    error = _refused(data, "list.xlsx")
    assert (error.code, error.address) == ("digits_lost", "名单!B3")
    assert "15 digits" in str(error)


def test_ids_that_a_spreadsheet_saved_in_its_short_form() -> None:
    error = _refused("姓名,身份证号\n王,230102199001011234\n李,2.30102E+17\n".encode())
    assert (error.code, error.address) == ("digits_lost", "line 3, column 2")


def test_numbers_too_long_for_a_floating_column() -> None:
    stream = io.BytesIO()
    pq.write_table(pa.table({"id": [1.0, 230102199001011234.0]}), stream)
    error = _refused(stream.getvalue(), "list.parquet")
    assert (error.code, error.address) == ("digits_lost", "row 2, column id")


def test_a_line_that_is_no_object() -> None:
    assert _refused(b'{"a": 1}\nhello\n{"a": 2}\n', "list.jsonl").address == "line 2"
    assert _refused(b'{"a": 1}\n3\n{"a": 2}\n', "list.jsonl").code == "cell_unreadable"

"""What the cells of a workbook become, and which of its sheets is read."""

import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import openpyxl

from huitong_sources import files, layouts

Made = Callable[..., Any]
"""A fixture that makes, takes or reads a file; see conftest."""


def test_cells_of_a_workbook_become_the_text_that_a_person_sees(
    workbook: Made, rows_of: Made
) -> None:
    rows = [
        ["a", "b", "c", "d", "e"],
        [4111010001.0, 0.1, date(2024, 1, 5), datetime.fromisoformat("2024-01-05 10:30"), True],
        [-3, "  x ", None, "", False],
    ]
    found = rows_of(files.open_file(workbook(rows), "list.xlsx"))

    assert list(found[0].values()) == [
        "4111010001", "0.1", "2024-01-05", "2024-01-05 10:30:00", "true", 2,
    ]  # fmt: skip
    assert list(found[1].values()) == ["-3", "  x ", None, None, "false", 3]


def test_a_sheet_that_begins_further_down_and_right(rows_of: Made) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["B4"], sheet["C4"], sheet["B5"], sheet["C5"] = "code", "name", "1", "a"
    stream = io.BytesIO()
    book.save(stream)
    file = files.open_file(stream.getvalue(), "list.xlsx")

    assert layouts.propose(file).names == ("code", "name")
    assert rows_of(file) == [{"code": "1", "name": "a", "_line": 5}]


def test_an_error_on_a_sheet_that_is_not_read_is_no_matter(workbook: Made, rows_of: Made) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook([["代码", "名称"], ["1", "a"]])))
    book.create_sheet("计算")["A1"] = "#REF!"
    stream = io.BytesIO()
    book.save(stream)

    assert rows_of(files.open_file(stream.getvalue(), "list.xlsx"))[0]["code"] == "1"


def test_of_several_sheets_the_first_is_read_and_the_others_named(workbook: Made) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook([["代码"], ["1"]])))
    book.create_sheet("说明")["A1"] = "见附件"
    book.create_sheet("隐藏")["A1"] = "x"
    book["隐藏"].sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    layout = layouts.propose(files.open_file(stream.getvalue(), "list.xlsx"))

    assert layout.sheet == "名单"
    assert [mend.before for mend in layout.mends if mend.code == "other_sheets"] == ["说明"]

"""A later file that does not fit its layout is refused with the cell's address, nothing loaded."""

import io
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from huitong_sources import errors, files, layouts, reading
from huitong_sources.types import Layout

Made = Callable[..., Any]
"""A fixture that makes, takes or reads a file; see conftest."""

GROUPED: list[list[Any]] = [
    ["序号", "学校", "标识码"],
    ["北京市（2所）"],
    [1, "北大", 4111010001],
    [2, "清华", "4111010003"],
    ["天津市（1所）"],
    [3, "南开", 4112010055],
]


def _propose(data: bytes, name: str) -> Layout:
    return layouts.propose(files.open_file(data, name))


LAYOUT_OF = b"code,name,place\n1,a,x\n2,b,y\n"


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("code,title,place", "line 1, column 2"),
        ("code,place,name", "line 1, column 2"),
        ("code,name", "line 1, column 3"),
        ("code,name,place,more", "line 1, column 4"),
        ("名单,,", "line 1, column 1"),
    ],
)
def test_a_later_file_with_another_header_is_refused_with_the_cell(
    header: str, address: str
) -> None:
    layout = _propose(LAYOUT_OF, "list.csv")
    later = files.open_file(f"{header}\n1,a,x\n".encode(), "later.csv")

    with pytest.raises(errors.LayoutMismatchError) as caught:
        layouts.fits(later, layout)
    assert caught.value.address == address
    with pytest.raises(errors.LayoutMismatchError):
        list(reading.read(later, layout))


def test_a_later_sheet_with_another_header_is_refused_with_the_cell(workbook: Made) -> None:
    layout = _propose(workbook(GROUPED), "list.xlsx")
    later = files.open_file(workbook([["序号", "学校", "代码"], *GROUPED[1:]]), "later.xlsx")

    with pytest.raises(errors.LayoutMismatchError, match=r"名单!C1 says “代码”.*“标识码”"):
        layouts.fits(later, layout)


def test_a_title_more_than_before_is_refused(workbook: Made) -> None:
    layout = _propose(workbook(GROUPED), "list.xlsx")
    later = files.open_file(workbook([["附件"], *GROUPED]), "later.xlsx")

    with pytest.raises(errors.LayoutMismatchError) as caught:
        layouts.fits(later, layout)
    assert caught.value.address == "名单!A1"


def test_a_later_file_may_have_another_encoding_and_blanks_in_its_header(rows_of: Made) -> None:
    layout = _propose("代码,名称\n1,北京\n".encode("gb18030"), "list.csv")
    later = files.open_file("代码, 名称 \n2,天津\n".encode("utf-8-sig"), "later.csv")

    assert [mend.before for mend in layouts.fits(later, layout).mends] == [" 名称 "]
    assert rows_of(later, layout) == [{"code": "2", "name": "天津", "_line": 2}]


def test_a_later_file_may_be_a_new_workbook_for_an_old_one_and_its_sheet_renamed(
    workbook: Made, rows_of: Made
) -> None:
    layout = _propose(workbook(GROUPED, title="2024"), "list.xlsx")
    later = files.open_file(workbook(GROUPED, title="2025"), "later.xlsx")

    assert [mend.code for mend in layouts.fits(later, layout).mends] == ["sheet_renamed"]
    assert len(rows_of(later, layout)) == 3


def test_a_file_of_another_family_does_not_fit(workbook: Made) -> None:
    layout = _propose(LAYOUT_OF, "list.csv")
    later = files.open_file(workbook(GROUPED), "later.xlsx")

    with pytest.raises(errors.LayoutMismatchError, match="is xlsx, the layout is for csv"):
        layouts.fits(later, layout)


def test_a_column_left_out_as_empty_must_stay_empty() -> None:
    layout = _propose(b"code,old,name\n1,,a\n2,,b\n", "list.csv")
    later = files.open_file(b"code,old,name\n1,,a\n2,z,b\n", "later.csv")

    with pytest.raises(errors.LayoutMismatchError) as caught:
        list(reading.read(later, layout))
    assert caught.value.address == "line 3, column 2"


def test_a_value_right_of_the_layout_is_refused(workbook: Made) -> None:
    layout = _propose(workbook([["a", "b"], ["1", "2"]]), "list.xlsx")
    later = files.open_file(workbook([["a", "b"], ["1", "2"], ["3", "4", None, "!"]]), "later.xlsx")

    with pytest.raises(errors.LayoutMismatchError) as caught:
        list(reading.read(later, layout))
    assert caught.value.address == "名单!D3"


def test_an_object_with_a_new_key_is_refused() -> None:
    layout = _propose(b'{"a": 1}\n', "list.jsonl")
    later = files.open_file(b'{"a": 1}\n{"a": 1, "b": 2}\n', "later.jsonl")

    with pytest.raises(errors.LayoutMismatchError):
        list(reading.read(later, layout))


def test_parquet_with_other_columns_is_refused() -> None:
    def made(*names: str) -> bytes:
        stream = io.BytesIO()
        pq.write_table(pa.table({name: ["1"] for name in names}), stream)
        return stream.getvalue()

    layout = _propose(made("a", "b"), "list.parquet")
    for names in (("a",), ("a", "c"), ("a", "b", "c")):
        with pytest.raises(errors.LayoutMismatchError):
            layouts.fits(files.open_file(made(*names), "later.parquet"), layout)

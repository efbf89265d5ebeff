"""A layout is proposed from a file, kept as YAML, and holds every later file to it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from huitong_sources import errors, files, layouts, reading
from huitong_sources.types import Layout

Made = Callable[..., Any]
"""A fixture that makes, takes or reads a file; see conftest."""


def _propose(data: bytes, name: str) -> Layout:
    return layouts.propose(files.open_file(data, name))


def _codes(layout: Layout) -> list[str]:
    return [mend.code for mend in layout.mends]


# Titles and headers --------------------------------------------------------------------------


def test_title_rows_stand_above_the_header(workbook: Made) -> None:
    layout = _propose(
        workbook(
            [["附件1："], ["学校名单\n（截至2025年6月）"], ["单位：教育厅", None, "日期：2025年"],
             ["代码", "名称", "所在地"], ["1", "一中", "哈尔滨"]],
            ("A1:C1", "A2:C2"),
        ),
        "list.xlsx",
    )  # fmt: skip

    assert layout.titles == ("附件1：", "学校名单（截至2025年6月）", "单位：教育厅")
    assert (layout.title_rows, layout.header_line, layout.data_line) == (3, 4, 5)
    assert layout.headers == ("代码", "名称", "所在地")


def test_titles_above_a_csv_may_have_fewer_cells(rows_of: Made) -> None:
    data = "学校名单\n\n代码,名称,所在地\n1,一中,哈尔滨\n".encode()
    file = files.open_file(data, "list.csv")
    layout = layouts.propose(file)

    assert (layout.title_rows, layout.header_line, layout.data_line) == (2, 3, 4)
    assert rows_of(file)[0]["_line"] == 4


def test_headers_over_several_merged_rows_are_joined(workbook: Made, rows_of: Made) -> None:
    rows = [
        ["表一"],
        ["序号", "姓名", "联系方式", None, "住址", None, None],
        [None, None, "电话", "邮箱", "城市", "区县", None],
        [None, None, None, None, None, "名称", "代码"],
        [1, "王", "138", "a@b", "哈尔滨", "道里区", "230102"],
    ]
    merges = ("A1:G1", "A2:A4", "B2:B4", "C2:D2", "E2:G2", "F3:G3", "C3:C4", "D3:D4", "E3:E4")
    file = files.open_file(workbook(rows, merges), "list.xlsx")
    layout = layouts.propose(file)

    assert layout.header_rows == 3
    assert layout.headers == (
        "序号", "姓名", "联系方式_电话", "联系方式_邮箱",
        "住址_城市", "住址_区县_名称", "住址_区县_代码",
    )  # fmt: skip
    assert rows_of(file)[0]["_line"] == 5


def test_headers_over_two_rows_of_a_csv_are_joined(rows_of: Made) -> None:
    data = "序号,姓名,联系方式,,备注\n,,电话,地址,\n1,王,138,某路,无\n2,李,139,某街,有\n".encode()
    file = files.open_file(data, "list.csv")
    layout = layouts.propose(file)

    assert layout.headers == ("序号", "姓名", "联系方式_电话", "联系方式_地址", "备注")
    assert [row["_line"] for row in rows_of(file)] == [3, 4]


def test_a_header_with_blanks_around_it_is_mended_and_reported() -> None:
    layout = _propose(b"code,former_name \n1,a\n2,b\n", "list.csv")

    assert layout.headers == ("code", "former_name")
    assert [(mend.code, mend.address, mend.before) for mend in layout.mends] == [
        ("header_trimmed", "line 1, column 2", "former_name ")
    ]
    assert layout.mends[0].zh.startswith("第1行第2列：")


def test_a_column_without_header_is_named_and_reported() -> None:
    layout = _propose(b"code,,name\n1,x,a\n2,y,b\n", "list.csv")

    assert [column.header for column in layout.columns] == ["code", "列2", "name"]
    assert "header_missing" in _codes(layout)


def test_columns_that_are_empty_to_the_end_are_left_out_and_reported() -> None:
    layout = _propose(b"code,old,name,\n1,,a,\n2,,b,\n", "list.csv")

    assert layout.names == ("code", "name")
    assert [dropped.position for dropped in layout.dropped] == [1, 3]
    assert _codes(layout).count("empty_column") == 2


def test_names_are_identifiers_and_all_different() -> None:
    layout = _propose(
        "姓名,身份证号码,某某情况,School Name,姓名（曾用）\na,b,c,d,e\n".encode(), "x.csv"
    )

    assert layout.names == ("name", "citizen_id", "item_03", "school_name", "name_05")


def test_a_page_of_prose_has_no_header() -> None:
    with pytest.raises(errors.HeaderMissingError):
        _propose("说明\n单位：教育厅,日期：今日,,,\n".encode(), "list.csv")


# Types ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        ("人数", ["1", "20", "-3"], ("integer", False)),
        ("人数", ["1", "", "x"], ("text", False)),
        ("金额", ["1.50", "20", "-3.1"], ("decimal", False)),
        ("学校标识码", ["4111010001", "4111010002"], ("text", False)),
        ("数量", ["007", "12"], ("text", False)),  # leading zeros are digits of a code
        ("provinceCode", ["110000"], ("text", False)),
        ("电话", ["13800138000"], ("text", False)),
        ("日期", ["2024-01-05", "2024-12-31"], ("date", False)),
        ("成文日期", ["1990年12月03日", "二〇二四年一月五日"], ("date", True)),
        ("日期", ["2024/1/5", "2024.12.31"], ("date", True)),
        ("日期", ["20240105"], ("date", True)),
        ("人数", ["20240105"], ("integer", False)),
        ("更新时间", ["2024-01-05 10:00:00"], ("datetime", False)),
        ("更新时间", ["2024年1月5日 10时05分"], ("datetime", True)),
        ("是否在编", ["是", "否"], ("boolean", False)),
        ("发文字号", ["国函〔2022〕72号"], ("text", False)),
        ("备注", ["", ""], ("text", False)),
    ],
)
def test_types_are_proposed(header: str, cells: list[str], expected: tuple[str, bool]) -> None:
    rows = "".join(f"{cell},x\n" for cell in cells)
    layout = _propose(f"{header},另列\n{rows}".encode() + b",x\n", "list.csv")
    found = {column.header: (column.type, column.to_iso) for column in layout.columns}

    assert found.get(header, ("text", False)) == expected


# Groups and footers --------------------------------------------------------------------------

GROUPED: list[list[Any]] = [
    ["序号", "学校", "标识码"],
    ["北京市（2所）"],
    [1, "北大", 4111010001],
    [2, "清华", "4111010003"],
    ["天津市（1所）"],
    [3, "南开", 4112010055],
]


def test_group_rows_become_a_column_and_their_totals_control_totals(
    workbook: Made, take: Made
) -> None:
    landed, rows = take(workbook(GROUPED, ("A2:C2", "A5:C5")), "list.xlsx")

    assert [row["province"] for row in rows] == ["北京市", "北京市", "天津市"]
    assert [row["_line"] for row in rows] == [3, 4, 6]
    assert [(total.scope, total.stated, total.found) for total in landed.control_totals] == [
        ("北京市", 2, 2), ("天津市", 1, 1),
    ]  # fmt: skip
    assert (landed.rows, landed.declared_rows, landed.reconciled) == (3, 3, True)


def test_a_group_whose_total_is_wrong_is_shown_and_not_hidden(workbook: Made, take: Made) -> None:
    rows = [row if row[0] != "天津市（1所）" else ["天津市（5所）"] for row in GROUPED]
    landed, _ = take(workbook(rows), "list.xlsx")

    assert not landed.reconciled
    assert [total.address for total in landed.control_totals if not total.agrees] == ["名单!A5"]


def test_groups_in_a_csv(take: Made) -> None:
    text = "序号,学校,标识码\n第一类,,\n1,北大,a\n第二类,,\n2,清华,b\n3,南开,c\n"
    landed, rows = take(text.encode("gb18030"), "list.csv")

    assert [(row["group"], row["_line"]) for row in rows] == [
        ("第一类", 3), ("第二类", 5), ("第二类", 6),
    ]  # fmt: skip
    assert landed.declared_rows is None


def test_rows_before_the_first_group_do_not_fit(workbook: Made) -> None:
    layout = _propose(workbook(GROUPED), "list.xlsx")
    later = files.open_file(workbook([GROUPED[0], GROUPED[2], *GROUPED[1:]]), "later.xlsx")

    with pytest.raises(errors.LayoutMismatchError) as caught:
        list(reading.read(later, layout))
    assert caught.value.address == "名单!A2"


def test_a_footer_is_left_out_and_its_sums_are_control_totals(workbook: Made, take: Made) -> None:
    rows = [
        ["区县", "人数", "金额"],
        ["道里", 10, 1.5],
        ["南岗", 20, 2.25],
        ["合计", 30, 3.75],
        ["注：金额单位为万元。"],
        ["填表人：王某"],
    ]
    landed, found = take(workbook(rows), "list.xlsx")

    assert [row["county"] for row in found] == [
        "道里", "南岗",
    ]  # fmt: skip
    sums = [(each.measure, each.column, str(each.stated)) for each in landed.control_totals]
    assert sums == [("sum", "people", "30"), ("sum", "amount", "3.75")]
    assert landed.reconciled
    assert [mend.code for mend in landed.mends] == ["footer"] * 3


def test_a_footer_that_states_a_count(take: Made) -> None:
    landed, rows = take("代码,名称,地点\n1,a,x\n2,b,y\n共计2家\n注：截至6月\n".encode(), "list.csv")

    assert len(rows) == 2
    assert (landed.declared_rows, landed.reconciled) == (2, True)


def test_a_footer_before_rows_of_data_is_ragged() -> None:
    good = "代码,名称,地点\n1,a,x\n2,b,y\n注：截至6月\n".encode()
    layout = _propose(good, "list.csv")
    bad = files.open_file("代码,名称,地点\n1,a,x\n注：截至6月\n2,b,y\n".encode(), "later.csv")

    with pytest.raises(errors.RaggedRowError) as caught:
        list(reading.read(bad, layout))
    assert caught.value.address == "line 3"


def test_a_footer_that_the_layout_does_not_know_is_not_loaded_as_data() -> None:
    layout = _propose("代码,名称,地点\n1,a,x\n2,b,y\n".encode(), "list.csv")
    later = files.open_file("代码,名称,地点\n1,a,x\n合计,,1\n".encode(), "later.csv")

    with pytest.raises(errors.LayoutMismatchError) as caught:
        list(reading.read(later, layout))
    assert caught.value.address == "line 3, column 1"


def test_a_name_that_begins_like_a_footer_is_data(take: Made) -> None:
    _, rows = take(
        "名称,人数,地点\n注册会计师协会,3,x\n总工会,4,y\n合作社,5,z\n".encode(), "list.csv"
    )
    assert len(rows) == 3


# Kept and reused -----------------------------------------------------------------------------


def test_a_layout_goes_through_yaml_and_json_unchanged(workbook: Made) -> None:
    for layout in (
        _propose(workbook(GROUPED), "list.xlsx"),
        _propose(b"code,former_name ,old\n1,a,\n2,b,\n", "list.csv"),
        _propose("代码,名称,地点\n1,a,x\n注：无\n".encode("gb18030"), "list.csv"),
    ):
        stored = layouts.to_dict(layout)
        assert layouts.from_dict(yaml.safe_load(yaml.safe_dump(stored))) == layout
        assert layouts.from_dict(json.loads(json.dumps(stored))) == layout


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "pdf"},
        {"colour": "red"},
        {"columns": []},
        {"columns": [{"position": 9, "header": "x", "name": "x"}]},
        {"columns": [{"position": 0, "header": "x", "name": "x", "type": "blob"}]},
        {"columns": [{"position": 0, "header": "x", "name": "_line"}]},
        {"footer": {"pattern": "("}},
    ],
)
def test_a_stored_layout_that_contradicts_itself_is_refused(change: dict[str, Any]) -> None:
    stored = layouts.to_dict(_propose(b"code,name\n1,a\n", "list.csv"))

    with pytest.raises(errors.LayoutInvalidError):
        layouts.from_dict(stored | change)

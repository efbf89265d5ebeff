"""Real files of departments, outside the project; the tests say when they did not run."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from huitong_sources import errors, files, layouts
from huitong_sources.types import Landed, Layout
from sources.counting import counted

Made = Callable[..., Any]
"""A fixture that makes, takes or reads a file; see conftest."""


@pytest.fixture
def landed(shared_data: Path) -> Made:
    def land(name: str) -> tuple[Layout, Landed, list[dict[str, Any]]]:
        file = files.open_file(shared_data / name)
        layout = layouts.propose(file)
        return layout, *counted(file, layout)

    return land


def test_the_universities_reconcile_with_the_totals_of_their_provinces(landed: Made) -> None:
    layout, counted, rows = landed("A01_moe_universities_2025.xls")

    assert layout.titles == ("附件1：", "全国普通高等学校名单（截至2025年6月20日）")
    assert counted.rows == len(rows) == 2919
    assert (counted.declared_rows, counted.reconciled) == (2919, True)
    assert len(counted.control_totals) == len({row["province"] for row in rows}) == 31
    assert all(len(row["school_code"]) == 10 and row["school_code"].isdigit() for row in rows)
    assert rows[0] == {
        "province": "北京市", "serial": "1", "school_name": "北京大学", "school_code": "4111010001",
        "supervisor": "教育部", "location": "北京市", "level": "本科", "remark": None, "_line": 5,
    }  # fmt: skip
    assert rows[-1]["_line"] == 2953
    assert [row["serial"] for row in rows] == [str(serial) for serial in range(1, 2920)]


def test_the_divisions_header_is_mended_and_the_empty_columns_reported(landed: Made) -> None:
    layout, counted, rows = landed("A02_gb2260_divisions_with_history.csv")

    assert [(each.code, each.before) for each in layout.mends] == [
        ("header_trimmed", "former_name "),
        ("empty_column", "former_name"),
        ("empty_column", "dest"),
    ]
    assert [each.before for each in counted.mends] == ["former_name "]
    assert counted.rows == 6564
    assert len({row["code"] for row in rows}) == 6562


def test_the_industries_keep_their_codes_as_they_are_written(landed: Made) -> None:
    layout, counted, rows = landed("A03_gb4754_2017_industries.csv")

    assert counted.rows == 1970
    assert {column.name: column.type for column in layout.columns}["code"] == "text"
    assert rows[0]["code"] == "A"


def test_the_daily_counts(landed: Made) -> None:
    layout, counted, _ = landed("A04_covid_daily_cn_2019-12_2020-03.csv")

    assert counted.rows == 34112
    types = {column.name: column.type for column in layout.columns}
    assert (types["date"], types["province_code"], types["dead"]) == ("date", "text", "integer")


def test_the_clinics_are_gb18030(shared_data: Path, landed: Made) -> None:
    layout, counted, rows = landed("A05_fever_clinics_gb18030.csv")

    assert layout.encoding == "gb18030"
    assert counted.rows == 2083
    distinct = {tuple(value for name, value in row.items() if name != "_line") for row in rows}
    assert len(distinct) == 2083 - 8
    with (shared_data / "A05_fever_clinics_gb18030.csv").open(encoding="gb18030") as stream:
        expected = [tuple(cell or None for cell in row) for row in csv.reader(stream)][1:]
    assert [tuple(row.values())[:-1] for row in rows] == expected


def test_a_json_document_is_refused_and_told_how(shared_data: Path) -> None:
    with pytest.raises(errors.SourceError, match="one object per line"):
        layouts.propose(files.open_file(shared_data / "A06_ckan_export_dataportals.json"))


def test_the_index_of_documents_has_its_days_in_iso(landed: Made) -> None:
    layout, counted, rows = landed("A07_state_council_docs_guofa_guohan.csv")

    assert layout.encoding == "utf-8-sig"
    assert layout.headers[0] == "序号"
    assert counted.rows == 2877
    assert (rows[0]["written_date"], rows[0]["document_mark"]) == ("2022-07-10", "国函〔2022〕72号")


def test_the_credit_codes(landed: Made) -> None:
    layout, counted, _ = landed("A08_uscc_code_vectors.csv")

    assert counted.rows == 129
    assert layout.columns[0].type == "text"

"""Rows come out as text with their lines, from every kind; landing is whole or nothing."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from huitong_sources import errors, files, layouts, reading
from huitong_sources.types import Kind

Made = Callable[..., Any]
"""A fixture that makes, takes or reads a file; see conftest."""

TABLE = [{"code": "001", "name": "北京", "_line": 2}, {"code": "002", "name": None, "_line": 3}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimited_text_in_every_form(
    encoding: str, end: str, delimiter: str, rows_of: Made
) -> None:
    text = end.join(["code,name", "001,北京", "002,"]).replace(",", delimiter)
    file = files.open_file(text.encode(encoding), "list.txt")

    assert (file.encoding, file.delimiter) == (encoding, delimiter)
    assert file.kind is (Kind.TSV if delimiter == "\t" else Kind.CSV)
    assert rows_of(file) == TABLE


def test_a_short_gb18030_file_is_gb18030() -> None:
    # Charset detectors call this cp949.
    assert files.open_file("省份\n北京市\n".encode("gb18030"), "a.csv").encoding == "gb18030"


def test_four_byte_characters_of_gb18030(rows_of: Made) -> None:
    file = files.open_file("code,name\n1,𠮷㐂龦\n".encode("gb18030"), "list.csv")
    assert rows_of(file)[0]["name"] == "𠮷㐂龦"


def test_json_lines_keep_the_digits_that_were_written(rows_of: Made) -> None:
    lines = (
        b'{"id": 230102199001011234, "n": 1.50, "ok": true, "x": null, "in": {"a": [1]}}\n'
        b"\n"
        b'{"n": "", "id": "2"}\n'
    )
    found = rows_of(files.open_file(lines, "list.jsonl"))

    assert found[0] == {
        "id": "230102199001011234", "n": "1.50", "ok": "true", "in": '{"a":["1"]}', "_line": 1,
    }  # fmt: skip
    assert (found[1]["id"], found[1]["n"], found[1]["_line"]) == ("2", None, 3)


def test_parquet_becomes_text(rows_of: Made) -> None:
    stream = io.BytesIO()
    table = pa.table(
        {
            "code": pa.array([4111010001.0, None, 0.5]),
            "n": pa.array([1, 2, None], pa.int64()),
            "day": pa.array([19000, None, 1], pa.date32()),
            "kind": pa.array(["a", "", "a"]).dictionary_encode(),
        }
    )
    pq.write_table(table, stream)
    found = rows_of(files.open_file(stream.getvalue(), "list.parquet"))

    assert [row["code"] for row in found] == ["4111010001", None, "0.5"]
    assert [row["n"] for row in found] == ["1", "2", None]
    assert [row["day"] for row in found] == ["2022-01-08", None, "1970-01-02"]
    assert [row["kind"] for row in found] == ["a", None, "a"]
    assert [row["_line"] for row in found] == [1, 2, 3]


def test_parquet_with_nested_columns_is_refused() -> None:
    stream = io.BytesIO()
    pq.write_table(pa.table({"a": [[1, 2]]}), stream)
    with pytest.raises(errors.FileRefusedError, match="column “a”"):
        layouts.propose(files.open_file(stream.getvalue(), "list.parquet"))


def test_quoted_delimiters_quotes_and_line_ends(rows_of: Made) -> None:
    data = b'code,name\n1,"a,b"\n2,"say ""x"""\n3,"two\nlines"\n4,d\n\n5,e\n'
    found = rows_of(files.open_file(data, "list.csv"))

    assert [row["name"] for row in found] == ["a,b", 'say "x"', "two\nlines", "d", "e"]
    assert [row["_line"] for row in found] == [2, 3, 4, 6, 8]


def test_a_quotation_mark_inside_a_cell_is_text(rows_of: Made) -> None:
    found = rows_of(files.open_file(b'code,name\n1,5" pipe\n2,b\n', "list.csv"))
    assert found[0]["name"] == '5" pipe'


def test_blank_rows_are_left_out_and_counted(take: Made) -> None:
    landed, rows = take(b"code,name\n1,a\n\n,\n2,b\n\n", "list.csv")

    assert [row["_line"] for row in rows] == [2, 5]
    assert [(mend.code, mend.before) for mend in landed.mends] == [("blank_rows", "3")]


def test_days_in_chinese_forms_become_iso_and_what_is_no_day_stays(rows_of: Made) -> None:
    cells = ["1990年12月03日"] * 30 + ["二〇二四年一月五日", "不详"]
    data = "名称,成文日期\n" + "".join(f"x,{cell}\n" for cell in cells)
    found = rows_of(files.open_file(data.encode(), "list.csv"))

    assert [row["written_date"] for row in found][29:] == ["1990-12-03", "2024-01-05", "不详"]


def test_numbers_in_a_text_column_are_read_and_reported(workbook: Made, take: Made) -> None:
    landed, rows = take(
        workbook([["学校标识码", "名称"], [4111010001.0, "a"], ["4111010002", "b"]]), "list.xlsx"
    )

    assert [row["school_code"] for row in rows] == ["4111010001", "4111010002"]
    mend = next(mend for mend in landed.mends if mend.code == "numbers_as_text")
    assert (mend.before, mend.after) == ("1", "学校标识码")


def test_a_file_of_many_batches_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    with path.open("w", encoding="gb18030") as stream:
        stream.write("编号,姓名,备注\n")
        stream.writelines(f'{number:07d},"王{number}",\n' for number in range(300_000))
    file = files.open_file(path)
    layout = layouts.propose(file)
    table = pa.Table.from_batches(list(reading.read(file, layout)))

    assert table.num_rows == 300_000
    assert table["_line"].to_pylist() == list(range(2, 300_002))
    assert table["name"][299_999].as_py() == "王299999"
    assert layout.names == ("number", "name")
    assert [each.header for each in layout.dropped] == ["备注"]


def test_a_fault_at_the_end_is_found() -> None:
    rows = "".join(f"{number},x\n" for number in range(200_000))
    good = files.open_file(f"code,name\n{rows}".encode(), "list.csv")
    layout = layouts.propose(good)
    bad = files.open_file(f"code,name\n{rows}1,=1+1\n".encode(), "later.csv")

    with pytest.raises(errors.FormulaCellError) as caught:
        list(reading.read(bad, layout))
    assert caught.value.address == "line 200002, column 2"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("head", ['"code","name"', '"code","na{}me"'])
@pytest.mark.parametrize("rows", [("1,a", "2,b"), ('1,"a{}b"', "2,c"), ('1,"a"', '2,"b"')])
def test_lines_are_right_whether_names_or_values_stand_in_quotation_marks(
    head: str, rows: tuple[str, ...], end: str, rows_of: Made
) -> None:
    before = 2 + head.count("{}")
    text = "".join(line.format(end) + end for line in (head, *rows))
    read = rows_of(files.open_file(text.encode(), "list.csv"))

    assert [row["code"] for row in read] == ["1", "2"]
    inside = rows[0].count("{}") * (end != "\r")  # the parser counts line feeds inside cells
    assert [row["_line"] for row in read] == [before, before + 1 + inside]


def test_a_column_that_a_person_chose_to_leave_out_is_not_read(rows_of: Made) -> None:
    file = files.open_file(b"code,name,secret\n1,a,x\n", "list.csv")
    stored = layouts.to_dict(layouts.propose(file))
    stored["dropped"] = [{"position": 2, "header": "secret", "reason": "chosen"}]
    stored["columns"] = stored["columns"][:2]

    assert rows_of(file, layouts.from_dict(stored)) == [{"code": "1", "name": "a", "_line": 2}]

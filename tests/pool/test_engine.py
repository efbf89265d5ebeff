"""What the engine makes of rows: types, rules, reasons, newest by key."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pool.landed import Rows, run
from pool.stage import Item

NEW_YEAR = date(2024, 1, 5)
MOMENT = datetime(2024, 1, 5, 8, 30)  # noqa: DTZ001 - timestamps of the pool have no zone


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        ("text", " 甲\u3000", "甲"),
        ("text", "\u200b乙 丙\u00a0", "乙 丙"),
        ("text", "﨑", "﨑"),  # a compatibility ideograph of names: NFC would replace it
        ("integer", "0", 0),
        ("integer", "-12", -12),
        ("integer", " 999999999999999999 ", 999999999999999999),
        ("decimal", "12.5", Decimal("12.5")),
        ("decimal", "-0012.50", Decimal("-12.5")),
        ("decimal", "1.00000000000000", Decimal(1)),
        ("date", "2024-01-05", NEW_YEAR),
        ("date", "20240105", NEW_YEAR),
        ("date", "2024/1/5", NEW_YEAR),
        ("date", "2024.01.05", NEW_YEAR),
        ("date", "2024年1月5日", NEW_YEAR),
        ("date", "2024-01-05 00:00:00", NEW_YEAR),
        ("datetime", "2024-01-05 08:30:00", MOMENT),
        ("datetime", "2024-01-05T08:30", MOMENT),
        ("datetime", "2024/1/5 08:30", MOMENT),
        ("datetime", "2024年1月5日08时30分", MOMENT),
        ("datetime", "2024年1月5日 08:30:00", MOMENT),
        ("datetime", "2024年1月5日", datetime(2024, 1, 5)),  # noqa: DTZ001
        ("boolean", "是", True),
        ("boolean", "FALSE", False),
        ("text", "  ", None),
    ],
)
def test_a_value_is_conformed_to_its_type(
    tmp_path: Path, kind: str, given: str, value: object
) -> None:
    found = run(tmp_path, [Item("n"), Item("v", kind)], [["1", given]])

    assert found.bad == []
    assert found.good == [{"_line": 2, "n": "1", "v": value}]


@pytest.mark.clause("HL-19.1", "NA-11.3", "HN-12.1")
@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("integer", "007"),  # a code; as a number it would lose its zeros
        ("integer", "1e3"),
        ("integer", "0x1A"),
        ("integer", "1_000"),
        ("integer", "1,000"),
        ("integer", "12.0"),
        ("integer", "+1"),
        ("integer", "1000000000000000000"),
        ("integer", "１２"),
        ("decimal", "1e3"),
        ("decimal", "1,000.00"),
        ("decimal", "NaN"),
        ("decimal", "."),
        ("decimal", "1.12345678901"),  # would lose a digit
        ("decimal", "1234567890123456789"),
        ("date", "2024-02-30"),
        ("date", "2024-13-01"),
        ("date", "2024-01"),
        ("date", "0999-01-01"),
        ("date", "3000-01-01"),
        ("date", "2024-1/5"),
        ("date", "20240230"),
        ("date", "infinity"),
        ("date", "epoch"),
        ("date", "2024-01-05\n2024"),
        ("datetime", "2024-01-05 24:00:00"),
        ("datetime", "2024-01-05 08:30:00Z"),
        ("datetime", "2024-01-05 08:30:00+08"),
        ("datetime", "2024-01-05 8"),
        ("boolean", "2"),
        ("boolean", "真是"),
    ],
)
def test_a_value_of_another_form_is_quarantined_as_it_was_delivered(
    tmp_path: Path, kind: str, given: str
) -> None:
    found = run(tmp_path, [Item("n"), Item("v", kind)], [["1", given]])

    assert found.good == []
    assert found.bad == [{"_line": 2, "_reasons": f"v:{kind}", "_key": None, "n": "1", "v": given}]


@pytest.mark.clause("HL-19.1")
def test_reasons_are_listed_in_the_order_of_items_and_counted_by_code(tmp_path: Path) -> None:
    items = [
        Item("name", length=4, required=True),
        Item("phone", rules=[{"rule": "pattern", "pattern": "^1[0-9]{10}$"}]),
        Item("sex", rules=[{"rule": "enum", "values": ["男", "女"]}]),
        Item("age", "integer", rules=[{"rule": "range", "min": 0, "max": 150}]),
        Item("born", "date", rules=[{"rule": "range", "max": "2026-01-01"}]),
    ]
    rows: Rows = [
        ["张三", "13800000000", "男", "30", "1996-01-01"],
        [None, "139", "不详", "151", "2026-01-02"],
        ["一二三四五", "13800000001\n", "女", "-1", None],
        ["李四", None, None, None, None],
    ]

    found = run(tmp_path, items, rows)

    assert [row["_line"] for row in found.good] == [2, 5]
    assert found.reasons == [
        "name:required;phone:pattern;sex:enum;age:range;born:range",
        "name:length;age:range",  # the line end is an outer space and goes
    ]
    assert found.counts.reasons == {
        "age:range": 2,
        "born:range": 1,
        "name:length": 1,
        "name:required": 1,
        "phone:pattern": 1,
        "sex:enum": 1,
    }


@pytest.mark.clause("HN-10.3")
def test_identifiers_are_checked_normalised_and_only_warned_of_by_region(tmp_path: Path) -> None:
    items = [Item("id", identifier="citizen_id"), Item("place", identifier="division")]
    rows: Rows = [
        ["11010519491231002x", "110105"],
        ["110105194912310021", "110105"],
        ["11010519490231002X", None],
        ["1101051949123100", "999999"],
        [None, "999999"],
    ]

    found = run(tmp_path, items, rows)

    assert [row["id"] for row in found.good] == ["11010519491231002X", None]
    assert found.reasons == ["id:check_digit", "id:date", "id:length"]
    assert found.counts.warnings == {"place:unknown_region": 1}


def test_exact_duplicates_are_counted_and_kept_once(tmp_path: Path) -> None:
    rows = [["1", "甲"], ["2", "乙"], ["1", "甲 "], ["1", "甲"]]

    found = run(tmp_path, [Item("k", "integer"), Item("v")], rows)

    assert sorted((row["k"], row["v"]) for row in found.good) == [(1, "甲"), (2, "乙")]
    assert (found.counts.duplicates, found.counts.quarantined) == (2, 0)


def test_one_key_with_two_contents_is_a_conflict_and_nobody_guesses(tmp_path: Path) -> None:
    rows: Rows = [["1", "甲"], ["2", "乙"], ["1", "丙"], ["1", "甲"], ["3", None]]

    found = run(tmp_path, [Item("k"), Item("v")], rows, key=["k"])

    assert [row["k"] for row in found.good] == ["2", "3"]
    assert [(row["_line"], row["_key"], row["_reasons"]) for row in found.bad] == [
        (2, "1", "key_conflict"),
        (4, "1", "key_conflict"),
    ]
    assert found.counts.duplicates == 1
    assert found.counts.reasons == {"key_conflict": 2}


def test_with_a_version_column_the_newest_stands_and_ties_are_conflicts(tmp_path: Path) -> None:
    items = [Item("k"), Item("v"), Item("at", "date")]
    rows: Rows = [
        ["1", "old", "2024-01-01"],
        ["1", "new", "2024年2月1日"],
        ["1", "none", None],
        ["2", "a", "2024-03-01"],
        ["2", "b", "2024/3/1"],
        ["2", "c", "2023-01-01"],
        ["3", "bad", "2024-99-01"],
        ["3", "good", "2024-01-01"],
    ]

    found = run(tmp_path, items, rows, key=["k"], version_column="at")

    assert {(row["k"], row["v"]) for row in found.good} == {("3", "good"), ("1", "new")}
    assert found.counts.superseded == 3
    assert sorted(found.reasons) == ["at:date", "key_conflict", "key_conflict"]


def test_keys_of_different_writing_are_one_key(tmp_path: Path) -> None:
    items = [Item("id", identifier="citizen_id"), Item("on", "date"), Item("v")]
    rows: Rows = [
        ["11010519491231002x", "2024-01-05", "甲"],
        ["11010519491231002X ", "2024年1月5日", "乙"],
    ]

    found = run(tmp_path, items, rows, key=["id", "on"])

    assert found.counts.reasons == {"key_conflict": 2}
    assert [row["_key"] for row in found.bad] == ["11010519491231002X|2024-01-05"] * 2


def test_a_key_that_is_missing_is_a_reason_of_its_own(tmp_path: Path) -> None:
    rows: Rows = [[None, "a"], [" ", "b"], ["1", "c"]]

    found = run(tmp_path, [Item("k"), Item("v")], rows, key=["k"])

    assert found.reasons == ["k:required", "k:required"]
    assert found.counts.accepted == 1


def test_the_size_of_batches_changes_nothing(tmp_path: Path) -> None:
    items = [Item("k"), Item("v", "decimal"), Item("d", "date")]
    rows: Rows = [
        [str(n % 70), str(n % 7) if n % 11 else "x", f"2024-01-{n % 28 + 1:02d}"]
        for n in range(400)
    ]

    results = []
    for size in (1, 7, 400):
        folder = tmp_path / str(size)
        folder.mkdir()
        found = run(folder, items, rows, key=["k"], version_column="d", sums=["v"], batch_rows=size)
        good = sorted(found.good, key=lambda row: row["_line"])  # type: ignore[arg-type, return-value]
        bad = sorted(found.bad, key=lambda row: row["_line"])  # type: ignore[arg-type, return-value]
        results.append((found.counts, good, bad))

    assert results[0] == results[1] == results[2]
    counts = results[0][0]
    placed = counts.accepted + counts.quarantined + counts.duplicates + counts.superseded
    assert placed == counts.rows_read == 400


def test_sums_cover_every_row_that_was_read(tmp_path: Path) -> None:
    items = [Item("k", required=True), Item("v", "decimal")]

    found = run(tmp_path, items, [["1", "1.5"], [None, "2"], ["2", "x"]], sums=["v"])

    assert found.counts.sums == {"v": Decimal("3.5")}


def test_no_row_at_all_leaves_both_files_empty(tmp_path: Path) -> None:
    found = run(tmp_path, [Item("k"), Item("v", "integer")], [], key=["k"])

    assert (found.good, found.bad, found.counts.rows_read) == ([], [], 0)

"""What Arrow answers for whole columns is what the SQL of the plan answers row by row."""

from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from huitong.pool import casting, conforming, plans, proving
from pool.stage import Item

ALPHABET = "0123456789-./: T年月日eE+٣１x"
PLAIN = {
    "integer": st.from_regex(r"-?[0-9]{1,19}", fullmatch=True),
    "decimal": st.from_regex(r"-?[0-9]{0,12}\.?[0-9]{0,4}", fullmatch=True),
    "date": st.dates().map(str),
    "datetime": st.datetimes().map(lambda moment: moment.isoformat(sep=" ", timespec="seconds")),
    "boolean": st.sampled_from(["是", "否", "1", "0"]),
}
SQL = duckdb.connect(config={"threads": 1})


def _values(kind: str) -> st.SearchStrategy[list[str | None]]:
    hostile = st.text(ALPHABET, max_size=20)
    return st.lists(st.one_of(st.none(), PLAIN[kind], PLAIN[kind], hostile), max_size=5)


def _by_sql(item: plans.PlanItem, text: pa.Array) -> Any:  # noqa: ANN401 - a list of values
    SQL.register("batch", pa.table({item.name: text}))
    return SQL.execute(f"SELECT {item.typed} FROM batch").to_arrow_table().column(0).to_pylist()  # noqa: S608


@pytest.mark.parametrize("kind", sorted(PLAIN))
def test_a_column_that_arrow_casts_is_cast_alike_by_sql(kind: str) -> None:
    rules = [{"rule": "precision", "precision": 10, "scale": 2}] if kind == "decimal" else []
    items = [Item("v", kind, rules=rules)]
    item = plans.make(items, key=[], version_column=None, layout={}).items[0]
    taken = []

    @settings(max_examples=300, deadline=None)
    @given(_values(kind))
    @example(["2024-01-05", None])
    @example(["0.5", ".5", "-.5", "5.", "00.50"])
    @example(["2024-01-01 10:00+08"])
    @example(["2024-01-01 10", "2024-01-01 10:00"])
    @example(["0", "10", "01"])
    @example(["2999-12-31", "1000-01-01"])
    @example(["2999-12-31 00:00:00", "3000-01-01 00:00:00"])
    def compare(values: list[str | None]) -> None:
        text = conforming.normalised(pa.array(values, pa.string()))
        found = casting.plain(item, text)
        if found is not None:
            taken.append(1)
            assert found.type == item.arrow_type
            assert found.to_pylist() == _by_sql(item, text)

    compare()
    assert taken, "the short cut was never taken"


RULES: dict[str, list[dict[str, object]]] = {
    "length": [{"rule": "length", "max": 3}],
    "length_min": [{"rule": "length", "min": 2, "max": 6}],
    "enum": [{"rule": "enum", "values": ["男", "女", "1"]}],
    "pattern": [{"rule": "pattern", "pattern": "[0-9男]{1,3}|x"}],
}


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_row_that_arrow_sees_keep_a_check_does_not_break_it(name: str) -> None:
    items = [Item("v", required=True, rules=RULES[name])]
    item = plans.make(items, key=[], version_column=None, layout={}).items[0]
    seen = []

    @settings(max_examples=300, deadline=None)
    @given(st.lists(st.one_of(st.none(), st.text("1男女x\n ", max_size=4)), max_size=4))
    @example(["男", "1"])
    @example(["男男男"])
    @example(["1", None, "xx"])
    def compare(values: list[str | None]) -> None:
        text = conforming.normalised(pa.array(values, pa.string()))
        for check in item.checks:
            doubts = proving.doubts(item, check, text, text)
            assert len(doubts) == len(text)
            seen.extend([check.code] * (not doubts.all()))
            SQL.register("batch", pa.table({"v": text}))
            broken = SQL.execute(f"SELECT coalesce({check.condition}, FALSE) FROM batch").fetchall()  # noqa: S608
            for (is_broken,), doubt in zip(broken, doubts, strict=True):
                assert doubt or not is_broken

    compare()
    assert {check.code for check in item.checks} <= set(seen), "a short cut was never taken"


@settings(max_examples=500, deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.text(conforming.SPACES + "a中　é\u2003á\u00c0", max_size=4))),
    st.integers(0, 2),
)
@example(["中\u3000", "a"], 0)
@example(["a\u00a0"], 0)
@example(["\u200b"], 0)
@example(["", None], 0)
@example([None, None], 1)
def test_texts_that_look_normal_are_what_trimming_makes_of_them(
    values: list[str | None], offset: int
) -> None:
    text = pa.array(values, pa.string()).slice(offset)

    expected = [(value or "").strip(conforming.SPACES) or None for value in text.to_pylist()]
    assert conforming.normalised(text).to_pylist() == expected

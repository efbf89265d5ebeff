"""GB 11643: which citizen identification numbers are accepted, and why others are not."""

from datetime import date

import pyarrow as pa
import pytest
from stdnum.cn import ric

from huitong.identifiers import citizen_id, divisions
from huitong.identifiers.making import make_citizen_id
from huitong.identifiers.types import Array

TODAY = date(2026, 11, 21)


def test_the_example_of_the_standard_is_accepted() -> None:
    found = citizen_id.check("11010519491231002X", on=TODAY)

    assert (found.ok, found.value, found.reason, found.warning) == (
        True, "11010519491231002X", None, None,
    )  # fmt: skip


def test_a_small_x_is_accepted_and_becomes_a_capital() -> None:
    assert citizen_id.check("11010519491231002x", on=TODAY).value == "11010519491231002X"


@pytest.mark.parametrize("prefix", ["810000", "820000", "830000"])
def test_residence_permits_of_hong_kong_macao_and_taiwan_are_accepted(prefix: str) -> None:
    found = citizen_id.check(make_citizen_id(prefix, date(1990, 5, 6), 12), on=TODAY)

    assert found.ok
    assert found.warning is None


def test_a_region_that_no_register_knows_is_a_warning_and_no_refusal() -> None:
    found = citizen_id.check(make_citizen_id("999999", date(1990, 5, 6), 12), on=TODAY)

    assert found.ok
    assert found.warning == "unknown_region"


def test_a_region_abolished_long_ago_is_known() -> None:
    assert divisions.lookup("310200", 2024) is None
    assert (
        citizen_id.check(make_citizen_id("310205", date(1970, 1, 1), 1), on=TODAY).warning is None
    )


def test_a_permanent_residence_card_of_a_foreigner_has_a_known_region() -> None:
    # 9, Beijing (11), then the number of a country
    assert (
        citizen_id.check(make_citizen_id("911840", date(1980, 1, 2), 3), on=TODAY).warning is None
    )


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", "length"),
        ("110105491231002", "length"),  # the fifteen digits of before 1999
        ("11010519491231002X ", "length"),
        ("１１０１０５１９４９１２３１００２Ｘ", "character"),  # full-width
        ("11010519491231002１", "character"),
        ("1101051949123100 X", "character"),
        ("1X010519491231002X", "character"),
        ("11010519491231002Y", "character"),
        ("110105194902300026", "date"),
        ("110105190002290021", "date"),  # 1900 was no leap year
        ("110105000012310021", "date"),
        ("110105194913310021", "date"),
        ("110105194900310021", "date"),
        ("11010519491231002０"[:17] + "1", "check_digit"),
        ("110105194912310021", "check_digit"),
        ("中国人民共和", "length"),  # 18 bytes, 6 characters
    ],
)
def test_a_wrong_number_is_refused_with_its_reason(value: str, reason: str) -> None:
    found = citizen_id.check(value, on=TODAY)

    assert (found.ok, found.value, found.reason) == (False, None, reason)
    column = citizen_id.check_column(pa.array([value]), on=TODAY)
    assert (column.ok.to_pylist(), column.reason.to_pylist()) == ([False], [reason])


def test_nobody_is_born_after_the_day_of_the_check() -> None:
    tomorrow = make_citizen_id("110105", date(2026, 11, 22), 1)

    assert citizen_id.check(tomorrow, on=TODAY).reason == "future_date"
    assert citizen_id.check(tomorrow, on=date(2026, 11, 22)).ok


def test_a_missing_value_in_a_column_is_neither_right_nor_wrong() -> None:
    column = citizen_id.check_column(pa.array(["11010519491231002x", None, ""]), on=TODAY)

    assert column.ok.to_pylist() == [True, None, False]
    assert column.values.to_pylist() == ["11010519491231002X", None, None]
    assert column.reason.to_pylist() == [None, None, "length"]
    assert column.warning.to_pylist() == [None, None, None]


@pytest.mark.parametrize(
    "column",
    [
        pa.chunked_array([["11010519491231002X"], ["1"]]),
        pa.array(["11010519491231002X", "1"], pa.large_string()),
        pa.array(["11010519491231002X", "1"]).dictionary_encode(),
        pa.array(["?", "11010519491231002X", "1"]).slice(1),
        pa.array(["?" * 18, "11010519491231002X", "1"], pa.large_string()).slice(1),
    ],
    ids=["chunked", "large", "dictionary", "sliced", "large sliced"],
)
def test_every_form_of_text_column_is_taken(column: Array) -> None:
    found = citizen_id.check_column(column, on=TODAY)

    assert found.ok.to_pylist() == [True, False]
    assert found.values.to_pylist() == ["11010519491231002X", None]
    found.values.validate(full=True)


def test_a_column_without_values_is_answered() -> None:
    assert len(citizen_id.check_column(pa.array([], pa.string()), on=TODAY).ok) == 0
    nulls = citizen_id.check_column(pa.array([None, None], pa.string()), on=TODAY)
    assert nulls.ok.to_pylist() == [None, None]


def test_the_check_character_is_that_of_python_stdnum() -> None:
    for seq in range(200):
        value = make_citizen_id("330106", date(1960 + seq % 60, 1 + seq % 12, 1 + seq % 28), seq)
        assert ric.calc_check_digit(value) == value[17]

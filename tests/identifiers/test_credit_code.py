"""GB 32100: which unified social credit codes are accepted, and why others are not."""

import csv
from pathlib import Path

import pyarrow as pa
import pytest
from stdnum.cn import uscc

from huitong.identifiers import credit_code, tables
from huitong.identifiers.making import make_credit_code


def test_a_published_code_is_accepted() -> None:
    found = credit_code.check("91440300MA5DMM0H7K")

    assert (found.ok, found.value, found.warning) == (True, "91440300MA5DMM0H7K", None)


def test_small_letters_are_accepted_and_become_capitals() -> None:
    assert credit_code.check("91440300ma5dmm0h7k").value == "91440300MA5DMM0H7K"
    column = credit_code.check_column(pa.array(["91440300ma5dmm0h7k", "91440300MA5DMM0H7K"]))
    assert column.values.to_pylist() == ["91440300MA5DMM0H7K"] * 2


def test_a_region_that_no_register_knows_is_a_warning_and_no_refusal() -> None:
    # 320594 is Suzhou Industrial Park, which registers companies and is no division.
    found = credit_code.check("913205945866901674")

    assert found.ok
    assert found.warning == "unknown_region"


def _with_check(body: str) -> str:
    return body + credit_code.check_character(body)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", "length"),
        ("91110000AAAA", "length"),
        ("91320500MA1MWXYZ8K", "character"),  # Z
        ("9132050OMA1MWXY38K", "character"),  # the letter O
        ("91４403００MA5DMM0H7K", "character"),
        ("9144A300MA5DMM0H7K", "character"),  # a letter in the region
        ("９１440300MA5DMM0H", "length"),
        ("91440300MA5DMM0H71", "check_digit"),
        ("91110000123456789X", "check_digit"),
        (_with_check("91440300MA5DMM0H8"), "organisation_digit"),
        ("91440300ſA5DMM0H7K", "character"),  # becomes an S in capitals, which is no ASCII letter
    ],
)
def test_a_wrong_code_is_refused_with_its_reason(value: str, reason: str) -> None:
    found = credit_code.check(value)

    assert (found.ok, found.value, found.reason) == (False, None, reason)
    column = credit_code.check_column(pa.array([value]))
    assert (column.ok.to_pylist(), column.reason.to_pylist()) == ([False], [reason])


def test_the_check_character_is_that_of_python_stdnum() -> None:
    for seq in range(200):
        value = make_credit_code("330106", seq * 7_919_993)
        assert uscc.calc_check_digit(value[:17]) == value[17]


def test_tables_hold_the_weights_that_the_standards_print() -> None:
    assert tables.CITIZEN_WEIGHTS == (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    assert tables.CREDIT_WEIGHTS == (
        1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
    )  # fmt: skip


def test_of_the_129_published_codes_120_are_accepted_and_9_refused(shared_data: Path) -> None:
    with (shared_data / "A08_uscc_code_vectors.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))

    found = [credit_code.check(row["code"]) for row in rows]

    assert [each.ok for each in found] == [row["checksum_valid"] == "1" for row in rows]
    assert sum(each.ok for each in found) == 120
    refused = [each.reason or "" for each in found if not each.ok]
    assert sorted(refused) == ["character", *["check_digit"] * 7, "length"]
    assert {each.warning for each in found if each.ok} == {None, "unknown_region"}
    column = credit_code.check_column(pa.array([row["code"] for row in rows]))
    assert column.reason.to_pylist() == [each.reason for each in found]
    assert column.warning.to_pylist() == [each.warning for each in found]

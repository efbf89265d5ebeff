"""Divisions by year, and identifiers made for demonstrations."""

from datetime import date

import numpy as np
import pytest

from huitong.identifiers import citizen_id, credit_code, divisions, making


def _division(code: str, year: int) -> divisions.Division:
    found = divisions.lookup(code, year)
    assert found is not None
    return found


def test_a_code_means_what_it_meant_that_year() -> None:
    # Chongqing belonged to Sichuan until 1997.
    assert _division("510200", 1990).name == "重庆市"
    assert divisions.lookup("500000", 1990) is None
    assert _division("500000", 2024).level == "province"


def test_a_county_is_named_from_the_province_down() -> None:
    found = _division("230102", 2024)

    assert found.names == ("黑龙江省", "哈尔滨市", "道里区")
    assert (found.level, found.year) == ("county", 2024)


def test_a_year_after_the_table_is_answered_from_its_last_and_says_so() -> None:
    assert _division("230100", 2030).year == divisions.last_year()


@pytest.mark.parametrize("code", ["", "23010", "2301000", "23010a", "２３０１００", "999999"])
def test_what_is_no_code_is_no_division(code: str) -> None:
    assert divisions.lookup(code, 2024) is None
    assert not divisions.known(code, date(2024, 1, 1))


def test_a_code_is_known_from_its_first_year_on() -> None:
    assert not divisions.known("500000", date(1990, 1, 1))
    assert divisions.known("500000", date(2024, 1, 1))
    assert divisions.known("510200", date(2024, 1, 1))


def test_a_column_of_made_ids_is_what_is_made_one_by_one() -> None:
    regions = np.array([110105, 230102, 10000])
    born = np.array(["1949-12-31", "2000-02-29", "1999-01-01"], dtype="datetime64[D]")
    seqs = np.array([2, 999, 0])

    made = making.make_citizen_ids(regions, born, seqs).to_pylist()

    assert made == [
        making.make_citizen_id(f"{region:06d}", day.item(), int(seq))
        for region, day, seq in zip(regions, born, seqs, strict=True)
    ]
    assert all(citizen_id.check(value or "", on=date(2026, 1, 1)).ok for value in made)


def test_a_column_of_made_codes_is_what_is_made_one_by_one() -> None:
    regions, seqs = np.array([230102, 440300]), np.array([0, 31**8 - 1])

    made = making.make_credit_codes(regions, seqs, prefix="12").to_pylist()

    assert made == [
        making.make_credit_code(str(region), int(seq), authority="1", category="2")
        for region, seq in zip(regions, seqs, strict=True)
    ]
    assert all(credit_code.check(value or "").ok for value in made)


def test_what_cannot_be_an_identifier_is_not_made() -> None:
    with pytest.raises(ValueError, match="six digits"):
        making.make_citizen_id("11", date(2000, 1, 1), 1)
    with pytest.raises(ValueError, match="seq 1000"):
        making.make_citizen_id("110105", date(2000, 1, 1), 1000)
    with pytest.raises(ValueError, match="one character each"):
        making.make_credit_code("110105", 1, authority="Z")

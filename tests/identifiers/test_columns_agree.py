"""The scalar and the column checks say the same of a million values, right and wrong."""

import random
from collections.abc import Callable
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huitong.identifiers import citizen_id, credit_code, tables
from huitong.identifiers.making import make_citizen_id, make_citizen_ids, make_credit_codes
from huitong.identifiers.types import Array, CheckResult, ColumnCheck

TODAY = date(2026, 11, 21)
REGIONS = (110105, 230102, 440300, 810000, 830000, 999999, 320594, 911840)
STRANGE = "0123456789XxABCMYZISOaz ０９Ｘ国é\n-"


def _id_column(values: Array) -> ColumnCheck:
    return citizen_id.check_column(values, on=TODAY)


def _id(value: str) -> CheckResult:
    return citizen_id.check(value, on=TODAY)


def _assert_agree(
    values: list[str | None],
    scalar: Callable[[str], CheckResult],
    column: Callable[[Array], ColumnCheck],
) -> None:
    found = column(pa.array(values, pa.string()))
    answers = [None if value is None else scalar(value) for value in values]
    assert found.ok.to_pylist() == [each and each.ok for each in answers]
    assert found.values.to_pylist() == [each and each.value for each in answers]
    assert found.reason.to_pylist() == [each and each.reason for each in answers]
    assert found.warning.to_pylist() == [each and each.warning for each in answers]
    found.values.validate(full=True)


SPOILERS: tuple[Callable[[random.Random, str, int], str | None], ...] = (
    lambda rng, value, place: value[:place] + rng.choice(STRANGE) + value[place + 1 :],
    lambda rng, value, place: value[:place] + str(rng.randrange(10)) + value[place + 1 :],
    lambda _, value, place: value[:place] + value[place + 1 :],
    lambda rng, value, _: value + rng.choice(STRANGE),
    lambda _, value, __: value.lower(),
    lambda rng, value, _: value[:6] + f"{rng.randrange(10**8):08d}" + value[14:],
    lambda rng, _, place: "".join(rng.choice(STRANGE) for _ in range(14 + place % 6)),
    lambda *_: "",
    lambda *_: None,
)
"""The ways in which files spoil values."""


def _spoiled(rng: random.Random, value: str) -> str | None:
    """Return the value as it is, or, twice in three times, spoiled."""
    if rng.random() < 1 / 3:
        return value
    return rng.choice(SPOILERS)(rng, value, rng.randrange(18))


def _random_ids(seed: int, count: int) -> list[str | None]:
    numbers, rng = np.random.default_rng(seed), random.Random(seed)
    made = make_citizen_ids(
        numbers.choice(REGIONS, count),
        np.datetime64("1900-01-01") + numbers.integers(0, 47_000, count),
        numbers.integers(0, 1000, count),
    )
    return [_spoiled(rng, value or "") for value in made.to_pylist()]


def _random_codes(seed: int, count: int) -> list[str | None]:
    numbers, rng = np.random.default_rng(seed), random.Random(seed)

    def with_check(value: str | None) -> str | None:
        # A tenth gets a check character that fits, so that the organisation's own is looked at.
        if value is None or len(value) != 18 or rng.random() > 0.1:
            return value
        body = value[:17].upper()
        if not set(body) <= set(tables.CREDIT_ALPHABET):
            return value
        return body + credit_code.check_character(body)

    made = make_credit_codes(numbers.choice(REGIONS, count), numbers.integers(0, 31**8, count))
    return [with_check(_spoiled(rng, value or "")) for value in made.to_pylist()]


@pytest.mark.parametrize("seed", range(5))
def test_scalar_and_column_agree_on_half_a_million_citizen_ids(seed: int) -> None:
    _assert_agree(_random_ids(seed, 100_000), _id, _id_column)


@pytest.mark.parametrize("seed", range(5))
def test_scalar_and_column_agree_on_half_a_million_credit_codes(seed: int) -> None:
    values = _random_codes(seed, 100_000)
    _assert_agree(values, credit_code.check, credit_code.check_column)


def test_the_random_values_show_every_reason() -> None:
    ids = _id_column(pa.array(_random_ids(0, 20_000), pa.string()))
    codes = credit_code.check_column(pa.array(_random_codes(0, 20_000), pa.string()))

    assert set(ids.reason.to_pylist()) == {
        None, "length", "character", "date", "future_date", "check_digit",
    }  # fmt: skip
    assert set(codes.reason.to_pylist()) == {
        None, "length", "character", "check_digit", "organisation_digit",
    }  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.none() | st.text(max_size=20) | st.text(STRANGE, min_size=18, max_size=18)))
def test_scalar_and_column_agree_on_any_text(values: list[str | None]) -> None:
    _assert_agree(values, _id, _id_column)
    _assert_agree(values, credit_code.check, credit_code.check_column)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(REGIONS), st.dates(), st.integers(0, 999))
def test_a_made_id_is_refused_for_its_date_only(region: int, born: date, seq: int) -> None:
    found = _id(make_citizen_id(str(region), born, seq))

    assert found.ok == (born <= TODAY)

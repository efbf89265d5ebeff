"""The numbers of the profiles beside the clause matrix, which was made from the texts alone.

Both ways: each number of the matrix runs as a period under its clause, each period that runs is a
number of the matrix. What is no period of a procedure is named here, with what carries it out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from huitong.regulations import matrix as clause_matrix
from huitong.regulations import profiles, proving
from huitong.regulations.law import Profile
from huitong.regulations.types import TimeLimit

UNITS = {"workdays": "working_days", "days": "days", "months": "months", "years": "years"}
Number = tuple[str, int, str]
# Numbers of a text that no procedure waits for.
ELSEWHERE: dict[Number, str] = {
    ("HN-12.2", 24, "months"): "how long logs are kept",
    ("HL-28.2", 3, "years"): "how long records are kept",
    ("NA-29.2", 3, "years"): "how long records are kept",
    (
        "HL-27.1",
        3,
        "months",
    ): "data not called for so long: a ground of rectification, not a period",
    ("HZ-25", 3, "years"): "how long the text itself holds: `valid` of the profile",
    ("HL-47", 2, "years"): "how long the text itself holds: `valid` of the profile",
}
# Texts that were read through to the end: each of their rules and functions has a test.
READ_THROUGH = profiles.all_ids()
# 每年: the matrix has it as a rhythm without a number.
YEARLY: Number = ("HN-18.2", 1, "years")


@pytest.fixture(scope="module")
def matrix(shared_law: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.load(
        (shared_law / "clauses.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader
    )
    return rows


def _numbers(matrix: list[dict[str, Any]], profile_id: str) -> set[Number]:
    return {
        (row["id"], deadline["value"], UNITS[deadline["unit"]])
        for row in matrix
        if row["regulation"] == profile_id
        for deadline in row["deadline"] or ()
        if deadline["value"] and deadline["unit"] in UNITS
    }


def _limits(profile: Profile) -> Iterator[TimeLimit]:
    for text in profile.kinds.values():
        for wordings in text.stages.values():
            for stage in wordings:
                yield from stage.times
                yield from (stage.extend.limit,) if stage.extend else ()
                yield from (stage.wait,) if stage.wait else ()


@pytest.mark.parametrize("profile_id", profiles.all_ids())
def test_every_number_of_the_matrix_runs_under_its_clause(
    profile_id: str, matrix: list[dict[str, Any]]
) -> None:
    limits = list(_limits(profiles.load(profile_id)))
    running = {(cite, one.amount, one.unit) for one in limits for cite in one.cite}

    assert _numbers(matrix, profile_id) - set(ELSEWHERE) - running == set()


@pytest.mark.parametrize("profile_id", profiles.all_ids())
def test_every_period_in_numbers_is_one_of_the_matrix(
    profile_id: str, matrix: list[dict[str, Any]]
) -> None:
    stated = {*_numbers(matrix, profile_id), YEARLY}
    for limit in _limits(profiles.load(profile_id)):
        if limit.amount is not None:
            assert {(cite, limit.amount, limit.unit) for cite in limit.cite} & stated, limit


def test_what_is_carried_out_elsewhere_stands_in_the_matrix(matrix: list[dict[str, Any]]) -> None:
    every = {number for each in profiles.all_ids() for number in _numbers(matrix, each)}

    assert set(ELSEWHERE) <= every
    assert YEARLY[0] in {row["id"] for row in matrix}


@pytest.mark.clause("HL-47", "HZ-25")
def test_a_text_that_ends_holds_for_the_years_that_it_says() -> None:
    for profile_id, years in (("heilongjiang-2025", 2), ("huizhou-2024", 3)):
        profile = profiles.load(profile_id)
        assert profile.valid_from is not None
        assert profile.valid_to is not None
        assert (profile.valid_to - profile.valid_from).days in range(365 * years - 1, 366 * years)


@pytest.mark.parametrize("profile_id", READ_THROUGH)
def test_what_is_carried_out_or_supported_is_proved_by_a_test(profile_id: str) -> None:
    rows = clause_matrix.of(profiles.load(profile_id))
    claimed = [row for row in rows if row.standing.kind in ("carried_out", "supported")]

    assert [row.clause.id for row in claimed if not row.tests] == []


@pytest.mark.parametrize("profile_id", READ_THROUGH)
def test_a_clause_at_which_we_only_looked_is_not_said_to_be_carried_out(profile_id: str) -> None:
    for row in clause_matrix.of(profiles.load(profile_id)):
        if row.standing.kind == "carried_out":
            assert not proving.only_looked_at(row.standing.rules), row.clause.id

"""The rows that officials read, run against the compiled tables and the clocks."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from huitong.regulations import clocks, profiles, rules, timing
from huitong.regulations.errors import KindNotInProfileError
from regulations.walking import HEILONGJIANG, Walk, beijing, table

FOLDER = Path(__file__).with_name("rows")
ROWS: dict[str, list[dict[str, Any]]] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("*.yaml"))
}
KEYS = {
    "case", "at", "received", "do", "facts", "own_days", "state", "who", "until", "may", "may_not",
    "missing", "barred", "effects", "follow", "absent", "see", "in_force", "skipped", "presumed",
    "provisional", "waits_until", "choices", "cite", "arithmetic",
}  # fmt: skip
_STEP = re.compile(r"(?:(?P<at>\d{4}-\d\d-\d\d(?: \d\d:\d\d)?) )?(?P<step>[a-z_.]+)\Z")


def _cites(row: dict[str, Any]) -> list[str]:
    return [row["cite"]] if isinstance(row["cite"], str) else row["cite"]


@pytest.mark.parametrize(
    ("profile_id", "row"),
    [
        pytest.param(profile_id, row, id=row["case"], marks=pytest.mark.clause(*_cites(row)))
        for profile_id, rows in ROWS.items()
        for row in rows
    ],
)
def test_the_law_is_carried_out_as_the_row_says(profile_id: str, row: dict[str, Any]) -> None:
    assert set(row) <= KEYS
    received = beijing(str(row["received"]))
    profile = profiles.load(profile_id)
    assert profile.in_force(received.date()) is row.get(
        "in_force", profile.in_force(received.date())
    )
    if "in_force" in row:
        return
    if "absent" in row:
        _check_absence(profile_id, row)
        return
    walk = Walk(table(row["at"], received.date(), profile_id))
    facts = row.get("facts", {})
    for written in row["do"]:
        match = _STEP.match(written)
        assert match, written
        walk.take(match["step"], beijing(match["at"]) if match["at"] else received, facts)

    if "state" in row:
        assert _stage(walk) == row["state"]
    if "who" in row:
        owners = walk.table.states[walk.state].owners
        assert [walk.table.roles[name].names.zh for name in owners] == row["who"]
    if "effects" in row:
        assert walk.last is not None
        assert list(walk.last.effects) == row["effects"]
    if "follow" in row:
        assert walk.table.follow[walk.state] == row["follow"]
    _check_days(walk, row)
    _check_steps(walk, row, facts)


def _check_absence(profile_id: str, row: dict[str, Any]) -> None:
    absent = profiles.load(profile_id).kinds[row["at"]].absent
    assert absent is not None
    assert absent.because == row["absent"]
    assert absent.see == row.get("see", "")
    with pytest.raises(KindNotInProfileError) as refusal:
        table(row["at"], beijing(str(row["received"])).date(), profile_id)
    assert set(_cites(row)) <= set(refusal.value.cite)


def _stage(walk: Walk) -> str:
    return walk.table.states[walk.state].stage


def _check_days(walk: Walk, row: dict[str, Any]) -> None:
    if "until" in row:
        due = timing.due_of(walk.table, walk.history, own_days=row.get("own_days"))
        if row["until"] == "none":
            assert due is None
            return
        assert due is not None
        assert due.day == row["until"]
        assert set(_cites(row)) <= set(due.cite)
        assert due.provisional is row.get("provisional", False)
        if "skipped" in row:
            assert len(due.skipped) == row["skipped"]
        if "presumed" in row:
            assert due.limit.presumed is row["presumed"]
            assert ("平台的理解" in clocks.explain(due, "zh")) is row["presumed"]
    if "waits_until" in row:
        wait = timing.waits_until(walk.table, walk.history)
        assert wait is not None
        assert wait.day == row["waits_until"]


def _check_steps(walk: Walk, row: dict[str, Any], facts: dict[str, object]) -> None:
    open_steps = {step.name for step in walk.table.steps_from(walk.state)}
    if "may" in row:
        assert open_steps == set(row["may"])
    assert not open_steps & set(row.get("may_not", ()))
    for name, wanted in row.get("missing", {}).items():
        step = walk.row(name)
        given = {f: facts[f] for f in step.facts if f in facts}
        missing = rules.missing_facts(walk.table, step, given, walk.facts)
        assert [fact.name for fact in missing] == wanted
        assert {c for fact in missing for c in fact.cite} == set(_cites(row))
    for name, wanted in row.get("choices", {}).items():
        assert list(walk.table.facts[name].choices) == wanted
    for name, clause in row.get("barred", {}).items():
        step = walk.row(name)
        own = {f: v for f, v in facts.items() if f in step.own_facts or f in step.computed}
        guard = rules.barred_by(step, rules.deciding(step, own, walk.facts))
        assert guard is not None
        assert clause in guard.cite


@pytest.mark.parametrize("profile_id", profiles.all_ids())
def test_every_text_has_at_least_twelve_rows_with_their_arithmetic(profile_id: str) -> None:
    rows = ROWS[profile_id]

    assert len(rows) >= 12
    assert {row["at"] for row in rows} <= set(profiles.load(profile_id).kinds)
    assert len({row["case"] for row in rows}) == len(rows)


@pytest.mark.clause("HL-47")
def test_the_measures_hold_from_their_issue_for_two_years() -> None:
    measures = profiles.load(HEILONGJIANG)

    assert not measures.in_force(date(2025, 1, 5))
    assert measures.in_force(date(2025, 1, 6))
    assert measures.in_force(date(2027, 1, 6))
    assert not measures.in_force(date(2027, 1, 7))

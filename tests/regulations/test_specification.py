"""The rows that officials read, run against the profiles, the compiled tables and the clocks."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from huitong.regulations import clauses, clocks, profiles, rules, timing
from huitong.regulations.errors import KindNotInProfileError
from huitong.regulations.law import Profile
from huitong.regulations.types import FlatTable
from regulations import profile_rows, table_rows
from regulations.looking import Looked, Row, called, cites_of, worded
from regulations.walking import HEILONGJIANG, Walk, beijing, table

FOLDER = Path(__file__).with_name("rows")
SOME_DAY = "2026-03-02"
KEYS = {
    "case", "at", "received", "do", "facts", "own_days", "state", "who", "until", "may", "may_not",
    "missing", "barred", "effects", "told", "follow", "absent", "see", "in_force", "skipped",
    "presumed", "provisional", "waits_until", "choices", "only", "cite", "arithmetic",
    *profile_rows.LISTS, *profile_rows.PLAIN,
    *table_rows.STEPS, *table_rows.STAGES, *table_rows.WHOLE,
}  # fmt: skip
_STEP = re.compile(r"(?:(?P<at>\d{4}-\d\d-\d\d(?: \d\d:\d\d)?) )?(?P<step>[a-z_.]+)\Z")


def _written() -> dict[str, list[dict[str, Any]]]:
    """Read `<profile>.yaml` and its further parts `<profile>-<part>.yaml`."""
    found: dict[str, list[dict[str, Any]]] = {one: [] for one in profiles.all_ids()}
    for path in sorted(FOLDER.glob("*.yaml")):
        profile_id = next(
            one for one in found if path.stem == one or path.stem.startswith(f"{one}-")
        )
        found[profile_id] += yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return found


ROWS = _written()


@pytest.mark.parametrize(
    ("profile_id", "row"),
    [
        pytest.param(profile_id, row, id=row["case"], marks=pytest.mark.clause(*cites_of(row)))
        for profile_id, rows in ROWS.items()
        for row in rows
    ],
)
def test_the_law_is_carried_out_as_the_row_says(profile_id: str, row: Row) -> None:
    _check(profile_id, row)


def _check(profile_id: str, row: Row) -> None:
    assert set(row) <= KEYS, f"unknown keys {set(row) - KEYS}"
    profile, looked = profiles.load(profile_id), Looked(row)
    if "in_force" in row:
        assert profile.in_force(_received(row)) is row["in_force"]
        looked.at("in_force", profile.validity_cite)
    elif "at" not in row:
        profile_rows.check(profile, row, looked)
    elif "absent" in row:
        _check_absence(profile, row, looked)
    else:
        _check_case(profile, row, looked)
    looked.close()


def _received(row: Row) -> date:
    return beijing(str(row.get("received", SOME_DAY))).date()


def _check_absence(profile: Profile, row: Row, looked: Looked) -> None:
    absent = profile.kinds[row["at"]].absent
    assert absent is not None
    assert absent.because == row["absent"]
    assert absent.see == row.get("see", "")
    with pytest.raises(KindNotInProfileError) as refusal:
        table(row["at"], _received(row), profile.id)
    looked.at("absent", refusal.value.cite)


def _check_case(profile: Profile, row: Row, looked: Looked) -> None:
    received = beijing(str(row.get("received", SOME_DAY)))
    walk = Walk(table(row["at"], received.date(), profile.id))
    facts = row.get("facts", {})
    for written in row.get("do", ()):
        match = _STEP.match(written)
        assert match, written
        walk.take(match["step"], beijing(match["at"]) if match["at"] else received, facts)
    _check_place(profile, walk, row, looked)
    _check_days(walk, row, looked)
    _check_steps(profile, walk, row, looked)
    table_rows.TableRow(profile, row, walk, looked).check()


def _check_place(profile: Profile, walk: Walk, row: Row, looked: Looked) -> None:
    """Compare where the case stands, for whom it waits, and what the last step did."""
    text = profile.kinds[row["at"]]
    if "state" in row:
        assert walk.table.states[walk.state].stage == row["state"]
        looked.by_the_way("state", walk.table.states[walk.state].cite, walk.taken.cite)
    if "who" in row:
        state = walk.table.states[walk.state]
        assert called(walk.table.roles, state.owners, row["who"]), state.owners
        roles = [walk.table.roles[name].cite for name in state.owners]
        looked.by_the_way("who", state.cite, walk.taken.cite, *roles)
    if "effects" in row:
        assert walk.last is not None
        assert list(walk.last.effects) == row["effects"]
        looked.at("effects", walk.taken.cite)
    if "told" in row:
        assert called(walk.table.roles, walk.taken.tell, row["told"]), walk.taken.tell
        looked.at("told", walk.taken.cite)
    if "follow" in row:
        assert walk.table.follow[walk.state] == row["follow"]
        looked.at("follow", text.follow_cites[walk.state])


def _check_days(walk: Walk, row: Row, looked: Looked) -> None:
    if "until" in row:
        due = timing.due_of(walk.table, walk.history, own_days=row.get("own_days"))
        if row["until"] == "none":
            state = walk.table.states[walk.state]
            assert due is None
            silence = walk.table.silent.get(f"{state.stage}.time")
            own = [limit.cite for limit in state.times]
            looked.at("until", *own, state.cite, (silence,) if silence else (), walk.taken.cite)
            return
        assert due is not None
        assert due.day == row["until"]
        looked.at("until", due.cite)
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
        looked.at("waits_until", wait.cite)


def _check_steps(profile: Profile, walk: Walk, row: Row, looked: Looked) -> None:
    facts = row.get("facts", {})
    rows = walk.table.steps_from(walk.state)
    open_steps = {step.name for step in rows}
    if "may" in row:
        assert open_steps == set(row["may"])
        looked.by_the_way("may", *(step.cite for step in rows))
    assert not open_steps & set(row.get("may_not", ()))
    for name in row.get("may_not", ()):
        looked.by_the_way("may_not", _without(walk.table, name))
    for name, wanted in row.get("missing", {}).items():
        step = walk.row(name)
        given = {f: facts[f] for f in step.facts if f in facts}
        missing = rules.missing_facts(walk.table, step, given, walk.facts)
        assert [fact.name for fact in missing] == wanted
        for fact in missing:
            looked.at("missing", fact.cite)
    for name, wanted in row.get("choices", {}).items():
        assert list(walk.table.facts[name].choices) == wanted
        narrowed = profile.kinds[row["at"]].choices.get(name)
        if narrowed is not None:
            looked.at("choices", narrowed.cite)
        asking = [s.cite for s in walk.table.steps if name in s.own_facts]
        looked.by_the_way("choices", *asking)
    for name, clause in row.get("barred", {}).items():
        step = walk.row(name)
        own = {f: v for f, v in facts.items() if f in step.own_facts or f in step.computed}
        guard = rules.barred_by(step, rules.deciding(step, own, walk.facts))
        assert guard is not None
        assert clause in guard.cite
        looked.at("barred", guard.cite)


def _without(table: FlatTable, name: str) -> tuple[str, ...]:
    """Return the clauses on which it rests that a step is not open: closed, silent, or not yet."""
    stage, _, step = name.partition(".")
    power = f"{stage}.{step.removeprefix('ask_').replace('extension', 'extend')}"
    silences = [table.silent[place] for place in (name, power, stage) if place in table.silent]
    elsewhere = table.step_named(name)
    return (*table.closed.get(name, ()), *silences, *(elsewhere.cite if elsewhere else ()))


@pytest.mark.parametrize("profile_id", profiles.all_ids())
def test_every_text_has_at_least_twelve_rows_with_their_arithmetic(profile_id: str) -> None:
    rows = ROWS[profile_id]

    assert len(rows) >= 12
    assert {row["at"] for row in rows if "at" in row} <= set(profiles.load(profile_id).kinds)
    assert len({row["case"] for row in rows}) == len(rows)


@pytest.mark.parametrize("profile_id", profiles.all_ids())
def test_rows_say_of_every_step_what_is_ours_what_may_be_and_who_is_told(profile_id: str) -> None:
    profile = profiles.load(profile_id)
    for kind, text in profile.kinds.items():
        if text.absent is not None:
            continue
        rows = [row for row in ROWS[profile_id] if row.get("at") == kind]
        ours = {name for row in rows for name in worded(row.get("ours", "none"))}
        tells = {name for row in rows for name in row.get("tells", {})}
        tells |= {row["do"][-1].rpartition(" ")[2] for row in rows if "told" in row}
        force = {name for row in rows for name in row.get("force", {})}
        steps = [step for step in table(kind, profile_id=profile_id).steps if not step.practice]

        assert {step.name for step in steps if step.presumed} <= ours, kind
        assert {step.name for step in steps if step.tell} <= tells, kind
        wordings = [one for found in text.stages.values() for one in found]
        assert {one.name for one in wordings if one.force != "shall"} <= force, kind


@pytest.mark.parametrize("profile_id", profiles.all_ids())
def test_rows_name_every_word_role_field_and_paper_of_a_text(profile_id: str) -> None:
    of_the_text = [row for row in ROWS[profile_id] if "at" not in row]
    for key, things in profile_rows.LISTS.items():
        named = {name for row in of_the_text if key in row for name in row[key]}

        assert set(things(profiles.load(profile_id))) <= named, key


@pytest.mark.parametrize("profile_id", profiles.all_ids())
def test_a_row_that_cites_another_clause_fails(profile_id: str) -> None:
    """No row may pass on a clause on which nothing that it looks at rests."""
    purpose = next(iter(clauses.of_profile(profile_id))).id
    for row in ROWS[profile_id]:
        if purpose not in cites_of(row):
            with pytest.raises(AssertionError):
                _check(profile_id, {**row, "cite": purpose})
            with pytest.raises(AssertionError):
                _check(profile_id, {**row, "cite": [*cites_of(row), purpose]})


@pytest.mark.clause("HL-47")
def test_the_measures_hold_from_their_issue_for_two_years() -> None:
    measures = profiles.load(HEILONGJIANG)

    assert not measures.in_force(date(2025, 1, 5))
    assert measures.in_force(date(2025, 1, 6))
    assert measures.in_force(date(2027, 1, 6))
    assert not measures.in_force(date(2027, 1, 7))

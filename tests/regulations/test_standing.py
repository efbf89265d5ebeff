"""Every clause of every text has a standing, and nothing is said of it that is not so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from huitong.operations import cli_law
from huitong.regulations import clauses, profiles, proving, standing

ROOT = Path(__file__).parents[2]
EACH = pytest.mark.parametrize("profile_id", profiles.all_ids())


@EACH
def test_every_clause_has_one_standing_in_the_order_of_the_text(profile_id: str) -> None:
    stands, faults = standing.of(profiles.load(profile_id))

    assert faults == []
    assert [one.clause for one in stands] == list(clauses.of_profile(profile_id))


@EACH
def test_what_is_supported_names_a_file_that_is_there(profile_id: str) -> None:
    for one in standing.of(profiles.load(profile_id))[0]:
        if one.kind == "supported":
            assert (ROOT / one.by).is_file(), f"{one.clause.id}: {one.by}"
            assert one.by.startswith("src/huitong/")


def test_all_464_clauses_of_the_six_texts_are_there() -> None:
    assert sum(len(standing.of(profiles.load(one))[0]) for one in profiles.all_ids()) == 464


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("{}", "nothing cites this clause and nothing is said of it"),
        ("HL-22.3: {standing: planned, room: web, zh: 一, en: one}", "cites this clause already"),
        ("HL-1: {standing: planned, room: attic, zh: 一, en: one}", "not the keys"),
        ("HL-1: {standing: done, zh: 一, en: one}", "not the keys"),
        ("HL-1: {standing: supported, room: web, zh: 一, en: one}", "not the keys"),
        ("HL-99: {standing: not_for_software, zh: 一, en: one}", "the text has no such clause"),
    ],
)
def test_a_row_that_is_wrong_or_missing_is_named(
    rows: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = profiles.load("heilongjiang-2025")
    clauses.all_clauses()  # read before the folder is another one
    (tmp_path / profile.id).mkdir()
    (tmp_path / profile.id / standing.FILE).write_text(rows + "\n", encoding="utf-8")
    monkeypatch.setattr(clauses, "FOLDER", tmp_path)

    faults = standing.of(profile)[1]

    assert any(told in fault.message for fault in faults)
    assert all(fault.clause for fault in faults)


def test_a_clause_at_which_the_profile_only_looked_may_have_a_row_of_its_own() -> None:
    henan = profiles.load("henan-2020")
    places = proving.cites_of(henan)["HN-23"]
    stands = {one.clause.id: one for one in standing.of(henan)[0]}

    assert places == ["kinds.authorised_operation.absent"]
    assert stands["HN-23"].kind == "not_for_software"
    assert stands["HN-20.1"].kind == "carried_out"  # looked at, but terms rest on it too


def test_the_command_lists_the_clauses_of_one_standing() -> None:
    command = ["clauses", "heilongjiang-2025", "--only", "carried_out", "--json"]
    rows = json.loads(CliRunner().invoke(cli_law.app, command).stdout)
    told = CliRunner().invoke(cli_law.app, ["clauses", "heilongjiang-2025"]).stdout

    assert {row["standing"] for row in rows} == {"carried_out"}
    assert all(row["rules"] for row in rows)
    assert "HL-22.3" in told
    wrong = CliRunner().invoke(cli_law.app, ["clauses", "heilongjiang-2025", "--only", "done"])
    assert wrong.exit_code == 2

"""Local texts beside the national one: what comes out of the tables by itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from huitong.operations import cli_law
from huitong.regulations import floors, profiles

NATIONAL = "national-2025"
WANTED: list[list[str]] = yaml.safe_load(
    Path(__file__).with_name("floors.yaml").read_text(encoding="utf-8")
)
LOCAL = tuple(p for p in profiles.all_ids() if profiles.load(p).parent == NATIONAL)


@pytest.mark.parametrize("row", WANTED, ids=[" ".join(row[:3]) for row in WANTED])
def test_the_known_differences_come_out_with_both_articles(row: list[str]) -> None:
    profile_id, where, verdict, local, parent = row
    found = floors.compare(profiles.load(profile_id), profiles.load(NATIONAL))

    here = [one for one in found if (one.where, one.verdict) == (where, verdict)]
    assert len(here) == 1
    assert local in here[0].local
    assert parent in here[0].parent


@pytest.mark.parametrize("profile_id", LOCAL)
def test_every_finding_names_an_article_of_each_text_and_says_it_in_words(profile_id: str) -> None:
    local, national = profiles.load(profile_id), profiles.load(NATIONAL)
    found = floors.compare(local, national)

    assert found
    for one in found:
        assert one.local
        assert set(one.local) <= set(local.clauses)
        assert one.parent
        assert set(one.parent) <= set(national.clauses)
        assert one.names.zh
        assert one.names.en.isascii() or "“" in one.names.en


@pytest.mark.clause("NA-23")
@pytest.mark.parametrize("profile_id", LOCAL)
def test_a_shorter_period_passes_and_none_of_the_five_has_a_longer_one(profile_id: str) -> None:
    found = floors.compare(profiles.load(profile_id), profiles.load(NATIONAL))

    assert not any(one.warns for one in found if one.verdict in {"shorter", "silent", "narrower"})
    assert not any(one.verdict == "longer" for one in found)


def test_a_text_beside_itself_shows_nothing() -> None:
    for profile_id in profiles.all_ids():
        profile = profiles.load(profile_id)
        assert floors.compare(profile, profile) == []


def test_the_command_prints_both_articles_and_counts_what_is_weaker() -> None:
    answer = CliRunner().invoke(cli_law.app, ["floors", "heilongjiang-2025", "--json"])
    rows = json.loads(answer.stdout)
    told = CliRunner().invoke(cli_law.app, ["floors", "heilongjiang-2025"]).stdout

    assert {"where", "verdict", "warns", "zh", "en", "local", "parent"} == set(rows[0])
    assert "HL-22.3 / NA-21.2" in told
    assert f"{sum(row['warns'] for row in rows)} of {len(rows)} weaker" in told


def test_the_text_at_the_top_has_nothing_above_it() -> None:
    answer = CliRunner().invoke(cli_law.app, ["floors", NATIONAL])

    assert answer.exit_code == 2
    assert "--parent" in answer.output

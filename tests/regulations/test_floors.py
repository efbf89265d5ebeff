"""Local texts beside the national one: what comes out of the tables by itself."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from huitong.operations import cli_law
from huitong.regulations import compiling, floors, house, profiles
from huitong.regulations.law import Narrowed, Profile

NATIONAL = "national-2025"
WANTED: list[tuple[int, str, str, str, str, str]] = yaml.safe_load(
    Path(__file__).with_name("floors.yaml").read_text(encoding="utf-8")
)
LOCAL = tuple(p for p in profiles.all_ids() if profiles.load(p).parent == NATIONAL)


@pytest.mark.parametrize("row", WANTED, ids=[" ".join(map(str, row[:4])) for row in WANTED])
def test_the_known_differences_come_out_with_both_articles(
    row: tuple[int, str, str, str, str, str],
) -> None:
    _, profile_id, where, verdict, local, parent = row
    found = floors.compare(profiles.load(profile_id), profiles.load(NATIONAL))

    here = [one for one in found if (one.where, one.verdict) == (where, verdict)]
    assert len(here) == 1
    assert local in here[0].local
    assert parent in here[0].parent


@pytest.mark.clause("HL-44.2")
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


@pytest.mark.clause("NA-26.2", "HL-6.4")
def test_the_clock_above_runs_where_a_text_in_force_is_silent_and_only_since_then() -> None:
    measures = profiles.load("heilongjiang-2025")

    def times(on: date, profile: Profile = measures) -> list[tuple[str, ...]]:
        table = compiling.compiled(profile, "correction_consumer", on)
        return [limit.cite for limit in table.states["handle"].times]

    assert times(date(2025, 7, 31)) == []
    assert times(date(2025, 8, 1)) == [("NA-26.2",)]
    # Drafts and models are compared, and nothing of the law above is put into them.
    assert times(date(2026, 3, 2), replace(measures, status="draft")) == []


def test_only_the_clock_comes_from_above() -> None:
    measures = profiles.load("heilongjiang-2025")
    alone = replace(measures, above=None)
    for kind, text in measures.kinds.items():
        if text.absent is None:
            beside = compiling.compiled(measures, kind, date(2026, 3, 2))
            own = compiling.compiled(alone, kind, date(2026, 3, 2))
            assert replace(beside, states={}, facts={}) == replace(own, states={}, facts={})
            for name, state in beside.states.items():
                assert replace(state, times=own.states[name].times) == own.states[name]


def test_a_bar_above_warns_only_where_it_can_arise_under_the_answers_that_the_text_leaves() -> None:
    """Where no platform may be built anew at all, nothing need be barred from being built anew."""
    model, national = profiles.load("model-city"), profiles.load(NATIONAL)
    kind = model.kinds["platform_approval"]
    joined = replace(kind, choices={"platform_matter": Narrowed(("join",), ("MC-3.1",))})
    narrowed = replace(model, kinds={**model.kinds, kind.kind: joined})

    def bars(local: Profile) -> list[str]:
        return [x.where for x in floors.compare(local, national) if x.verdict == "bars"]

    assert "platform_approval.apply.submit" in bars(model)
    assert "platform_approval.apply.submit" not in bars(narrowed)


@pytest.mark.clause("HN-12.2", "NA-29.2", "NA-29.3", "HL-28.3")
def test_records_are_compared_in_length_matter_and_who_may_look() -> None:
    national = profiles.load(NATIONAL)
    henan = {one.where: one for one in floors.compare(profiles.load("henan-2020"), national)}
    local = {one.where: one for one in floors.compare(profiles.load("heilongjiang-2025"), national)}

    log = henan["records.use_record"]
    assert log.warns
    assert "对象不同" in log.names.zh  # a log of supply is no record of use: both floors stand
    assert "不少于24个月" in log.names.zh
    assert "不少于3年" in log.names.zh
    assert "主管部门可以查阅" in local["records.use_record.inspect"].names.zh
    assert "records.use_record.keep" not in local


KEPT = "keep: {years: 3, cite: HL-28.2}"
LOOKED = "inspect: {by: provider, cite: HL-28.3}"


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("by: consumer, states: [scenario], cite: HL-28.2", "record_not_stated"),
        (f"by: nobody, {KEPT}, {LOOKED}, cite: HL-28.2", "unknown"),
        (f"by: consumer, states: [tea], {KEPT}, {LOOKED}, cite: HL-28.2", "unknown"),
        (f"by: consumer, {KEPT}, silent: {{keep: HL-28.2}}, {LOOKED}", "record_not_stated"),
        (f"by: consumer, keep: {{years: 3, months: 4}}, {LOOKED}", "period_ambiguous"),
        (f"by: consumer, keep: {{cite: HL-28.2}}, {LOOKED}", "period_ambiguous"),
        (f"by: consumer, {KEPT}, inspect: {{by: neighbour, cite: HL-28.3}}", "unknown"),
        (f"by: consumer, silent: {{keep: HL-999}}, {LOOKED}, cite: HL-28.2", "cite_unknown"),
        (f"by: consumer, {KEPT}, {LOOKED}", "cite_missing"),
        ("absent: HL-999", "cite_unknown"),
    ],
)
def test_a_record_badly_stated_is_named_with_its_line(tmp_path: Path, rule: str, code: str) -> None:
    profile = profiles.load("heilongjiang-2025")
    (tmp_path / "house.yaml").write_text(f"records:\n  use_record: {{{rule}}}\n", encoding="utf-8")
    _, faults = house.read(tmp_path, profile.clauses, profile.prefix)

    assert any(code in fault.code for fault in faults), [f.code for f in faults]
    assert all(fault.line in (1, 2) for fault in faults)


@pytest.mark.parametrize("local", profiles.all_ids())
@pytest.mark.parametrize("parent", profiles.all_ids())
def test_any_text_can_be_held_beside_any_other(local: str, parent: str) -> None:
    found = floors.compare(profiles.load(local), profiles.load(parent))

    assert all(one.names.zh and one.names.en for one in found)
    assert (local == parent) is not any(one.warns for one in found)

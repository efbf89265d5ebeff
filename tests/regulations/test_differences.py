"""Two texts side by side: what the table of differences states comes out of the profiles."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from huitong.operations import cli_law
from huitong.regulations import differences, parameters, profiles
from huitong.regulations.law import Profile
from huitong.regulations.places import PARAMETERS, Said

ROWS: list[tuple[int, str, str, str, str]] = yaml.safe_load(
    Path(__file__).with_name("differences.yaml").read_text(encoding="utf-8")
)

WITHOUT_ARTICLE = {"level", "status", "parent", "clock", "ranks", "practice"}
"""What is known of a text without one, and what the platform sets for itself."""


def _said(profile_id: str, where: str) -> Said:
    found = parameters.of(profiles.load(profile_id))
    return {str(place): said for place, said in found.items()}[where]


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]} {row[1]} {row[2]}" for row in ROWS])
def test_each_text_says_what_the_table_of_differences_states(
    row: tuple[int, str, str, str, str],
) -> None:
    _, profile_id, where, words, article = row
    said = _said(profile_id, where)

    assert any(cite.startswith(article) for cite in said.cite)
    if words in ("silent", "lost"):
        assert said.because == words
        assert said.key is None
    else:
        assert words in said.names.zh


def test_the_reply_to_a_conditional_application_differs_in_every_pair_of_four() -> None:
    four = ("henan-2020", "huizhou-2024", "heilongjiang-2025", "national-2025")
    for left, right in permutations(four, 2):
        found = differences.compare(
            profiles.load(left), profiles.load(right), "share_application_conditional"
        )
        assert "share_application_conditional.reply.time" in {str(one.place) for one in found}


def test_a_text_beside_itself_has_no_difference() -> None:
    for profile_id in profiles.all_ids():
        profile = profiles.load(profile_id)
        assert differences.compare(profile, profile) == []


@pytest.mark.parametrize(("left", "right"), list(permutations(profiles.all_ids(), 2)))
def test_the_sides_change_places_and_every_article_is_of_its_own_text(
    left: str, right: str
) -> None:
    ours, theirs = profiles.load(left), profiles.load(right)
    there = differences.compare(ours, theirs)
    back = {one.place: one for one in differences.compare(theirs, ours)}

    assert len(there) == len(back)
    for one in there:
        assert (one.left, one.right) == (back[one.place].right, back[one.place].left)
        assert set(one.left.cite) <= set(ours.clauses)
        assert set(one.right.cite) <= set(theirs.clauses)
        assert one.left.names.zh
        assert one.right.names.en
        assert one.names == PARAMETERS[one.place.parameter]


@pytest.mark.clause("NA-27.2", "HL-27.2")
def test_the_answers_that_a_text_narrows_are_compared_with_the_article() -> None:
    """The national text suspends on three grounds only; Heilongjiang's list is open."""
    found = differences.compare(
        profiles.load("heilongjiang-2025"), profiles.load("national-2025"), "use_rectification"
    )
    trigger = {str(one.place): one for one in found}["use_rectification.choices.trigger"]

    assert trigger.left == differences.NOTHING
    assert trigger.right.cite == ("NA-27.2",)
    assert trigger.right.names.zh == "超范围调用、超目的调用、擅自提供给第三方"


def test_whose_level_decides_how_often_and_what_the_platform_adds_are_compared() -> None:
    ours, theirs = profiles.load("heilongjiang-2025"), profiles.load("henan-2020")
    found = {str(one.place): one for one in differences.compare(ours, theirs)}

    assert "与数据提供部门同级" in found["dispute.coordinate.seats"].left.names.zh
    assert "每年一次" in found["evaluation.recurs"].right.names.zh
    assert "岗位" in found["posts.responsible"].names.zh or found["posts.responsible"].left.cite


def test_another_name_for_the_same_body_is_no_difference() -> None:
    """The department that provides is 数源部门 in one text and 数据提供部门 in the other."""
    found = differences.compare(
        profiles.load("huizhou-2024"), profiles.load("heilongjiang-2025"), "demand"
    )

    assert "demand.review.who" not in {str(one.place) for one in found}
    assert "demand.review.time" in {str(one.place) for one in found}


def test_a_procedure_that_one_text_has_not_is_one_difference_with_the_reason() -> None:
    found = differences.compare(
        profiles.load("model-city"), profiles.load("national-2025"), "use_rectification"
    )

    assert [str(one.place) for one in found] == ["use_rectification.absent"]
    assert found[0].left.because == "lost"
    assert found[0].right.cite == ("NA-27.2",)


def test_a_stage_that_one_text_has_not_shows_what_the_other_says_of_it() -> None:
    found = differences.compare(
        profiles.load("heilongjiang-2025"), profiles.load("national-2025"), "catalogue_update"
    )
    review = {str(one.place): one for one in found}["catalogue_update.review.time"]

    assert review.left.names == differences.NO_STAGE
    assert review.left.cite == ("HL-15",)
    assert "2个工作日" in review.right.names.zh


def test_a_period_for_some_situations_says_that_the_rest_is_silent() -> None:
    said = _said("national-2025", "catalogue_update.update.time")

    assert said.names.zh.endswith("其余情形没有规定")


def test_every_parameter_of_every_text_is_said_in_both_languages() -> None:
    for profile_id in profiles.all_ids():
        for place, said in parameters.of(profiles.load(profile_id)).items():
            assert place.parameter in PARAMETERS, place
            assert said.names.zh, place
            assert "None" not in said.names.en, place
            assert said.cite or place.parameter in WITHOUT_ARTICLE, place
            assert (said.key is None) == (said.because != "said"), place


def _command(*arguments: str) -> str:
    answer = CliRunner().invoke(cli_law.app, list(arguments), catch_exceptions=False)
    assert answer.exit_code == 0
    return answer.stdout


def test_the_command_prints_both_values_and_both_articles() -> None:
    command = ["diff", "heilongjiang-2025", "national-2025"]
    told = _command(*command, "--kind", "share_application_conditional")
    found = json.loads(_command(*command, "--json"))

    assert "自收到之日起1个工作日（HL-22.3）｜自收到之日起10个工作日（NA-21.2）" in told
    assert found["left"] == "heilongjiang-2025"
    one = next(
        row
        for row in found["differences"]
        if row["where"] == "share_application_conditional.reply.time"
    )
    assert one["left"]["cite"] == ["HL-22.3"]
    assert one["right"]["en"].startswith("10 working day(s)")


def test_a_profile_is_shown_whole_by_one_procedure_and_by_clause() -> None:
    whole = _command("show", "huizhou-2024")
    one = json.loads(_command("show", "huizhou-2024", "demand", "--json"))
    clause = json.loads(_command("show", "HL-22.3", "--json"))

    assert "公共管理和服务机构" in whole
    assert {row["kind"] for row in one["parameters"]} == {"demand"}
    assert clause["article"] == "《黑龙江省政务数据管理暂行办法》第二十二条第二款第（二）项"


def test_an_unknown_procedure_is_answered_with_those_there_are() -> None:
    answer = CliRunner().invoke(cli_law.app, ["diff", "model-city", "county-2024", "--kind", "tea"])

    assert answer.exit_code == 2
    assert "catalogue_review" in answer.output


def test_a_check_answers_machines_too() -> None:
    assert json.loads(_command("check", "national-2025", "--json")) == {"ok": True, "faults": []}


def _amended(days: str, since: date) -> Profile:
    """Return the national text with a reply of other working days from a day on."""
    profile = profiles.load("national-2025")
    kind = profile.kinds["share_application_conditional"]
    reply = kind.stages["reply"][0]
    later = replace(
        reply, since=since, times=(replace(reply.times[0], amount=int(days)), *reply.times[1:])
    )
    stages = {**kind.stages, "reply": (reply, later)}
    kinds = {**profile.kinds, kind.kind: replace(kind, stages=stages)}
    return replace(profile, kinds=kinds)


def test_each_leaf_tells_from_when_to_when_it_holds() -> None:
    amended = _amended("7", date(2027, 3, 1))
    kind = "share_application_conditional"
    held = {str(place): one for place, one in parameters.history(amended, kind).items()}
    period, consent = held[f"{kind}.reply.time"], held[f"{kind}.reply.consent"]

    assert [(x.said.names.zh[-5:], x.since, x.until) for x in period] == [
        ("0个工作日", date(2025, 8, 1), date(2027, 2, 28)),
        ("7个工作日", date(2027, 3, 1), None),
    ]
    # What the amendment leaves as it was goes on.
    assert [(x.since, x.until) for x in consent] == [(date(2025, 8, 1), None)]
    on = {str(p): s for p, s in parameters.of(amended, kind, date(2027, 2, 28)).items()}
    assert on[f"{kind}.reply.time"] == period[0].said


@pytest.mark.clause("HL-47")
def test_a_text_is_shown_as_of_a_day() -> None:
    command = ["show", "heilongjiang-2025", "demand", "--json"]
    held = json.loads(_command(*command, "--on", "2027-01-06"))
    over = json.loads(_command(*command, "--on", "2027-01-07"))
    clause = json.loads(_command("show", "HL-22.3", "--on", "2027-01-07", "--json"))

    assert held["on"] == "2027-01-06"
    assert {(row["since"], row["until"]) for row in held["parameters"]} == {
        ("2025-01-06", "2027-01-06")
    }
    assert over["parameters"] == []
    assert "不在有效期内" in _command(*command[:-1], "--on", "2027-01-07")
    assert (clause["in_force"], clause["until"]) == (False, "2027-01-06")
    assert "自2025-01-06，至2027-01-06" in _command(*command[:-1])


def test_a_day_that_is_none_is_answered_with_how_to_write_one() -> None:
    answer = CliRunner().invoke(cli_law.app, ["show", "national-2025", "--on", "tomorrow"])

    assert answer.exit_code == 2
    assert "2026-09-30" in answer.output

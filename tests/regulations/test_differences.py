"""Two texts side by side: what the table of differences states comes out of the profiles."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from huitong.operations import cli_law
from huitong.regulations import differences, parameters, profiles
from huitong.regulations.parameters import PARAMETERS, Place, Said

ROWS: list[tuple[int, str, str, str, str]] = yaml.safe_load(
    Path(__file__).with_name("differences.yaml").read_text(encoding="utf-8")
)


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
            assert said.cite or place in (Place("level"), Place("status")), place
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

"""Areas and departments as of a day, on the command line and for programs."""

import json
from datetime import date, timedelta

import pytest
from typer.testing import CliRunner

from huitong.operations import cli_organisation, preparing
from huitong.organisations import actions, telling
from huitong.organisations.errors import BodyUnknownError
from huitong.organisations.types import SYSTEM
from organisations.places import TODAY, Province

YESTERDAY = TODAY - timedelta(days=1)
PAPER = "黑编发〔2026〕2号"


@pytest.fixture
def changed(founded: Province) -> Province:
    """The province after a day on which a department was founded, one renamed, one merged."""
    told = {"day": TODAY, "paper": PAPER, "actor": SYSTEM, "at": founded.at}
    actions.rename_department(founded.education, name="省教育和体育厅", **told)  # type: ignore[arg-type]
    actions.found_department(
        code="HL-NEW", name="省应急厅", jurisdiction=founded.province, **told  # type: ignore[arg-type]
    )  # fmt: skip
    actions.recode_jurisdiction(founded.city, code="230900", **told)  # type: ignore[arg-type]
    bureau = actions.found_department(
        code="HRB-MERGED", name="市某局", jurisdiction=founded.city, actor=SYSTEM, at=founded.at
    )
    actions.end_department(bureau, successor=founded.civil_affairs, **told)  # type: ignore[arg-type]
    return founded


def names(on: date, area: str = "") -> dict[str, tuple[str, str]]:
    return {one["code"]: (one["name"], one["area"]) for one in telling.departments(on, area=area)}


def test_departments_are_told_as_they_were_on_the_day(changed: Province) -> None:
    assert names(YESTERDAY) == {
        "HL-DATA": ("省数据局", "230000"),
        "HL-EDU": ("省教育厅", "230000"),
        "HRB-CA": ("哈尔滨市民政局", "230100"),
        "HRB-MERGED": ("市某局", "230100"),
    }
    assert names(TODAY) == {
        "HL-DATA": ("省数据局", "230000"),
        "HL-EDU": ("省教育和体育厅", "230000"),
        "HL-NEW": ("省应急厅", "230000"),
        "HRB-CA": ("哈尔滨市民政局", "230900"),
    }
    assert set(names(YESTERDAY, "230100")) == {"HRB-CA", "HRB-MERGED"}
    assert set(names(TODAY, "230900")) == {"HRB-CA"}
    for code, on in (("230100", TODAY), ("230900", YESTERDAY), ("999999", TODAY)):
        with pytest.raises(BodyUnknownError, match=code):
            telling.departments(on, area=code)


@pytest.mark.clause("HL-6.1")
def test_one_department_is_told_with_posts_gaps_and_what_became_of_it(changed: Province) -> None:
    found = telling.department("HL-EDU", TODAY)

    assert {one["role"] for one in found["posts"]} == {"officer", "head"}
    assert [(one["act"], one["paper"]) for one in found["changes"]] == [("renamed", PAPER)]
    assert ["HL-6.1"] in [one["cite"] for one in found["gaps"]]
    assert "contact" not in json.dumps(found)
    gone = telling.department("HRB-MERGED", TODAY)
    assert (gone["ended_on"], gone["successor"]) == (TODAY.isoformat(), "HRB-CA")
    with pytest.raises(BodyUnknownError):
        telling.department("NOWHERE", TODAY)


@pytest.mark.clause("HL-5", "HL-6.1")
def test_gaps_are_told_area_by_area_with_their_articles(changed: Province) -> None:
    found = telling.missing(TODAY)

    assert {one["area"] for one in found} == {"230000", "230900"}
    assert all(one["cite"] for one in found)
    assert {one["what"] for one in found} >= {"duty", "unit", "post", "paper"}
    mine = telling.missing(TODAY, area="230900")
    assert {one["department"] for one in mine} == {None, "HRB-CA"}
    with pytest.raises(BodyUnknownError):
        telling.missing(TODAY, area="230100")


def test_the_command_prints_the_tree_the_list_one_department_and_the_gaps(
    changed: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "prepare", lambda: None)

    def run(*words: str) -> str:
        done = CliRunner().invoke(cli_organisation.app, list(words), catch_exceptions=False)
        assert done.exit_code == 0
        return done.stdout

    assert run("tree", "--on", str(YESTERDAY)) == "230000  黑龙江省\n  230100  哈尔滨市\n"
    assert [one["code"] for one in json.loads(run("tree", "--json", "--on", str(TODAY)))] == [
        "230000",
        "230900",
    ]
    listed = json.loads(run("list", "--area", "230900", "--on", str(TODAY), "--json"))
    assert [one["code"] for one in listed] == ["HRB-CA"]
    assert "省教育厅" in run("list", "--on", str(YESTERDAY))
    shown = run("show", "HL-EDU", "--on", str(TODAY))
    assert PAPER in shown
    assert "第六条" in shown
    assert "第六条" in run("gaps", "--on", str(TODAY))
    assert json.loads(run("gaps", "--area", "230900", "--on", str(TODAY), "--json"))
    with pytest.raises(BodyUnknownError):
        run("show", "NOWHERE")
    assert CliRunner().invoke(cli_organisation.app, ["tree", "--on", "02-30"]).exit_code == 2

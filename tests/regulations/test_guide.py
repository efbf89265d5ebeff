"""The guide on adding a regulation, walked: its text is whole, its answers are what is printed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from huitong.operations import cli_law
from huitong.regulations import (
    checking,
    clauses,
    compiling,
    differences,
    floors,
    house,
    profiles,
    standing,
    vocabulary,
)
from huitong.regulations.errors import ProfileUnknownError
from regulations.broken import copy_of
from regulations.invented import NATIONAL, ROOT, YUNZE, forget, settled
from regulations.test_specification import test_the_law_is_carried_out_as_the_row_says as run_row

GUIDE = ROOT / "docs" / "guides" / "add-a-regulation.md"
ID = YUNZE.name
ROWS: list[dict[str, Any]] = yaml.safe_load((YUNZE / "rows.yaml").read_text("utf-8"))
_FENCED = re.compile(r"^( *)```(\w+) ?(\S*)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
BLOCKS = [
    (language, file, re.sub(f"(?m)^{indent}", "", text))
    for indent, language, file, text in _FENCED.findall(GUIDE.read_text("utf-8"))
]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with settled(tmp_path) as made:
        yield made


def test_every_path_that_the_guide_names_is_there() -> None:
    named = re.findall(r"`((?:src|tests|docs)/[^`<]+)`", GUIDE.read_text("utf-8"))

    assert len(named) >= 6
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_what_the_guide_shows_stands_so_in_the_files() -> None:
    shown = [(file, text) for language, file, text in BLOCKS if language == "yaml"]

    assert {file for file, _ in shown} == {path.name for path in YUNZE.iterdir()}
    for file, text in shown:
        for part in text.split("# …\n"):
            assert part in (YUNZE / file).read_text("utf-8"), f"{file} does not hold\n{part}"


@pytest.mark.usefixtures("folder")
def test_every_command_of_the_guide_answers_as_the_guide_prints() -> None:
    dialogues = [text for language, _, text in BLOCKS if language == "console"]
    asked = [
        part.partition("\n") for dialogue in dialogues
        for part in re.split(r"(?m)^\$ huitong law ", dialogue)[1:]
    ]  # fmt: skip

    assert {command.split()[0] for command, _, _ in asked} == {"check", "due", "diff", "floors"}
    for command, _, printed in asked:
        answer = CliRunner().invoke(cli_law.app, shlex.split(command))
        assert answer.exit_code == 0, answer.output
        for line in printed.splitlines():
            assert line == "…" or line in answer.output.splitlines(), f"{command}: {line}"


def test_the_check_is_silent_and_every_kind_is_stated_or_absent_with_its_article(
    folder: Path,
) -> None:
    assert checking.check(folder) == []

    yunze = profiles.load(ID)
    assert set(yunze.kinds) == set(vocabulary.shared()[0].kinds)
    for text in yunze.kinds.values():
        assert bool(text.stages) is not bool(text.absent and text.absent.at)
        if text.absent is None:
            days = (date(2026, 1, 1), *compiling.wording_days(text))
            assert all(compiling.compiled(yunze, text.kind, day).steps for day in days)


@pytest.mark.usefixtures("folder")
def test_the_text_uses_what_the_guide_promises() -> None:
    yunze = profiles.load(ID)
    stages = [w for k in yunze.kinds.values() for s in k.stages.values() for w in s]

    assert any(stage.extend for stage in stages)
    assert any(stage.supplement and stage.supplement.pauses for stage in stages)
    assert [str(stage.since) for stage in stages if stage.since] == ["2027-01-01"]
    assert any(limit.own_period for stage in stages for limit in stage.times)
    assert {k.recurs.yearly for k in yunze.kinds.values() if k.recurs} == {True, False}
    assert any(kind.choices for kind in yunze.kinds.values())
    assert [r.name for r in yunze.roles.values() if r.recorded_by] == ["joint_meeting"]
    assert yunze.excluded
    assert yunze.bases
    assert yunze.opening_bars
    assert house.of(ID).posts["data_head"].filed == "people_filing"


@pytest.mark.usefixtures("folder")
def test_no_clause_is_without_standing_and_all_are_cited_as_a_document_would() -> None:
    stands, faults = standing.of(profiles.load(ID))

    assert faults == []
    assert 30 <= len(stands) == len(clauses.of_profile(ID))
    assert clauses.label("YZ-13.4") == "《云泽县政务数据管理办法（试行）》第十三条第四款"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("row", [pytest.param(row, id=row["case"]) for row in ROWS])
def test_the_rows_of_the_invented_text_hold(row: dict[str, Any]) -> None:
    run_row(ID, row)


@pytest.mark.usefixtures("folder")
def test_beside_the_national_text_it_is_shorter_longer_silent_and_lacks_things() -> None:
    found = floors.compare(profiles.load(ID), profiles.load(NATIONAL))

    said = {(one.where, one.verdict): (one.local, one.parent, one.warns) for one in found}
    for where, verdict, local, parent, warns in (
        ("share_application_conditional.reply", "shorter", "YZ-13.3", "NA-21.2", False),
        ("catalogue_update.update", "longer", "YZ-8", "NA-17.1", True),
        ("correction_consumer.handle", "silent", "YZ-14.2", "NA-26.2", False),
        ("incident_report", "absent", "YZ-21.1", "NA-35.2", True),
        ("excluded.work_secret", "excluded", "YZ-2.2", "NA-3.1", True),
    ):
        assert said[where, verdict] == ((local,), (parent,), warns)
    pauses = [
        (one.left, one.right)
        for one in differences.compare(profiles.load(ID), profiles.load(NATIONAL))
        if (one.place.kind, one.place.stage, one.place.parameter)
        == ("share_application_conditional", "reply", "supplement")
    ]
    assert [(left.cite, right.cite) for left, right in pauses] == [(("YZ-13.2",), ("NA-21.3",))]


def test_of_the_parent_only_the_clock_runs_and_only_where_the_text_is_silent(folder: Path) -> None:
    silent = profiles.load(ID)
    kind = "correction_consumer"
    assert compiling.compiled(silent, kind, date(2026, 3, 2)).states["handle"].times[0].cite == (
        "NA-26.2",
    )

    file = folder / "procedures.yaml"
    text = file.read_text("utf-8").replace(", handle.time: YZ-14.2}", "}")
    said = "    time: {working_days: 2, from: receipt, cite: YZ-14.2}\n    outcomes:\n      correct"
    start = text.index("correction_consumer:")
    text = text[:start] + text[start:].replace("    outcomes:\n      correct", said, 1)
    file.write_text(text, "utf-8")
    forget()

    own = compiling.compiled(profiles.load(ID), kind, date(2026, 3, 2)).states["handle"].times
    assert [(limit.amount, limit.cite) for limit in own] == [(2, ("YZ-14.2",))]


def test_a_folder_or_an_id_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert checking.check(str(copy_of(tmp_path))) == []
    with pytest.raises(ProfileUnknownError, match="atlantis"):
        checking.check("atlantis-1999")
    with pytest.raises(ProfileUnknownError):
        checking.check(tmp_path / "nowhere")

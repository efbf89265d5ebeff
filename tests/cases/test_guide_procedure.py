"""The guide on adding a procedure, walked: its blocks go into copies, and a case runs on them."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest
import yaml

from cases.scene import MONDAY, Scene, unchanged
from huitong.cases import actions, effects, queries
from huitong.cases.errors import EffectUnclaimedError, FactMissingError, KindAbsentError
from huitong.cases.models import Case
from huitong.regulations import checking, clauses, profiles, vocabulary
from regulations.broken import copy_of
from regulations.test_specification import test_the_law_is_carried_out_as_the_row_says as run_row

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guides" / "add-a-procedure.md"
OPENED: list[tuple[str, int]] = []


def block(language: str, name: str) -> str:
    """Return the one block of the guide with that mark, without its indent."""
    found = re.findall(
        rf"^ *```{language} {name}\n(.*?)^ *```$",
        GUIDE.read_text("utf-8"),
        re.DOTALL | re.MULTILINE,
    )
    assert len(found) == 1
    return textwrap.dedent(found[0])


def test_every_path_that_the_guide_names_is_there() -> None:
    named = re.findall(r"`((?:src|tests|docs)/[^`<]+)`", GUIDE.read_text("utf-8"))

    assert len(named) >= 8
    assert [path for path in named if not (ROOT / path).exists()] == []


def forget() -> None:
    for cached in (profiles.load, clauses._all, clauses._titles):
        cached.cache_clear()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Put the kind and the effect into a copy of the vocabulary; leave the text as it is."""
    words = vocabulary.FILE.read_text("utf-8")
    kind = textwrap.indent(block("yaml", "kind"), "  ")
    effect = textwrap.indent(block("yaml", "effect"), "  ")
    words = re.sub(r"(?m)^kinds:\n", lambda m: m[0] + kind, words, count=1)
    words = re.sub(r"(?m)^effects:.*\n", lambda m: m[0] + effect, words, count=1)
    file = tmp_path / "kinds.yaml"
    file.write_text(words, "utf-8")
    read = vocabulary.read(file)
    monkeypatch.setattr(vocabulary, "shared", lambda: read)
    made = copy_of(tmp_path)
    monkeypatch.setattr(clauses, "FOLDER", tmp_path)
    forget()
    yield made
    monkeypatch.undo()
    forget()


def state(folder: Path) -> None:
    with (folder / "procedures.yaml").open("a", encoding="utf-8") as file:
        file.write("\n" + block("yaml", "text"))
    forget()


def test_a_new_kind_is_asked_of_the_text_until_the_text_says_it(folder: Path) -> None:
    assert [fault.code for fault in checking.check(folder)] == ["kind_not_stated"]

    state(folder)

    assert checking.check(folder) == []


def test_the_row_of_the_guide_holds_under_the_new_kind(folder: Path) -> None:
    state(folder)
    (row,) = yaml.safe_load(block("yaml", "row"))

    run_row("heilongjiang-2025", row)


def test_a_case_of_the_new_kind_runs_under_the_engine(scene: Scene, folder: Path) -> None:
    state(folder)
    opening = partial(
        actions.open_case, kind="archive_consultation", jurisdiction=scene.province,
        subject="dataset:HL-EDU-001", title="查阅", actor=scene.actor("consumer"), at=MONDAY,
        parties={"provider": scene.provider, "consumer": scene.consumer},
    )  # fmt: skip
    with pytest.raises(FactMissingError, match="scenario"):
        opening(facts={})
    case = opening(facts={"scenario": "核对学历"})
    due = queries.due_of(case)
    assert due is not None
    assert due.day == date(2026, 3, 5)
    later = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)

    with pytest.raises(EffectUnclaimedError, match="open_archive"):
        actions.take_step(case, "answer.allow", actor=scene.actor("provider"), at=later)
    assert unchanged(case)
    exec(block("python", "effect"), {"OPENED": OPENED, "__name__": "guide"})  # noqa: S102
    assert "open_archive" in effects.CLAIMS.held
    case = actions.take_step(case, "answer.allow", actor=scene.actor("provider"), at=later)

    assert case.state == "allowed"
    assert [(case.number, 2)] == OPENED


def test_where_no_text_has_the_kind_it_cannot_be_started(scene: Scene) -> None:
    with pytest.raises(KindAbsentError):
        actions.open_case(
            kind="archive_consultation", jurisdiction=scene.province, subject="dataset:X",
            title="x", parties={"provider": scene.provider}, actor=scene.actor("consumer"),
            at=MONDAY,
        )  # fmt: skip
    assert not Case.objects.exists()

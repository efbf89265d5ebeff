"""The guide on adding a regulation, walked: its paths exist, its way leads to a sound profile."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from huitong.regulations import checking, clauses, compiling, profiles
from huitong.regulations.errors import ProfileUnknownError
from regulations.broken import copy_of

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guides" / "add-a-regulation.md"


def test_every_path_that_the_guide_names_is_there() -> None:
    named = re.findall(r"`((?:src|tests|docs)/[^`<]+)`", GUIDE.read_text(encoding="utf-8"))

    assert len(named) >= 6
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_a_seventh_text_needs_no_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = copy_of(tmp_path).rename(tmp_path / "sample-2030")
    for path in folder.glob("*.yaml"):
        text = path.read_text(encoding="utf-8").replace("HL", "SX")
        path.write_text(text.replace("id: heilongjiang-2025", "id: sample-2030"), encoding="utf-8")
    profile_file = folder / "profile.yaml"
    text = profile_file.read_text(encoding="utf-8")
    text = re.sub(r"title:\n  zh: .*\n  en: .*\n", "title: {zh: 样例办法, en: Sample}\n", text)
    text = text.replace("from: 2025-01-06, to: 2027-01-06", "from: 2030-01-01")
    profile_file.write_text(text, encoding="utf-8")

    assert checking.check(folder) == []
    monkeypatch.setattr(clauses, "FOLDER", tmp_path)
    for cached in (profiles.load, clauses._all, clauses._titles):
        cached.cache_clear()
    try:
        sample = profiles.load("sample-2030")
        table = compiling.compiled(sample, "catalogue_review", date(2030, 1, 1))
        assert clauses.label(table.steps[0].cite[0]) == "《样例办法》第十二条第三款"
        assert sample.in_force(date(2040, 1, 1))
        assert not sample.in_force(date(2029, 12, 31))
    finally:
        monkeypatch.undo()
        for cached in (profiles.load, clauses._all, clauses._titles):
            cached.cache_clear()


def test_a_folder_or_an_id_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert checking.check(str(copy_of(tmp_path))) == []
    with pytest.raises(ProfileUnknownError, match="atlantis"):
        checking.check("atlantis-1999")
    with pytest.raises(ProfileUnknownError):
        checking.check(tmp_path / "nowhere")

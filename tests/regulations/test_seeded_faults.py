"""Each fault is seeded into a sound profile and must be found, named and placed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from huitong.regulations import checking, clauses, profiles, vocabulary
from huitong.regulations.errors import ProfileBrokenError
from regulations.broken import change, copy_of, line_of

PROCEDURES = "procedures.yaml"
PROFILE = "profile.yaml"
REPLY = "    time: {working_days: 1, from: receipt, cite: HL-22.3}\n"


SEEDS: list[dict[str, str]] = yaml.safe_load(
    Path(__file__).with_name("seeded_faults.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("seed", [pytest.param(seed, id=seed["fault"]) for seed in SEEDS])
def test_a_seeded_fault_is_named_with_its_place_and_its_mend(
    seed: dict[str, str], tmp_path: Path
) -> None:
    folder = copy_of(tmp_path)
    line = change(folder, seed["file"], seed["old"], seed["new"])

    faults = [fault for fault in checking.check(folder) if fault.code == seed["code"]]

    assert faults, [str(fault) for fault in checking.check(folder)]
    fault = faults[0]
    assert fault.file == f"heilongjiang-2025/{seed['file']}"
    assert fault.line == (line_of(folder, seed["file"], seed["at"]) if "at" in seed else line)
    assert fault.mend
    assert fault.clause == seed.get("clause", fault.clause)


def test_the_sound_profile_has_no_fault(tmp_path: Path) -> None:
    assert checking.check(copy_of(tmp_path)) == []
    assert checking.check("heilongjiang-2025") == []


def test_there_are_many_seeds_and_each_is_of_its_own() -> None:
    assert len({seed["fault"] for seed in SEEDS}) == len(SEEDS) >= 16


def test_a_broken_profile_does_not_load_and_every_fault_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy_of(tmp_path)
    change(folder, PROCEDURES, REPLY, REPLY.replace("HL-22.3", "NA-21.2"))
    change(folder, PROFILE, "parent: national-2025", "parent: nowhere")
    monkeypatch.setattr(clauses, "FOLDER", tmp_path)
    profiles.load.cache_clear()

    with pytest.raises(ProfileBrokenError) as refused:
        profiles.load("heilongjiang-2025")
    profiles.load.cache_clear()

    assert {fault.code for fault in refused.value.faults} == {"cite_foreign", "parent_unknown"}
    assert "NA-21.2" in str(refused.value)
    assert "heilongjiang-2025/profile.yaml" in refused.value.zh


def test_a_missing_file_is_a_fault_and_no_crash(tmp_path: Path) -> None:
    folder = copy_of(tmp_path)
    (folder / "procedures.yaml").unlink()

    assert "file_missing" in {fault.code for fault in checking.check(folder)}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("effects: [issue_grant]", "effects: [isue_grant]", "effect_unknown"),
        ("resubmit: {to: review,", "resubmit: {to: reveiw,", "stage_or_end_unknown"),
        ("done: published", "done: publised", "end_unknown"),
        ("type: choice", "type: choise", "fact_type_unknown"),
    ],
)
def test_the_shared_vocabulary_is_checked_too(
    old: str, new: str, code: str, tmp_path: Path
) -> None:
    path = tmp_path / "kinds.yaml"
    text = vocabulary.FILE.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")

    faults = vocabulary.read(path)[1]

    assert [fault.code for fault in faults] == [code]
    assert faults[0].line == text[: text.index(old)].count("\n") + 1

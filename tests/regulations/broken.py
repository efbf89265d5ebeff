"""Copies of a sound profile with one thing changed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from huitong.regulations import clauses

SOUND = clauses.FOLDER / "heilongjiang-2025"


def copy_of(folder: Path) -> Path:
    """Return a copy of the Heilongjiang profile in a temporary folder, under the same id."""
    made = folder / SOUND.name
    shutil.copytree(SOUND, made)
    return made


def change(folder: Path, file: str, old: str, new: str) -> int:
    """Replace the first occurrence and return the line of the change; `old` must be there."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{file} does not hold {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def line_of(folder: Path, file: str, text: str) -> int:
    """Return the line on which a text first stands."""
    whole = (folder / file).read_text(encoding="utf-8")
    return whole[: whole.index(text)].count("\n") + 1


def restated(folder: Path, kind: str, stages: str, *, roles: str = "") -> Path:
    """Return a copy in which one kind is stated anew (the text of its stages, indented by two)."""
    made = copy_of(folder)
    path = made / "procedures.yaml"
    blocks = re.split(r"(?m)^(?=[a-z_]+:)", path.read_text(encoding="utf-8"))
    kept = [block for block in blocks if not block.startswith(f"{kind}:")]
    assert len(kept) == len(blocks) - 1
    path.write_text("".join([*kept, f"\n{kind}:\n{stages}"]), encoding="utf-8")
    if roles:
        change(made, "profile.yaml", "roles:\n", f"roles:\n{roles}")
    return made

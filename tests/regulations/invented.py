"""The invented county of the guide, set beside the national text in a folder of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from huitong.regulations import clauses, house, profiles

ROOT = Path(__file__).resolve().parents[2]
YUNZE = ROOT / "docs" / "guides" / "yunze-2026"
NATIONAL = "national-2025"


def forget() -> None:
    """Let the next question read the files again."""
    for cached in (profiles.load, clauses._all, clauses._titles, house.of):
        cached.cache_clear()


@contextmanager
def settled(folder: Path) -> Iterator[Path]:
    """Put the invented text and the one above it where profiles are looked for; yield its folder.

    The rows lie beside the text in the guide and are no part of a profile.
    """
    made = folder / YUNZE.name
    shutil.copytree(YUNZE, made, ignore=shutil.ignore_patterns("rows.yaml"))
    shutil.copytree(clauses.FOLDER / NATIONAL, folder / NATIONAL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clauses, "FOLDER", folder)
        forget()
        yield made
    forget()

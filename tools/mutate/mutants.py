"""What a mutant is: one thing changed in one file, everything else as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "huitong"
PROFILES = SRC / "regulations" / "profiles"


@dataclass(frozen=True)
class Mutant:
    """One change. `file` is relative to the package, `where` says which part of it in words.

    `make` gives the whole file with the change made. `id` does not name the line, so that a list of
    explained mutants outlives lines added above.
    """

    file: str
    line: int
    where: str
    change: str
    make: Callable[[], str]

    @property
    def id(self) -> str:
        """Name the mutant for lists and reports."""
        return f"{self.file} {self.where}: {self.change}"

    @property
    def is_table(self) -> bool:
        """Say whether a profile is changed, and not the program."""
        return self.file.endswith(".yaml")

    @property
    def profile_id(self) -> str:
        """The profile that is changed."""
        return Path(self.file).parent.name

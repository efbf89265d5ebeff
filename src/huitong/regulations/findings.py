"""One difference between a local text and the one above it, with both articles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from huitong.regulations.types import Names

Verdict = Literal[
    "shorter", "longer", "silent", "absent", "stage", "owner", "facts", "consent", "supplement",
    "extension", "bars", "ranks", "narrower", "fields", "excluded", "house", "records", "choices",
    "beyond",
]  # fmt: skip
WEAKER: frozenset[Verdict] = frozenset(
    {"longer", "absent", "stage", "owner", "facts", "consent", "supplement", "extension", "bars",
     "ranks", "fields", "excluded", "house", "records"}
)  # fmt: skip
"""Verdicts that warn; `shorter` and `narrower` pass, where a text is `silent` on a number the
parent's clock may run. Other `choices` may be stricter or weaker, and what a text has `beyond` the
parent is shown with where we looked above: both are for people to judge."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference. `where` is a kind, `kind.stage`, or a part of the profile."""

    where: str
    verdict: Verdict
    names: Names
    local: tuple[str, ...]
    parent: tuple[str, ...]

    @property
    def warns(self) -> bool:
        """Say whether the local text is weaker here than the one above it."""
        return self.verdict in WEAKER


def finding(
    where: str,
    verdict: Verdict,
    local: tuple[str, ...],
    parent: tuple[str, ...],
    zh: str,
    en: str,
) -> Finding:
    """Return a finding from its words in both languages."""
    return Finding(where, verdict, Names(zh, en), local, parent)


def all_cites(cites: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return several cites as one, each clause once."""
    return tuple(dict.fromkeys(one for cite in cites for one in cite))

"""What a specification row has looked at, and on which clauses that rests.

A row proves the clauses that it cites: each of them must be a cite of something that the row looked
at, and whatever one of its keys looked at must rest on one of them. So a changed cite is noticed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from huitong.regulations.types import Role

Row = Mapping[str, Any]


def cites_of(row: Row) -> list[str]:
    """Return the clauses that a row cites, one or several."""
    return [row["cite"]] if isinstance(row["cite"], str) else list(row["cite"])


def worded(value: object) -> list[str]:
    """Return a key's word or words as a list; `none` is no word."""
    if value == "none":
        return []
    return [str(word) for word in (value if isinstance(value, list) else [value])]


class Looked:
    """The clauses behind each key of a row."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.cited = set(cites_of(row))
        self.behind: dict[str, set[str]] = defaultdict(set)

    def at(self, key: str, *cites: Collection[str]) -> None:
        """Note what something that a key looked at rests on; it must be what the row cites.

        Something without a cite of its own (an end, a practice) rests on nothing.
        """
        found = {clause for some in cites for clause in some}
        self.behind[key] |= found
        assert not found or found & self.cited, (
            f"{key}: what the row looks at rests on {sorted(found)}, the row cites {self.cited}"
        )

    def by_the_way(self, key: str, *cites: Collection[str]) -> None:
        """Note what else a key looked at, which may rest on other clauses too."""
        self.behind[key] |= {clause for some in cites for clause in some}

    def close(self) -> None:
        """Compare what the row cites with all that it looked at."""
        unseen = self.cited - {clause for found in self.behind.values() for clause in found}
        assert not unseen, f"the row looks at nothing that rests on {sorted(unseen)}"


def called(roles: Mapping[str, Role], names: Iterable[str], wanted: object) -> bool:
    """Say whether roles are the wanted ones, in their order, by official name or by id."""
    found = list(names)
    asked = worded(wanted)
    return len(found) == len(asked) and all(
        word in (name, roles[name].names.zh) for name, word in zip(found, asked, strict=True)
    )

"""Reads marked YAML and notes each fault with its place instead of stopping at the first."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path

from huitong.regulations import marks
from huitong.regulations.marks import MarkedDict, MarkedList
from huitong.regulations.types import Fault, Names

# Far above any number of days in a text, far below what leaves the calendar.
_MOST = 3660
_ID = re.compile(r"(?P<prefix>[A-Z]{2})-\d+(\.\d+)?\Z")


class Reader:
    """One file being read; `faults` grows, and what cannot be read comes back empty."""

    def __init__(self, path: Path, *, clauses: Collection[str] = (), prefix: str = "") -> None:
        self.file = path.name
        self.faults: list[Fault] = []
        self._clauses = clauses
        self._prefix = prefix
        self.root = self._document(path)

    def _document(self, path: Path) -> MarkedDict:
        empty = MarkedDict()
        if not path.exists():
            self.fault(0, "file_missing", "the file is missing", "write it")
            return empty
        try:
            root = marks.read(path)
        except marks.NotYamlError as error:
            self.fault(error.line, "not_yaml", f"cannot be read: {error}", "mend the YAML")
            return empty
        if isinstance(root, MarkedDict):
            return root
        self.fault(1, "shape", "must hold keys with values", "write `key: value` lines")
        return empty

    def set_prefix(self, prefix: str) -> None:
        """Say which text's clauses count as its own (a profile states it in its own file)."""
        self._prefix = prefix

    def fault(self, line: int, code: str, message: str, mend: str, *, clause: str = "") -> None:
        """Note a fault."""
        self.faults.append(Fault(self.file, line, clause, message, mend, code))

    def keys(self, node: MarkedDict, known: Collection[str], where: str) -> None:
        """Note every key that is not known there."""
        for key in node:
            if key not in known:
                self.fault(
                    node.line_of(key),
                    "key_unknown",
                    f"{where} has no {key}",
                    f"use one of {', '.join(sorted(known))}",
                )

    def mapping(self, node: MarkedDict, key: str, *, needed: bool = False) -> MarkedDict:
        """Return a mapping under a key, empty when it is not there or is no mapping."""
        value = node.get(key)
        if isinstance(value, MarkedDict):
            return value
        if value is not None or needed:
            self.fault(node.line_of(key), "shape", f"{key} must hold keys", f"write {key} as keys")
        empty = MarkedDict()
        empty.line = node.line_of(key)
        return empty

    def entries(self, node: MarkedDict) -> Iterator[tuple[str, MarkedDict, int]]:
        """Yield the mappings under every key, noting what is none."""
        for key in node:
            yield key, self.mapping(node, key, needed=True), node.line_of(key)

    def text(self, node: MarkedDict, key: str, default: str = "") -> str:
        """Return a scalar as text."""
        value = node.get(key, default)
        if isinstance(value, (MarkedDict, MarkedList)) or value is None:
            self.fault(node.line_of(key), "shape", f"{key} must be one word", f"mend {key}")
            return default
        return str(value)

    def maybe(self, node: MarkedDict, key: str) -> str | None:
        """Return a scalar as text, None when the key is not there."""
        return self.text(node, key) if key in node else None

    def words(self, node: MarkedDict, key: str) -> tuple[str, ...]:
        """Return one word or a list of words."""
        value = node.get(key)
        if value is None:
            return ()
        items = value if isinstance(value, MarkedList) else [value]
        if any(isinstance(item, (MarkedDict, MarkedList)) for item in items):
            self.fault(node.line_of(key), "shape", f"{key} must be words", f"mend {key}")
            return ()
        return tuple(str(item) for item in items)

    def flag(self, node: MarkedDict, key: str) -> bool:
        """Return a yes or no, no when it is not there."""
        value = node.get(key, False)
        if not isinstance(value, bool):
            self.fault(node.line_of(key), "shape", f"{key} must be true or false", f"mend {key}")
            return False
        return value

    def number(self, node: MarkedDict, key: str, default: int = 0) -> int:
        """Return a whole number above zero that a text may set."""
        value = node.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _MOST:
            must = f"{key} must be a whole number from 1 to {_MOST}"
            self.fault(node.line_of(key), "shape", must, f"mend {key}")
            return 1
        return value

    def day(self, node: MarkedDict, key: str) -> date | None:
        """Return a date, None when it is not there."""
        value = node.get(key)
        if value is None:
            return None
        if not isinstance(value, date):
            self.fault(node.line_of(key), "shape", f"{key} must be a date", "write 2025-01-06")
            return None
        return value

    def names(self, node: MarkedDict, where: str) -> Names:
        """Return the pair zh and en."""
        zh, en = node.get("zh"), node.get("en")
        if not all(isinstance(name, str) and name.strip() for name in (zh, en)):
            self.fault(
                node.line,
                "name_missing",
                f"{where} has no name in both languages",
                "give zh and en",
            )
        return Names(str(zh or ""), str(en or ""))

    def cite(
        self, node: MarkedDict, where: str, *, key: str = "cite", needed: bool = True
    ) -> tuple[str, ...]:
        """Return clause ids, noting those that are missing, unknown or of another text."""
        ids = self.words(node, key)
        line = node.line_of(key)
        if not ids and needed:
            self.fault(
                line, "cite_missing", f"{where} cites no clause", f"add `{key}: {self._prefix}-…`"
            )
        for found in ids:
            self.clause(found, line, where)
        return ids

    def clause(self, found: str, line: int, where: str) -> None:
        """Note a clause id that this text does not have."""
        match = _ID.match(found)
        if match and match["prefix"] != self._prefix:
            self.fault(
                line,
                "cite_foreign",
                f"{where} cites {found}, a clause of another text",
                f"cite a clause of this text ({self._prefix}-…)",
                clause=found,
            )
        elif found not in self._clauses:
            self.fault(
                line,
                "cite_unknown",
                f"{where} cites {found}, which clauses.yaml does not have",
                "cite an id of clauses.yaml or add the clause there",
                clause=found,
            )

    def known(
        self, found: str, among: Collection[str] | Mapping[str, object], line: int, what: str
    ) -> bool:
        """Note a word outside its vocabulary; `what` says which (role, fact, predicate)."""
        if found in among:
            return True
        self.fault(
            line,
            f"{what.replace(' ', '_')}_unknown",
            f"{found} is no {what}",
            f"use a known {what}, or define it first",
        )
        return False

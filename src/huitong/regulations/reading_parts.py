"""Reads the parts of a stage: roles, facts, bars, periods and powers."""

from __future__ import annotations

from collections.abc import Mapping

from huitong.regulations.law import (
    AtEnd,
    Consulting,
    Extend,
    KindWord,
    StageWord,
    Supplement,
    Words,
)
from huitong.regulations.marks import MarkedDict, MarkedList
from huitong.regulations.predicates import PREDICATES
from huitong.regulations.reading import Reader
from huitong.regulations.types import UNITS, Consent, FactWhen, Guard, Role, TimeLimit, Unit

_TIME_KEYS = (*UNITS, "own_period", "set_in", "from", "presumed", "when", "cite")


class PartReader:
    """Reads what stages and outcomes are made of; every part notes its own faults."""

    def __init__(self, reader: Reader, words: Words, roles: Mapping[str, Role]) -> None:
        self.reader = reader
        self.words = words
        self.of_profile = roles

    def facts(self, node: MarkedDict) -> tuple[tuple[str, ...], tuple[FactWhen, ...]]:
        """Return the facts always needed and those needed on a condition."""
        plain: list[str] = []
        conditional: list[FactWhen] = []
        value = node.get("facts")
        line = node.line_of("facts")
        for item in value if isinstance(value, MarkedList) else [] if value is None else [value]:
            if isinstance(item, MarkedDict):
                for name, part, at in self.reader.entries(item):
                    self.reader.known(name, self.words.facts, at, "fact")
                    self.reader.keys(part, ("when", "cite"), f"fact {name}")
                    when = self.reader.text(part, "when")
                    self.reader.known(when, PREDICATES, at, "predicate")
                    cite = self.reader.cite(part, f"fact {name}")
                    conditional.append(FactWhen(name, when, cite))
            elif self.reader.known(str(item), self.words.facts, line, "fact"):
                plain.append(str(item))
        return tuple(plain), tuple(conditional)

    def optional(self, node: MarkedDict) -> tuple[str, ...]:
        """Return the facts that may be given."""
        return self.fact_words(node, "optional")

    def fact_words(self, node: MarkedDict, key: str) -> tuple[str, ...]:
        """Return known facts under a key."""
        found = self.reader.words(node, key)
        line = node.line_of(key)
        return tuple(f for f in found if self.reader.known(f, self.words.facts, line, "fact"))

    def roles(self, node: MarkedDict, key: str) -> tuple[str, ...]:
        """Return the roles under a key, noting the unknown ones."""
        found = self.reader.words(node, key)
        self.known_roles(found, node.line_of(key))
        return found

    def known_roles(self, found: tuple[str, ...], line: int) -> None:
        """Note every word that is no role."""
        for role in found:
            self.reader.known(role, self.of_profile, line, "role")

    def guards(self, node: MarkedDict, where: str) -> tuple[Guard, ...]:
        """Return the conditions that bar an outcome."""
        value = node.get("forbidden_when")
        found = []
        for item in value if isinstance(value, MarkedList) else [] if value is None else [value]:
            if not isinstance(item, MarkedDict):
                self.reader.fault(
                    node.line_of("forbidden_when"),
                    "shape",
                    f"{where}: a bar needs a predicate and a clause",
                    "write {predicate: …, cite: …}",
                )
                continue
            self.reader.keys(item, ("predicate", "cite"), f"{where}.forbidden_when")
            name = self.reader.text(item, "predicate")
            self.reader.known(name, PREDICATES, item.line_of("predicate"), "predicate")
            found.append(Guard(name, self.reader.cite(item, f"{where}.forbidden_when")))
        return tuple(found)

    def times(self, node: MarkedDict, where: str, kind: KindWord) -> tuple[TimeLimit, ...]:
        """Return a stage's periods in the order of the text."""
        value = node.get("time")
        items = value if isinstance(value, MarkedList) else [] if value is None else [value]
        return tuple(
            self.limit(item, f"{where}.time", kind)
            for item in items
            if isinstance(item, MarkedDict)
        )

    def wait(self, node: MarkedDict, where: str, kind: KindWord) -> TimeLimit | None:
        """Return the earliest day of a stage, if it has one."""
        if "wait" not in node:
            return None
        return self.limit(self.reader.mapping(node, "wait", needed=True), f"{where}.wait", kind)

    def limit(self, node: MarkedDict, where: str, kind: KindWord | None = None) -> TimeLimit:
        """Read a period; an extension (no `kind`) starts where the period before it ends."""
        reader = self.reader
        if kind is not None:
            reader.keys(node, _TIME_KEYS, where)
        given = [key for key in (*UNITS, "own_period", "set_in") if key in node]
        if len(given) != 1:
            reader.fault(
                node.line,
                "period_ambiguous",
                f"{where} states {len(given)} periods",
                "state exactly one of a number, own_period and set_in",
            )
        unit: Unit | None = next((u for u in UNITS if u in node), None)
        set_in = reader.maybe(node, "set_in")
        if set_in is not None:
            reader.known(set_in, self.words.facts, node.line_of("set_in"), "fact")
        start = reader.text(node, "from")
        if kind is not None and set_in is None:
            self._start(node, where, kind, start)
        when = reader.maybe(node, "when")
        if when is not None:
            reader.known(when, PREDICATES, node.line_of("when"), "predicate")
        return TimeLimit(
            cite=reader.cite(node, where),
            amount=reader.number(node, unit) if unit else None,
            unit=unit,
            own_period=reader.maybe(node, "own_period"),
            set_in=set_in,
            start=start,
            presumed=reader.flag(node, "presumed"),
            when=when,
        )

    def _start(self, node: MarkedDict, where: str, kind: KindWord, start: str) -> None:
        if not start:
            self.reader.fault(
                node.line,
                "clock_without_start",
                f"{where} does not say where it starts",
                "add `from: receipt`, `sending`, a stage or `event.<fact>`"
                " (with `presumed: true` where the text is silent)",
            )
        elif start.startswith("event."):
            fact = start.removeprefix("event.")
            self.reader.known(fact, self.words.facts, node.line_of("from"), "fact")
        else:
            known = {"receipt", "sending", *kind.stages}
            self.reader.known(start, known, node.line_of("from"), "start of a clock")

    def extend(self, node: MarkedDict, where: str) -> Extend | None:
        """Return the power to lengthen the clock."""
        if "extend" not in node:
            return None
        part = self.reader.mapping(node, "extend", needed=True)
        here = f"{where}.extend"
        self.reader.keys(part, (*UNITS, "approved_by", "facts", "tell", "cite"), here)
        approved_by = self.one_role(part, "approved_by", here)
        limit = self.limit(part, here)
        return Extend(
            limit,
            approved_by,
            self.fact_words(part, "facts"),
            self.roles(part, "tell"),
            limit.cite,
        )

    def one_role(self, node: MarkedDict, key: str, where: str) -> str:
        """Return the role under a key that must be there."""
        role = self.reader.text(node, key)
        if not role:
            self.reader.fault(
                node.line, "step_without_owner", f"{where} does not say {key}", f"add `{key}:`"
            )
        else:
            self.known_roles((role,), node.line_of(key))
        return role

    def supplement(self, node: MarkedDict, where: str) -> Supplement | None:
        """Return the power to ask for material."""
        if "supplement" not in node:
            return None
        part = self.reader.mapping(node, "supplement", needed=True)
        here = f"{where}.supplement"
        self.reader.keys(part, ("times", "by", "pauses", "facts", "cite"), here)
        return Supplement(
            self.reader.number(part, "times", 1),
            self.one_role(part, "by", here) if "by" in part else "",
            self.reader.flag(part, "pauses"),
            self.fact_words(part, "facts"),
            self.reader.cite(part, here),
        )

    def consent(self, node: MarkedDict, where: str) -> Consent | None:
        """Return whose consent the stage rests on."""
        if "consent" not in node:
            return None
        part = self.reader.mapping(node, "consent", needed=True)
        here = f"{where}.consent"
        self.reader.keys(part, ("by", "cite"), here)
        return Consent(self.one_role(part, "by", here), self.reader.cite(part, here))

    def consulting(self, node: MarkedDict, where: str) -> Consulting | None:
        """Return whose opinions must be on file."""
        if "consulting" not in node:
            return None
        part = self.reader.mapping(node, "consulting", needed=True)
        here = f"{where}.consulting"
        self.reader.keys(part, ("with", "cite"), here)
        return Consulting(self.roles(part, "with"), self.reader.cite(part, here))

    def at_end(self, node: MarkedDict, where: str, word: StageWord) -> AtEnd | None:
        """Return what the lapse of the period does."""
        if "at_end" not in node:
            return None
        part = self.reader.mapping(node, "at_end", needed=True)
        here = f"{where}.at_end"
        self.reader.keys(part, ("outcome", "presumed", "cite"), here)
        outcome = self.reader.text(part, "outcome")
        self.reader.known(outcome, word.outcomes, part.line_of("outcome"), "outcome")
        presumed = self.reader.flag(part, "presumed")
        return AtEnd(outcome, presumed, self.reader.cite(part, here))

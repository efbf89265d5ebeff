"""What a text asks of the records of sharing: what they state, how long they stay, who may look.

They stand under `records` in a profile's `house.yaml`. A log of what was supplied and obtained and
a record of how data was used are two things; a text may ask for either, and neither replaces the
other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from huitong.regulations.marks import MarkedDict
from huitong.regulations.reading import Reader
from huitong.regulations.types import Names, Unit

UNITS: tuple[Unit, ...] = ("months", "years")
ASKED = ("keep", "inspect")
"""What each record must say or be declared silent on."""
_MONTHS = {"months": 1, "years": 12}
_KEYS = ("by", "states", "keep", "inspect", "silent", "absent", "lost", "cite")


@dataclass(frozen=True, slots=True)
class RecordWord:
    """A record that texts may ask for, and the matters that it may have to state."""

    name: str
    names: Names
    states: Mapping[str, Names]


@dataclass(frozen=True, slots=True)
class RecordWords:
    """The shared words of records: the records, who keeps them, who may look at them."""

    records: Mapping[str, RecordWord]
    holders: Mapping[str, Names]
    inspectors: Mapping[str, Names]


@dataclass(frozen=True, slots=True)
class Kept:
    """How long a record stays, at least."""

    amount: int
    unit: Unit
    cite: tuple[str, ...]

    @property
    def months(self) -> int:
        """Return the length in months, to be compared."""
        return self.amount * _MONTHS[self.unit]


@dataclass(frozen=True, slots=True)
class Inspected:
    """Who may look at the records of those who keep them."""

    inspectors: tuple[str, ...]
    cite: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordRule:
    """One record that a text asks for, or does not: `absent` is where we looked.

    `because` is then `silent`, or `lost` where the copy breaks off before. `silent` maps `keep` and
    `inspect` to the clause where we looked.
    """

    name: str
    holder: str = ""
    states: tuple[str, ...] = ()
    keep: Kept | None = None
    inspect: Inspected | None = None
    silent: Mapping[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    because: str = ""
    cite: tuple[str, ...] = ()


Rules: TypeAlias = Mapping[str, RecordRule]


def words(reader: Reader) -> RecordWords:
    """Read the shared words from the open `house.yaml`."""
    root = reader.root
    records = {}
    for name, node, _ in reader.entries(reader.mapping(root, "records", needed=True)):
        label = reader.names(reader.mapping(node, "names", needed=True), name)
        records[name] = RecordWord(name, label, _named(reader, node, "states"))
    holders = _named(reader, root, "record_holders")
    return RecordWords(records, holders, _named(reader, root, "inspectors"))


def read(reader: Reader, shared: RecordWords) -> dict[str, RecordRule]:
    """Read what one text asks of records, noting every fault."""
    rules = (
        _rule(reader, shared, name, node, line)
        for name, node, line in reader.entries(reader.mapping(reader.root, "records"))
        if reader.known(name, shared.records, line, "record")
    )
    return {rule.name: rule for rule in rules}


def _named(reader: Reader, node: MarkedDict, key: str) -> dict[str, Names]:
    part = reader.mapping(node, key)
    return {name: reader.names(child, name) for name, child, _ in reader.entries(part)}


def _rule(
    reader: Reader, shared: RecordWords, name: str, node: MarkedDict, line: int
) -> RecordRule:
    where = f"records.{name}"
    reader.keys(node, _KEYS, where)
    if "absent" in node:
        absent = reader.cite(node, where, key="absent")
        because = "lost" if reader.flag(node, "lost") else "silent"
        return RecordRule(name, absent=absent, because=because)
    holder, states = reader.text(node, "by"), reader.words(node, "states")
    reader.known(holder, shared.holders, line, "keeper of a record")
    for one in states:
        reader.known(one, shared.records[name].states, line, "matter of the record")
    rule = RecordRule(
        name,
        holder,
        states,
        _kept(reader, node, where),
        _inspected(reader, shared, node, where),
        dict(_silent(reader, node, where)),
        cite=reader.cite(node, where),
    )
    for asked in ASKED:
        if (getattr(rule, asked) is None) == (asked not in rule.silent):
            reader.fault(
                line,
                "record_not_stated",
                f"{where}: {asked} is neither set nor silent, or both",
                f"set it, or add `silent: {{{asked}: clause}}` with where we looked",
            )
    return rule


def _kept(reader: Reader, node: MarkedDict, where: str) -> Kept | None:
    if "keep" not in node:
        return None
    part = reader.mapping(node, "keep", needed=True)
    reader.keys(part, (*UNITS, "cite"), f"{where}.keep")
    given = [unit for unit in UNITS if unit in part]
    amount = reader.number(part, given[0]) if len(given) == 1 else 0
    if amount < 1:
        reader.fault(
            part.line,
            "period_ambiguous",
            f"{where}.keep must state one period of at least one month",
            "write `years: 3` or `months: 24`",
        )
        return None
    return Kept(amount, given[0], reader.cite(part, f"{where}.keep"))


def _inspected(
    reader: Reader, shared: RecordWords, node: MarkedDict, where: str
) -> Inspected | None:
    if "inspect" not in node:
        return None
    part = reader.mapping(node, "inspect", needed=True)
    reader.keys(part, ("by", "cite"), f"{where}.inspect")
    by = reader.words(part, "by")
    for one in by:
        reader.known(one, shared.inspectors, part.line_of("by"), "inspector of records")
    return Inspected(by, reader.cite(part, f"{where}.inspect"))


def _silent(reader: Reader, node: MarkedDict, where: str) -> Iterator[tuple[str, str]]:
    part = reader.mapping(node, "silent")
    reader.keys(part, ASKED, f"{where}.silent")
    for key in part:
        clause = reader.text(part, key)
        reader.clause(clause, part.line_of(key), f"{where}: silent on {key}")
        yield key, clause

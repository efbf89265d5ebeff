"""Reads `profile.yaml` and `clauses.yaml`: identity, roles, duties, terms, fields and clauses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import cast, get_args
from zoneinfo import available_timezones

from huitong.regulations import clauses as clause_rows
from huitong.regulations import marks, vocabulary
from huitong.regulations.law import (
    BasisRule,
    CatalogueField,
    Exclusion,
    OpeningBar,
    Profile,
    Term,
    Words,
)
from huitong.regulations.marks import MarkedDict, MarkedList
from huitong.regulations.predicates import PREDICATES
from huitong.regulations.reading import Reader
from huitong.regulations.reading_procedures import ProcedureReader
from huitong.regulations.types import (
    CLOCK,
    HEAD_POSTS,
    RESOLVERS,
    SEVERAL,
    Clause,
    ClockSettings,
    Fault,
    Names,
    Overdue,
    Resolver,
    Role,
)

TEXTS = Path(__file__).with_name("texts.yaml")
_KEYS = (
    *("id", "prefix", "names", "title", "document", "status", "level", "parent", "valid"),
    *("bodies", "duties", "roles", "overdue", "clock", "terms", "fields", "excluded"),
    *("ranks", "bases", "opening_bars"),
)
_ROLE_KEYS = (
    *("is", "for", "beside", "above", "level", "recorded_by", "post", "several", "presumed"),
    *("zh", "en", "cite"),
)
_BESIDE = ("owner",)
_LEVELS = ("nation", "province", "city", "county")
_SEATED = ("provider", "consumer", "party")
_STATUS = ("draft", "model", "in_force")
_CLAUSE_KEYS = {"id", "article", "paragraph", "item", "zh", "en"}


def read(folder: Path) -> tuple[Profile, list[Fault]]:
    """Read a profile's folder, with every fault that can be seen file by file."""
    words, faults = vocabulary.shared()
    clauses, clause_faults = _clauses(folder)
    reader = Reader(folder / "profile.yaml", clauses=clauses)
    prefix = reader.text(reader.root, "prefix")
    reader.set_prefix(prefix)
    profile = _Profile(reader, words, folder, clauses).read()
    procedures = Reader(folder / "procedures.yaml", clauses=clauses, prefix=prefix)
    kinds = ProcedureReader(procedures, words, profile.roles).read()
    profile = replace(profile, kinds=kinds)
    return profile, [*faults, *clause_faults, *reader.faults, *procedures.faults]


def _clauses(folder: Path) -> tuple[dict[str, Clause], list[Fault]]:
    path = folder / "clauses.yaml"
    found: dict[str, Clause] = {}
    faults: list[Fault] = []

    def fault(line: int, code: str, message: str, mend: str, clause: str = "") -> None:
        faults.append(Fault(path.name, line, clause, message, mend, code))

    if not path.exists():
        fault(0, "file_missing", "the file is missing", "write it")
        return found, faults
    try:
        rows = marks.read(path)
    except marks.NotYamlError as error:
        fault(error.line, "not_yaml", f"cannot be read: {error}", "mend the YAML")
        return found, faults
    for row in rows if isinstance(rows, MarkedList) else ():
        line = row.line if isinstance(row, MarkedDict) else rows.line
        if (
            not isinstance(row, MarkedDict)
            or not {"id", "article", "zh", "en"} <= set(row) <= _CLAUSE_KEYS
        ):
            fault(line, "shape", "a clause needs id, article, zh and en", "mend the row")
        elif row["id"] in found:
            fault(line, "clause_twice", f"{row['id']} stands twice", "keep one", row["id"])
        else:
            found[row["id"]] = clause_rows.of_row(row, folder.name)
    return found, faults


class _Profile:
    def __init__(
        self, reader: Reader, words: Words, folder: Path, clauses: Mapping[str, Clause]
    ) -> None:
        self.reader = reader
        self.root = reader.root
        self.words = words
        self.folder = folder
        self.clauses = clauses

    def read(self) -> Profile:
        reader, root = self.reader, self.root
        reader.keys(root, _KEYS, "profile.yaml")
        if reader.text(root, "id") != self.folder.name:
            reader.fault(
                root.line_of("id"),
                "id_differs",
                f"the id is not the folder's {self.folder.name}",
                "give both the same name",
            )
        status = reader.text(root, "status")
        reader.known(status, _STATUS, root.line_of("status"), "status")
        level = reader.text(root, "level")
        reader.known(level, _LEVELS, root.line_of("level"), "level")
        valid_from, valid_to, validity_cite = self._validity(status)
        bodies = self._named("bodies")
        ranks = self._named("ranks")
        roles = self._roles()
        return Profile(
            id=self.folder.name,
            prefix=reader.text(root, "prefix"),
            names=reader.names(reader.mapping(root, "names", needed=True), "names"),
            title=reader.names(reader.mapping(root, "title", needed=True), "title"),
            status=status,
            level=level,
            parent=self._parent(),
            document=reader.text(root, "document"),
            valid_from=valid_from,
            valid_to=valid_to,
            validity_cite=validity_cite,
            roles=roles,
            bodies=bodies,
            duties=self._duties(bodies),
            terms=self._terms(),
            fields=self._fields(),
            excluded=self._excluded(),
            bases=self._bases(ranks),
            ranks=ranks,
            opening_bars=self._bars(),
            overdue=self._overdue(roles),
            clock=self._clock(),
            kinds={},
            clauses=self.clauses,
            words=self.words,
            folder=str(self.folder),
        )

    def _validity(self, status: str) -> tuple[date | None, date | None, tuple[str, ...]]:
        node = self.reader.mapping(self.root, "valid")
        if not node and status == "in_force":
            self.reader.fault(
                self.root.line, "dates_missing", "a text in force has no first day", "add `valid:`"
            )
        self.reader.keys(node, ("from", "to", "cite"), "valid")
        first, last = self.reader.day(node, "from"), self.reader.day(node, "to")
        if first and last and last < first:
            self.reader.fault(
                node.line_of("to"),
                "dates_overlap",
                f"the last day {last} lies before {first}",
                "mend the dates",
            )
        cite = self.reader.cite(node, "valid") if node else ()
        return first, last, cite

    def _parent(self) -> str | None:
        parent = self.reader.maybe(self.root, "parent")
        if parent is not None:
            texts = marks.read(TEXTS)
            line = self.root.line_of("parent")
            if parent == self.folder.name or not (
                parent in texts or (self.folder.parent / parent).is_dir()
            ):
                self.reader.fault(
                    line,
                    "parent_unknown",
                    f"there is no text {parent} above this one",
                    "name a text of texts.yaml or a folder beside this one",
                )
        return parent

    def _named(self, key: str) -> dict[str, Names]:
        part = self.reader.mapping(self.root, key)
        return {name: self.reader.names(node, name) for name, node, _ in self.reader.entries(part)}

    def _duties(self, bodies: Mapping[str, Names]) -> dict[str, str]:
        part = self.reader.mapping(self.root, "duties", needed=True)
        found = {}
        for duty in part:
            body = self.reader.text(part, duty)
            self.reader.known(duty, self.words.duties, part.line_of(duty), "duty")
            self.reader.known(body, bodies, part.line_of(duty), "body")
            found[duty] = body
        return found

    def _roles(self) -> dict[str, Role]:
        reader = self.reader
        part = reader.mapping(self.root, "roles", needed=True)
        duties = reader.mapping(self.root, "duties")
        found = {}
        for name, node, line in reader.entries(part):
            reader.keys(node, _ROLE_KEYS, f"role {name}")
            resolver = reader.text(node, "is")
            reader.known(resolver, RESOLVERS, node.line_of("is"), "resolver")
            duty, beside = reader.maybe(node, "for"), reader.maybe(node, "beside")
            level, recorder = reader.maybe(node, "level"), reader.maybe(node, "recorded_by")
            if recorder is not None:
                reader.known(recorder, part, node.line_of("recorded_by"), "role")
            if duty is not None:
                reader.known(duty, duties, node.line_of("for"), "duty")
            if beside is not None:
                reader.known(beside, {*part, *_BESIDE}, node.line_of("beside"), "role")
            if level is not None:
                reader.known(level, _LEVELS, node.line_of("level"), "level")
            if resolver == "authority" and (duty is None or (beside is None) == (level is None)):
                reader.fault(
                    line,
                    "role_incomplete",
                    f"the authority {name} has no duty or no level",
                    "add `for:`, and either `beside:` or `level:`",
                )
            if resolver == "common_superior" and duty is None:
                reader.fault(
                    line,
                    "role_incomplete",
                    f"the common superior {name} has no duty",
                    "add `for:`",
                )
            if resolver == "head" and beside is None:
                reader.fault(
                    line,
                    "role_incomplete",
                    f"the head {name} is the head of nobody",
                    "add `beside:` with the role whose post it is",
                )
            several = self._several(name, node, resolver)
            post = reader.maybe(node, "post")
            if post is not None:
                reader.known(post, HEAD_POSTS, node.line_of("post"), "post")
            found[name] = Role(
                name=name,
                resolver=cast("Resolver", resolver if resolver in get_args(Resolver) else CLOCK),
                names=reader.names(node, f"role {name}"),
                duty=duty,
                beside=beside,
                level=level,
                above=reader.number(node, "above") if "above" in node else 0,
                recorded_by=recorder,
                presumed=reader.flag(node, "presumed"),
                cite=reader.cite(node, f"role {name}"),
                post=post,
                several=several,
            )
        return found

    def _several(self, role: str, node: marks.MarkedDict, resolver: str) -> str:
        reader = self.reader
        several = reader.text(node, "several")
        if not several:
            return ""
        reader.known(several, SEVERAL, node.line_of("several"), "need of several departments")
        if resolver not in _SEATED or "recorded_by" in node:
            reader.fault(
                node.line_of("several"),
                "several_of_no_party",
                f"the role {role} is filled by an office, and cannot have several departments",
                "drop `several:`, or let the role be a party of the case",
            )
        return several

    def _overdue(self, roles: Mapping[str, Role]) -> Overdue:
        node = self.reader.mapping(self.root, "overdue")
        self.reader.keys(node, ("tell", "cite"), "overdue")
        tell = self.reader.words(node, "tell")
        for role in tell:
            self.reader.known(role, {*roles, "owner"}, node.line_of("tell"), "role")
        return Overdue(tell, self.reader.cite(node, "overdue") if node else ())

    def _clock(self) -> ClockSettings:
        node = self.reader.mapping(self.root, "clock")
        self.reader.keys(node, ("day_end", "timezone"), "clock")
        default = ClockSettings()
        day_end = self.reader.text(node, "day_end", default.day_end)
        timezone = self.reader.text(node, "timezone", default.timezone)
        try:
            time.fromisoformat(day_end)
        except ValueError:
            self.reader.fault(
                node.line_of("day_end"), "shape", f"{day_end} is no time of a day", 'write "17:30"'
            )
        if timezone not in available_timezones():
            self.reader.fault(
                node.line_of("timezone"),
                "shape",
                f"{timezone} is no time zone",
                "write one of the zone database, as Asia/Shanghai",
            )
        return ClockSettings(day_end, timezone)

    def _terms(self) -> dict[str, Term]:
        reader = self.reader
        part = reader.mapping(self.root, "terms", needed=True)
        found = {}
        for name, node, line in reader.entries(part):
            reader.known(name, self.words.terms, line, "term")
            reader.keys(node, ("zh", "en", "cite"), f"term {name}")
            names = reader.names(node, f"term {name}")
            found[name] = Term(name, names, reader.cite(node, f"term {name}"))
        for name in self.words.terms:
            if name not in found:
                reader.fault(
                    self.root.line_of("terms"),
                    "term_missing",
                    f"the text's word for {name} is not given",
                    f"add {name} to terms",
                )
        return found

    def _fields(self) -> tuple[CatalogueField, ...]:
        reader = self.reader
        found = []
        for name, node, _ in reader.entries(reader.mapping(self.root, "fields", needed=True)):
            reader.keys(node, ("zh", "en", "cite", "when", "treated_as"), f"field {name}")
            when = reader.maybe(node, "when")
            if when is not None:
                reader.known(when, PREDICATES, node.line_of("when"), "predicate")
            cite = reader.cite(node, f"field {name}")
            treated_as = reader.maybe(node, "treated_as")
            names = reader.names(node, f"field {name}")
            found.append(CatalogueField(name, names, cite, when, treated_as))
        return tuple(found)

    def _excluded(self) -> dict[str, Exclusion]:
        reader = self.reader
        found = {}
        for name, node, _ in reader.entries(reader.mapping(self.root, "excluded")):
            reader.keys(node, ("zh", "en", "shared_by", "cite"), f"excluded {name}")
            cite = reader.cite(node, f"excluded {name}")
            yet = reader.cite(node, f"excluded {name}", key="shared_by", needed=False)
            found[name] = Exclusion(name, reader.names(node, name), cite, yet)
        return found

    def _bases(self, ranks: Mapping[str, Names]) -> dict[str, BasisRule]:
        reader = self.reader
        found = {}
        for use, node, _ in reader.entries(reader.mapping(self.root, "bases")):
            reader.keys(node, ("ranks", "cite"), f"basis {use}")
            accepted = reader.words(node, "ranks")
            for rank in accepted:
                reader.known(rank, ranks, node.line_of("ranks"), "rank")
            found[use] = BasisRule(use, accepted, reader.cite(node, f"basis {use}"))
        return found

    def _bars(self) -> tuple[OpeningBar, ...]:
        reader = self.reader
        found = []
        for name, node, _ in reader.entries(reader.mapping(self.root, "opening_bars")):
            reader.keys(node, ("zh", "en", "cite", "unless"), f"bar {name}")
            unless = reader.maybe(node, "unless")
            if unless is not None:
                reader.known(unless, self.words.facts, node.line_of("unless"), "fact")
            cite = reader.cite(node, f"bar {name}")
            found.append(OpeningBar(name, reader.names(node, name), cite, unless))
        return tuple(found)

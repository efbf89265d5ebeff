"""What a text asks of a body's own house: whom it binds, posts, units and books.

`house.yaml` beside the profile says it; a profile without that file asks for nothing. The words
(kinds of body, posts, units, papers) are shared by all texts and stand in `regulations/house.yaml`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from huitong.regulations import clauses, records, vocabulary
from huitong.regulations.law import Profile
from huitong.regulations.marks import MarkedDict
from huitong.regulations.reading import Reader
from huitong.regulations.records import RecordRule, RecordWords
from huitong.regulations.types import Clause, Fault, Names

FILE = "house.yaml"
SHARED = Path(__file__).with_name(FILE)
LEVELS = ("nation", "province", "city", "county", "town", "village")
_HOLDERS = ("department", "authority")
_NEEDS = ("always", "if_any")


@dataclass(frozen=True, slots=True)
class PaperWord:
    """A kind of paper that a body keeps. `fields` are what it states besides title and number.

    `addressed` papers name other departments; `followed` ones are reported on until closed.
    """

    name: str
    names: Names
    fields: Mapping[str, Names]
    addressed: bool = False
    followed: bool = False


@dataclass(frozen=True, slots=True)
class HouseWords:
    """The shared vocabulary of the house."""

    bodies: Mapping[str, Names]
    standings: Mapping[str, Names]
    posts: Mapping[str, Names]
    units: Mapping[str, Names]
    papers: Mapping[str, PaperWord]
    kept: RecordWords


@dataclass(frozen=True, slots=True)
class BodyRule:
    """How a text stands to a kind of body; `authorised`: only where a law gives it the function."""

    name: str
    standing: str
    authorised: bool
    scope: Names | None
    cite: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PostRule:
    """A post that each body must fill with one of `any_of`.

    `filed` is the kind of case by which it is reported, `presumed` marks our reading.
    """

    name: str
    names: Names
    any_of: tuple[str, ...]
    filed: str
    presumed: bool
    cite: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitRule:
    """A unit that each body must name."""

    name: str
    names: Names
    cite: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaperRule:
    """A paper that bodies keep: every `department`, or whoever is the `authority` of an area.

    `need` is `always`, or `if_any` where the matter need not arise; `level` narrows it to the
    bodies of one level, `duty` to the authority that has it where several share the work.
    """

    name: str
    paper: str
    by: str
    need: str
    level: str
    cite: tuple[str, ...]
    duty: str = ""

    def asks(self, duties: Collection[str], level: str) -> bool:
        """Say whether a body of that level with those duties is to keep the paper."""
        held = self.duty in duties if self.duty else bool(duties)
        return self.level in ("", level) and (self.by == "department" or held)


@dataclass(frozen=True, slots=True)
class TaskRule:
    """Work that a unit or a post answers for: procedures and papers in which it is done."""

    name: str
    who: str
    names: Names
    kinds: tuple[str, ...]
    papers: tuple[str, ...]
    cite: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guidance:
    """That a body above guides the bodies of its sector."""

    names: Names
    cite: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class House:
    """All that one text asks of a body's house."""

    bodies: Mapping[str, BodyRule] = field(default_factory=dict)
    posts: Mapping[str, PostRule] = field(default_factory=dict)
    units: Mapping[str, UnitRule] = field(default_factory=dict)
    papers: Mapping[str, PaperRule] = field(default_factory=dict)
    tasks: Mapping[str, TaskRule] = field(default_factory=dict)
    records: Mapping[str, RecordRule] = field(default_factory=dict)
    guidance: Guidance | None = None


@cache
def words() -> HouseWords:
    """Return the shared vocabulary, read once."""
    reader = Reader(SHARED)
    root = reader.root
    papers = {}
    for name, node, _ in reader.entries(reader.mapping(root, "papers", needed=True)):
        label = reader.names(reader.mapping(node, "names", needed=True), name)
        stated = _named(reader, reader.mapping(node, "fields"))
        papers[name] = PaperWord(
            name, label, stated, reader.flag(node, "addressed"), reader.flag(node, "followed")
        )
    return HouseWords(
        bodies=_named(reader, reader.mapping(root, "bodies", needed=True)),
        standings=_named(reader, reader.mapping(root, "standings", needed=True)),
        posts=_named(reader, reader.mapping(root, "posts", needed=True)),
        units=_named(reader, reader.mapping(root, "units", needed=True)),
        papers=papers,
        kept=records.words(reader),
    )


@cache
def of(profile_id: str) -> House:
    """Return what a profile of the package asks; its faults are told by `profiles.load`."""
    folder = clauses.FOLDER / profile_id
    known = {clause.id: clause for clause in clauses.of_profile(profile_id)}
    return read(folder, known, next(iter(known), "").partition("-")[0])[0]


@cache
def of_profile(profile: Profile) -> House:
    """Return what a profile asks, wherever its folder lies."""
    return read(Path(profile.folder), profile.clauses, profile.prefix)[0]


def read(folder: Path, known: Mapping[str, Clause], prefix: str) -> tuple[House, list[Fault]]:
    """Read what a profile's folder asks, with every fault; no file asks for nothing."""
    path = folder / FILE
    if not path.is_file():
        return House(), []
    reader = Reader(path, clauses=known, prefix=prefix)
    root, shared = reader.root, words()
    reader.keys(root, ("bodies", "posts", "units", "papers", "tasks", "records", "guidance"), FILE)
    guidance = reader.mapping(root, "guidance")
    house = House(
        bodies={rule.name: rule for rule in _bodies(reader, root, shared)},
        posts={rule.name: rule for rule in _posts(reader, root, shared)},
        units={rule.name: rule for rule in _units(reader, root, shared)},
        papers={rule.name: rule for rule in _papers(reader, root, shared)},
        tasks={rule.name: rule for rule in _tasks(reader, root, shared)},
        records=records.read(reader, shared.kept),
        guidance=Guidance(reader.names(guidance, "guidance"), reader.cite(guidance, "guidance"))
        if "guidance" in root
        else None,
    )
    return house, reader.faults


def _named(reader: Reader, node: MarkedDict) -> dict[str, Names]:
    return {name: reader.names(child, name) for name, child, _ in reader.entries(node)}


def _bodies(reader: Reader, root: MarkedDict, shared: HouseWords) -> Iterator[BodyRule]:
    for name, node, line in reader.entries(reader.mapping(root, "bodies")):
        reader.keys(node, ("standing", "authorised", "zh", "en", "cite"), name)
        reader.known(name, shared.bodies, line, "kind of body")
        standing = reader.text(node, "standing")
        reader.known(standing, shared.standings, line, "standing")
        scope = reader.names(node, name) if "zh" in node or "en" in node else None
        yield BodyRule(
            name, standing, reader.flag(node, "authorised"), scope, reader.cite(node, name)
        )


def _posts(reader: Reader, root: MarkedDict, shared: HouseWords) -> Iterator[PostRule]:
    for name, node, line in reader.entries(reader.mapping(root, "posts")):
        reader.keys(node, ("any_of", "filed", "presumed", "zh", "en", "cite"), name)
        any_of = reader.words(node, "any_of")
        for post in any_of:
            reader.known(post, shared.posts, line, "post")
        yield PostRule(
            name,
            reader.names(node, name),
            any_of,
            reader.text(node, "filed"),
            reader.flag(node, "presumed"),
            reader.cite(node, name),
        )


def _units(reader: Reader, root: MarkedDict, shared: HouseWords) -> Iterator[UnitRule]:
    for name, node, line in reader.entries(reader.mapping(root, "units")):
        reader.keys(node, ("zh", "en", "cite"), name)
        reader.known(name, shared.units, line, "unit")
        yield UnitRule(name, reader.names(node, name), reader.cite(node, name))


def _papers(reader: Reader, root: MarkedDict, shared: HouseWords) -> Iterator[PaperRule]:
    for name, node, line in reader.entries(reader.mapping(root, "papers")):
        reader.keys(node, ("paper", "by", "need", "level", "duty", "cite"), name)
        paper = reader.text(node, "paper", name)
        holder, need = reader.text(node, "by", "department"), reader.text(node, "need", "always")
        level, duty = reader.text(node, "level"), reader.text(node, "duty")
        reader.known(paper, shared.papers, line, "paper")
        reader.known(holder, _HOLDERS, line, "holder of a paper")
        reader.known(need, _NEEDS, line, "need")
        if level:
            reader.known(level, LEVELS, line, "level")
        if duty:
            reader.known(duty, vocabulary.shared()[0].duties, line, "duty")
        yield PaperRule(name, paper, holder, need, level, reader.cite(node, name), duty)


def _tasks(reader: Reader, root: MarkedDict, shared: HouseWords) -> Iterator[TaskRule]:
    for name, node, line in reader.entries(reader.mapping(root, "tasks")):
        reader.keys(node, ("who", "kinds", "papers", "zh", "en", "cite"), name)
        who = reader.text(node, "who")
        reader.known(who, {**shared.units, **shared.posts}, line, "unit or post")
        papers = reader.words(node, "papers")
        for paper in papers:
            reader.known(paper, shared.papers, line, "paper")
        yield TaskRule(
            name,
            who,
            reader.names(node, name),
            reader.words(node, "kinds"),
            papers,
            reader.cite(node, name),
        )

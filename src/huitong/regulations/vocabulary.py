"""The shared vocabulary: kinds, facts, effects, terms and duties of `kinds.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from huitong.regulations import marks
from huitong.regulations.law import EndWord, KindWord, OutcomeWord, PracticeWord, StageWord, Words
from huitong.regulations.marks import MarkedDict
from huitong.regulations.reading import Reader
from huitong.regulations.types import FactWord, Fault, Names

FILE = Path(__file__).with_name("kinds.yaml")
_DAYS = ("today", "tomorrow")
_FACT_TYPES = ("text", "date", "boolean", "choice", "list", "number")


def read(path: Path = FILE) -> tuple[Words, tuple[Fault, ...]]:
    """Read the vocabulary, with whatever is wrong in it."""
    reader = Reader(path)
    root = reader.root
    reader.keys(root, ("kinds", "facts", "effects", "terms", "duties", "powers"), "kinds.yaml")
    effects = _named(reader, reader.mapping(root, "effects", needed=True))
    words = Words(
        kinds={
            name: _kind(reader, name, node, effects, line)
            for name, node, line in reader.entries(reader.mapping(root, "kinds", needed=True))
        },
        facts={
            name: _fact(reader, name, node)
            for name, node, _ in reader.entries(reader.mapping(root, "facts", needed=True))
        },
        effects=effects,
        terms=_named(reader, reader.mapping(root, "terms", needed=True)),
        duties=_named(reader, reader.mapping(root, "duties", needed=True)),
        powers=_named(reader, reader.mapping(root, "powers", needed=True)),
    )
    return words, tuple(reader.faults)


def place_of(section: Literal["effects", "facts"], name: str) -> str:
    """Return where a name is given to the shared vocabulary: `kinds.yaml:1234`."""
    part = marks.read(FILE)[section]
    return f"{FILE.name}:{part.line_of(name)}" if name in part else FILE.name


@cache
def shared() -> tuple[Words, tuple[Fault, ...]]:
    """Return the package's own vocabulary, read once."""
    return read()


def _named(reader: Reader, node: MarkedDict) -> dict[str, Names]:
    return {name: reader.names(child, name) for name, child, _ in reader.entries(node)}


def _fact(reader: Reader, name: str, node: MarkedDict) -> FactWord:
    bounds = ("not_after", "not_before")
    kind = reader.text(node, "type")
    # Only a day can be bounded by the day of the step.
    known = ("type", "names", "choices", *(bounds if kind == "date" else ()))
    reader.keys(node, known, f"fact {name}")
    reader.known(kind, _FACT_TYPES, node.line_of("type"), "fact type")
    choices = _named(reader, reader.mapping(node, "choices"))
    names = reader.names(reader.mapping(node, "names"), name)
    days = {bound: reader.text(node, bound) for bound in bounds if bound in node}
    for bound, day in days.items():
        reader.known(day, _DAYS, node.line_of(bound), "day")
    return FactWord(name, kind, names, choices, **days)


def _kind(
    reader: Reader, name: str, node: MarkedDict, effects: Mapping[str, Names], line: int
) -> KindWord:
    reader.keys(node, ("names", "stages", "ends", "done", "practice", "asks"), name)
    stages_node = reader.mapping(node, "stages", needed=True)
    ends_node = reader.mapping(node, "ends", needed=True)
    places = {*stages_node, *ends_node, "next", "done"}
    stages = {}
    for stage, child, _ in reader.entries(stages_node):
        reader.keys(child, ("names", "outcomes"), f"{name}.{stage}")
        outcomes = {
            outcome: _outcome(reader, outcome, part, places, effects)
            for outcome, part, _ in reader.entries(reader.mapping(child, "outcomes"))
        }
        label = reader.names(reader.mapping(child, "names"), f"{name}.{stage}")
        stages[stage] = StageWord(stage, label, outcomes)
    ends = {}
    for end, child, _ in reader.entries(ends_node):
        reader.keys(child, ("names", "effects"), f"{name}.{end}")
        label = reader.names(reader.mapping(child, "names"), f"{name}.{end}")
        ends[end] = EndWord(end, label, _effects(reader, child, effects))
    done = reader.text(node, "done")
    reader.known(done, ends, node.line_of("done"), "end")
    return KindWord(
        name=name,
        names=reader.names(reader.mapping(node, "names"), name),
        stages=stages,
        ends=ends,
        practice=_practice(reader, node, stages, ends),
        done=done,
        asks=reader.words(node, "asks"),
        line=line,
    )


def _outcome(
    reader: Reader,
    name: str,
    node: MarkedDict,
    places: set[str],
    effects: Mapping[str, Names],
) -> OutcomeWord:
    reader.keys(node, ("to", "names", "effects", "lapse"), f"outcome {name}")
    to = reader.text(node, "to")
    reader.known(to, places, node.line_of("to"), "stage or end")
    label = reader.names(reader.mapping(node, "names"), name)
    return OutcomeWord(name, to, label, _effects(reader, node, effects), reader.flag(node, "lapse"))


def _effects(reader: Reader, node: MarkedDict, effects: Mapping[str, Names]) -> tuple[str, ...]:
    found = reader.words(node, "effects")
    for effect in found:
        reader.known(effect, effects, node.line_of("effects"), "effect")
    return found


def _practice(
    reader: Reader,
    node: MarkedDict,
    stages: Mapping[str, StageWord],
    ends: Mapping[str, EndWord],
) -> dict[str, PracticeWord]:
    found = {}
    for name, child, line in reader.entries(reader.mapping(node, "practice")):
        reader.keys(child, ("during", "to", "names"), name)
        stage, _, outcome = name.partition(".")
        during = reader.words(child, "during")
        for place in (stage, *during):
            reader.known(place, stages, line, "stage")
        to = reader.text(child, "to")
        reader.known(to, ends, child.line_of("to"), "end")
        label = reader.names(reader.mapping(child, "names"), name)
        found[name] = PracticeWord(stage, outcome, during, to, label)
    return found

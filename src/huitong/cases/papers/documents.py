"""Which step makes which document: the declared table of `documents.yaml`, read and checked.

Pure: a document follows from the table, the step and the state it led to. Who may take the step
and by which article stands in the case's own flat table.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from huitong.cases.papers.errors import DocumentsBrokenError
from huitong.regulations import marks, profiles
from huitong.regulations.law import Words
from huitong.regulations.marks import MarkedDict
from huitong.regulations.types import Fault, FlatTable, Names

FILE = Path(__file__).with_name("documents.yaml")
OVERDUE = "overdue"
ISSUERS = ("actor", "platform")
ADDRESSEES = ("applicant", "next", "parties")
PLACES = frozenset({"title", "kind", "number", "received", "step", "day"})
_POWERS = frozenset({"ask_supplement", "grant_extension", "refuse_extension", OVERDUE})


@dataclass(frozen=True)
class Document:
    """A kind of document: whose it is (`ISSUERS`), to whom it goes (`ADDRESSEES`), what it says."""

    name: str
    names: Names
    by: str
    to: str
    says: Names


@dataclass(frozen=True)
class Documents:
    """The whole table. `powers` maps steps of any stage, `kinds` `stage.outcome` of a kind."""

    known: Mapping[str, Document]
    powers: Mapping[str, str]
    kinds: Mapping[str, Mapping[str, str]]


def made_by(table: FlatTable, step: str, to_state: str) -> Document | None:
    """Return the document that a step makes which led to a state; None where it makes none."""
    found = shared()
    stage, _dot, outcome = step.partition(".")
    power = found.powers.get(outcome)
    if power is not None:
        return found.known[power]
    name = found.kinds.get(table.kind, {}).get(step)
    led_to = table.states.get(to_state)
    # The same stage again: one signature of several, or a stage that goes on.
    stays = led_to is not None and not led_to.is_end and led_to.stage == stage
    return None if name is None or stays else found.known[name]


def overdue() -> Document:
    """Return the document that the passing of a due day makes."""
    return shared().known[shared().powers[OVERDUE]]


@cache
def shared() -> Documents:
    """Return the package's own table.

    Raises: DocumentsBrokenError, naming each fault with file and line.
    """
    return read(FILE)


def check() -> None:
    """Stop on a table with faults.

    Raises: DocumentsBrokenError.
    """
    shared()


def read(path: Path) -> Documents:
    """Return the table of a file.

    Raises: DocumentsBrokenError.
    """
    try:
        root = marks.read(path)
    except marks.NotYamlError as error:
        raise DocumentsBrokenError([_fault(path, error.line, str(error), "mend it")]) from error
    # The vocabulary is the same for all profiles; any of them carries it.
    found = list(faults(root, profiles.load(profiles.all_ids()[0]).words, path))
    if found:
        raise DocumentsBrokenError(found)
    return Documents(
        known={
            name: Document(name, _names(row["names"]), row["by"], row["to"], _names(row["says"]))
            for name, row in root["documents"].items()
        },
        powers=root["powers"],
        kinds=root["kinds"],
    )


def faults(root: Any, words: Words, path: Path) -> Iterator[Fault]:  # noqa: ANN401 (YAML)
    """Yield what is wrong: unknown kinds, stages, outcomes, documents, places; unused documents."""
    if not isinstance(root, MarkedDict) or root.keys() != {"documents", "powers", "kinds"}:
        yield _fault(path, 1, "the file has not documents, powers and kinds", "give these three")
        return
    known, powers, kinds = root["documents"], root["powers"], root["kinds"]
    for name, row in known.items():
        for message in _document_faults(row):
            yield _fault(path, known.line_of(name), f"document {name}: {message}", "mend it")
    for name in sorted(powers.keys() ^ _POWERS):
        yield _fault(path, powers.line_of(name), f"power {name}", f"give {', '.join(_POWERS)}")
    for kind, steps in kinds.items():
        yield from _kind_faults(kind, steps, kinds.line_of(kind), words, path)
    yield from _use_faults(known, (powers, *kinds.values()), path)


def _kind_faults(
    kind: str, steps: MarkedDict, line: int, words: Words, path: Path
) -> Iterator[Fault]:
    word = words.kinds.get(kind)
    if word is None:
        yield _fault(path, line, f"there is no kind {kind}", "use one of kinds.yaml")
        return
    for step in steps:
        stage, _dot, outcome = step.partition(".")
        if stage not in word.stages or outcome not in word.stages[stage].outcomes:
            mend = "use a stage and outcome of kinds.yaml"
            yield _fault(path, steps.line_of(step), f"{kind} has no {step}", mend)


def _use_faults(known: MarkedDict, users: Sequence[MarkedDict], path: Path) -> Iterator[Fault]:
    used: dict[str, int] = {}
    for rows in users:
        used |= {name: rows.line_of(step) for step, name in rows.items()}
    for name in sorted(used.keys() - known.keys()):
        yield _fault(path, used[name], f"there is no document {name}", "declare it above")
    for name in sorted(known.keys() - used.keys()):
        yield _fault(path, known.line_of(name), f"nothing makes {name}", "name its step or drop it")


def _document_faults(row: Any) -> Iterator[str]:  # noqa: ANN401 (YAML)
    if not isinstance(row, Mapping) or row.keys() != {"names", "by", "to", "says"}:
        yield "it has not names, by, to and says"
        return
    for part, allowed in (("by", ISSUERS), ("to", ADDRESSEES)):
        if row[part] not in allowed:
            yield f"{part} is {row[part]}, not one of {', '.join(allowed)}"
    for part in ("names", "says"):
        if not isinstance(row[part], Mapping) or row[part].keys() != {"zh", "en"}:
            yield f"{part} is not in both languages"
            return
    for text in row["says"].values():
        odd = {place for _t, place, _s, _c in Formatter().parse(text) if place} - PLACES
        if odd:
            yield f"it names {', '.join(sorted(odd))}, which nothing fills"


def _names(row: Mapping[str, str]) -> Names:
    return Names(zh=row["zh"], en=row["en"])


def _fault(path: Path, line: int, message: str, mend: str) -> Fault:
    return Fault(path.name, line, "", message, mend, "documents")

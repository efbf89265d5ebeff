"""What the platform does about each clause: the matrix of a text.

A clause that the profile cites is carried out by what cites it. For the others `standing.yaml` says
whether something of the program supports them, which room is to, or why nobody's software can. So
it may for a clause at which the profile only looked and found nothing (`silent`, `absent`): that
the text sets no period there carries nothing out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from huitong.regulations import clauses, marks, proving
from huitong.regulations.law import Profile
from huitong.regulations.marks import MarkedDict
from huitong.regulations.types import Clause, Fault, Names

FILE = "standing.yaml"
Kind = Literal["carried_out", "supported", "planned", "not_for_software"]
KINDS: Mapping[Kind, Names] = {
    "carried_out": Names("由规则或程序执行", "carried out by a rule or procedure"),
    "supported": Names("由功能或记录支持", "supported by a function or a record"),
    "planned": Names("已列入计划", "planned"),
    "not_for_software": Names("不由软件执行", "not for software"),
}
ROOMS = frozenset(
    {"regulations", "ledger", "organisations", "cases", "catalogue", "pool", "sharing", "opening",
     "supervision", "web", "gateway", "operations"}
)  # fmt: skip
# The root that `by` is written from; an installed package has the same files under `src/`.
_SOURCES = Path(__file__).parents[3]
_WORDS: Mapping[str, frozenset[str]] = {
    "supported": frozenset({"standing", "room", "by", "zh", "en"}),
    "planned": frozenset({"standing", "room", "zh", "en"}),
    "not_for_software": frozenset({"standing", "zh", "en"}),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What is done about one clause. `rules` are the places of the profile that cite it.

    `by` is a file of the program that supports it, `room` the one that does or is to do it.
    """

    clause: Clause
    kind: Kind
    rules: tuple[str, ...] = ()
    names: Names | None = None
    room: str = ""
    by: str = ""


def of(profile: Profile, folder: Path | None = None) -> tuple[list[Standing], list[Fault]]:
    """Return the standing of every clause of a text in its order, and what is wrong with them.

    `folder` is where the text lies, where that is not the package's own folder of it.
    """
    said, faults = _said(profile, folder or clauses.FOLDER / profile.id)
    cited = proving.cites_of(profile)
    found: list[Standing] = []

    def fault(clause: str, message: str, mend: str) -> None:
        line = said.lines.get(clause, 0)
        faults.append(Fault(f"{profile.id}/{FILE}", line, clause, message, mend, "standing"))

    if faults:
        return found, faults
    for clause in profile.clauses.values():
        rules, row = tuple(cited.get(clause.id, ())), said.get(clause.id)
        if rules and (row is None or not proving.only_looked_at(rules)):
            found.append(Standing(clause, "carried_out", rules))
            if row is not None:
                fault(clause.id, "a rule cites this clause already", "take its row out")
        elif row is None:
            fault(clause.id, "nothing cites this clause and nothing is said of it", "add a row")
        elif wrong := _wrong(row):
            fault(clause.id, *wrong)
        else:
            names = Names(row["zh"], row["en"])
            room, by = row.get("room", ""), row.get("by", "")
            found.append(Standing(clause, row["standing"], (), names, room, by))
    for name in said:
        if name not in profile.clauses:
            fault(name, "the text has no such clause", "mend the id")
    return found, faults


def _said(profile: Profile, folder: Path) -> tuple[MarkedDict, list[Fault]]:
    path = folder / FILE
    try:
        said = marks.read(path) if path.is_file() else None
    except marks.NotYamlError as error:
        message = f"cannot be read: {error}"
        where = f"{profile.id}/{FILE}"
        return MarkedDict(), [Fault(where, error.line, "", message, "mend the YAML", "not_yaml")]
    return said if isinstance(said, MarkedDict) else MarkedDict(), []


def _wrong(row: object) -> tuple[str, str] | None:
    """Return what is wrong with a row and how to mend it."""
    keys = _WORDS.get(row.get("standing", "")) if isinstance(row, dict) else None
    if not isinstance(row, dict) or keys != frozenset(row) or row.get("room", "web") not in ROOMS:
        return "the row has not the keys of its standing", "see the other rows"
    if "by" in row and not (_SOURCES / row["by"]).is_file():
        return f"there is no file {row['by']}", "name the file that supports it"
    return None

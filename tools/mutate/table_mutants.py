"""Mutants of a profile: each number, unit, start, actor, fact, cite, guard, way on and floor."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from mutants import PROFILES, SRC, Mutant

_UNITS = {"working_days": "days", "days": "working_days", "months": "days", "years": "months"}
# Lists and keys whose loss changes what the text says; the rest are names and remarks.
_LISTS = {"facts", "computed", "optional", "tell", "cite", "by", "all_of", "ranks", "consulting"}
_DROPPED = {
    "forbidden_when", "when", "to", "closed_by", "consent", "extend", "supplement", "at_end",
    "wait", "follow", "all_of", "consulting", "presumed", "pauses", "facts", "computed", "optional",
    "tell", "above", "level", "beside", "recorded_by", "treated_as", "unless", "valid", "parent",
    "time", "by", "force",
}  # fmt: skip
_WHOLE = {"fields", "excluded", "bases", "opening_bars", "roles", "duties", "ranks"}

_Act = Callable[[Any], None]


@dataclass(frozen=True)
class _Text:
    """One file of a profile: its data, and the line of every path in it."""

    file: str
    data: Any
    lines: dict[tuple[Any, ...], int]
    roles: list[str]
    kinds: dict[str, Any]
    clauses: list[str]


def all_mutants() -> Iterator[Mutant]:
    """Yield every mutant of every profile, in the order of the files."""
    kinds = yaml.safe_load((SRC / "regulations" / "kinds.yaml").read_text("utf-8"))["kinds"]
    for folder in sorted(path.parent for path in PROFILES.glob("*/profile.yaml")):
        profile = yaml.safe_load((folder / "profile.yaml").read_text("utf-8"))
        rows = yaml.safe_load((folder / "clauses.yaml").read_text("utf-8"))
        for name in ("profile.yaml", "procedures.yaml"):
            path = folder / name
            data = yaml.safe_load(path.read_text("utf-8"))
            lines = _lines(path)
            text = _Text(
                path.relative_to(SRC).as_posix(), data, lines, list(profile["roles"]), kinds,
                [row["id"] for row in rows],
            )  # fmt: skip
            yield from _of(text)


def _lines(path: Path) -> dict[tuple[Any, ...], int]:
    found: dict[tuple[Any, ...], int] = {}

    def note(node: yaml.Node, at: tuple[Any, ...]) -> None:
        found[at] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                note(value, (*at, key.value))
        elif isinstance(node, yaml.SequenceNode):
            for place, value in enumerate(node.value):
                note(value, (*at, place))

    note(yaml.compose(path.read_text("utf-8"), Loader=yaml.CSafeLoader), ())
    return found


def _of(text: _Text) -> Iterator[Mutant]:
    for at, value in _walk(text.data, ()):
        for change, act in _changes(text, at, value):
            yield _made(text, at, change, act)


def _walk(node: Any, at: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:  # noqa: ANN401
    if isinstance(node, dict):
        for key, value in node.items():
            yield (*at, key), value
            yield from _walk(value, (*at, key))
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield (*at, place), value
            yield from _walk(value, (*at, place))


def _made(text: _Text, at: tuple[Any, ...], change: str, act: _Act) -> Mutant:
    def make() -> str:
        data = copy.deepcopy(text.data)
        node = data
        for step in at[:-1]:
            node = node[step]
        act(node)
        return yaml.dump(data, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)

    return Mutant(text.file, text.lines.get(at, 0), ".".join(map(str, at)), change, make)


def _changes(  # noqa: C901, PLR0912 - one line for each kind of change
    text: _Text,
    at: tuple[Any, ...],
    value: Any,  # noqa: ANN401
) -> Iterator[tuple[str, _Act]]:
    key = at[-1]
    if at[0] in {"terms", "names", "title", "bodies", "clock"} or key in {"zh", "en"}:
        return

    def put(new: Any) -> tuple[str, _Act]:  # noqa: ANN401
        return f"{_short(value)} → {_short(new)}", lambda node: node.__setitem__(key, new)

    if key in {*_UNITS, "times", "above"} and isinstance(value, int):
        yield put(value + 1)
        if value > 1:
            yield put(value - 1)
    if key in _UNITS and isinstance(value, int):
        yield f"{key} → {_UNITS[key]}", lambda node: _renamed(node, key, _UNITS[key])
    if key == "from" and isinstance(value, str):
        yield put("sending" if value == "receipt" else "receipt")
    if isinstance(value, date):
        yield put(value + timedelta(days=1))
        yield put(value - timedelta(days=1))
    if key in {"by", "approved_by"} and isinstance(value, str) and value in text.roles:
        yield put(next(role for role in text.roles if role != value))
    if key == "cite" and isinstance(value, str):
        yield put(text.clauses[(text.clauses.index(value) + 1) % len(text.clauses)])
    if key in _LISTS and isinstance(value, list) and len(value) > 1:
        for place, item in enumerate(value):
            yield f"without {_short(item)}", lambda node, n=place: node[key].pop(n)
    if key == "to" and isinstance(value, str):
        kind = text.kinds.get(at[0], {})
        others = [*kind.get("stages", {}), *kind.get("ends", {})]
        yield from (put(other) for other in others[:1] + others[-1:] if other != value)
    if key in {"because", "is", "status", "force"} and isinstance(value, str):
        others = {"because": "lost", "is": "consumer", "status": "draft", "force": "may"}
        yield put("silent" if value == "lost" else "provider" if value == "consumer"
                  else others[key] if others[key] != value else "shall")  # fmt: skip
    if key == "at" and isinstance(value, str):
        yield put(text.clauses[(text.clauses.index(value) + 1) % len(text.clauses)])
    if key in _DROPPED or (len(at) == 2 and at[0] in _WHOLE):
        yield "dropped", lambda node: node.pop(key)
    if len(at) == 3 and at[1] == "follow":
        yield "dropped", lambda node: node.pop(key)
    if key == "practice" and isinstance(value, list):
        yield "dropped", lambda node: node.pop(key)


def _renamed(node: dict[str, Any], key: str, new: str) -> None:
    items = [(new if name == key else name, value) for name, value in node.items()]
    node.clear()
    node.update(items)


def _short(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_short(v)}" for k, v in value.items()) + "}"
    return str(value)

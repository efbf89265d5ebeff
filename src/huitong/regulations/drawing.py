"""A compiled procedure as a picture: stages below one another, each step a line to where it leads.

Every stage is a box on the left with its steps beside it; a step's line runs to the track of the
stage or end that it reaches, and each track enters its box with one arrow. So nothing overlaps,
whatever the procedure, and the picture is the same every time. A step that stays in its stage (an
extension, a supplement, a consent) has no line. Lengths are in pixels.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace

from huitong.regulations import clocks
from huitong.regulations.predicates import PREDICATES
from huitong.regulations.saying import OWN
from huitong.regulations.types import FlatTable, Lang, Names, State, TimeLimit

LINE = 20
_BOX, _GAP, _LABEL, _TRACK, _PAD = 210, 14, 300, 16, 10
_EM = 13.0
_START = Names("开始", "Start")


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; `y` is its base line."""

    x: int
    y: int
    words: str
    small: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """One stage or end."""

    name: str
    x: int
    y: int
    width: int
    height: int
    is_end: bool
    lines: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Track:
    """The way into one box: a vertical line and the arrow that ends it."""

    x: int
    top: int
    bottom: int
    arrow_y: int
    arrow_x: int


@dataclass(frozen=True, slots=True)
class Wire:
    """One step: a line from its stage to the track of where it leads; `end` is 0 without one."""

    y: int
    start: int
    end: int
    lines: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that a template needs to write the picture."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    wires: tuple[Wire, ...]
    tracks: tuple[Track, ...]


def draw(table: FlatTable, lang: Lang = "zh") -> Drawing:
    """Return the picture of a procedure in one language."""
    edges = _edges(table, lang)
    stages = _stages(table)
    order = ["", *stages]
    reached = {to for source, _, to in edges if source != to}
    track_of = {to: i for i, to in enumerate(name for name in order if name in reached)}
    first = _BOX + _GAP + _LABEL
    boxes, wires, y = [], [], _PAD
    entries: dict[str, int] = {}
    joins: dict[str, list[int]] = {}
    for name in order:
        state = stages.get(name)
        words = _said(state, lang) if state else [(_START.get(lang), False)]
        entries[name] = y + LINE // 2
        lines = tuple(
            Text(_PAD * 2, y + LINE * (i + 1) - 4, text, small)
            for i, (text, small) in enumerate(words)
        )
        below = y + LINE
        for _, label, to in (edge for edge in edges if edge[0] == name):
            wrapped = _wrapped(label, _LABEL - _GAP)
            texts = tuple(
                Text(_BOX + _GAP * 2, below + LINE * (i + 1) - 8, one)
                for i, one in enumerate(wrapped)
            )
            below += LINE * len(wrapped)
            end = 0 if to == name else first + _TRACK * track_of[to]
            if end:
                joins.setdefault(to, []).append(below - 2)
            wires.append(Wire(below - 2, _PAD + _BOX, end, texts))
        height = max(LINE * len(words) + 8, below - y + 4)
        is_end = bool(state and state.is_end)
        boxes.append(Box(name, _PAD, y, _BOX, height, is_end, lines))
        y += height + _GAP
    tracks = tuple(
        Track(
            first + _TRACK * number,
            min(entries[to], *joins[to]),
            max(entries[to], *joins[to]),
            entries[to],
            _PAD + _BOX,
        )
        for to, number in track_of.items()
    )
    width = first + _TRACK * len(track_of) + _PAD
    return Drawing(width, y - _GAP + _PAD, tuple(boxes), tuple(wires), tracks)


def _edges(table: FlatTable, lang: Lang) -> list[tuple[str, str, str]]:
    """Return (stage, words, stage or end reached) once for each way of each step."""
    found: dict[tuple[str, str, str], None] = {}
    for step in table.steps:
        for route in step.routes:
            label = step.names.get(lang)
            if route.when:
                condition = PREDICATES[route.when].names.get(lang)
                label += f"（{condition}）" if lang == "zh" else f" ({condition})"
            source = table.states[step.source].stage if step.source else ""
            found[(source, label, table.states[route.to].stage)] = None
    return list(found)


def _stages(table: FlatTable) -> dict[str, State]:
    """Return the stages with the state that stands for each, then the ends."""
    found: dict[str, State] = {}
    for state in sorted(table.states.values(), key=lambda state: state.is_end):
        kept = found.setdefault(state.stage, state)
        if state.extensions and not kept.extensions:
            found[state.stage] = replace(kept, extensions=state.extensions)
    return found


def _said(state: State, lang: Lang) -> list[tuple[str, bool]]:
    """Return the lines of a box: the state, then its periods; `True` marks the small print."""
    lines = [(text, False) for text in _wrapped(state.names.get(lang), _BOX - _PAD * 2)]
    limits = [limit_words(limit, lang) for limit in state.times]
    limits += [f"+ {limit_words(limit, lang)}" for limit in state.extensions]
    if state.wait is not None:
        limits.append(("满 " if lang == "zh" else "after ") + limit_words(state.wait, lang))
    return lines + [(text, True) for one in limits for text in _wrapped(one, _BOX - _PAD * 2)]


def limit_words(limit: TimeLimit, lang: Lang) -> str:
    """Return how long a period is, in few words."""
    if limit.set_in is not None:
        return "限期" if lang == "zh" else "by a date set in the order"
    if limit.own_period is not None:
        return OWN[limit.own_period].get(lang)
    return clocks.amount(limit, lang)


def _wrapped(text: str, width: int) -> list[str]:
    """Break text into lines; Latin words stay whole."""
    lines, line, used = [], "", 0.0
    for piece in _pieces(text):
        length = sum(_width(letter) for letter in piece)
        if line and used + length > width:
            lines.append(line.rstrip())
            line, used = "", 0.0
        line, used = line + piece, used + length
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for letter in text:
        joined = pieces and letter.isascii() and pieces[-1][-1].isascii()
        if joined and pieces[-1][-1] != " ":
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces


def _width(letter: str) -> float:
    wide = unicodedata.east_asian_width(letter) in "WFA"
    return _EM if wide else _EM * 0.56

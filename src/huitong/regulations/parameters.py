"""What one text says, parameter by parameter, each with its value in words and its article.

Differences, pages and the command line read this. Without a day the newest wording is read; with
one, the wording of that day. `history` gives every wording with its days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from huitong.regulations import compiling, saying, stage_parameters, whole_parameters
from huitong.regulations.law import ProcedureText, Profile
from huitong.regulations.places import Because, Place, Said, said
from huitong.regulations.types import Names


@dataclass(frozen=True, slots=True)
class Held:
    """What held at a place, from `since` to `until`, both counted; None where no day is known."""

    said: Said
    since: date | None
    until: date | None

    def on(self, day: date) -> bool:
        """Say whether it held on a day."""
        begun = self.since is None or self.since <= day
        return begun and (self.until is None or day <= self.until)


def of(profile: Profile, kind: str | None = None, on: date | None = None) -> dict[Place, Said]:
    """Return what a text says, in the order of the kinds and of the text's own stages.

    `kind` keeps one procedure and leaves the text as a whole out; `on` is the day of the wording.

    Raises: KeyError, when no text knows such a kind.
    """
    found: dict[Place, Said] = {}
    if kind is None:
        found.update(whole_parameters.of(profile))
    for name in profile.words.kinds if kind is None else (kind,):
        text = profile.kinds.get(name)
        if text is not None or kind is not None:
            for place, one in _kind(profile, _worded(profile.kinds[name], on)):
                found[place] = _beside(found[place], one) if place in found else one
    return found


def history(profile: Profile, kind: str | None = None) -> dict[Place, tuple[Held, ...]]:
    """Return all that a text has said and will say, each leaf with the days on which it held.

    A leaf that a new wording leaves as it was goes on; the days are those of the text otherwise.
    """
    first, last = profile.valid_from, profile.valid_to
    texts = profile.kinds.values() if kind is None else (profile.kinds[kind],)
    changes = {day for text in texts for day in compiling.wording_days(text)}
    begins = sorted(day for day in changes if first is None or day > first)
    found: dict[Place, list[Held]] = {}
    for since, following in zip((first, *begins), (*begins, None), strict=True):
        until = following - timedelta(days=1) if following else last
        for place, one in of(profile, kind, since or date.min).items():
            held = found.setdefault(place, [])
            before = held[-1] if held else None
            if before and before.said == one and _follows(before.until, since):
                held[-1] = replace(before, until=until)
            else:
                held.append(Held(one, since, until))
    return {place: tuple(held) for place, held in found.items()}


def _follows(until: date | None, since: date | None) -> bool:
    return until is not None and since is not None and until + timedelta(days=1) == since


def _worded(text: ProcedureText, on: date | None) -> ProcedureText:
    """Return a procedure with the one wording of each stage that counts on a day."""
    day = on or date.max
    stages = {}
    for name, wordings in text.stages.items():
        held = [one for one in wordings if one.since is None or one.since <= day]
        if held:
            stages[name] = (max(held, key=lambda one: one.since or date.min),)
    return replace(text, stages=stages)


def _beside(one: Said, silence: Said) -> Said:
    """Return a value that holds in some situations, the text being silent on the others."""
    zh, en = f"{one.names.zh}；其余情形没有规定", f"{one.names.en}; silent on other situations"
    cite = tuple(dict.fromkeys((*one.cite, *silence.cite)))
    return Said(Names(zh, en), cite, (one.key, "else silent"), "said", one.label)


def _kind(profile: Profile, text: ProcedureText) -> Iterator[tuple[Place, Said]]:
    word = profile.words.kinds[text.kind]
    if text.absent is not None or not text.stages:
        yield Place("absent", text.kind), _absence(text, word.names)
        return
    first = next(iter(text.stages.values()))[-1]
    has = Names("有此程序", "the text has this procedure")
    yield Place("absent", text.kind), Said(has, first.cite, "present", "said", word.names)
    for name, wordings in text.stages.items():
        for place, one in stage_parameters.of(profile, text, wordings[-1]):
            yield place, replace(one, label=word.stages[name].names)
    yield from _beside_stages(profile, text)
    for parameter, looked in text.silent.items():
        place = _silent_place(text.kind, parameter, tuple(word.stages))
        stage = word.stages.get(place.stage)
        if stage is not None:
            because: Because = "lost" if parameter in text.lost else "silent"
            yield place, Said(saying.SILENT, (looked,), None, because, stage.names)


def _absence(text: ProcedureText, label: Names) -> Said:
    lost = text.absent is not None and text.absent.because == "lost"
    names = Names(
        "条文残缺，是否有此程序不得而知" if lost else "条文没有规定此程序",
        "the copy breaks off before it would stand" if lost else "the text has no such procedure",
    )
    because: Because = "lost" if lost else "silent"
    return Said(names, text.absent.at if text.absent else (), None, because, label)


def _beside_stages(profile: Profile, text: ProcedureText) -> Iterator[tuple[Place, Said]]:
    """Yield what is said of a procedure and of none of its stages."""
    word = profile.words.kinds[text.kind]
    for outcome, opened in text.follow.items():
        names = profile.words.kinds[opened].names
        cite = text.follow_cites.get(outcome, ())
        label = word.ends[outcome].names
        yield Place("follow", text.kind, "", outcome), Said(names, cite, opened, "said", label)
    for name, narrowed in text.choices.items():
        fact = profile.words.facts[name]
        left = [fact.choices[one] for one in fact.choices if one in narrowed.only]
        value = saying.named(left), frozenset(narrowed.only)
        yield Place("choices", text.kind, "", name), said(value, narrowed.cite, fact.names)
    if text.recurs is not None:
        yield Place("recurs", text.kind), said(saying.recurrence(text.recurs), text.recurs.cite)
    if text.practice:
        own = saying.named(word.practice[name].names for name in text.practice)
        yield Place("practice", text.kind), said((own, frozenset(text.practice)), ())


def _silent_place(kind: str, parameter: str, stages: tuple[str, ...]) -> Place:
    stage, _, rest = parameter.partition(".")
    if not rest:
        return Place("stage", kind, stage)
    item, _, last = rest.rpartition(".")
    return Place(last, kind, stage if stage in stages else "", item)

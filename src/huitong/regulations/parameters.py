"""What one text says, parameter by parameter, each with its value in words and its article.

Differences, pages and the command line read this. A value has words for people and a `key` that
is compared: two texts that call one body by two names differ in the words and not in the key.
Where a stage has several wordings, the newest is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from huitong.regulations import saying
from huitong.regulations.law import OutcomeText, ProcedureText, Profile, StageText
from huitong.regulations.types import Names

Because = Literal["said", "silent", "lost"]

NAMELESS = Names("", "")

PARAMETERS: Mapping[str, Names] = {
    "absent": Names("程序", "procedure"),
    "stage": Names("环节", "stage"),
    "who": Names("由谁办理", "who acts"),
    "time": Names("期限", "period"),
    "wait": Names("此前不得进行下一步", "earliest day"),
    "extend": Names("延长期限", "extension"),
    "supplement": Names("补正", "missing material"),
    "consent": Names("内部同意", "consent inside the body"),
    "facts": Names("应当写明", "must state"),
    "optional": Names("可以写明", "may state"),
    "outcomes": Names("可作的决定和去向", "possible decisions and where they lead"),
    "bars": Names("不得作出的情形", "when it may not be decided"),
    "closed": Names("条文不许的决定", "decisions that the text does not leave"),
    "tell": Names("告知", "who is told"),
    "at_end": Names("期满的后果", "what the lapse of the period does"),
    "force": Names("应当或者可以", "shall or may"),
    "follow": Names("不服或者未成时", "what follows"),
    "status": Names("效力状态", "status"),
    "level": Names("层级", "level"),
    "validity": Names("有效期", "validity"),
    "overdue": Names("逾期告知", "who is told when a day passes"),
    "bodies": Names("主管部门和职责", "competent bodies and their duties"),
    "terms": Names("用语", "term"),
    "fields": Names("目录必备项", "field of an entry"),
    "excluded": Names("不适用的数据", "data outside the text"),
    "bases": Names("所需依据的层级", "ranks of a legal basis"),
    "opening_bars": Names("不予开放的情形", "bar to opening"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a parameter stands; `kind` is "" for the text as a whole, `stage` "" for the kind.

    `item` is an outcome, a field, a term or the like, with its words in `names`.
    """

    parameter: str
    kind: str = ""
    stage: str = ""
    item: str = ""

    def __str__(self) -> str:
        parts = [self.kind, self.stage, self.item, self.parameter]
        if not self.stage:
            parts = [self.kind, self.parameter, self.item]
        return ".".join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says there. `key` is compared, `names` are shown, `label` names the place."""

    names: Names
    cite: tuple[str, ...]
    key: object
    because: Because = "said"
    label: Names = NAMELESS


def of(profile: Profile, kind: str | None = None) -> dict[Place, Said]:
    """Return what a text says, in the order of the kinds and of the text's own stages.

    `kind` keeps one procedure and leaves the text as a whole out.

    Raises: KeyError, when no text knows such a kind.
    """
    found: dict[Place, Said] = {}
    if kind is None:
        found.update(_whole(profile))
    for name in profile.words.kinds if kind is None else (kind,):
        text = profile.kinds.get(name)
        if text is not None or kind is not None:
            for place, said in _kind(profile, profile.kinds[name]):
                found[place] = _beside(found[place], said) if place in found else said
    return found


def _beside(said: Said, silence: Said) -> Said:
    """Return a value that holds in some situations, the text being silent on the others."""
    zh, en = f"{said.names.zh}；其余情形没有规定", f"{said.names.en}; silent on other situations"
    cite = tuple(dict.fromkeys((*said.cite, *silence.cite)))
    return Said(Names(zh, en), cite, (said.key, "else silent"), "said", said.label)


def _kind(profile: Profile, text: ProcedureText) -> Iterator[tuple[Place, Said]]:
    word = profile.words.kinds[text.kind]
    if text.absent is not None:
        lost = text.absent.because == "lost"
        names = Names(
            "条文残缺，是否有此程序不得而知" if lost else "条文没有规定此程序",
            "the copy breaks off before it would stand"
            if lost
            else "the text has no such procedure",
        )
        because: Because = "lost" if lost else "silent"
        yield Place("absent", text.kind), Said(names, text.absent.at, None, because, word.names)
        return
    first = next(iter(text.stages.values()))[-1]
    has = Names("有此程序", "the text has this procedure")
    yield Place("absent", text.kind), Said(has, first.cite, "present", "said", word.names)
    for name, wordings in text.stages.items():
        for place, said in _stage(profile, text, wordings[-1]):
            yield place, _labelled(said, word.stages[name].names)
    for outcome, opened in text.follow.items():
        names = profile.words.kinds[opened].names
        place = Place("follow", text.kind, "", outcome)
        cite = text.follow_cites.get(outcome, ())
        yield place, Said(names, cite, opened, "said", word.ends[outcome].names)
    for parameter, looked in text.silent.items():
        place = _silent_place(text.kind, parameter, tuple(word.stages))
        stage = word.stages.get(place.stage)
        if stage is not None:
            said = Said(saying.SILENT, (looked,), None, "silent", stage.names)
            yield place, said


def _silent_place(kind: str, parameter: str, stages: tuple[str, ...]) -> Place:
    stage, _, rest = parameter.partition(".")
    if not rest:
        return Place("stage", kind, stage)
    item, _, last = rest.rpartition(".")
    return Place(last, kind, stage if stage in stages else "", item)


def _stage(profile: Profile, text: ProcedureText, stage: StageText) -> Iterator[tuple[Place, Said]]:
    say = saying.Words(profile, text)
    here = Place("stage", text.kind, stage.name)
    yield here, Said(saying.PRESENT, stage.cite, "present")
    for parameter, said in (*_clocks(say, stage), *_people(say, stage), *_matter(say, stage)):
        yield replace(here, parameter=parameter), said
    for outcome in stage.outcomes.values():
        for parameter, said in _outcome(say, stage, outcome):
            yield replace(here, parameter=parameter, item=outcome.name), said


def _clocks(say: saying.Words, stage: StageText) -> Iterator[tuple[str, Said]]:
    if stage.times:
        cites = _cites(limit.cite for limit in stage.times)
        yield "time", _said(say.times(stage.times), cites)
    if stage.wait is not None:
        yield "wait", _said(say.times((stage.wait,)), stage.wait.cite)
    if stage.extend is not None:
        yield "extend", _said(say.extend(stage.extend), stage.extend.cite)
    if stage.supplement is not None:
        yield "supplement", _said(say.supplement(stage.supplement), stage.supplement.cite)
    if stage.at_end is not None:
        yield "at_end", _said(say.at_end(stage), stage.at_end.cite)


def _people(say: saying.Words, stage: StageText) -> Iterator[tuple[str, Said]]:
    who = say.who(stage)
    if who is not None:
        yield "who", _said(who, stage.cite)
    if stage.consent is not None:
        yield "consent", _said(say.roles((stage.consent.by,)), stage.consent.cite)
    if stage.tell:
        yield "tell", _said(say.roles(stage.tell), stage.cite)


def _matter(say: saying.Words, stage: StageText) -> Iterator[tuple[str, Said]]:
    facts = say.facts(stage.facts, stage.facts_when)
    if facts is not None:
        cites = _cites((stage.cite, *(need.cite for need in stage.facts_when)))
        yield "facts", _said(facts, cites)
    if stage.optional:
        yield "optional", _said(say.listed(stage.optional), stage.cite)
    yield "outcomes", _said(say.outcomes(stage), stage.cite)
    if stage.force == "may":
        yield "force", Said(Names("可以，不是应当", "may, not shall"), stage.cite, "may")


def _outcome(
    say: saying.Words, stage: StageText, outcome: OutcomeText
) -> Iterator[tuple[str, Said]]:
    cite = outcome.cite or stage.cite
    needed = say.facts(outcome.facts, outcome.facts_when)
    if needed is not None:
        yield "facts", _said(say.of_outcome(stage, outcome, needed), cite)
    if outcome.forbidden:
        cites = _cites(guard.cite for guard in outcome.forbidden)
        bars = say.bars(outcome.forbidden)
        yield "bars", _said(say.of_outcome(stage, outcome, bars), cites)
    if outcome.closed_by:
        closed = say.outcome_name(stage, outcome.name), "closed"
        yield "closed", _said(closed, outcome.closed_by)


def _whole(profile: Profile) -> Iterator[tuple[Place, Said]]:
    """Yield what concerns the text as a whole and not one procedure."""
    validity = profile.validity_cite
    yield Place("status"), Said(saying.STATUS[profile.status], validity, profile.status)
    yield Place("level"), Said(saying.LEVELS[profile.level], (), profile.level)
    if validity:
        yield Place("validity"), _said(saying.validity(profile), validity)
    yield Place("bodies"), _said(saying.bodies(profile), profile.terms["authority"].cite)
    if profile.overdue.tell:
        told = saying.overdue(profile)
        yield Place("overdue"), _said(told, profile.overdue.cite)
    for term in profile.terms.values():
        label = profile.words.terms[term.name]
        place = Place("terms", "", "", term.name)
        yield place, Said(term.names, term.cite, term.names.zh, "said", label)
    for field in profile.fields:
        words, key = saying.field(field)
        place = Place("fields", "", "", field.name)
        yield place, Said(words, field.cite, key, "said", field.names)
    for out in profile.excluded.values():
        place = Place("excluded", "", "", out.name)
        yield place, Said(Names("不适用", "outside"), out.cite, "outside", "said", out.names)
    for use, rule in profile.bases.items():
        words = saying.named(profile.ranks[rank] for rank in rule.ranks)
        label = saying.USES.get(use, Names(use, use))
        place = Place("bases", "", "", use)
        yield place, Said(words, rule.cite, frozenset(rule.ranks), "said", label)
    for bar in profile.opening_bars:
        words, key = saying.bar(profile, bar)
        place = Place("opening_bars", "", "", bar.name)
        yield place, Said(words, bar.cite, key, "said", bar.names)


def _said(value: tuple[Names, object], cite: tuple[str, ...]) -> Said:
    return Said(value[0], cite, value[1])


def _labelled(said: Said, label: Names) -> Said:
    return Said(said.names, said.cite, said.key, said.because, label)


def _cites(cites: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for cite in cites for one in cite))

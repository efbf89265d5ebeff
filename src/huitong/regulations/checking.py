"""Finds what is wrong in a profile: in its files, in what it leaves unsaid, and in its tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from huitong.regulations import (
    checking_tables,
    clauses,
    house,
    reading_profile,
    standing,
    vocabulary,
)
from huitong.regulations.compiling import compiled, wording_days
from huitong.regulations.errors import ProfileUnknownError
from huitong.regulations.law import KindWord, ProcedureText, Profile, StageText
from huitong.regulations.types import Fault

FILE = "procedures.yaml"
SHARED_FILE = vocabulary.FILE.name


def check(profile: str | Path) -> list[Fault]:
    """Return every fault of a profile of the package (by id) or of a folder (by path).

    Raises: ProfileUnknownError, when there is no such folder.
    """
    folder = Path(profile)
    if isinstance(profile, str) and not folder.is_dir():
        folder = clauses.FOLDER / profile
    if not folder.is_dir():
        raise ProfileUnknownError(
            f"There is no profile {profile}: give the id of one, or the path of a folder.",
            zh=f"没有规则档案 {profile}，请给出档案编号或文件夹路径。",
        )
    found, faults = inspect(folder.resolve())
    # What is done about each clause is told from sound tables, and nothing runs on it.
    return faults or standing.of(found, folder.resolve())[1]


def inspect(folder: Path) -> tuple[Profile, list[Fault]]:
    """Read a profile with all its faults.

    Tables are only looked at when the files are sound: a table of half a text says nothing.
    """
    profile, faults = reading_profile.read(folder)
    unreadable = [fault for fault in faults if fault.code == "not_yaml"]
    if unreadable:  # what is missing from half a text is no fault of its own
        return profile, [replace(one, file=_placed(folder, one)) for one in unreadable]
    for text in profile.kinds.values():
        faults += _said_and_unsaid(profile, text)
    faults += _kinds_stated(profile)
    faults += house.read(folder, profile.clauses, profile.prefix)[1]
    if not faults:
        for text in profile.kinds.values():
            if text.absent is None:
                faults += _tables(profile, text)
    placed = [replace(fault, file=_placed(folder, fault)) for fault in faults]
    return profile, sorted(placed, key=lambda fault: (fault.file, fault.line))


def _placed(folder: Path, fault: Fault) -> str:
    return fault.file if fault.file == SHARED_FILE else f"{folder.name}/{fault.file}"


def _fault(line: int, code: str, message: str, mend: str, clause: str = "") -> Fault:
    return Fault(FILE, line, clause, message, mend, code)


def _kinds_stated(profile: Profile) -> Iterator[Fault]:
    for name in profile.words.kinds:
        if name not in profile.kinds:
            yield _fault(
                1,
                "kind_not_stated",
                f"the kind {name} is neither stated nor absent",
                f"add {name} with its stages, or with `absent: {{because, at}}`",
            )


def _said_and_unsaid(profile: Profile, text: ProcedureText) -> Iterator[Fault]:
    if text.absent is not None:
        return
    kind = profile.words.kinds[text.kind]
    yield from _owners(text)
    yield from _forces(kind, text)
    yield from _wordings(profile, text)
    yield from _periods(kind, text)
    yield from _silences(text)
    yield from _losses(profile, text)
    yield from _clock_on_entry(text)
    yield from _follow_ons(profile, text)


def _owners(text: ProcedureText) -> Iterator[Fault]:
    for stage in _all(text):
        if not stage.by and not stage.all_of:
            yield _fault(
                stage.line,
                "step_without_owner",
                f"nobody is to act in {text.kind}.{stage.name}",
                "add `by:` with a role of profile.yaml",
                clause=(stage.cite or ("",))[0],
            )


def _forces(kind: KindWord, text: ProcedureText) -> Iterator[Fault]:
    for stage in _all(text):
        closed = [o for o in stage.outcomes.values() if o.closed_by]
        if stage.force == "may" and len(kind.stages[stage.name].outcomes) - len(closed) < 2:
            yield _fault(
                stage.line,
                "may_without_choice",
                f"{text.kind}.{stage.name} says `may` and leaves one outcome only",
                "open another outcome, or say `shall`",
                clause=(stage.cite or ("",))[0],
            )


def _wordings(profile: Profile, text: ProcedureText) -> Iterator[Fault]:
    for name, wordings in text.stages.items():
        days = [wording.since for wording in wordings]
        late = profile.valid_to
        for place, wording in enumerate(wordings):
            if wording.since in days[:place]:
                yield _fault(
                    text.lines.get(name, wording.line),
                    "dates_overlap",
                    f"two wordings of {text.kind}.{name} are in force from the same day",
                    "give each its own `since:`",
                )
            if wording.since and late and wording.since > late:
                yield _fault(
                    wording.line,
                    "dates_overlap",
                    f"{text.kind}.{name} would change on {wording.since}, after the text ends",
                    "mend `since:` or the validity",
                )
        first = profile.valid_from
        begun = [w for w in wordings if first and (w.since is None or w.since <= first)]
        if len({w.since for w in begun}) > 1:
            yield _fault(
                begun[-1].line,
                "dates_overlap",
                f"two wordings of {text.kind}.{name} are in force when the text begins",
                "drop the one that never holds, or mend `since:`",
            )


def _periods(kind: KindWord, text: ProcedureText) -> Iterator[Fault]:
    for ask in kind.asks:
        stage, _, parameter = ask.partition(".")
        if ask in text.silent or (stage in text.silent and stage not in text.stages):
            continue
        wordings = text.stages.get(stage)
        if wordings is None:
            missing = not parameter
        else:
            missing = bool(parameter) and not all(_is_set(w, parameter) for w in wordings)
        if missing:
            line = text.lines.get(stage, text.line)
            yield _fault(
                line,
                "period_not_stated",
                f"{text.kind}: {ask} is neither set nor silent",
                f"set it, or add `silent: {{{ask}: clause}}` with where we looked",
            )
    for stage_text in _all(text):
        for one in [t for t in stage_text.times if t.when is None][1:]:
            yield _fault(
                stage_text.line,
                "period_ambiguous",
                f"{text.kind}.{stage_text.name} has two periods without `when`: only the first"
                " would run",
                "say `when:` each holds, or drop one",
                clause=(one.cite or ("",))[0],
            )
        if stage_text.extend and stage_text.extend.approved_by in stage_text.by:
            yield _fault(
                stage_text.line,
                "own_approver",
                f"{text.kind}.{stage_text.name} is extended by whoever is to act",
                "name in `approved_by` who the text says approves",
                clause=(stage_text.extend.cite or ("",))[0],
            )
        conditional = stage_text.times and all(t.when for t in stage_text.times)
        if conditional and f"{stage_text.name}.time" not in text.silent:
            yield _fault(
                stage_text.line,
                "period_not_stated",
                f"{text.kind}.{stage_text.name} has periods for some cases only",
                "add one without `when`, or declare the rest silent",
            )


def _silences(text: ProcedureText) -> Iterator[Fault]:
    for key, where in text.silent.items():
        stage, _, parameter = key.partition(".")
        wordings = text.stages.get(stage)
        if wordings is None:
            continue
        if not parameter:
            contradicted = True
        elif "." in parameter:
            outcome = parameter.partition(".")[0]
            contradicted = any(w.outcomes[outcome].facts for w in wordings if outcome in w.outcomes)
        elif parameter == "time":
            contradicted = any(any(t.when is None for t in w.times) for w in wordings)
        else:
            contradicted = any(_is_set(w, parameter) for w in wordings)
        if contradicted:
            yield _fault(
                text.lines.get(key, text.line),
                "silent_contradicted",
                f"{text.kind} is said to be silent on {key}, and states it",
                "drop the silence or what is stated",
                clause=where,
            )


def _losses(profile: Profile, text: ProcedureText) -> Iterator[Fault]:
    """Yield what is called lost in a text that is whole, or before it breaks off."""
    breaks_off = any(t.absent and t.absent.because == "lost" for t in profile.kinds.values())
    last = max((clause.article for clause in profile.clauses.values()), default=0)
    for key in text.lost:
        clause = profile.clauses.get(text.silent[key])
        if not breaks_off or clause is None or clause.article != last:
            yield _fault(
                text.lines.get(key, text.line),
                "lost_in_whole_text",
                f"{text.kind}: {key} is said to be lost, and the text does not break off there",
                "cite the article in which the text breaks off, or declare it silent",
                clause=text.silent[key],
            )


def _clock_on_entry(text: ProcedureText) -> Iterator[Fault]:
    """Yield a period on the opening step, to which no case ever comes back: it would not run."""
    first = next(iter(text.stages))
    again = any(
        target.to == first
        for stage in _all(text)
        for outcome in stage.outcomes.values()
        for target in outcome.targets
    )
    for wording in text.stages[first]:
        if wording.times and not again:
            yield _fault(
                wording.line,
                "clock_on_entry",
                f"{text.kind}.{first} opens the case: a period on it would never run",
                "put the period on the stage that follows, from `event.<fact>`",
                clause=(wording.cite or ("",))[0],
            )


def _follow_ons(profile: Profile, text: ProcedureText) -> Iterator[Fault]:
    for end, kind in text.follow.items():
        following = profile.kinds.get(kind)
        if following is None or following.absent is not None:
            yield _fault(
                text.lines.get("follow", text.line),
                "follow_on_missing",
                f"{text.kind}: after {end} comes {kind}, which this text does not state",
                "state it or drop the follow-on",
            )


def _tables(profile: Profile, text: ProcedureText) -> Iterator[Fault]:
    first = profile.valid_from or date.min
    for day in dict.fromkeys((first, *(d for d in wording_days(text) if d > first))):
        table = compiled(profile, text.kind, day)
        yield from checking_tables.faults_of(table, text)


def _all(text: ProcedureText) -> Iterator[StageText]:
    for wordings in text.stages.values():
        yield from wordings


def _is_set(stage: StageText, parameter: str) -> bool:
    value = stage.times if parameter == "time" else getattr(stage, parameter, ())
    return bool(value)

"""A local text beside the one above it: what is shorter, what is weaker, where it is silent.

Nothing is decided here and nothing inherited: each finding names both articles, and people judge
(national regulation art. 23 encourages shorter periods; whether a deviation is lawful is for
counsel). Stages are matched by name: where one text does in one stage what another does in two, a
stage is reported as missing, and the finding shows where to look.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from huitong.regulations import doubts, floors_house, saying
from huitong.regulations.clocks import amount
from huitong.regulations.findings import Finding, Verdict, all_cites, finding
from huitong.regulations.law import OutcomeText, ProcedureText, Profile, StageText
from huitong.regulations.predicates import PREDICATES
from huitong.regulations.types import Names, Role, TimeLimit

_DECIDES = {
    "withhold_sharing": "sharing.WITHHELD",
    "condition_sharing": "sharing.CONDITIONAL",
    "refuse_sharing": "sharing.WITHHELD",
    "withhold_opening": "opening.WITHHELD",
}
"""The term of what a basis is for: where we looked when a text has no rule on it."""

_UNITS = {"working_days": 1.0, "days": 1.0, "months": 30.0, "years": 365.0}


def compare(local: Profile, parent: Profile) -> list[Finding]:
    """Return what distinguishes a local text from its parent, kind by kind, then the catalogue."""
    found: list[Finding] = []
    for name, theirs in parent.kinds.items():
        ours = local.kinds.get(name)
        if ours is None:
            continue
        if theirs.absent is None:
            found += _kind(local, parent, ours, theirs)
        elif ours.absent is None and theirs.absent.because == "silent":
            found.append(_beyond(parent, ours, theirs))
    return [
        *found,
        *_fields(local, parent),
        *_ranks(local, parent),
        *_excluded(local, parent),
        *floors_house.compare(local, parent),
    ]


def _beyond(parent: Profile, ours: ProcedureText, theirs: ProcedureText) -> Finding:
    """Say that a local text has a procedure that the parent has not, and what it has instead."""
    names, absent = parent.words.kinds[theirs.kind].names, theirs.absent
    zh, en = f"上位法没有“{names.zh}”程序", f"the parent has no procedure “{names.en}”"
    instead = parent.words.kinds.get(absent.see) if absent else None
    if instead is not None:
        zh = f"{zh}，另有“{instead.names.zh}”"
        en = f"{en}, but “{instead.names.en}”"
    first = next(iter(ours.stages.values()))[-1]
    return finding(theirs.kind, "beyond", first.cite, absent.at if absent else (), zh, en)


def _choices(parent: Profile, ours: ProcedureText, theirs: ProcedureText) -> Iterator[Finding]:
    """Compare the answers that a text leaves to a fact which both ask for."""
    asked = {
        fact: stage.cite
        for wordings in ours.stages.values()
        for stage in wordings[-1:]
        for fact in (*_facts(stage), *(f for o in stage.outcomes.values() for f in o.facts))
    }
    for fact, above in theirs.choices.items():
        word, mine = parent.words.facts[fact], ours.choices.get(fact)
        left = [one for one in word.choices if mine is None or one in mine.only]
        more = [word.choices[one] for one in left if one not in above.only]
        if fact in asked and more:
            yield finding(
                f"{ours.kind}.{fact}", "choices", mine.cite if mine else asked[fact], above.cite,
                f"{word.names.zh}还可以是：{'、'.join(n.zh for n in more)}，上位法没有列",
                f"{word.names.en} may also be: {', '.join(n.en for n in more)}, not so above",
            )  # fmt: skip


def _kind(
    local: Profile, parent: Profile, ours: ProcedureText, theirs: ProcedureText
) -> Iterator[Finding]:
    names = parent.words.kinds[theirs.kind].names
    if ours.absent is not None:
        first = next(iter(theirs.stages.values()))[-1]
        yield finding(
            theirs.kind, "absent", ours.absent.at, first.cite,
            f"本规定没有“{names.zh}”程序，上位法有",
            f"no procedure “{names.en}”, the parent has one",
        )  # fmt: skip
        return
    for stage, wordings in theirs.stages.items():
        where, word = f"{theirs.kind}.{stage}", parent.words.kinds[theirs.kind].stages[stage]
        mine = ours.stages.get(stage)
        if mine is None:
            looked = ours.silent.get(stage)
            yield finding(
                where, "stage", (looked,) if looked else next(iter(ours.stages.values()))[-1].cite,
                wordings[-1].cite, f"没有“{word.names.zh}”这一环节",
                f"no stage “{word.names.en}”",
            )  # fmt: skip
            continue
        yield from _stage(local, parent, where, mine[-1], wordings[-1], ours)
    yield from _choices(parent, ours, theirs)


def _stage(
    local: Profile,
    parent: Profile,
    where: str,
    mine: StageText,
    theirs: StageText,
    ours: ProcedureText,
) -> Iterator[Finding]:
    yield from _times(where, mine, theirs, ours)
    owners, wanted = _owners(local, mine), _owners(parent, theirs)
    if owners and wanted and not owners & wanted:
        said, meant = _named(local, mine), _named(parent, theirs)
        yield finding(
            where, "owner", mine.cite, theirs.cite,
            f"由{said.zh}办理，上位法为{meant.zh}", f"by {said.en}, the parent says {meant.en}",
        )  # fmt: skip
    missing = [fact for fact in theirs.facts if fact not in _facts(mine)]
    if missing:
        words = [parent.words.facts[fact].names for fact in missing]
        yield finding(
            where, "facts", mine.cite, theirs.cite,
            f"未要求：{'、'.join(w.zh for w in words)}",
            f"does not ask for: {', '.join(w.en for w in words)}",
        )  # fmt: skip
    if theirs.consent and not mine.consent:
        yield finding(
            where, "consent", _silence(ours, f"{mine.name}.consent", mine), theirs.consent.cite,
            f"不需要{parent.roles[theirs.consent.by].names.zh}同意",
            f"no consent of the {parent.roles[theirs.consent.by].names.en}",
        )  # fmt: skip
    if theirs.supplement and not mine.supplement:
        yield finding(
            where, "supplement", _silence(ours, f"{mine.name}.supplement", mine),
            theirs.supplement.cite, "没有一次性告知补正", "missing material is not asked for once",
        )  # fmt: skip
    if mine.extend and theirs.extend and _length(mine.extend.limit) > _length(theirs.extend.limit):
        yield finding(
            where, "extension", mine.extend.cite, theirs.extend.cite,
            "延长的期限比上位法长", "the extension is longer than the parent's",
        )  # fmt: skip
    for name, outcome in theirs.outcomes.items():
        yield from _outcome(local, parent, f"{where}.{name}", mine, theirs, outcome, ours)


def _outcome(
    local_text: Profile,
    parent: Profile,
    where: str,
    mine: StageText,
    theirs: StageText,
    outcome: OutcomeText,
    procedure: ProcedureText,
) -> Iterator[Finding]:
    """Compare one decision: what it must state and when it may not be taken."""
    ours = mine.outcomes.get(outcome.name, OutcomeText(outcome.name, mine.line))
    if ours.closed_by:
        return
    local, above = ours.cite or mine.cite, outcome.cite or theirs.cite
    needed = {*mine.facts, *ours.facts, *(need.name for need in ours.facts_when)}
    missing = [fact for fact in outcome.facts if fact not in needed]
    if missing:
        words = [parent.words.facts[fact].names for fact in missing]
        yield finding(
            where, "facts", local, above,
            f"作出决定时未要求：{'、'.join(w.zh for w in words)}",
            f"the decision need not state: {', '.join(w.en for w in words)}",
        )  # fmt: skip
    # A bar of our own on the same facts is another bar, perhaps a stricter one, and no gap.
    barred = {fact for guard in ours.forbidden for fact in PREDICATES[guard.when].needs}
    for guard in outcome.forbidden:
        arises = _arises(guard.when, local_text, procedure)
        if arises and barred.isdisjoint(PREDICATES[guard.when].needs):
            words_ = PREDICATES[guard.when].names
            yield finding(
                where, "bars", local, guard.cite,
                f"上位法禁止而本规定未禁止的情形：{words_.zh}",
                f"not barred where {words_.en}, as the parent does",
            )  # fmt: skip


def _arises(when: str, local: Profile, procedure: ProcedureText) -> bool:
    """Say whether a condition can hold under the answers that the local text leaves."""
    words = {
        name: replace(word, choices={k: n for k, n in word.choices.items() if k in left.only})
        for name, left in procedure.choices.items()
        for word in (local.words.facts[name],)
    }
    needs = PREDICATES[when].needs
    return doubts.holds(when, {}, needs, {**local.words.facts, **words}) is not False


def _times(
    where: str, mine: StageText, theirs: StageText, ours: ProcedureText
) -> Iterator[Finding]:
    wanted = [limit for limit in theirs.times if limit.amount is not None]
    if not wanted:
        return
    own = [limit for limit in mine.times if limit.amount is not None]
    if not own:
        yield finding(
            where, "silent", _silence(ours, f"{mine.name}.time", mine), wanted[0].cite,
            f"没有规定天数，上位法为{amount(wanted[0], 'zh')}",
            f"no number, the parent says {amount(wanted[0], 'en')}",
        )  # fmt: skip
        return
    difference = max(map(_length, own)) - max(map(_length, wanted))
    if difference:
        verdict: Verdict = "longer" if difference > 0 else "shorter"
        yield finding(
            where, verdict, own[0].cite, wanted[0].cite,
            f"{amount(own[0], 'zh')}，上位法为{amount(wanted[0], 'zh')}",
            f"{amount(own[0], 'en')}, the parent says {amount(wanted[0], 'en')}",
        )  # fmt: skip


def _fields(local: Profile, parent: Profile) -> Iterator[Finding]:
    have = {field.name for field in local.fields}
    missing = [field for field in parent.fields if field.name not in have]
    if missing:
        yield finding(
            "fields", "fields", all_cites(field.cite for field in local.fields),
            all_cites(field.cite for field in missing),
            f"目录不要求：{'、'.join(f.names.zh for f in missing)}",
            f"an entry need not state: {', '.join(f.names.en for f in missing)}",
        )  # fmt: skip


def _ranks(local: Profile, parent: Profile) -> Iterator[Finding]:
    for use, theirs in parent.bases.items():
        ours = local.bases.get(use)
        if ours is None:
            ranks = saying.named(parent.ranks[rank] for rank in theirs.ranks)
            yield finding(
                f"bases.{use}", "ranks", _looked(local, use), theirs.cite,
                f"没有规定依据的层级，上位法限{ranks.zh}",
                f"no rank of basis is set, the parent asks for {ranks.en}",
            )  # fmt: skip
            continue
        lower = [rank for rank in ours.ranks if rank not in theirs.ranks]
        if lower:
            yield finding(
                f"bases.{use}", "ranks", ours.cite, theirs.cite,
                f"依据可以是{'、'.join(local.ranks[r].zh for r in lower)}，上位法不认可",
                f"a basis may be {', '.join(local.ranks[r].en for r in lower)}, not so above",
            )  # fmt: skip
        unused = [rank for rank in theirs.ranks if rank not in ours.ranks]
        if unused:
            yield finding(
                f"bases.{use}", "narrower", ours.cite, theirs.cite,
                f"依据不含{'、'.join(parent.ranks[r].zh for r in unused)}，上位法含",
                f"a basis may not be {', '.join(parent.ranks[r].en for r in unused)}, above it may",
            )  # fmt: skip


def _looked(local: Profile, use: str) -> tuple[str, ...]:
    """Return where a text would say what a basis is needed for; a text may lack the type too."""
    term = local.terms.get(_DECIDES.get(use, "")) or local.terms["data"]
    return term.cite


def _excluded(local: Profile, parent: Profile) -> Iterator[Finding]:
    for name, theirs in parent.excluded.items():
        if name not in local.excluded:
            yield finding(
                f"excluded.{name}", "excluded", all_cites(e.cite for e in local.excluded.values()),
                theirs.cite, f"没有排除{theirs.names.zh}", f"does not exclude {theirs.names.en}",
            )  # fmt: skip
        elif local.excluded[name].shared_by and not theirs.shared_by:
            yield finding(
                f"excluded.{name}", "excluded", local.excluded[name].shared_by, theirs.cite,
                f"{theirs.names.zh}可以依法按约定的方式共享，上位法不适用于{theirs.names.zh}",
                f"{theirs.names.en} may be shared by agreement, above it is outside",
            )  # fmt: skip


def _silence(ours: ProcedureText, parameter: str, stage: StageText) -> tuple[str, ...]:
    looked = ours.silent.get(parameter)
    return (looked,) if looked else stage.cite


def _owners(profile: Profile, stage: StageText) -> frozenset[str]:
    """Return what the owners are (provider, authority, …): two texts name them differently."""
    named = (profile.roles[role] for role in (*stage.by, *stage.all_of) if role in profile.roles)
    return frozenset(_standing(role) for role in named)


def _standing(role: Role) -> str:
    if role.resolver == "party":
        return role.name
    # Whose duty it is among authorities is a matter of each place; these two are none.
    return role.duty if role.duty in {"government", "mechanism"} else role.resolver


def _named(profile: Profile, stage: StageText) -> Names:
    named = [profile.roles[role].names for role in (*stage.by, *stage.all_of)]
    return Names("、".join(n.zh for n in named), ", ".join(n.en for n in named))


def _facts(stage: StageText) -> set[str]:
    return {*stage.facts, *stage.optional, *(need.name for need in stage.facts_when)}


def _length(limit: TimeLimit) -> float:
    return (limit.amount or 0) * _UNITS[limit.unit or "working_days"]

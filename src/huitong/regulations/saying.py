"""Values of a text in words: periods with their start, who acts, what is asked, where it leads.

Each function returns the words in both languages and a key by which two texts are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from huitong.regulations import clocks
from huitong.regulations.law import (
    CatalogueField,
    Extend,
    OpeningBar,
    OutcomeText,
    ProcedureText,
    Profile,
    Recurrence,
    StageText,
    Supplement,
)
from huitong.regulations.predicates import PREDICATES
from huitong.regulations.records import Kept
from huitong.regulations.types import FactWhen, Guard, Names, Role, TimeLimit

Value = tuple[Names, object]

SILENT = Names("条文没有规定", "the text does not say")
PRESENT = Names("有此环节", "the text has this stage")
STATUS: Mapping[str, Names] = {
    "in_force": Names("现行有效", "in force"),
    "draft": Names("征求意见稿，未生效", "draft, not in force"),
    "model": Names("参考范本，不具法律效力", "model text without legal force"),
}
LEVELS: Mapping[str, Names] = {
    "nation": Names("国家", "national"),
    "province": Names("省级", "province"),
    "city": Names("市级", "city"),
    "county": Names("县级", "county"),
}
USES: Mapping[str, Names] = {
    "withhold_sharing": Names("不予共享", "withholding from sharing"),
    "condition_sharing": Names("有条件共享", "sharing on conditions"),
    "refuse_sharing": Names("拒绝共享申请", "refusing an application to share"),
    "refuse_verification": Names("拒绝核实比对", "refusing a verification"),
    "withhold_opening": Names("不予开放", "withholding from opening"),
}
OWN: Mapping[str, Names] = {
    "promptly": Names("及时", "promptly"),
    "immediately": Names("立即", "immediately"),
    "periodically": Names("定期", "periodically"),
}
_STARTS: Mapping[str, Names] = {
    "receipt": Names("自收到之日起", "from receipt"),
    "sending": Names("自发出之日起", "from sending"),
}
_ENDS = Names("办结", "end")
_TAKES_FROM = {"receipt", "sending", ""}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one procedure of one text."""

    profile: Profile
    text: ProcedureText

    def who(self, stage: StageText) -> Value | None:
        """Return who decides a stage; None where nobody but the clock does."""
        roles = stage.all_of or stage.by
        if not roles:
            return None
        names, key = self.roles(roles)
        if stage.all_of:
            names = Names(f"{names.zh}共同", f"jointly {names.en}")
        asked: frozenset[object] = frozenset()
        if stage.consulting:
            consulted, asked = self.roles(stage.consulting.roles)
            names = Names(
                f"{names.zh}，会同{consulted.zh}", f"{names.en}, consulting {consulted.en}"
            )
        return names, (key, bool(stage.all_of), asked)

    def roles(self, roles: Iterable[str]) -> tuple[Names, frozenset[object]]:
        """Return roles under the official names of the text."""
        known = [self.profile.roles[role] for role in roles if role in self.profile.roles]
        return named(role.names for role in known), frozenset(standing(role) for role in known)

    def times(self, limits: Sequence[TimeLimit]) -> Value:
        """Return periods, each with its condition and its start."""
        said = [self.period(limit) for limit in limits]
        words = Names("；".join(n.zh for n in said), "; ".join(n.en for n in said))
        keys = frozenset(
            (x.amount, x.unit, x.own_period, x.set_in, x.start, x.when, x.presumed) for x in limits
        )
        return words, keys

    def period(self, limit: TimeLimit) -> Names:
        """Return one period in words: 自收到之日起10个工作日."""
        length = self._length(limit)
        start = self._start(limit.start)
        zh, en = f"{start.zh}{length.zh}", f"{length.en} {start.en}".strip()
        if limit.when:
            condition = PREDICATES[limit.when].names
            zh, en = f"{condition.zh}的，{zh}", f"where {condition.en}: {en}"
        if limit.presumed:
            zh, en = f"{zh}（起算点为平台的理解）", f"{en} (the start is our reading)"
        return Names(zh, en)

    def _length(self, limit: TimeLimit) -> Names:
        if limit.set_in is not None:
            return Names("限期（日期写在通知中）", "by the date set in the order")
        if limit.own_period is not None:
            own = OWN.get(limit.own_period, Names(limit.own_period, limit.own_period))
            return Names(f"{own.zh}（天数由本机构自定）", f"{own.en} (the body sets the number)")
        return Names(clocks.amount(limit, "zh"), clocks.amount(limit, "en"))

    def _start(self, start: str) -> Names:
        if start in _TAKES_FROM:
            return _STARTS.get(start, Names("", ""))
        if start.startswith("event."):
            fact = self.profile.words.facts[start.removeprefix("event.")].names
            return Names(f"自“{fact.zh}”起", f"from “{fact.en}”")
        stage = self.profile.words.kinds[self.text.kind].stages[start].names
        return Names(f"自“{stage.zh}”之日起", f"from “{stage.en}”")

    def extend(self, extend: Extend) -> Value:
        """Return how far a period may be lengthened, who agrees, and on what grounds."""
        _, lengths = self.times((extend.limit,))
        who, key = self.roles((extend.approved_by,))
        facts = self.listed(extend.facts)
        zh = f"可延长{clocks.amount(extend.limit, 'zh')}，由{who.zh}同意"
        en = f"{clocks.amount(extend.limit, 'en')} more, with the consent of {who.en}"
        if extend.facts:
            zh, en = f"{zh}，须写明{facts[0].zh}", f"{en}, stating {facts[0].en}"
        told, whom = self.roles(extend.tell)
        if whom:
            zh, en = f"{zh}，告知{told.zh}", f"{en}, telling {told.en}"
        return Names(zh, en), (lengths, key, facts[1], whom)

    def supplement(self, supplement: Supplement) -> Value:
        """Return how often missing material may be asked for and whether the clock stops."""
        zh = (
            f"告知补正{supplement.times}次，补正期间{'停止' if supplement.pauses else '不停止'}计时"
        )
        stops = "the clock stops" if supplement.pauses else "the clock runs on"
        en = f"missing material is asked for {supplement.times} time(s), {stops}"
        facts, asked = self.listed(supplement.facts)
        if asked:
            zh, en = f"{zh}，须写明{facts.zh}", f"{en}, stating {facts.en}"
        by, who = self.roles((supplement.by,) if supplement.by else ())
        if who:
            zh, en = f"{zh}，由{by.zh}补正", f"{en}, to be given by {by.en}"
        return Names(zh, en), (supplement.times, supplement.pauses, asked, who)

    def facts(self, facts: Sequence[str], needs: Sequence[FactWhen]) -> Value | None:
        """Return what must be stated, conditions included; None where nothing must."""
        if not facts and not needs:
            return None
        words = [self.profile.words.facts[fact].names for fact in facts]
        for need in needs:
            fact, when = self.profile.words.facts[need.name].names, PREDICATES[need.when].names
            words.append(Names(f"{fact.zh}（{when.zh}时）", f"{fact.en} (where {when.en})"))
        return named(words), frozenset((*facts, *((need.name, need.when) for need in needs)))

    def listed(self, facts: Sequence[str]) -> Value:
        """Return facts by their names."""
        return named(self.profile.words.facts[fact].names for fact in facts), frozenset(facts)

    def outcomes(self, stage: StageText) -> Value:
        """Return what a stage may end in and where each decision leads."""
        word = self.profile.words.kinds[self.text.kind].stages[stage.name]
        lines, keys = [], []
        for name, outcome in word.outcomes.items():
            text = stage.outcomes.get(name)
            by_clock = stage.at_end is not None and stage.at_end.outcome == name
            if (text and text.closed_by) or (outcome.lapse and not by_clock):
                continue
            targets = [(t.when, t.to) for t in text.targets] if text else []
            targets = [(when, self._to(stage, to)) for when, to in targets or [(None, outcome.to)]]
            ways = [self._way(when, to) for when, to in targets]
            way = Names("，否则".join(w.zh for w in ways), ", else ".join(w.en for w in ways))
            lines.append(Names(f"{outcome.names.zh}→{way.zh}", f"{outcome.names.en} → {way.en}"))
            keys.append((name, tuple(targets)))
        said = Names("；".join(n.zh for n in lines), "; ".join(n.en for n in lines))
        return (said if lines else Names("期满自动进入下一步", "goes on when the time is over")), (
            frozenset(keys)
        )

    def _to(self, stage: StageText, to: str) -> str:
        kind = self.profile.words.kinds[self.text.kind]
        if to == "next":
            order = list(self.text.stages)
            place = order.index(stage.name) + 1
            return order[place] if place < len(order) else kind.done
        return kind.done if to in ("done", "end") else to

    def _way(self, when: str | None, to: str) -> Names:
        kind = self.profile.words.kinds[self.text.kind]
        names = kind.stages[to].names if to in kind.stages else kind.ends[to].names
        if when is None:
            return names
        condition = PREDICATES[when].names
        return Names(f"{condition.zh}的转{names.zh}", f"{names.en} where {condition.en}")

    def at_end(self, stage: StageText) -> Value:
        """Return what the lapse of a stage's period does."""
        outcome = stage.at_end.outcome if stage.at_end else ""
        names = self.outcome_name(stage, outcome)
        if stage.at_end and stage.at_end.presumed:
            names = Names(f"{names.zh}（平台的理解）", f"{names.en} (our reading)")
        return names, (outcome, bool(stage.at_end and stage.at_end.presumed))

    def bars(self, guards: Sequence[Guard]) -> Value:
        """Return the conditions under which a decision may not be taken."""
        conditions = [PREDICATES[guard.when].names for guard in guards]
        return named(conditions), frozenset(guard.when for guard in guards)

    def outcome_name(self, stage: StageText, outcome: str) -> Names:
        """Return the name of a decision."""
        word = self.profile.words.kinds[self.text.kind].stages[stage.name]
        return word.outcomes[outcome].names

    def of_outcome(self, stage: StageText, outcome: OutcomeText, value: Value) -> Value:
        """Return a value with the decision that it belongs to."""
        names = self.outcome_name(stage, outcome.name)
        return Names(f"{names.zh}：{value[0].zh}", f"{names.en}: {value[0].en}"), value[1]


def named(names: Iterable[Names]) -> Names:
    """Return a list of names as one."""
    found = list(names)
    return Names("、".join(n.zh for n in found), ", ".join(n.en for n in found))


def standing(role: Role) -> object:
    """Return what a role is, whatever a text calls it: its resolver and its place."""
    if role.resolver == "party":
        return role.name
    # Which of a place's authorities has a duty is a matter of each place; these two are none.
    own = role.duty if role.duty in {"government", "mechanism"} else role.resolver
    return (own, role.above, role.level)


def recurrence(recurs: Recurrence) -> Value:
    """Return how often a procedure is to be run."""
    if recurs.yearly:
        return Names("每年一次", "once in each calendar year"), (True, "")
    own = OWN.get(recurs.own_period, Names(recurs.own_period, recurs.own_period))
    return Names(f"{own.zh}（没有规定间隔）", f"{own.en} (no interval is set)"), (
        False,
        recurs.own_period,
    )


def kept(keep: Kept) -> Value:
    """Return how long a record stays, at least."""
    zh = {"months": "个月", "years": "年"}[keep.unit]
    names = Names(f"不少于{keep.amount}{zh}", f"at least {keep.amount} {keep.unit}")
    return names, keep.months


def validity(profile: Profile) -> Value:
    """Return from when to when new cases fall under a text."""
    begins, ends = profile.valid_from, profile.valid_to
    if begins is None:
        return Names("起始日不明", "first day unknown"), (begins, ends)
    zh = f"自{begins}起" + (f"至{ends}" if ends else "，无截止日")
    en = f"from {begins}" + (f" to {ends}" if ends else ", no last day")
    return Names(zh, en), (begins, ends)


def bodies(profile: Profile) -> Value:
    """Return the bodies of a text, each with the duties that it has; the key is how they split."""
    held: dict[str, list[str]] = {}
    for duty, body in profile.duties.items():
        held.setdefault(body, []).append(duty)
    words = profile.words.duties

    def line(body: str, lang: str) -> str:
        between, colon = ("、", "：") if lang == "zh" else (", ", ": ")
        duties = between.join(words[duty].get(lang) for duty in held[body])
        return f"{profile.bodies[body].get(lang)}{colon}{duties}"

    names = Names("；".join(line(b, "zh") for b in held), "; ".join(line(b, "en") for b in held))
    return names, frozenset(frozenset(duties) for duties in held.values())


def overdue(profile: Profile) -> Value:
    """Return who is told when a due day has passed."""
    known = [profile.roles[role] for role in profile.overdue.tell if role in profile.roles]
    names = [role.names for role in known]
    if "owner" in profile.overdue.tell:
        names.insert(0, Names("办理人", "whoever is to act"))
    key = {standing(role) for role in known}
    return named(names), frozenset(key | ({"owner"} & set(profile.overdue.tell)))


def field(field: CatalogueField) -> Value:
    """Return when an entry must state a field and what silence makes of it."""
    zh, en = "必填", "required"
    if field.when:
        when = PREDICATES[field.when].names
        zh, en = f"{when.zh}时必填", f"required where {when.en}"
    if field.treated_as:
        zh, en = f"{zh}，未写明的另作处理", f"{en}; silence has a consequence"
    return Names(zh, en), (field.when, field.treated_as)


def bar(profile: Profile, bar: OpeningBar) -> Value:
    """Return what lifts a bar to opening."""
    if bar.unless is None:
        return Names("不予开放", "not opened"), ""
    fact = profile.words.facts.get(bar.unless)
    names = fact.names if fact else Names(bar.unless, bar.unless)
    said = Names(f"不予开放，除非有{names.zh}", f"not opened unless {names.en}")
    return said, bar.unless

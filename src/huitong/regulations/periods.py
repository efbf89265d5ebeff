"""The period of one stage, asked for without a case: until when, why, or why there is no day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from huitong.regulations import compiling, rules
from huitong.regulations.calendars import MAINLAND, WorkingCalendar
from huitong.regulations.clocks import Due, due
from huitong.regulations.conditions import Facts, Predicate
from huitong.regulations.errors import (
    FactUnknownError,
    StartOutOfRangeError,
    StepUnknownError,
)
from huitong.regulations.law import Profile
from huitong.regulations.predicates import PREDICATES
from huitong.regulations.types import FlatTable, Names, State, TimeLimit

Because = Literal["number", "silent", "own_period", "set_in", "wait", "end"]

_WHY: dict[Because, Names] = {
    "number": Names("条文规定了期限", "the text gives a number"),
    "silent": Names("条文未规定期限", "the text sets no period"),
    "own_period": Names(
        "条文只写“及时”一类的要求，天数由本机构自行设定",
        "the text says promptly or the like; the body sets its own number",
    ),
    "set_in": Names("期限由通知中的日期确定", "the date is set in the order"),
    "wait": Names("此前不得进行下一步", "nothing goes on before that day"),
    "end": Names("程序在此结束，不计期限", "the procedure ends here; no period runs"),
}


@dataclass(frozen=True, slots=True)
class Period:
    """`due` is None where the text gives no day; `cite` is then where we looked.

    `assuming` names the condition of the period, where the question said nothing of its facts.
    """

    stage: str
    names: Names
    because: Because
    due: Due | None
    cite: tuple[str, ...]
    assuming: Predicate | None = None

    @property
    def why(self) -> Names:
        """Say in words why there is, or is no, last day."""
        return _WHY[self.because]


def period_of(
    profile: Profile,
    kind: str,
    step: str,
    start: datetime,
    facts: Facts | None = None,
    *,
    extended: bool = False,
    calendar: WorkingCalendar = MAINLAND,
) -> Period:
    """Return the period of a stage that starts at `start` (aware), whatever starts it in the text.

    `step` is a stage (`reply`) or a step of it (`reply.grant`). `facts` decide between periods that
    depend on conditions; where they say nothing of a period's condition and no other period runs,
    that condition is taken to hold, and named. `extended` adds the extension that the text allows.

    Raises: KindNotInProfileError; StepUnknownError, which names the stages there are;
    FactUnknownError, for a fact or an answer that the procedure does not know;
    StartOutOfRangeError, for a day so far that no calendar reaches it.
    """
    table = compiling.compiled(profile, kind, day_of(profile, start))
    _known(table, facts or {})
    stage, _, outcome = step.partition(".")
    if outcome and step not in {one.name for one in table.steps}:
        raise _unknown(table, step, extended=False)
    state = table.states.get(f"{stage}_extended" if extended else stage)
    if state is None or (state.is_end and stage not in _stages(table)):
        if not extended and (looked := _silent(table, stage)):
            names = profile.words.kinds[kind].stages[stage].names
            return Period(stage, names, "silent", None, looked)
        raise _unknown(table, stage, extended=extended)
    limit, assuming = _limit(state, facts or {})
    if limit is None:
        looked = _silent(table, f"{stage}.time") or state.cite
        return Period(stage, state.names, "end" if state.is_end else "silent", None, looked)
    if limit.own_period is not None or limit.set_in is not None:
        because: Because = "set_in" if limit.set_in else "own_period"
        return Period(stage, state.names, because, None, limit.cite, assuming)
    try:
        found = due(
            limit,
            start,
            calendar,
            extensions=state.extensions,
            settings=table.clock,
            rolls=limit is not state.wait,
        )
    except OverflowError:
        raise _out_of_range(start) from None
    because = "wait" if limit is state.wait else "number"
    return Period(stage, state.names, because, found, found.cite, assuming)


def day_of(profile: Profile, start: datetime) -> date:
    """Return the day that `start` is in the place of the text."""
    try:
        return start.astimezone(ZoneInfo(profile.clock.timezone)).date()
    except OverflowError:
        raise _out_of_range(start) from None


def _out_of_range(start: datetime) -> StartOutOfRangeError:
    return StartOutOfRangeError(
        f"From {start:%Y-%m-%d} no calendar reaches the last day: ask from a nearer day.",
        zh=f"从{start:%Y-%m-%d}起算的期限超出日历范围，请改用较近的日期。",
    )


def _known(table: FlatTable, facts: Facts) -> None:
    """Refuse a fact that no condition or step of the procedure knows, and an answer of no list."""
    conditions = {when for state in table.states.values() for t in state.times if (when := t.when)}
    known = {*table.facts, *(fact for when in conditions for fact in PREDICATES[when].needs)}
    for name, value in facts.items():
        if name not in known:
            raise FactUnknownError(
                f"{table.kind} under {table.profile_id} has no fact {name}: use one of "
                f"{', '.join(sorted(known))}.",
                zh=f"该程序没有要素 {name}，现有：{'、'.join(sorted(known))}。",
            )
        word = table.facts.get(name)
        if word is not None and word.choices and value not in word.choices:
            left = ", ".join(word.choices)
            raise FactUnknownError(
                f"{value} is no answer to {name} under {table.profile_id}: use one of {left}.",
                zh=f"{value} 不是要素 {name} 的可选项，可选：{left}。",
            )


def _limit(state: State, facts: Facts) -> tuple[TimeLimit | None, Predicate | None]:
    """Return the period of a state, and the condition that was taken to hold for it."""
    running = rules.limit_of(state, facts) or state.wait
    if running is not None:
        return running, None
    for limit in state.times:
        condition = PREDICATES[limit.when or ""]
        if not any(fact in facts for fact in condition.needs):
            return limit, condition
    return None, None


def _silent(table: FlatTable, parameter: str) -> tuple[str, ...]:
    looked = table.silent.get(parameter)
    return (looked,) if looked else ()


def _stages(table: FlatTable) -> list[str]:
    running: list[State] = [state for state in table.states.values() if not state.is_end]
    return list(dict.fromkeys(state.stage for state in running))


def _unknown(table: FlatTable, stage: str, *, extended: bool) -> StepUnknownError:
    if extended and stage in _stages(table):
        return StepUnknownError(
            f"{table.kind} knows no extension of {stage} under {table.profile_id}: leave "
            "--extended out.",
            zh=f"该程序的环节 {stage} 没有延期的规定。",
            cite=_silent(table, f"{stage}.extend"),
        )
    known = ", ".join(_stages(table))
    return StepUnknownError(
        f"{table.kind} under {table.profile_id} has no stage {stage} that is waited in: use one of "
        f"{known}.",
        zh=f"该程序没有环节 {stage}，现有：{known}。",
    )

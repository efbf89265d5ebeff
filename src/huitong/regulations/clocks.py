"""Due days, and why they fall where they fall.

The day on which a period starts is not counted (Civil Code, art. 201); a period in days, months
or years that ends on a day off ends on the next working day (art. 203). When a due day ends
(`day_end`) is a setting of the platform, not of any text.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from huitong.regulations import clauses
from huitong.regulations.calendars import MAINLAND, DayNote, SkippedDay, WorkingCalendar
from huitong.regulations.errors import DateNotSetError, NoNumberError
from huitong.regulations.types import ClockSettings, Names, TimeLimit, Unit

__all__ = ["Due", "Pause", "SkippedDay", "due", "explain"]

_DEFAULTS = ClockSettings()
_ONE_DAY = timedelta(days=1)
_PAUSED = ("补正期间停止计算", "clock stopped for a supplement")
_UNITS: dict[Unit, Names] = {
    "working_days": Names("个工作日", "working day(s)"),
    "days": Names("日", "day(s)"),
    "months": Names("个月", "month(s)"),
    "years": Names("年", "year(s)"),
}
_STARTS = {
    "receipt": Names("收到之日", "receipt"),
    "sending": Names("发出之日", "sending"),
}
_OTHER_START = Names("前一环节作出决定之日", "the decision of the stage before")
_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which the clock stands; days after `begin` up to and with `end` do not count."""

    begin: datetime
    end: datetime
    cite: tuple[str, ...] = ()


class Due(NamedTuple):
    """The last day of a period and how it was reached.

    `counted` holds the days that count (none of them for months and years), `skipped` those that
    do not and why, `made_up` the weekend days that count because they are worked. `own` marks a
    period that the body set for itself, `provisional` a result past the last holiday notice.
    A named tuple, because a sweep makes a million of these.
    """

    day: date
    at: datetime
    counted: tuple[date, ...]
    skipped: tuple[DayNote, ...]
    cite: tuple[str, ...]
    provisional: bool
    made_up: tuple[DayNote, ...]
    start: datetime
    start_names: Names
    limit: TimeLimit
    extensions: tuple[TimeLimit, ...]
    own: bool
    notice_until: date


def due(
    limit: TimeLimit,
    start: datetime,
    calendar: WorkingCalendar = MAINLAND,
    *,
    extensions: Sequence[TimeLimit] = (),
    pauses: Sequence[Pause] = (),
    set_day: date | None = None,
    own_days: int | None = None,
    settings: ClockSettings = _DEFAULTS,
    start_names: Names | None = None,
    rolls: bool = True,
) -> Due:
    """Return the last day of a period that starts at `start` (aware), with its explanation.

    `set_day` answers a limit with `set_in`, `own_days` (working days) one with `own_period`.
    `rolls=False` keeps the end of days, months and years on a day off (for an earliest day).

    Raises: DateNotSetError and NoNumberError, when such an answer is missing;
    ValueError, when `start` has no timezone.

    >>> from datetime import datetime
    >>> from zoneinfo import ZoneInfo
    >>> reply = TimeLimit(cite=("HL-22.3",), amount=1, unit="working_days", start="receipt")
    >>> due(reply, datetime(2026, 9, 30, 16, 0, tzinfo=ZoneInfo("Asia/Shanghai"))).day
    datetime.date(2026, 10, 8)
    """
    if start.tzinfo is None:
        msg = "A clock needs a start with a timezone."
        raise ValueError(msg)
    zone = ZoneInfo(settings.timezone)
    start = start.astimezone(zone)
    run = _Run(start.date(), calendar, pauses, rolls=rolls)
    if limit.set_in is not None:
        if set_day is None:
            raise DateNotSetError(
                f"The period is the date {limit.set_in} in the order: give it.",
                zh=f"该期限由通知中的日期（{limit.set_in}）确定，请填写该日期。",
                cite=limit.cite,
            )
        run.day = set_day
    elif limit.own_period is not None:
        if own_days is None:
            raise NoNumberError(
                f"The text says “{limit.own_period}” and no number: the body sets its own.",
                zh="条文未规定天数，由本机构自行设定内控天数。",
                cite=limit.cite,
            )
        run.add(own_days, "working_days")
    else:
        run.add_limit(limit)
    cites = limit.cite
    for extension in extensions:
        run.add_limit(extension)
        cites += extension.cite
    return Due(
        day=run.day,
        at=datetime.combine(run.day, time.fromisoformat(settings.day_end), tzinfo=zone),
        counted=run.counted,
        skipped=run.skipped,
        cite=tuple(dict.fromkeys(cites)),
        provisional=limit.set_in is None and not calendar.is_known(run.day),
        made_up=run.made_up,
        start=start,
        start_names=start_names or _STARTS.get(limit.start, _OTHER_START),
        limit=limit,
        extensions=tuple(extensions),
        own=limit.own_period is not None,
        notice_until=calendar.last_notice_day,
    )


class _Run:
    """Goes through the calendar from the start day and notes what counted and what did not."""

    def __init__(
        self, day: date, calendar: WorkingCalendar, pauses: Sequence[Pause], *, rolls: bool
    ) -> None:
        self.day = day
        self.counted: tuple[date, ...] = ()
        self.skipped: tuple[DayNote, ...] = ()
        self.made_up: tuple[DayNote, ...] = ()
        self._calendar = calendar
        self._rolls = rolls
        self._pauses = [(p.begin.date(), p.end.date()) for p in pauses]

    def add_limit(self, limit: TimeLimit) -> None:
        if limit.amount is None or limit.unit is None:
            raise NoNumberError(
                "An extension needs a number.", zh="延长期限须有天数。", cite=limit.cite
            )
        self.add(limit.amount, limit.unit)

    def add(self, amount: int, unit: Unit) -> None:
        if unit == "working_days":
            self._add_working_days(amount)
            return
        if unit == "days":
            self._walk(amount, working=False)
        else:
            before = self.day
            self.day = _months_later(before, amount * (12 if unit == "years" else 1))
            self.day += self._paused_between(before) * _ONE_DAY
        if self._rolls:
            while (note := self._calendar.why_off(self.day)) is not None:
                self.skipped += (note,)
                self.day += _ONE_DAY

    def _add_working_days(self, amount: int) -> None:
        ahead = None if self._pauses else self._calendar.index.ahead(self.day, amount)
        if ahead is None:
            self._walk(amount, working=True)
            return
        counted, skipped, made_up = ahead
        self.day = counted[-1]
        self.counted += counted
        self.skipped += skipped
        self.made_up += made_up

    def _walk(self, amount: int, *, working: bool) -> None:
        counted: list[date] = []
        skipped: list[DayNote] = []
        made_up: list[DayNote] = []
        while len(counted) < amount:
            self.day += _ONE_DAY
            note = self._obstacle(working=working)
            if note is not None:
                skipped.append(note)
                continue
            counted.append(self.day)
            if working and (worked := self._calendar.why_worked(self.day)) is not None:
                made_up.append(worked)
        self.counted += tuple(counted)
        self.skipped += tuple(skipped)
        self.made_up += tuple(made_up)

    def _obstacle(self, *, working: bool) -> DayNote | None:
        if self._is_paused(self.day):
            return DayNote(self.day, *_PAUSED)
        return self._calendar.why_off(self.day) if working else None

    def _is_paused(self, day: date) -> bool:
        return any(begin < day <= end for begin, end in self._pauses)

    def _paused_between(self, before: date) -> int:
        days: set[date] = set()
        for begin, end in self._pauses:
            day = max(begin, before) + _ONE_DAY
            while day <= end:
                days.add(day)
                day += _ONE_DAY
        return len(days)


def _months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day (31 August + 6 → 28/29)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def explain(due_: Due, lang: str = "zh", *, earliest: bool = False) -> str:
    """Say in sentences until when and why, with the article.

    `earliest`: the day is not the last one, but the one before which nothing goes on.
    """
    if lang.startswith("zh"):
        return _explain_zh(due_, earliest=earliest)
    return _explain_en(due_, earliest=earliest)


def _explain_zh(d: Due, *, earliest: bool) -> str:
    parts = [
        f"{_zh(d.day)}（星期{_WEEKDAYS_ZH[d.day.weekday()]}）之前不得进行下一步。"
        if earliest
        else (
            f"应于{_zh(d.day)}（星期{_WEEKDAYS_ZH[d.day.weekday()]}）{d.at:%H:%M}前办结"
            f"（{d.at:%H:%M}为平台设置）。"
        )
    ]
    parts.append(
        "期限为通知中确定的日期。"
        if d.limit.set_in
        else f"自{_zh(d.start.date())}（{d.start_names.zh}）起算，当日不计，{_length(d, 'zh')}。"
    )
    if d.skipped:
        parts.append(f"不计入：{'、'.join(_groups(d.skipped, 'zh'))}。")
    if d.made_up:
        parts.append(f"计入：{'、'.join(_groups(d.made_up, 'zh'))}。")
    if d.limit.presumed:
        parts.append("条文未写明起算点，此处为平台的理解。")
    if d.own:
        parts.append("条文未规定天数，该天数由本机构自行设定。")
    if d.provisional:
        parts.append(f"放假通知只公布到{_zh(d.notice_until)}，此日期为暂定。")
    parts.append(f"依据：{'；'.join(clauses.label(c, 'zh') for c in d.cite)}。")
    return "".join(parts)


def _explain_en(d: Due, *, earliest: bool) -> str:
    parts = [
        f"Nothing goes on before {_WEEKDAYS_EN[d.day.weekday()]} {d.day.isoformat()}."
        if earliest
        else (
            f"Due by {d.at:%H:%M} on {_WEEKDAYS_EN[d.day.weekday()]} {d.day.isoformat()} "
            f"({d.at:%H:%M} is a setting of the platform)."
        )
    ]
    parts.append(
        "The date was set in the order."
        if d.limit.set_in
        else f"Counted from {d.start.date().isoformat()} ({d.start_names.en}), "
        f"that day not included: {_length(d, 'en')}."
    )
    if d.skipped:
        parts.append(f"Not counted: {', '.join(_groups(d.skipped, 'en'))}.")
    if d.made_up:
        parts.append(f"Counted: {', '.join(_groups(d.made_up, 'en'))}.")
    if d.limit.presumed:
        parts.append("The text gives no start; this one is the platform's reading.")
    if d.own:
        parts.append("The text gives no number; the body set this one for itself.")
    if d.provisional:
        parts.append(
            f"Holidays are announced up to {d.notice_until.isoformat()} only: provisional."
        )
    parts.append(f"Basis: {'; '.join(clauses.label(c, 'en') for c in d.cite)}.")
    return " ".join(parts)


def _length(d: Due, lang: str) -> str:
    if d.own:
        return f"{len(d.counted)}{'个工作日' if lang == 'zh' else ' working day(s)'}"
    lengths = [amount(limit, lang) for limit in (d.limit, *d.extensions)]
    if len(lengths) == 1:
        return lengths[0]
    joined = "、".join(lengths[1:]) if lang == "zh" else " and ".join(lengths[1:])
    return f"{lengths[0]}，延长{joined}" if lang == "zh" else f"{lengths[0]}, extended by {joined}"


def amount(limit: TimeLimit, lang: str) -> str:
    """Say how long a period is: 10个工作日, 10 working day(s)."""
    unit = _UNITS[limit.unit].get(lang) if limit.unit else ""
    return f"{limit.amount}{'' if lang == 'zh' else ' '}{unit}"


def _groups(notes: Sequence[DayNote], lang: str) -> list[str]:
    """Join neighbouring days that have one reason: `10月1日至7日（国庆节）`."""
    runs: list[list[DayNote]] = [[notes[0]]]
    for before, note in pairwise(notes):
        if note.day - before.day == _ONE_DAY and note.why_zh == before.why_zh:
            runs[-1].append(note)
        else:
            runs.append([note])
    return [_span(run[0], run[-1], lang) for run in runs]


def _span(first: DayNote, last: DayNote, lang: str) -> str:
    if lang == "zh":
        days = f"{first.day.month}月{first.day.day}日"
        if last.day != first.day:
            days += f"至{last.day.month}月{last.day.day}日"
        return f"{days}（{first.why_zh}）"
    days = first.day.isoformat()
    if last.day != first.day:
        days += f" to {last.day.isoformat()}"
    return f"{days} ({first.why_en})"


def _zh(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"

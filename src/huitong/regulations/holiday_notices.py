"""One year's notice on days off, as an administrator loads it, and a calendar with it.

A notice is a YAML or JSON document with `year`, `notice` (its number), `days_off` (spans of
`from`, `to`, `zh`, `en`) and `make_up` (weekend days that are worked). Days are `MM-DD` of the
year or whole dates: New Year's span may begin in the year before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from huitong.regulations import marks
from huitong.regulations.calendars import DayRow, WorkingCalendar
from huitong.regulations.errors import NoticeBrokenError
from huitong.regulations.types import Names

_MAKE_UP = Names("调休上班", "make-up working day")
_SATURDAY = 5
_ONE_DAY = timedelta(days=1)
_YEARS = range(2000, 2101)
# A span at New Year may reach into the neighbouring year, no notice reached further.
_REACH = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class HolidayNotice:
    """The days off and the make-up days of one year, and the number of the notice."""

    year: int
    number: str
    rows: tuple[DayRow, ...]


def parse(text: str, *, name: str = "notice") -> HolidayNotice:
    """Read a notice; `name` is the file's, for the message.

    Raises: NoticeBrokenError, with every fault and its line.
    """
    faults: list[str] = []
    try:
        document = marks.marked(text)
    except marks.NotYamlError as error:
        raise NoticeBrokenError([f"{name}:{error.line} {error}"]) from None
    if not isinstance(document, marks.MarkedDict):
        raise NoticeBrokenError([f"{name}:1 the notice must hold year, notice, days_off, make_up"])
    year, number = document.get("year"), str(document.get("notice") or "").strip()
    if not isinstance(year, int) or year not in _YEARS:
        line = document.line_of("year")
        raise NoticeBrokenError([f"{name}:{line} `year` must be a year, such as 2027"])
    if not number:
        faults.append(f"{name}:{document.line_of('notice')} `notice` must be the notice's number")
    faults += [
        f"{name}:{document.line_of(key)} {key} is no key of a notice"
        for key in document
        if key not in {"year", "notice", "days_off", "make_up"}
    ]
    rows: dict[date, DayRow] = {}
    for row, line in _rows(document, year, faults, name):
        fault = _misplaced(row, year) or ("stands twice" if row.day in rows else "")
        if fault:
            faults.append(f"{name}:{line} {row.day} {fault}")
        rows[row.day] = row
    if not rows and not faults:
        faults.append(f"{name}:1 the notice names no day: list days_off and make_up")
    if faults:
        raise NoticeBrokenError(faults)
    return HolidayNotice(year, number, tuple(rows[day] for day in sorted(rows)))


def with_notices(
    calendar: WorkingCalendar,
    notices: Iterable[HolidayNotice],
    days_off: Mapping[date, Names] | None = None,
) -> WorkingCalendar:
    """Return a calendar with some years said anew, and with days off of a place.

    A year that the calendar had is replaced whole. The last day known is the end of the last year
    up to which no year is missing. The id tells two calendars of different days apart.
    """
    off, work, said = dict(calendar.off), dict(calendar.work), dict(calendar.notices)
    for notice in notices:
        for days in (off, work):
            for day in [day for day in days if day.year == notice.year]:
                del days[day]
        for row in notice.rows:
            (work if row.working else off)[row.day] = row.names
        said[notice.year] = notice.number
    last = min(said, default=calendar.first_day.year)
    while last + 1 in said:
        last += 1
    made = replace(
        calendar,
        off=MappingProxyType(off),
        work=MappingProxyType(work),
        notices=MappingProxyType(said),
        first_day=date(min(said), 1, 1) if said else calendar.first_day,
        last_notice_day=date(last, 12, 31),
    )
    if days_off:
        made = made.with_days_off(days_off)
    return replace(made, id=f"{calendar.id}-{_digest(made)}")


def _digest(calendar: WorkingCalendar) -> str:
    days = [f"{day}-" for day in sorted(calendar.off)] + [
        f"{day}+" for day in sorted(calendar.work)
    ]
    known = f"{calendar.first_day}…{calendar.last_notice_day}"
    return hashlib.sha256(" ".join([known, *days]).encode()).hexdigest()[:12]


def _rows(
    document: marks.MarkedDict, year: int, faults: list[str], name: str
) -> Iterable[tuple[DayRow, int]]:
    spans = document.get("days_off") or []
    if not isinstance(spans, Sequence) or isinstance(spans, str):
        faults.append(f"{name}:{document.line_of('days_off')} days_off must be a list of spans")
        spans = []
    for span in spans:
        line = span.line if isinstance(span, marks.MarkedDict) else document.line_of("days_off")
        if not isinstance(span, marks.MarkedDict) or not span.get("zh"):
            faults.append(f"{name}:{line} a span needs from, to, zh and en")
            continue
        first, last = _day(year, span.get("from")), _day(year, span.get("to", span.get("from")))
        if first is None or last is None or last < first or last - first > timedelta(days=31):
            faults.append(f"{name}:{line} from and to must be days in order, as MM-DD")
            continue
        names = Names(str(span["zh"]), str(span.get("en") or span["zh"]))
        while first <= last:
            yield DayRow(first, working=False, names=names), line
            first += _ONE_DAY
    line = document.line_of("make_up")
    for written in document.get("make_up") or []:
        day = _day(year, written)
        if day is None:
            faults.append(f"{name}:{line} {written} is no day: write MM-DD")
        else:
            yield DayRow(day, working=True, names=_MAKE_UP), line


def _misplaced(row: DayRow, year: int) -> str:
    if not date(year, 1, 1) - _REACH <= row.day <= date(year, 12, 31) + _REACH:
        return f"is not of {year}"
    if row.working and row.day.weekday() < _SATURDAY:
        return "is a weekday: only a weekend day can be a make-up day"
    return ""


def _day(year: int, written: Any) -> date | None:  # noqa: ANN401  whatever stands in the file
    if isinstance(written, date):
        return written
    text = str(written or "")
    try:
        return date.fromisoformat(text if len(text) > len("MM-DD") else f"{year}-{text}")
    except ValueError:
        return None

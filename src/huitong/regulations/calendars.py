"""Working days: weekends, the State Council's days off and make-up days, and local days off.

Past the last notice only weekends are known, and whatever is counted there is provisional.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from huitong.regulations.types import Names
from huitong.regulations.working_days import DayIndex

_WEEKEND = Names("周末", "weekend")
_MAKE_UP = Names("调休上班", "make-up working day")
_SATURDAY = 5
# How far beyond its notices a calendar is indexed; farther periods are walked day by day.
_YEARS_BEFORE, _YEARS_AFTER = 4, 10


@dataclass(frozen=True, slots=True)
class DayNote:
    """Why a day did or did not count."""

    day: date
    why_zh: str
    why_en: str

    def why(self, lang: str) -> str:
        """Return the reason in Chinese for `zh*`, else in English."""
        return self.why_zh if lang.startswith("zh") else self.why_en


SkippedDay = DayNote


@dataclass(frozen=True, slots=True)
class DayRow:
    """One line of a holiday notice: a day off, or a weekend day that is worked."""

    day: date
    working: bool
    names: Names


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Which days are worked, from `first_day` to `last_notice_day`; elsewhere weekends only."""

    id: str
    first_day: date
    last_notice_day: date
    off: Mapping[date, Names]
    work: Mapping[date, Names]
    notices: Mapping[int, str]
    _made: list[DayIndex[DayNote]] = field(
        default_factory=list, init=False, repr=False, compare=False
    )

    @property
    def index(self) -> DayIndex[DayNote]:
        """The days around the notices for quick counting, made when first asked for."""
        if not self._made:
            first = date(self.first_day.year - _YEARS_BEFORE, 1, 1)
            last = date(self.last_notice_day.year + _YEARS_AFTER, 12, 31)
            self._made.append(DayIndex(first, last, self.why_off, self.why_worked))
        return self._made[0]

    def is_working(self, day: date) -> bool:
        """Say whether bodies work on that day, as far as is known."""
        if day in self.work:
            return True
        return day not in self.off and day.weekday() < _SATURDAY

    def is_known(self, day: date) -> bool:
        """Say whether a notice covers that day."""
        return self.first_day <= day <= self.last_notice_day

    def why_off(self, day: date) -> DayNote | None:
        """Return why a day is not worked, None when it is."""
        if self.is_working(day):
            return None
        names = self.off.get(day, _WEEKEND)
        return DayNote(day, names.zh, names.en)

    def why_worked(self, day: date) -> DayNote | None:
        """Return the note on a make-up day, None for any other day."""
        names = self.work.get(day)
        return None if names is None else DayNote(day, names.zh, names.en)

    def next_working(self, day: date) -> date:
        """Return the day itself when it is worked, else the first working day after it."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def worked_between(self, day: date, last: date) -> int:
        """Return how many days after `day` up to and with `last` are worked.

        Negative, when `last` comes first.
        """
        found = self.index.between(day, last)
        if found is not None:
            return found
        if last < day:
            return -self.worked_between(last, day)
        ahead = range(day.toordinal() + 1, last.toordinal() + 1)
        return sum(self.is_working(date.fromordinal(ordinal)) for ordinal in ahead)

    def with_days_off(self, days: Mapping[date, Names]) -> WorkingCalendar:
        """Return this calendar with local days off added (of an autonomous area, say)."""
        work = {day: names for day, names in self.work.items() if day not in days}
        return replace(self, off={**self.off, **days}, work=work)


def from_table(
    rows: Iterable[DayRow],
    *,
    calendar_id: str,
    first_day: date,
    last_notice_day: date,
    notices: Mapping[int, str] | None = None,
) -> WorkingCalendar:
    """Build a calendar from the lines of notices (year → notice number in `notices`).

    Raises: ValueError, when a day is given twice or lies outside the days covered.
    """
    off: dict[date, Names] = {}
    work: dict[date, Names] = {}
    for row in rows:
        if row.day in off or row.day in work:
            msg = f"{row.day} stands twice in the calendar {calendar_id}: keep one line."
            raise ValueError(msg)
        if not first_day <= row.day <= last_notice_day:
            msg = f"{row.day} lies outside {first_day}…{last_notice_day}: mend the days covered."
            raise ValueError(msg)
        (work if row.working else off)[row.day] = row.names
    return WorkingCalendar(
        calendar_id,
        first_day,
        last_notice_day,
        MappingProxyType(off),
        MappingProxyType(work),
        MappingProxyType(dict(notices or {})),
    )


def read(path: Path) -> WorkingCalendar:
    """Read a calendar from the YAML form that the package's own calendar is written in."""
    table: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    years: dict[int, dict[str, Any]] = table["years"]
    rows = [row for year, content in years.items() for row in _rows(year, content)]
    return from_table(
        rows,
        calendar_id=table["id"],
        first_day=date(min(years), 1, 1),
        last_notice_day=date(max(years), 12, 31),
        notices={year: content["notice"] for year, content in years.items()},
    )


def _rows(year: int, content: Mapping[str, Any]) -> Iterable[DayRow]:
    for span in content["days_off"]:
        day, last = _day(year, span["from"]), _day(year, span["to"])
        while day <= last:
            yield DayRow(day, working=False, names=Names(span["zh"], span["en"]))
            day += timedelta(days=1)
    for written in content["make_up"]:
        yield DayRow(_day(year, written), working=True, names=_MAKE_UP)


def _day(year: int, written: str) -> date:
    return date.fromisoformat(f"{year}-{written}")


MAINLAND = read(Path(__file__).with_name("calendar_mainland.yaml"))

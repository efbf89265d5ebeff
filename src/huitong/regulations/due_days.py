"""Last days of whole arrays of periods, by look-ups in the calendar's prefix sums.

`clocks.due` explains one period; this finds the days of millions (a sweep, a simulation, a new
holiday notice). Both give the same days.
"""

from __future__ import annotations

from datetime import date, datetime, time
from functools import lru_cache
from typing import cast
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from huitong.regulations import clocks
from huitong.regulations.calendars import MAINLAND, WorkingCalendar
from huitong.regulations.types import ClockSettings, TimeLimit, Unit
from huitong.regulations.working_days import DayIndex

Days = npt.NDArray[np.datetime64]
"""One-dimensional, of days (`datetime64[D]`)."""
Counts = npt.NDArray[np.int64]

_DAY = "datetime64[D]"


def due_days(
    starts: Days,
    amounts: Counts,
    unit: Unit,
    calendar: WorkingCalendar = MAINLAND,
    *,
    rolls: bool = True,
) -> Days:
    """Return the last day of each period of `amounts[i]` units that starts on `starts[i]`.

    Both arrays have one length; no day is NaT. An extension is a period that starts on the last
    day of the one before. `rolls=False` keeps the end of days, months and years on a day off.

    Raises: ValueError, for an amount below 1.

    >>> days = np.array(["2026-09-30", "2026-10-09"], "datetime64[D]")
    >>> due_days(days, np.array([1, 1]), "working_days").astype(str).tolist()
    ['2026-10-08', '2026-10-10']
    """
    if len(amounts) and amounts.min() < 1:
        msg = "A period has at least one day: give amounts of 1 and above."
        raise ValueError(msg)
    look = _arrays(calendar.index)
    days = starts.astype(_DAY)
    if unit == "working_days":
        found, known = look.ahead(days.astype(np.int64), amounts)
    else:
        ends = days + amounts if unit == "days" else _months_later(days, amounts, unit)
        found, known = ends.astype(np.int64), np.ones(len(ends), bool)
        if rolls:
            found, known = look.rolled(found)
    made: Days = found.astype(_DAY)
    for place in np.flatnonzero(~known):
        made[place] = _one(days[place], int(amounts[place]), unit, calendar, rolls=rolls)
    return made


class _Arrays:
    """A calendar's index as arrays; days are counted from 1970-01-01."""

    def __init__(self, index: DayIndex[object]) -> None:
        self.first = int(np.datetime64(datetime.fromordinal(index.first), "D").astype(np.int64))
        self.upto = np.array(index.upto, np.int64)
        self.worked = np.array(index.worked, _DAY).astype(np.int64)
        every = np.arange(self.first, self.first + len(self.upto))
        # Of each day: the place in `worked` of the first working day on or after it.
        self.following = np.searchsorted(self.worked, every)

    def ahead(self, days: Counts, amounts: Counts) -> tuple[Counts, npt.NDArray[np.bool_]]:
        """Return the day so many working days on, and where the index reaches that far."""
        places = days - self.first
        inside = (places >= 0) & (places < len(self.upto))
        return self._worked(self.upto[np.where(inside, places, 0)] + amounts - 1, inside)

    def rolled(self, days: Counts) -> tuple[Counts, npt.NDArray[np.bool_]]:
        """Return the first working day on or after each, and where the index reaches that far."""
        places = days - self.first
        inside = (places >= 0) & (places < len(self.upto))
        return self._worked(self.following[np.where(inside, places, 0)], inside)

    def _worked(
        self, places: Counts, inside: npt.NDArray[np.bool_]
    ) -> tuple[Counts, npt.NDArray[np.bool_]]:
        known = inside & (places < len(self.worked))
        return self.worked[np.where(known, places, 0)], known


@lru_cache(maxsize=8)
def _arrays(index: DayIndex[object]) -> _Arrays:
    return _Arrays(index)


def _months_later(days: Days, amounts: Counts, unit: Unit) -> Days:
    """Return the same day of a later month, or that month's last day."""
    months = days.astype("datetime64[M]")
    into = (days - months.astype(_DAY)).astype(np.int64)
    later = months + amounts * (12 if unit == "years" else 1)
    length = ((later + 1).astype(_DAY) - later.astype(_DAY)).astype(np.int64)
    ends: Days = later.astype(_DAY) + np.minimum(into, length - 1)
    return ends


def _one(
    day: np.datetime64, amount: int, unit: Unit, calendar: WorkingCalendar, *, rolls: bool
) -> np.datetime64:
    limit = TimeLimit((), amount=amount, unit=unit, start="receipt")
    zone = ZoneInfo(ClockSettings().timezone)
    start = datetime.combine(cast("date", day.item()), time.min, tzinfo=zone)
    return np.datetime64(clocks.due(limit, start, calendar, rolls=rolls).day, "D")

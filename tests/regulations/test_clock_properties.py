"""What every clock keeps to, on the mainland's calendar and on any other.

The reference is written out here day by day, apart from the program's own counting.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huitong.regulations import clocks
from huitong.regulations.calendars import MAINLAND, DayRow, WorkingCalendar, from_table
from huitong.regulations.clocks import Due, Pause
from huitong.regulations.due_days import due_days
from huitong.regulations.types import UNITS, Names, TimeLimit, Unit
from regulations.walking import BEIJING

ONE_DAY = timedelta(days=1)
OFF = Names("放假", "day off")
FIRST, LAST = date(2028, 1, 1), date(2029, 12, 31)

# Other work on the machine is no fault of the example that runs just then.
steady = settings(deadline=None)
units = st.sampled_from(UNITS)
amounts = st.integers(1, 45)
# Before, among and long after the days that a calendar knows: its index ends somewhere too.
days = st.one_of(
    st.dates(date(2026, 1, 1), date(2031, 12, 31)), st.dates(date(2015, 1, 1), date(2075, 1, 1))
)


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    """A calendar of 2028 and 2029 with any days off and any weekend days worked."""
    chosen = draw(st.sets(st.integers(0, 730), max_size=40))
    rows = []
    for number in sorted(chosen):
        day = FIRST + number * ONE_DAY
        rows.append(DayRow(day, working=day.weekday() >= 5, names=OFF))
    made = from_table(rows, calendar_id="any", first_day=FIRST, last_notice_day=LAST)
    local = draw(st.sets(st.dates(FIRST, LAST), max_size=6))
    return made.with_days_off(dict.fromkeys(local, OFF)) if local else made


def limit(amount: int, unit: Unit) -> TimeLimit:
    return TimeLimit(cite=("HL-22.3",), amount=amount, unit=unit, start="receipt")


def due(
    day: date,
    amount: int,
    unit: Unit,
    calendar: WorkingCalendar,
    *,
    pauses: Sequence[Pause] = (),
    rolls: bool = True,
) -> Due:
    return clocks.due(limit(amount, unit), nine(day), calendar, pauses=pauses, rolls=rolls)


def nine(day: date) -> datetime:
    return datetime.combine(day, time(9), tzinfo=BEIJING)


def is_worked(day: date, calendar: WorkingCalendar) -> bool:
    if day in calendar.work:
        return True
    return day.weekday() < 5 and day not in calendar.off


def by_hand(day: date, amount: int, unit: Unit, calendar: WorkingCalendar) -> date:
    if unit == "working_days":
        while amount:
            day += ONE_DAY
            amount -= is_worked(day, calendar)
        return day
    if unit == "days":
        day += amount * ONE_DAY
    else:
        for _ in range(amount * (12 if unit == "years" else 1)):
            # Month by month, and the day number of the start again where the month has it.
            first_of_next = day.replace(day=1) + monthrange(day.year, day.month)[1] * ONE_DAY
            day = first_of_next if day.day == 1 else _same_number(first_of_next, day.day)
    while not is_worked(day, calendar):
        day += ONE_DAY
    return day


def _same_number(first: date, number: int) -> date:
    return first.replace(day=min(number, monthrange(first.year, first.month)[1]))


@steady
@given(days, amounts, st.sampled_from(("working_days", "days")), calendars())
def test_a_due_day_is_the_one_that_a_finger_on_the_wall_calendar_finds(
    day: date, amount: int, unit: Unit, calendar: WorkingCalendar
) -> None:
    assert due(day, amount, unit, calendar).day == by_hand(day, amount, unit, calendar)


@steady
@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)), st.integers(1, 30), calendars())
def test_months_and_years_go_by_the_calendar(
    day: date, amount: int, calendar: WorkingCalendar
) -> None:
    # The 29th to 31st are lost for good when counted month by month: compared from the 1st to 28th.
    early = day.replace(day=min(day.day, 28))
    for unit in ("months", "years"):
        assert due(early, amount, unit, calendar).day == by_hand(early, amount, unit, calendar)
        end = due(day, amount, unit, calendar, rolls=False).day
        months = amount * (12 if unit == "years" else 1)
        assert (end.year - day.year) * 12 + end.month - day.month == months
        assert end.day == day.day or (end + ONE_DAY).day == 1


@steady
@given(days, amounts, units, calendars())
def test_the_day_itself_is_not_counted_and_every_day_on_the_way_is_accounted_for(
    day: date, amount: int, unit: Unit, calendar: WorkingCalendar
) -> None:
    found = due(day, amount, unit, calendar)

    assert found.day > day
    assert day not in found.counted
    assert is_worked(found.day, calendar)
    if unit in ("working_days", "days"):
        assert len(found.counted) == amount
        ahead = {day + n * ONE_DAY for n in range(1, (found.day - day).days + 1)}
        # The last day off before the day that a period rolls to stands in both for days.
        assert ahead == {*found.counted, *(note.day for note in found.skipped), found.day}
    if unit == "working_days":
        assert found.day == found.counted[-1]
        assert all(is_worked(each, calendar) for each in found.counted)
        assert not any(is_worked(note.day, calendar) for note in found.skipped)
        made_up = [note.day for note in found.made_up]
        assert made_up == [each for each in found.counted if each in calendar.work]
        assert list(found.counted) == sorted(set(found.counted))


@steady
@given(days, st.integers(0, 400), amounts, units, calendars())
def test_a_later_start_is_never_due_earlier(
    day: date, later: int, amount: int, unit: Unit, calendar: WorkingCalendar
) -> None:
    first = due(day, amount, unit, calendar)

    assert due(day + later * ONE_DAY, amount, unit, calendar).day >= first.day
    assert due(day, amount + 1, unit, calendar).day >= first.day


@steady
@given(days, amounts, units, st.integers(1, 30), units, calendars())
def test_an_extension_lengthens_and_counts_on_from_the_day_before(
    day: date, amount: int, unit: Unit, more: int, more_unit: Unit, calendar: WorkingCalendar
) -> None:
    plain = due(day, amount, unit, calendar)
    extended = clocks.due(
        limit(amount, unit), nine(day), calendar, extensions=[limit(more, more_unit)]
    )

    assert extended.day > plain.day
    assert extended.day == due(plain.day, more, more_unit, calendar).day
    assert extended.counted[: len(plain.counted)] == plain.counted


@steady
@given(
    st.dates(date(2027, 12, 1), date(2029, 12, 1)),
    st.integers(1, 30),
    units,
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=3),
    calendars(),
)
def test_a_pause_never_shortens_and_no_paused_day_counts(
    day: date,
    amount: int,
    unit: Unit,
    spans: list[tuple[int, int]],
    calendar: WorkingCalendar,
) -> None:
    pauses = [
        Pause(nine(day + begin * ONE_DAY), nine(day + (begin + length) * ONE_DAY))
        for begin, length in spans
    ]
    plain = due(day, amount, unit, calendar)
    paused = due(day, amount, unit, calendar, pauses=pauses)

    assert paused.day >= plain.day
    standing = {
        day + n * ONE_DAY for begin, length in spans for n in range(begin + 1, begin + length + 1)
    }
    assert not standing & set(paused.counted)
    if unit == "working_days" and standing:
        stopped = {name.day for name in paused.skipped if "补正" in name.why_zh}
        assert stopped == {each for each in standing if each < paused.day}


@steady
@given(days, amounts, calendars(), st.sets(st.dates(FIRST, LAST), max_size=10))
def test_more_days_off_never_make_a_clock_shorter(
    day: date, amount: int, calendar: WorkingCalendar, local: set[date]
) -> None:
    fewer = calendar.with_days_off(dict.fromkeys(local, OFF))

    found = due(day, amount, "working_days", fewer)
    assert found.day >= due(day, amount, "working_days", calendar).day
    assert not local & set(found.counted)


@steady
@given(
    st.lists(st.tuples(days, st.integers(1, 300)), min_size=1, max_size=50),
    units,
    calendars(),
    st.booleans(),
)
def test_whole_arrays_of_periods_are_due_on_the_days_that_single_ones_are(
    periods: list[tuple[date, int]], unit: Unit, calendar: WorkingCalendar, rolls: bool
) -> None:
    starts = np.array([day for day, _ in periods], "datetime64[D]")
    numbers = np.array([amount for _, amount in periods], np.int64)

    many = due_days(starts, numbers, unit, calendar, rolls=rolls)

    single = [due(day, amount, unit, calendar, rolls=rolls).day for day, amount in periods]
    assert many.astype(object).tolist() == single


def test_an_array_may_be_empty_and_holds_no_period_of_nothing() -> None:
    nothing = np.array([], "datetime64[D]")

    assert due_days(nothing, np.array([], np.int64), "days").size == 0
    with pytest.raises(ValueError, match="at least one day"):
        due_days(np.array(["2026-03-02"], "datetime64[D]"), np.array([0]), "working_days")


@steady
@given(days, days, calendars())
def test_working_days_between_two_days_are_those_after_the_one_up_to_the_other(
    day: date, last: date, calendar: WorkingCalendar
) -> None:
    low, high = sorted((day, last))
    ahead = (date.fromordinal(n) for n in range(low.toordinal() + 1, high.toordinal() + 1))
    worked = sum(is_worked(each, calendar) for each in ahead)

    assert calendar.worked_between(low, high) == worked
    assert calendar.worked_between(high, low) == -worked


@steady
@given(st.integers(0, 6))
def test_a_due_day_past_the_last_notice_is_provisional_and_no_other_is(number: int) -> None:
    start = date(2026, 12, 24) + number * ONE_DAY
    found = due(start, 3, "working_days", MAINLAND)

    assert found.provisional is (found.day > date(2026, 12, 31))
    assert found.notice_until == date(2026, 12, 31)

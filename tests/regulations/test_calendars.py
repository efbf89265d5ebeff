from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest

from huitong.regulations.calendars import MAINLAND, DayRow, from_table
from huitong.regulations.types import Names

YEARS = (2024, 2025, 2026)


def _days(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize("year", YEARS)
def test_every_day_agrees_with_chinese_calendar(year: int) -> None:
    differing = [d for d in _days(year) if MAINLAND.is_working(d) != chinese_calendar.is_workday(d)]

    assert differing == []


@pytest.mark.parametrize("year", YEARS)
def test_every_working_day_agrees_with_holidays(year: int) -> None:
    china = holidays.country_holidays("CN", years=year)
    differing = [d for d in _days(year) if MAINLAND.is_working(d) != china.is_working_day(d)]

    assert differing == []


def test_make_up_days_are_all_at_weekends_and_days_off_carry_a_name() -> None:
    assert all(day.weekday() >= 5 for day in MAINLAND.work)
    note = MAINLAND.why_off(date(2026, 10, 1))
    assert note is not None
    assert (note.why_zh, note.why_en) == ("国庆节", "National Day")
    weekend = MAINLAND.why_off(date(2026, 10, 11))
    assert weekend is not None
    assert weekend.why_zh == "周末"
    worked = MAINLAND.why_worked(date(2026, 10, 10))
    assert worked is not None
    assert worked.why_zh == "调休上班"


def test_the_table_names_the_notice_of_each_year_and_its_own_end() -> None:
    assert set(MAINLAND.notices) == set(YEARS)
    assert MAINLAND.notices[2026] == "国办发明电〔2025〕7号"
    assert MAINLAND.last_notice_day == date(2026, 12, 31)
    assert MAINLAND.is_known(date(2026, 12, 31))
    assert not MAINLAND.is_known(date(2027, 1, 1))


def test_past_the_last_notice_only_weekends_are_known() -> None:
    assert MAINLAND.is_working(date(2027, 10, 1))  # a Friday, National Day as it will turn out
    assert not MAINLAND.is_working(date(2027, 10, 2))


def test_a_local_day_off_wins_over_a_make_up_day() -> None:
    local = MAINLAND.with_days_off({date(2026, 10, 10): Names("本地假日", "local holiday")})

    assert not local.is_working(date(2026, 10, 10))
    assert MAINLAND.is_working(date(2026, 10, 10))


def test_a_new_notice_makes_the_next_year_known() -> None:
    rows = [DayRow(date(2027, 1, 1), working=False, names=Names("元旦", "New Year's Day"))]
    loaded = from_table(
        rows, calendar_id="test", first_day=date(2027, 1, 1), last_notice_day=date(2027, 12, 31)
    )

    assert not loaded.is_working(date(2027, 1, 1))
    assert loaded.is_known(date(2027, 6, 1))


@pytest.mark.parametrize(
    "days", [(date(2027, 1, 1), date(2027, 1, 1)), (date(2026, 12, 31), date(2027, 1, 1))]
)
def test_a_table_with_a_day_twice_or_outside_its_years_is_refused(days: tuple[date, ...]) -> None:
    rows = [DayRow(day, working=False, names=Names("假", "off")) for day in days]

    with pytest.raises(ValueError, match=r"stands twice|lies outside"):
        from_table(
            rows, calendar_id="test", first_day=date(2027, 1, 1), last_notice_day=date(2027, 12, 31)
        )

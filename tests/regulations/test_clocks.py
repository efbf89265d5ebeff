"""Clocks apart from any profile: counting, extending, pausing, explaining."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitong.regulations import clocks
from huitong.regulations.calendars import MAINLAND
from huitong.regulations.clocks import Pause
from huitong.regulations.errors import DateNotSetError, NoNumberError
from huitong.regulations.types import ClockSettings, TimeLimit, Unit
from regulations.walking import BEIJING, beijing

CITE = ("HL-22.3",)


def limit(amount: int, unit: Unit = "working_days", start: str = "receipt") -> TimeLimit:
    return TimeLimit(cite=CITE, amount=amount, unit=unit, start=start)


def test_the_day_of_the_start_is_not_counted_and_each_counted_day_is_named() -> None:
    due = clocks.due(limit(3), beijing("2026-03-03 08:00"))

    assert due.counted == (date(2026, 3, 4), date(2026, 3, 5), date(2026, 3, 6))
    assert due.day == date(2026, 3, 6)
    assert due.skipped == ()


def test_the_due_day_ends_when_the_setting_says() -> None:
    late = ClockSettings(day_end="23:59")

    assert clocks.due(limit(1), beijing("2026-03-03")).at.time() == time(17, 30)
    assert clocks.due(limit(1), beijing("2026-03-03"), settings=late).at.time() == time(23, 59)


def test_a_start_late_in_the_evening_abroad_is_the_day_that_beijing_has() -> None:
    start = datetime.fromisoformat("2026-03-03T18:00:00+00:00")  # 02:00 on the 4th in Beijing

    assert clocks.due(limit(1), start).day == date(2026, 3, 5)


def test_a_start_without_a_timezone_is_refused() -> None:
    with pytest.raises(ValueError, match="timezone"):
        clocks.due(limit(1), datetime(2026, 3, 3, 9))  # noqa: DTZ001 (that is the point)


def test_days_count_through_and_roll_to_the_next_working_day() -> None:
    """Civil Code, art. 203: a last day off gives way to the next working day."""
    due = clocks.due(limit(10, "days"), beijing("2026-09-23"))

    assert due.counted[-1] == date(2026, 10, 3)
    assert due.day == date(2026, 10, 8)
    assert len(due.skipped) == 5


def test_months_and_years_end_on_the_same_day_number_or_the_last_of_the_month() -> None:
    assert clocks.due(limit(1, "months"), beijing("2026-01-31"), rolls=False).day == date(
        2026, 2, 28
    )
    assert clocks.due(limit(13, "months"), beijing("2026-01-15"), rolls=False).day == date(
        2027, 2, 15
    )
    assert clocks.due(limit(1, "years"), beijing("2024-02-29"), rolls=False).day == date(
        2025, 2, 28
    )


def test_an_extension_runs_on_from_the_day_before() -> None:
    due = clocks.due(limit(3), beijing("2026-02-12"), extensions=[limit(5)])

    assert due.day == date(2026, 3, 2)
    assert [note.day for note in due.made_up] == [date(2026, 2, 14), date(2026, 2, 28)]


def test_a_pause_stops_the_clock_and_is_given_as_the_reason() -> None:
    pause = Pause(beijing("2026-03-04"), beijing("2026-03-09"))
    due = clocks.due(limit(5), beijing("2026-03-03"), pauses=[pause])

    assert due.counted[:2] == (date(2026, 3, 4), date(2026, 3, 10))
    assert due.day == date(2026, 3, 13)
    assert "补正期间停止计算" in clocks.explain(due, "zh")


def test_a_pause_lengthens_months_by_its_days() -> None:
    pause = Pause(beijing("2026-03-04"), beijing("2026-03-09"))

    due = clocks.due(limit(1, "months"), beijing("2026-03-03"), pauses=[pause], rolls=False)

    assert due.day == date(2026, 4, 8)


def test_a_date_in_an_order_is_the_due_day_even_on_a_day_off() -> None:
    ordered = TimeLimit(cite=("HL-27.1",), set_in="rectify_by")

    with pytest.raises(DateNotSetError, match="rectify_by"):
        clocks.due(ordered, beijing("2026-03-03"))
    due = clocks.due(ordered, beijing("2026-03-03"), set_day=date(2026, 10, 1))
    assert due.day == date(2026, 10, 1)
    assert "通知中确定的日期" in clocks.explain(due, "zh")


def test_promptly_has_no_number_until_the_body_sets_its_own_and_then_says_so() -> None:
    promptly = TimeLimit(cite=CITE, own_period="promptly", start="receipt")

    with pytest.raises(NoNumberError):
        clocks.due(promptly, beijing("2026-03-03"))
    due = clocks.due(promptly, beijing("2026-03-03"), own_days=2)
    assert due.day == date(2026, 3, 5)
    assert due.own
    assert "由本机构自行设定" in clocks.explain(due, "zh")
    assert "the body set this one for itself" in clocks.explain(due, "en")


@pytest.mark.clause("HL-22.3")
def test_the_explanation_says_until_when_why_and_by_which_article() -> None:
    due = clocks.due(limit(1), beijing("2026-09-30 16:00"))

    assert clocks.explain(due, "zh") == (
        "应于2026年10月8日（星期四）17:30前办结（17:30为平台设置）。"
        "自2026年9月30日（收到之日）起算，当日不计，1个工作日。"
        "不计入：10月1日至10月7日（国庆节）。"
        "依据：《黑龙江省政务数据管理暂行办法》第二十二条第二款第（二）项。"
    )
    assert clocks.explain(due, "en") == (
        "Due by 17:30 on Thu 2026-10-08 (17:30 is a setting of the platform). "
        "Counted from 2026-09-30 (receipt), that day not included: 1 working day(s). "
        "Not counted: 2026-10-01 to 2026-10-07 (National Day). "
        "Basis: Interim Measures of Heilongjiang Province for the Administration of "
        "Government Data, art. 22, para. 2, item (2)."
    )


def test_past_the_last_notice_the_day_is_provisional_and_says_so() -> None:
    due = clocks.due(limit(1), beijing("2026-12-31"))

    assert due.provisional
    assert "暂定" in clocks.explain(due, "zh")
    assert "provisional" in clocks.explain(due, "en")


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001 (made aware below)
    st.integers(1, 40),
)
def test_a_clock_never_goes_backward_and_every_day_is_accounted_for(
    moment: datetime, amount: int
) -> None:
    start = moment.replace(tzinfo=BEIJING)
    due = clocks.due(limit(amount), start)
    longer = clocks.due(limit(amount + 1), start)

    assert start.date() < due.day < longer.day
    assert len(due.counted) == amount
    assert all(MAINLAND.is_working(day) for day in due.counted)
    between = {
        start.date() + timedelta(days=n) for n in range(1, (due.day - start.date()).days + 1)
    }
    assert between == {*due.counted, *(note.day for note in due.skipped)}

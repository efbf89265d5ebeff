"""Last days of periods in working days: whole arrays, and one by one with the explanation.

The baseline is what one writes first: one day after the other, asking a set of days off.
"""

import datetime as dt
import random
import statistics
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

import numpy as np

from huitong.regulations import clocks
from huitong.regulations.calendars import MAINLAND
from huitong.regulations.due_days import due_days
from huitong.regulations.types import TimeLimit

MANY_TARGET = 1_000_000
ONE_TARGET = 100_000
_ROUNDS = 5
_SINGLE = 20_000
_LONGEST = 30


def run(periods: int = 1_000_000) -> list[dict[str, object]]:
    """Return deadlines/s of both ways, for starts all over 2024 to 2026 and 1 to 30 working days.

    Raises: RuntimeError, when the three ways do not find the same days.
    """
    chance = random.Random(7)  # noqa: S311 - the same periods at every run
    first = dt.date(2024, 1, 1)
    zone = ZoneInfo("Asia/Shanghai")
    drawn = [(chance.randrange(1000), chance.randint(1, _LONGEST)) for _ in range(_SINGLE)]
    single = [
        (dt.datetime.combine(first + dt.timedelta(days=day), dt.time(9), zone), amount)
        for day, amount in drawn
    ]
    limits = [
        TimeLimit(cite=("HL-22.3",), amount=amount, unit="working_days", start="receipt")
        for amount in range(_LONGEST + 1)
    ]
    days = np.resize(np.array([at.date() for at, _ in single], "datetime64[D]"), periods)
    amounts = np.resize(np.array([amount for _, amount in single], np.int64), periods)
    off = frozenset(MAINLAND.off)
    work = frozenset(MAINLAND.work)

    def many() -> list[dt.date]:
        return list(due_days(days, amounts, "working_days")[:_SINGLE].tolist())

    def one_by_one() -> list[dt.date]:
        return [clocks.due(limits[amount], at).day for at, amount in single]

    def naive() -> list[dt.date]:
        return [_naive(at.date(), amount, off, work) for at, amount in single]

    if not many() == one_by_one() == naive():  # warms the index up, too
        msg = "The bench's ways of counting differ: mend them before anything is measured."
        raise RuntimeError(msg)
    rates: dict[str, list[float]] = {"many": [], "single": [], "naive": []}
    for _ in range(_ROUNDS):
        rates["many"].append(_rate(periods, many))
        rates["single"].append(_rate(_SINGLE, one_by_one))
        rates["naive"].append(_rate(_SINGLE, naive))
    baseline = statistics.median(rates["naive"])
    return [
        {
            "name": f"calendar.{name}",
            "value": round(value),
            "unit": "deadlines/s",
            "baseline": round(baseline),
            "ratio": round(value / baseline, 1),
            "target": f">= {target} deadlines/s",
            "met": value >= target,
        }
        for name, target in (("many", MANY_TARGET), ("single", ONE_TARGET))
        for value in [statistics.median(rates[name])]
    ]


def _naive(day: dt.date, amount: int, off: frozenset[dt.date], work: frozenset[dt.date]) -> dt.date:
    while amount:
        day += dt.timedelta(days=1)
        if day in work or (day.weekday() < 5 and day not in off):
            amount -= 1
    return day


def _rate(count: int, act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return count / (time.perf_counter() - began)

"""Identifier checks on a whole Arrow column, on one core."""

import datetime as dt
import random
import time
from typing import Any

import pyarrow as pa

from huitong.identifiers import citizen_id, credit_code, making

_TARGET = 500_000
_ON = dt.date(2026, 11, 21)


def run(rows: int = 1_000_000, rounds: int = 3) -> list[dict[str, Any]]:
    """Return rows/s of both checks; the baseline is the scalar check on a part of the same rows."""
    rng = random.Random(7)  # noqa: S311
    born = dt.date(1950, 1, 1)
    base = [
        making.make_citizen_id("230102", born + dt.timedelta(days=k % 20000), rng.randrange(999))
        for k in range(20_000)
    ]
    people = pa.array(rng.choices(base, k=rows))
    firms = pa.array(
        rng.choices([making.make_credit_code("230100", 10**7 + k) for k in range(20_000)], k=rows)
    )
    figures = []
    for name, column, whole, single in (
        ("citizen_id", people, _citizens, lambda v: citizen_id.check(v, on=_ON)),
        ("credit_code", firms, credit_code.check_column, credit_code.check),
    ):
        value = max(_rate(rows, lambda w=whole, c=column: w(c)) for _ in range(rounds))
        part = column.slice(0, 20_000).to_pylist()
        baseline = _rate(len(part), lambda s=single, p=part: [s(v) for v in p])
        figures.append(
            {
                "name": f"identifiers.{name}",
                "value": round(value),
                "unit": "rows/s",
                "baseline": round(baseline),
                "ratio": round(value / baseline, 1),
                "target": f">= {_TARGET} rows/s",
                "met": value >= _TARGET,
            }
        )
    return figures


def _citizens(column: pa.Array) -> object:
    return citizen_id.check_column(column, on=_ON)


def _rate(rows: int, act: Any) -> float:  # noqa: ANN401 - any callable without arguments
    started = time.perf_counter()
    act()
    return rows / (time.perf_counter() - started)

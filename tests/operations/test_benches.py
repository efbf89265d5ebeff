"""Benches run to their end on small sizes; the figures themselves are for `./run bench`."""

from typing import Protocol

import pytest

from huitong.cases import queries
from huitong.cases.models import Case
from huitong.operations.benches import calendar, cases


class Databases(Protocol):
    """What the bench needs of a database of its own."""

    @property
    def admin_dsn(self) -> str: ...


def test_the_calendar_is_measured_against_counting_day_by_day() -> None:
    figures = calendar.run(periods=20_000)

    assert [figure["name"] for figure in figures] == ["calendar.many", "calendar.single"]
    for figure in figures:
        assert {"value", "unit", "baseline", "ratio", "target", "met"} <= set(figure)
        assert figure["ratio"] > 1  # type: ignore[operator]


@pytest.mark.slow
def test_a_step_a_page_and_the_sweep_are_measured_on_cases_that_the_engine_takes_further(
    fresh_django: Databases,
) -> None:
    figures = cases.run(fresh_django.admin_dsn, cases=2_500)

    assert [str(figure["name"]).split()[0] for figure in figures] == [
        "cases.step", "cases.todo", "cases.sweep",
    ]  # fmt: skip
    # The database's own rows: each copy is due on the day that its events say.
    for case in Case.objects.filter(version=1).order_by("?")[:50]:
        due = queries.due_of(case)
        assert due is not None
        assert due.at == case.due_at

"""Benches run to their end on small sizes; the figures themselves are for `./run bench`."""

from huitong.operations.benches import calendar


def test_the_calendar_is_measured_against_counting_day_by_day() -> None:
    figures = calendar.run(periods=20_000)

    assert [figure["name"] for figure in figures] == ["calendar.many", "calendar.single"]
    for figure in figures:
        assert {"value", "unit", "baseline", "ratio", "target", "met"} <= set(figure)
        assert figure["ratio"] > 1  # type: ignore[operator]

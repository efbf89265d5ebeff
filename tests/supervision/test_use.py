"""What supervision reads of the use that the gateway noted."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

import psycopg
import pytest

from catalogue.world import GRADUATES, LATER, World, make_world
from huitong.sharing import actions
from huitong.sharing.models import Grant
from huitong.supervision import queries, records
from sharing.applying import WHOLE, apply

DAY = date(2026, 5, 1)


def granted(world: World) -> Grant:
    application = apply(world, world.publish(GRADUATES, "graduates"))
    grant = actions.decide(application, decisions=WHOLE, actor=world.teacher, at=LATER)
    assert grant is not None
    return grant


Note = Callable[..., None]


class Databases(Protocol):
    """What of `fresh_django` is used here."""

    owner_dsn: str


@pytest.fixture
def note(fresh_django: Databases, grant: Grant) -> Note:
    """Count calls as the shipper does; the application's own role may not."""

    def write(outcome: str, calls: int, day: date = DAY) -> None:
        _count(fresh_django.owner_dsn, grant, outcome, calls, day)

    return write


def _count(dsn: str, grant: Grant, outcome: str, calls: int, day: date) -> None:
    at = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
    with psycopg.connect(dsn) as connection:
        connection.execute(
            "INSERT INTO gateway.use_day (day, dataset_id, consumer_id, grant_id, outcome, calls,"
            " rows, first_at, last_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (day, grant.dataset_id, grant.consumer_id, grant.pk, outcome, calls, calls, at, at),
        )


@pytest.fixture
def grant(fresh_django: Databases) -> Grant:
    return granted(make_world())


@pytest.mark.clause("HL-27.1", "HZ-13.8")
def test_calls_outside_the_grant_are_counted(grant: Grant, note: Note) -> None:
    note("answered", 7)
    note("column_not_granted", 2)
    note("column_not_granted", 3, DAY + timedelta(days=1))
    assert queries.over_scope_calls(grant) == 5
    assert queries.over_scope_calls(grant, since=DAY + timedelta(days=1)) == 3
    assert [(use.outcome, use.calls) for use in queries.use_of(grant)] == [
        ("answered", 7),
        ("column_not_granted", 5),
    ]


@pytest.mark.clause("HL-27.1", "HZ-13.8", "MC-23.1")
def test_a_grant_is_idle_after_three_months_without_a_call(grant: Grant, note: Note) -> None:
    three_months = LATER.replace(month=6)
    assert queries.idle_grants(three_months - timedelta(days=1)) == []
    assert queries.idle_grants(three_months) == [grant]
    note("answered", 1, DAY)
    assert queries.idle_grants(three_months) == []
    assert queries.idle_grants(three_months + timedelta(days=90)) == [grant]


@pytest.mark.clause("HL-28.2", "HL-28.3", "NA-29.2", "NA-29.3")
def test_the_records_that_each_text_asks_of_a_use_stand_side_by_side(world: World) -> None:
    asked = records.of_use(granted(world), LATER)

    assert [(x.profile.id, x.rule.keep and x.rule.keep.months) for x in asked] == [
        ("heilongjiang-2025", 36),
        ("national-2025", 36),
    ]
    assert [x.rule.inspect and x.rule.inspect.inspectors for x in asked] == [
        ("provider",),
        ("authority", "provider"),
    ]
    assert records.inspection_cites(granted_grant(), LATER) == ("HL-28.3", "NA-29.3")


def test_no_text_above_asks_before_it_is_in_force(world: World) -> None:
    early = datetime(2025, 7, 1, tzinfo=UTC)
    assert [x.profile.id for x in records.of_use(granted(world), early)] == ["heilongjiang-2025"]


def granted_grant() -> Grant:
    return Grant.objects.get()

"""What supervision asks of the use that the gateway noted (Heilongjiang, arts. 27 and 28).

It reads the gateway's view `gateway.use_by_grant`: one row a day, grant and outcome.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.utils import timezone

from huitong.sharing.models import Grant

OVER_SCOPE = ("column_not_granted",)
"""Outcomes that mean a call for more than the grant gives."""

IDLE_MONTHS = 3
"""Heilongjiang, art. 27: data not called for three months."""


@dataclass(frozen=True, slots=True)
class Use:
    """Calls of one outcome over the days asked for; times are of the first and the last call."""

    outcome: str
    calls: int
    rows: int
    first_at: datetime
    last_at: datetime


def use_of(grant: Grant, *, since: date | None = None) -> tuple[Use, ...]:
    """Return the use of a grant by outcome, the most frequent first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome, sum(calls)::bigint, sum(rows)::bigint, min(first_at), max(last_at)"
            "  FROM gateway.use_by_grant WHERE grant_id = %s AND (%s::date IS NULL OR day >= %s)"
            " GROUP BY outcome ORDER BY 2 DESC, 1",
            [grant.pk, since, since],
        )
        return tuple(Use(*row) for row in cursor.fetchall())


def over_scope_calls(grant: Grant, *, since: date | None = None) -> int:
    """Return how many calls asked for columns outside the grant; all of them were refused."""
    return sum(use.calls for use in use_of(grant, since=since) if use.outcome in OVER_SCOPE)


def idle_grants(at: datetime) -> list[Grant]:
    """Return live grants that are three months old and were not called for three months.

    Calls that were refused count as calls: they show that somebody uses the grant. Two queries.
    """
    until = timezone.localdate(at)
    since = _months_before(until, IDLE_MONTHS)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT grant_id FROM gateway.use_by_grant WHERE day > %s AND day <= %s",
            [since, until],
        )
        called = [row[0] for row in cursor.fetchall()]
    old = Grant.objects.live(at).filter(starts_at__date__lte=since).exclude(pk__in=called)
    return list(old.select_related("dataset__provider", "consumer", "application__version"))


def _months_before(day: date, months: int) -> date:
    """Return the same day of an earlier month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in range(day.day, 27, -1):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    return date(year, month + 1, min(day.day, 28))

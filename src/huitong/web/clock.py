"""The one place where a page reads the clock; everything below gets the moment handed in."""

import datetime as dt

from django.utils import timezone


def now() -> dt.datetime:
    """Return this moment, aware."""
    return timezone.now()  # noqa: TID251  the edge of the program


def day_of(at: dt.datetime) -> dt.date:
    """Return the day of a moment where the platform stands (Asia/Shanghai)."""
    return timezone.localtime(at).date()

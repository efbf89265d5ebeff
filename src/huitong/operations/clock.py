"""The one place below the pages where the commands read the clock."""

import datetime as dt
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")


def now() -> dt.datetime:
    """Return the time in China."""
    return dt.datetime.now(LOCAL)  # noqa: TID251

"""The calendar of a place: the package's own, the notices loaded since, and local days off."""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TypeAlias
from uuid import UUID

from huitong.cases.models import CalendarNotice
from huitong.organisations.models import Jurisdiction
from huitong.regulations import holiday_notices
from huitong.regulations.calendars import MAINLAND, DayRow, WorkingCalendar
from huitong.regulations.holiday_notices import HolidayNotice
from huitong.regulations.types import Names

_Spell: TypeAlias = tuple[UUID, dt.date | None, dt.date | None]
_MAKE_UP = Names("调休上班", "make-up working day")


def of(jurisdiction: Jurisdiction) -> WorkingCalendar:
    """Return the calendar of one jurisdiction; see `of_all`."""
    return of_all([jurisdiction.pk])[jurisdiction.pk]


def of_all(
    jurisdiction_ids: Iterable[int], *, loaded_by: dt.datetime | None = None
) -> dict[int, WorkingCalendar]:
    """Return the calendars of jurisdictions by id: one query, two where a place has days off.

    Of several notices on one year the last one loaded counts. Days off of a place count in the
    places below it too; for a place that was merged those of its successor count from that day on.
    `loaded_by` leaves out what was loaded after that moment.
    """
    wanted = set(jurisdiction_ids)
    loaded = CalendarNotice.objects.order_by("id")
    if loaded_by is not None:
        loaded = loaded.filter(loaded_at__lte=loaded_by)
    named = loaded.values_list("entry_uuid", "jurisdiction_id")  # the days only when they are new
    rows: list[tuple[UUID, int | None]] = list(named)
    national = tuple(uuid for uuid, place in rows if place is None)
    if len(national) == len(rows):
        return dict.fromkeys(wanted, _made(national, ()))
    places = Jurisdiction.objects.only("parent_id", "ended_on", "successor_id")
    known = {place.pk: place for place in places}
    above: dict[int, int | None] = {place.pk: place.parent_id for place in known.values()}
    found = {}
    for place in wanted:
        local = tuple(
            (uuid, since, until)
            for spent, since, until in _spells(place, known)
            for line in (_line(spent, above),)
            for uuid, where in rows
            if where in line
        )
        found[place] = _made(national, local)
    return found


def body_of(notice: HolidayNotice) -> dict[str, object]:
    """Return the days of a notice as the database keeps them."""
    return {
        "days_off": [
            [row.day.isoformat(), row.names.zh, row.names.en]
            for row in notice.rows
            if not row.working
        ],
        "make_up": [row.day.isoformat() for row in notice.rows if row.working],
    }


def _spells(
    place: int, known: dict[int, Jurisdiction]
) -> list[tuple[int, dt.date | None, dt.date | None]]:
    """Return the place and those that it was merged into, each with its first and last day.

    The last one is exclusive; None where there is none.
    """
    found: list[tuple[int, dt.date | None, dt.date | None]] = []
    here: int | None = place
    since: dt.date | None = None
    while here is not None:
        row = known[here]
        found.append((here, since, row.ended_on))
        since, here = row.ended_on, row.successor_id if row.ended_on else None
    return found


def _line(place: int, above: dict[int, int | None]) -> set[int]:
    line: set[int] = set()
    here: int | None = place
    while here is not None and here not in line:
        line.add(here)
        here = above.get(here)
    return line


@lru_cache(maxsize=64)
def _made(national: Sequence[UUID], local: Sequence[_Spell]) -> WorkingCalendar:
    # By the names of rows that never change, so what is kept here cannot grow old.
    if not (national or local):
        return MAINLAND
    named = [*national, *(uuid for uuid, _since, _until in local)]
    loaded = CalendarNotice.objects.filter(entry_uuid__in=named)
    rows = {row.entry_uuid: row for row in loaded}
    days_off = {
        day.day: day.names
        for uuid, since, until in local
        for day in _rows_of(rows[uuid])
        if (since is None or day.day >= since) and (until is None or day.day < until)
    }
    last = {rows[one].year: rows[one] for one in national}
    notices = [HolidayNotice(year, row.number, _rows_of(row)) for year, row in last.items()]
    return holiday_notices.with_notices(MAINLAND, notices, days_off)


def _rows_of(row: CalendarNotice) -> tuple[DayRow, ...]:
    off = [
        DayRow(dt.date.fromisoformat(day), working=False, names=Names(zh, en))
        for day, zh, en in row.body["days_off"]
    ]
    work = [
        DayRow(dt.date.fromisoformat(day), working=True, names=_MAKE_UP)
        for day in row.body["make_up"]
    ]
    return tuple(sorted((*off, *work), key=lambda each: each.day))

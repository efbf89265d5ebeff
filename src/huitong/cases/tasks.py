"""What the passing of time does to cases. Each may run again at any moment without harm.

Everything that is still to be done is found in the database, so nothing is lost when a worker
stops: a sweep that comes late gives the notices that are due by then.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from huitong.cases import actions, calendars, deadlines, last_days, tables
from huitong.cases.errors import CaseError
from huitong.cases.models import Case, CaseEvent, Waiting
from huitong.cases.types import Noticed
from huitong.organisations.models import Jurisdiction
from huitong.organisations.types import SYSTEM
from huitong.regulations.types import CLOCK

_BATCH = 200
_ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Swept:
    """The numbers of the cases of which notice was given, by what was told."""

    reminded: list[str]
    due: list[str]
    overdue: list[str]


def give_notice(at: dt.datetime) -> Swept:
    """Remind owners before the last day and on it; record each case whose last day is past.

    Each once for each stay in a state. Being late changes nothing else: `overdue` of the profile
    names who is told (the owner and the body that supervises).
    """
    found: dict[Noticed, list[str]] = {step: [] for step in last_days.KINDS}
    horizon = _horizon(at)
    for ids in _batches(horizon, at):
        with transaction.atomic():
            for case, step in last_days.noticed(ids, at):
                found[step].append(case.number)
    return Swept(found[Noticed.REMINDED], found[Noticed.DUE], found[Noticed.OVERDUE])


def note_overdue(at: dt.datetime) -> list[str]:
    """Give every notice that is due by now; return the numbers of the cases newly found late."""
    return give_notice(at).overdue


def take_lapsed(at: dt.datetime) -> list[str]:
    """Take the steps that only the lapse of time takes; return the numbers of the cases."""
    taken: list[str] = []
    waiting = Waiting.objects.filter(role=CLOCK).select_related("case").order_by("case_id")
    cases = [row.case for row in waiting]
    days = calendars.of_all({case.jurisdiction_id for case in cases})
    for case in cases:
        events = list(CaseEvent.objects.filter(case=case).order_by("seq"))
        calendar = days[case.jurisdiction_id]
        row = deadlines.lapsed(tables.of(case), case.state, events, at, calendar)
        if row is None:
            continue
        try:
            actions.take_step(case, row.name, actor=SYSTEM, at=at, expected_version=case.version)
        except CaseError:
            # Somebody was faster, or the step is barred: it is recorded, the next case goes on.
            continue
        taken.append(case.number)
    return taken


def renew_days(at: dt.datetime) -> int:
    """Compute the last days anew that another calendar than today's gave; return how many moved.

    After a holiday notice was loaded: dates that were provisional become what the notice makes of
    them. The owner is told of a day that moved, and the ledger has it.
    """
    moved = 0
    for place in Jurisdiction.objects.all():
        calendar = calendars.of(place)
        while True:
            open_cases = Case.objects.filter(jurisdiction=place, closed_at__isnull=True)
            dated = open_cases.filter(due_at__isnull=False).exclude(calendar=calendar.id)
            ids = list(dated.values_list("pk", flat=True)[:_BATCH])
            if not ids:
                break
            with transaction.atomic():
                moved += sum(last_days.renewed(each, at) for each in last_days.locked(ids))
    return moved


def _batches(horizon: dt.datetime, at: dt.datetime) -> Iterator[list[int]]:
    """Yield the ids of open cases of which some notice may be due, in batches, the latest last."""
    open_cases = Case.objects.filter(closed_at__isnull=True)
    late = open_cases.filter(due_at__lt=at, noticed__lt=Noticed.OVERDUE)
    # Nothing is late by the day alone: the reminder and the last day itself come before.
    today = timezone.localdate(at)
    midnight = timezone.make_aware(dt.datetime.combine(today + _ONE_DAY, dt.time.min))
    now_due = open_cases.filter(due_at__gte=at, due_at__lt=midnight, noticed__lt=Noticed.DUE)
    soon = open_cases.filter(
        due_at__gte=midnight, due_at__lte=horizon, noticed__lt=Noticed.REMINDED
    )
    for asked in (late, now_due, soon):
        ids = list(asked.order_by("due_at", "pk").values_list("pk", flat=True))
        for first in range(0, len(ids), _BATCH):
            yield ids[first : first + _BATCH]


def _horizon(at: dt.datetime) -> dt.datetime:
    """Return the end of the last day of which an owner anywhere has to be reminded now."""
    today = timezone.localdate(at)
    places = calendars.of_all(Jurisdiction.objects.values_list("pk", flat=True))
    last = today
    for calendar in {each.id: each for each in places.values()}.values():
        day = today
        for _ in range(last_days.REMIND_DAYS):
            day = calendar.next_working(day + _ONE_DAY)
        last = max(last, day)
    return timezone.make_aware(dt.datetime.combine(last, dt.time.max))

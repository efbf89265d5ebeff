"""Loading a year's holiday notice, and days off of one place: each act one entry in the ledger."""

import datetime as dt

from django.db import transaction

from huitong.cases import calendars
from huitong.cases.errors import CalendarAuthorityError
from huitong.cases.models import CalendarNotice
from huitong.ledger import actions as ledger
from huitong.organisations import rules as organisation_rules
from huitong.organisations.models import Jurisdiction
from huitong.organisations.types import Actor
from huitong.regulations.errors import NoticeBrokenError
from huitong.regulations.holiday_notices import HolidayNotice


@transaction.atomic
def load_notice(
    notice: HolidayNotice,
    *,
    jurisdiction: Jurisdiction | None = None,
    actor: Actor,
    at: dt.datetime,
) -> CalendarNotice:
    """Load a year as the State Council announced it, or a place's own days off.

    The last notice loaded for a year counts. Last days of running cases are computed anew by
    `tasks.renew_days`, which the worker runs before each sweep. A notice of the State Council is
    loaded by the authority of a root jurisdiction, days off of a place by the place's authority or
    one above it; the platform's operator may load both.

    Raises: CalendarAuthorityError; NoticeBrokenError, when a place's notice names make-up days.
    """
    _require_authority(jurisdiction, actor)
    if jurisdiction is not None and any(row.working for row in notice.rows):
        raise NoticeBrokenError(
            ["days off of one place name no make-up days: those are announced for all"]
        )
    where = f"jurisdiction:{jurisdiction.code}" if jurisdiction else "calendar:mainland"
    entry = ledger.record(
        kind="calendar.loaded",
        subject=where,
        actor=actor.ledger_name,
        at=at,
        facts={
            "year": notice.year,
            "number": notice.number,
            "off": [row.day for row in notice.rows if not row.working],
            "work": [row.day for row in notice.rows if row.working],
        },
    )
    return CalendarNotice.objects.create(
        year=notice.year,
        number=notice.number,
        jurisdiction=jurisdiction,
        body=calendars.body_of(notice),
        loaded_at=at,
        loaded_by=actor.ledger_name,
        entry_uuid=entry.uuid,
    )


def _require_authority(jurisdiction: Jurisdiction | None, actor: Actor) -> None:
    if actor.is_system:
        return
    if jurisdiction is not None:
        allowed = organisation_rules.oversees(actor, jurisdiction.lineage())
    else:
        roots = Jurisdiction.objects.filter(parent=None, code__in=actor.is_authority_of)
        allowed = roots.exists()
    if not allowed:
        name = jurisdiction.name if jurisdiction else "全国"
        raise CalendarAuthorityError(actor=actor.name, place=name)

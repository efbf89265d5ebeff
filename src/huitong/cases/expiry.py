"""The end of a regulation's term: the authority is told 90, 30 and 7 days before, and at the end.

New cases then fall to the regulation above (`profiles.standing_in`); running cases finish under the
table that they are pinned to.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from huitong.cases import notices
from huitong.cases.models import Notice
from huitong.cases.types import Holder, NoticeKind
from huitong.ledger import actions as ledger
from huitong.organisations.models import Duty, Jurisdiction
from huitong.organisations.types import SYSTEM
from huitong.regulations import profiles
from huitong.regulations.law import Profile
from huitong.regulations.types import Names

WARN_DAYS = (90, 30, 7, 0)
"""Days before the last day of validity; 0 is told on the first day after it."""


@dataclass(frozen=True, slots=True)
class Ending:
    """A jurisdiction whose chosen regulation ends, in how many days, and what then applies."""

    jurisdiction: Jurisdiction
    profile: Profile
    days_left: int
    then: Profile | None


def endings(at: dt.datetime) -> list[Ending]:
    """Return the jurisdictions whose own regulation ends within 90 days or has ended."""
    today = timezone.localdate(at)
    found = []
    standing = Jurisdiction.objects.filter(ended_on__isnull=True)
    for place in standing.exclude(profile_id="").order_by("code"):
        profile = profiles.load(place.profile_id)
        if profile.valid_to is None:
            continue
        left = (profile.valid_to - today).days
        if left <= WARN_DAYS[0]:
            found.append(Ending(place, profile, left, _after(profile)))
    return found


def note_endings(at: dt.datetime) -> list[tuple[str, int]]:
    """Tell each authority once at each of the marks; return (jurisdiction code, mark) newly told.

    A sweep that comes late gives the notice of the mark that was last passed, not all of them.
    """
    told = []
    for ending in endings(at):
        marks = [mark for mark in WARN_DAYS if _reached(ending.days_left, mark)]
        with transaction.atomic():
            if _tell(ending, min(marks), at):
                told.append((ending.jurisdiction.code, min(marks)))
    return told


def _reached(days_left: int, mark: int) -> bool:
    return days_left < 0 if mark == 0 else days_left <= mark


def _after(profile: Profile) -> Profile | None:
    assert profile.valid_to is not None  # noqa: S101  asked for by the caller
    above = profile.above
    while above is not None and not above.in_force(profile.valid_to + dt.timedelta(days=1)):
        above = above.above
    return above


def _tell(ending: Ending, mark: int, at: dt.datetime) -> bool:
    place, profile = ending.jurisdiction, ending.profile
    subject = f"regulation:{profile.id}@{place.code}"
    # Locked: two sweeps at once would both find that nobody was told.
    Jurisdiction.objects.select_for_update().get(pk=place.pk)
    kind = NoticeKind.EXPIRING
    if Notice.objects.filter(subject=subject, kind=kind.value, seq__lte=mark).exists():
        return False
    facts: dict[str, object] = {
        "profile": profile.id,
        "ends": str(profile.valid_to),
        "days_left": ending.days_left,
        "then": ending.then.id if ending.then else None,
    }
    ledger.record(
        kind="regulation.expiring",
        subject=subject,
        actor=SYSTEM.ledger_name,
        at=at,
        cite=profile.validity_cite,
        facts=facts,
    )
    notices.give(
        kind,
        subject=subject,
        to=_authorities(place),
        at=at,
        seq=mark,
        cite=profile.validity_cite,
        facts=facts,
    )
    return True


def _authorities(place: Jurisdiction) -> list[Holder]:
    """Return one holder for each department that is an authority in the place."""
    held = Duty.objects.filter(jurisdiction=place).order_by("department_id", "duty")
    first = {duty.department_id: duty.duty for duty in reversed(held)}
    return [
        Holder(
            role="authority",
            names=Names("主管部门", "competent authority"),
            jurisdiction_id=place.pk,
            jurisdiction_code=place.code,
            jurisdiction_name=place.name,
            duty=duty,
        )
        for duty in first.values()
    ]

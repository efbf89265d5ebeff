"""Procedures that a text wants in each calendar year: who has not begun one is told in time."""

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone

from huitong.cases import notices, roles
from huitong.cases.models import Case
from huitong.cases.types import Holder, NoticeKind
from huitong.errors import HuitongError
from huitong.organisations import queries as organisations
from huitong.organisations.models import Department, Jurisdiction
from huitong.regulations import compiling, profiles
from huitong.regulations.law import Profile
from huitong.regulations.types import FlatTable

REMIND_DAYS = (90, 30)
"""Days before the end of the year on which somebody is told; a setting of the platform."""


def note_missing(at: dt.datetime) -> list[tuple[str, str]]:
    """Tell who has not opened a case that the law wants this year; each mark once.

    Returns (jurisdiction code, kind) of what is missing. Nothing else follows: the texts say no
    day within the year, and no consequence.
    """
    today = timezone.localdate(at)
    left = (dt.date(today.year, 12, 31) - today).days
    reached = [mark for mark in REMIND_DAYS if left <= mark]
    if not reached:
        return []
    missing = []
    standing = Jurisdiction.objects.filter(ended_on__isnull=True)
    for place in standing.select_related("parent__parent").order_by("code"):
        try:
            profile = profiles.load(organisations.profile_of(place, today))
        except HuitongError:
            continue  # no regulation, so nothing recurs
        for kind, table, cite in _yearly(profile, today):
            to = _who(table, kind, place, today.year)
            if not to:
                continue
            missing.append((place.code, kind))
            with transaction.atomic():
                notices.give(
                    NoticeKind.RECURRING,
                    subject=f"recurring:{kind}@{place.code}",
                    to=to,
                    at=at,
                    seq=today.year * 100 + min(reached),
                    cite=cite,
                    facts={"kind": kind, "profile": profile.id, "year": today.year},
                )
    return missing


def _yearly(profile: Profile, on: dt.date) -> Iterator[tuple[str, FlatTable, tuple[str, ...]]]:
    for kind, text in profile.kinds.items():
        if text.recurs is not None and text.recurs.yearly:
            yield kind, compiling.compiled(profile, kind, on), text.recurs.cite


def _who(table: FlatTable, kind: str, place: Jurisdiction, year: int) -> list[Holder]:
    """Return who is to open a case of the kind and has not done so this year.

    What an authority opens it opens for its jurisdiction; what each department opens each opens
    for itself.
    """
    opened = Case.objects.filter(jurisdiction=place, kind=kind, received_at__year=year)
    found: list[Holder] = []
    for row in table.entry_steps:
        role = table.roles[row.by]
        if role.resolver in {"provider", "consumer", "party"}:
            named = opened.values_list(f"parties__{row.by}", f"parties__{role.resolver}")
            done = {pk for pair in named for pk in pair if pk is not None}
            found += [
                Holder(role=row.by, names=role.names, department_id=one.pk)
                for one in Department.objects.filter(jurisdiction=place).exclude(pk__in=done)
            ]
        elif not opened.exists():
            try:
                found.append(roles.resolve(table, row.by, {}, place))
            except HuitongError:
                continue  # nobody holds the duty there: nobody can be told
    return [holder for holder in found if not holder.is_clock]

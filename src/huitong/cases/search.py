"""Finding cases: only those that the reader may open, the newest first, page by page by key.

Chinese has no spaces, and the extension for trigrams may not be there, so titles are indexed by
their pairs of neighbouring characters (`cases_words`, a function of plain PostgreSQL): every text
of two characters or more is found wherever it stands, and the text itself is compared last.

A reader sees a case for one of several reasons. Each reason is a query of its own that stops after
one page of its own index; their union is never larger than a page for each.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Exists, F, Func, OuterRef, Q, QuerySet, TextField
from django.utils import timezone

from huitong.cases.errors import CaseError
from huitong.cases.models import Case, Waiting
from huitong.organisations import queries as organisations
from huitong.organisations.models import Department, Duty
from huitong.organisations.types import Actor


class SearchKeyError(CaseError):
    """A key of a page was not given out by a search."""

    code = "search_key"

    def __init__(self, key: str) -> None:
        super().__init__(
            f"{key[:60]!r} is no key of a page: begin with the first page again.",
            zh=f"翻页位置 {key[:60]!r} 无效：请从第一页重新查询。",
        )


PAGE = 50
MOST_PARTIES = 200
_HOME = "jurisdiction__parent__parent"
BODIES = Func(F("parties"), function="cases_bodies", output_field=ArrayField(BigIntegerField()))
WORDS = Func(F("title"), F("subject"), function="cases_words", output_field=ArrayField(TextField()))


@dataclass(frozen=True)
class Wanted:
    """What is looked for; an empty field asks nothing. Days are days in China, both included.

    `text` is the beginning of a number, or words of title and subject; `party` a department's code
    or part of its name; `state` a state or a stage with all its variants; `waits_for` the code of
    a department that the case waits for, by name or by a duty that it holds.
    """

    text: str = ""
    kind: str = ""
    state: str = ""
    profile: str = ""
    jurisdiction: str = ""
    party: str = ""
    waits_for: str = ""
    received_from: dt.date | None = None
    received_to: dt.date | None = None
    is_open: bool | None = None
    is_overdue: bool = False


@dataclass(frozen=True)
class Key:
    """Where a page ended: the next one holds what was received before, or the same with less id."""

    received_at: dt.datetime
    id: int

    def __str__(self) -> str:
        return f"{self.received_at.isoformat()}~{self.id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a key back.

        Raises: SearchKeyError.
        """
        at, _tilde, number = text.partition("~")
        try:
            # A plus sign that went through an address unquoted comes back as a space.
            moment, found = dt.datetime.fromisoformat(at.replace(" ", "+")), int(number)
        except ValueError:
            raise SearchKeyError(text) from None
        if moment.tzinfo is None:
            raise SearchKeyError(text)
        return cls(moment, found)


@dataclass(frozen=True)
class Page:
    """Cases, the newest first, and the key of the next page, None at the end."""

    cases: list[Case]
    after: Key | None


def find(
    wanted: Wanted,
    *,
    reader: Actor,
    at: dt.datetime,
    after: Key | None = None,
    limit: int = PAGE,
) -> Page:
    """Return one page of what the reader may open. At most nine queries, however many cases."""
    asked = _asked(wanted, at)
    if asked is None:
        return Page([], None)
    if after is not None:
        asked &= Q(received_at__lt=after.received_at) | Q(
            received_at=after.received_at, id__lt=after.id
        )
    base = Case.objects.alias(bodies=BODIES, words=WORDS).filter(asked)
    parts = [_newest(base.filter(reason), limit) for reason in reasons(reader)]
    if not parts:
        return Page([], None)
    rows = parts[0]
    if len(parts) > 1:
        rows = rows.union(*parts[1:]).order_by("-received_at", "-id")[: limit + 1]
    ids = [pk for _received, pk in rows]
    by_id = Case.objects.select_related(_HOME).in_bulk(ids[:limit])
    cases = [by_id[pk] for pk in ids[:limit]]
    last = cases[-1] if len(ids) > limit else None
    return Page(cases, Key(last.received_at, last.pk) if last else None)


def reasons(reader: Actor) -> list[Q]:
    """Return why the reader may open a case, each a condition by itself; none for a stranger.

    A party of it, an authority of its area or of one above, or of a party's area.
    The platform itself reads everything.
    """
    if reader.is_system:
        return [Q()]
    found: list[Q] = []
    if reader.department_id is not None:
        # What a department that was merged into the reader's had is read on by its successor.
        mine = organisations.carried_by(reader.department_id)
        found.append(Q(bodies__overlap=sorted(mine)))
    if reader.is_authority_of:
        within = organisations.places_within(reader.is_authority_of)
        areas = list(within.values_list("pk", flat=True))
        found.append(Q(jurisdiction_id__in=areas))
        own = Department.objects.filter(jurisdiction_id__in=areas).values_list("pk", flat=True)
        found.append(Q(bodies__overlap=list(own)) & ~Q(jurisdiction_id__in=areas))
    return found


def _newest(cases: QuerySet[Case], limit: int) -> QuerySet[Case, tuple[dt.datetime, int]]:
    return cases.order_by("-received_at", "-id").values_list("received_at", "id")[: limit + 1]


def _asked(wanted: Wanted, at: dt.datetime) -> Q | None:
    """Return the condition of what is looked for; None where nothing can be it."""
    asked = _text(wanted.text) & _received(wanted)
    for name, value in (
        ("kind", wanted.kind),
        ("profile_id", wanted.profile),
        ("jurisdiction__code", wanted.jurisdiction),
    ):
        if value:
            asked &= Q(**{name: value})
    if wanted.state:
        asked &= Q(state=wanted.state) | Q(state__startswith=f"{wanted.state}_")
    if wanted.is_open is not None:
        asked &= Q(closed_at__isnull=wanted.is_open)
    if wanted.is_overdue:
        asked &= Q(closed_at__isnull=True, due_at__lt=at)
    if wanted.party:
        bodies = _departments(wanted.party)
        if not bodies:
            return None
        asked &= Q(bodies__overlap=bodies)
    if wanted.waits_for:
        asked &= Q(Exists(_waiting_for(wanted.waits_for)))
    return asked


def _received(wanted: Wanted) -> Q:
    asked = Q()
    if wanted.received_from:
        asked &= Q(received_at__gte=_midnight(wanted.received_from))
    if wanted.received_to:
        asked &= Q(received_at__lt=_midnight(wanted.received_to + dt.timedelta(days=1)))
    return asked


def _text(text: str) -> Q:
    asked = Q()
    for word in text.split():
        inside = Q(title__icontains=word) | Q(subject__icontains=word)
        pairs = sorted(pairs_of(word))
        found = inside & Q(words__contains=pairs) if pairs else inside
        asked &= found | Q(number__startswith=word.upper())
    return asked


def pairs_of(word: str) -> set[str]:
    """Return the pairs of neighbouring characters, as the database's `cases_words` makes them."""
    lowered = word.lower()
    return {lowered[place : place + 2] for place in range(len(lowered) - 1)}


def _departments(party: str) -> list[int]:
    named = Department.objects.filter(Q(code=party) | Q(name__icontains=party))
    return list(named.order_by("pk").values_list("pk", flat=True)[:MOST_PARTIES])


def _waiting_for(code: str) -> QuerySet[Waiting]:
    """Return whom cases wait for, as far as it is this department, by name or by a duty."""
    held: Sequence[tuple[int, str]] = list(
        Duty.objects.filter(department__code=code).values_list("jurisdiction_id", "duty")
    )
    who = Q(department__code=code)
    for jurisdiction_id, duty in held:
        who |= Q(jurisdiction_id=jurisdiction_id, duty=duty)
    return Waiting.objects.filter(who, case_id=OuterRef("pk"))


def _midnight(day: dt.date) -> dt.datetime:
    """Return the begin of a day where the platform is."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))

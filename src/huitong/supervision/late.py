"""Which published datasets were not delivered within the frequency that their entries state.

The entry states the frequency (Heilongjiang, art. 13; national, art. 13; Huizhou, art. 10).
Real time and irregular (不定期) name no number of days, hence nothing of them is late here.
That the period runs from the last accepted batch, or from the publication, is our reading.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import (
    Case,
    DateTimeField,
    DurationField,
    F,
    Func,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from huitong.cases.models import RegisterEntry
from huitong.catalogue.models import Dataset
from huitong.catalogue.types import UpdateFrequency
from huitong.pool import exemptions
from huitong.pool.models import Batch

PERIODS = {
    UpdateFrequency.DAILY: "1 day",
    UpdateFrequency.WEEKLY: "7 days",
    UpdateFrequency.MONTHLY: "1 month",
    UpdateFrequency.QUARTERLY: "3 months",
    UpdateFrequency.YEARLY: "1 year",
}
"""The longest time between two deliveries, as intervals of PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Late:
    """A dataset past its frequency since a time; exempted where a case on file found so."""

    dataset: Dataset
    last_at: dt.datetime | None
    late_since: dt.datetime
    exemption: RegisterEntry | None


def late_deliveries(
    at: dt.datetime, *, department_id: int | None, places: Collection[str]
) -> list[Late]:
    """Return what is past its frequency at `at`, the longest first. Two queries.

    It looks at the datasets of one department and at those of the jurisdictions of some codes.
    """
    batches = (
        Batch.objects.accepted()
        .filter(dataset=OuterRef("pk"))
        .filter(received_at__lte=at)
        .order_by("-id")
    )
    last = Subquery(batches.values("received_at")[:1])
    waits = Case(
        *(
            When(current_version__update_frequency=word, then=_interval(period))
            for word, period in PERIODS.items()
        ),
        output_field=DurationField(),
    )
    rows = (
        Dataset.objects.published()
        .filter(Q(provider_id=department_id) | Q(provider__jurisdiction__code__in=places))
        .filter(current_version__update_frequency__in=list(PERIODS))
        .annotate(last_at=last)
        .annotate(begins_at=Coalesce("last_at", "current_version__published_at"), waits=waits)
        .annotate(late_since=_sum())
        .filter(late_since__lt=at)
        .select_related("provider", "current_version")
        .order_by("late_since", "code")
    )
    found = list(rows)
    exempt = exemptions.exempted([one.subject for one in found], at)
    return [
        Late(
            dataset=one,
            last_at=vars(one)["last_at"],  # annotated above, so no field of the model
            late_since=vars(one)["late_since"],
            exemption=exempt.get(one.subject),
        )
        for one in found
    ]


def _interval(period: str) -> Func:
    return Func(
        Value(period), template="CAST(%(expressions)s AS interval)", output_field=DurationField()
    )


def _sum() -> Func:
    return Func(
        F("begins_at"), F("waits"), template="(%(expressions)s)", arg_joiner=" + ",
        output_field=DateTimeField(),
    )  # fmt: skip

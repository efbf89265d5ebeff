"""What the catalogue knows of an entry, for procedures that turn on it."""

import datetime as dt
from collections.abc import Mapping
from typing import TypeAlias

from django.db.models import Q

from huitong.cases import computed, hindsight
from huitong.cases.hindsight import Moment
from huitong.cases.models import Case
from huitong.catalogue import queries
from huitong.catalogue.models import Dataset, DatasetQuerySet, DatasetVersion
from huitong.catalogue.types import SharingType
from huitong.regulations.doubts import Unknown
from huitong.regulations.types import Names

Stated: TypeAlias = Mapping[str, object]
_EDITED = Names(
    "报审的条目在办理中可以修改，当时的内容没有留存",
    "the entry under review can be edited; how it read then was not kept",
)


@computed.register("catalogued")
def catalogued(case: Case, _at: dt.datetime, stated: Stated) -> bool:
    """Whether the entry that a demand names is one of the provider's published ones."""
    return demanded(case, stated).exists()


@computed.register("leaves_withheld")
def leaves_withheld(case: Case, _at: dt.datetime, _stated: Stated) -> bool:
    """Whether the version in work shares what the published one withholds."""
    row = Dataset.objects.for_lists().filter(code=_code(case)).first()
    if row is None or row.current_version is None or row.working_version is None:
        return False
    before, after = row.current_version, row.working_version
    return (
        before.effective_sharing_type == SharingType.WITHHELD
        and after.effective_sharing_type != SharingType.WITHHELD
    )


@computed.register("sharing_type")
def sharing_type(case: Case, _at: dt.datetime, _stated: Stated) -> str:
    """Return the published type of the dataset that a case is about, empty when it has none.

    While its entry is reviewed it is the type of the version under review.
    """
    if case.kind == queries.REVIEW:
        row = Dataset.objects.for_lists().filter(code=_code(case)).first()
        return row.working_version.sharing_type if row and row.working_version else ""
    row = queries.published().filter(code=_code(case)).first()
    version = row.current_version if row else None
    return version.effective_sharing_type if version else ""


def _code(case: Case) -> str:
    return case.subject.removeprefix("dataset:")


def demanded(case: Case, stated: Stated) -> DatasetQuerySet:
    """Return the published dataset that answers a demand, if it is one of the provider's."""
    found = queries.published().filter(code=stated.get("entry") or _code(case))
    provider = case.parties.get("provider")
    return found if provider is None else found.filter(provider_id=provider)


@hindsight.register("catalogued")
def was_catalogued(moment: Moment) -> bool:
    """Whether the entry that a demand names was one of the provider's published ones then."""
    return demanded_then(moment).exists()


@hindsight.register("sharing_type")
def sharing_type_then(moment: Moment) -> str | Unknown:
    """Return the type that the dataset was published with then, empty when it was not.

    Of an entry under review it is not known: what was in work then was not kept.
    """
    if moment.case.kind == queries.REVIEW:
        return Unknown(_EDITED)
    version = _published_then(_code(moment.case), moment.at)
    return version.effective_sharing_type if version else ""


@hindsight.register("leaves_withheld")
def left_withheld(moment: Moment) -> bool | Unknown:
    """Say no where nothing withheld was published; what was in work then cannot be known."""
    version = _published_then(_code(moment.case), moment.at)
    if version is None or version.effective_sharing_type != SharingType.WITHHELD:
        return False
    return Unknown(_EDITED)


def demanded_then(moment: Moment) -> DatasetQuerySet:
    """Return the dataset that answered a demand at that time, if it was the provider's."""
    found = Dataset.objects.filter(
        Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=moment.at),
        code=moment.stated.get("entry") or _code(moment.case),
        versions__published_at__lte=moment.at,
    ).distinct()
    provider = moment.case.parties.get("provider")
    return found if provider is None else found.filter(provider_id=provider)


def _published_then(code: str, at: dt.datetime) -> DatasetVersion | None:
    """Return the version that stood published at a time, None also after a withdrawal."""
    living = Q(dataset__withdrawn_at__isnull=True) | Q(dataset__withdrawn_at__gt=at)
    published = DatasetVersion.objects.filter(living, dataset__code=code, published_at__lte=at)
    return published.order_by("-published_at", "-number").first()

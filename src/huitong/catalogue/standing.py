"""What the catalogue knows of an entry, for procedures that turn on it."""

import datetime as dt
from collections.abc import Mapping
from typing import TypeAlias

from huitong.cases import computed
from huitong.cases.models import Case
from huitong.catalogue import queries
from huitong.catalogue.models import Dataset, DatasetQuerySet
from huitong.catalogue.types import SharingType

Stated: TypeAlias = Mapping[str, object]


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

"""Where a page leads on to: the kinds that can be started about what it shows."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from huitong.cases.errors import KindAbsentError
from huitong.cases.models import Case
from huitong.catalogue.models import Dataset
from huitong.catalogue.types import SharingType
from huitong.organisations.models import Department, Jurisdiction
from huitong.organisations.types import Actor
from huitong.regulations.types import FlatTable
from huitong.sharing import delegations, grants
from huitong.sharing.deciding import KIND_OF
from huitong.sharing.models import Grant
from huitong.web import starting

Ways = list[dict[str, Any]]
"""Each with `label`, `url` and `cite`."""

_OF_DATASET = (
    "correction_consumer",
    "cross_check",
    "demand",
    "dispute",
    "aggregation_exemption",
)
_OF_GRANT = ("use_change", "use_end", "share_extension", "share_service_change")
_OF_ANY_GRANT = ("violation",)
"""What may be said of a grant even after it has ended."""


def from_dataset(
    dataset: Dataset, home: Jurisdiction, actor: Actor, at: dt.datetime, lang: str
) -> Ways:
    """Return what the reader may start about an entry of the catalogue; `home` is its place."""
    named = {"provider": dataset.provider}
    return _ways(_OF_DATASET, "dataset", dataset.code, named, actor, at, lang, home)


def to_apply(dataset: Dataset, home: Jurisdiction, at: dt.datetime) -> dict[str, Any] | None:
    """Return whether the text in force lets others apply for an entry, and its articles.

    Where it has no application for data of that type, `open` is false and `cite` has the articles
    that were looked at. None for an entry that is not shared: unpublished or withdrawn.
    """
    version = dataset.current_version
    if version is None or dataset.withdrawn_at is not None:
        return None
    kind = KIND_OF[SharingType(version.effective_sharing_type)]
    try:
        table = starting.table_of(kind, home, at)
    except KindAbsentError as error:
        return {"open": False, "cite": error.cite}
    return {"open": True, "cite": table.entry_steps[0].cite}


def delegations_of(dataset: Dataset, at: dt.datetime) -> list[dict[str, Any]]:
    """Return who decides on applications in the provider's place, for which area."""
    rows = delegations.of_dataset(dataset, at)
    known = delegations.delegates(rows)
    return [
        {
            "delegate": known[str(row.facts["delegate"])],
            "area": row.facts.get("area", ""),
            "cite": row.made_by.cite,
        }
        for row in rows
        if str(row.facts["delegate"]) in known
    ]


def from_grant(grant: Grant, actor: Actor, at: dt.datetime, lang: str) -> Ways:
    """Return what the reader may start about a grant; nothing changes one that has ended."""
    named = {"provider": grant.dataset.provider, "consumer": grant.consumer}
    kinds = _OF_ANY_GRANT if grants.has_ended(grant, at) else (*_OF_GRANT, *_OF_ANY_GRANT)
    return _ways(kinds, "grant", str(grant.pk), named, actor, at, lang)


def from_case(
    case: Case,
    table: FlatTable,
    parties: Mapping[str, Department],
    actor: Actor,
    at: dt.datetime,
    lang: str,
) -> Ways:
    """Return what the text lets follow on the end that a case has come to (a refusal: dispute)."""
    kind = table.follow.get(case.state)
    if kind is None or case.closed_at is None:
        return []
    return _ways((kind,), "case", case.number, parties, actor, at, lang)


def _ways(
    kinds: tuple[str, ...],
    about: str,
    reference: str,
    named: Mapping[str, Department],
    actor: Actor,
    at: dt.datetime,
    lang: str,
    home: Jurisdiction | None = None,
) -> Ways:
    home = home or starting.home_of(named, actor)
    found = []
    for kind in kinds:
        try:
            table = starting.table_of(kind, home, at)
        except KindAbsentError:
            continue
        mine = [one for one in starting.openers_of(table, actor) if _fits(one, named, actor)]
        if mine:
            words = {"about": about, "reference": reference, "as": mine[0].key}
            found.append(
                {
                    "label": table.names.get(lang),
                    "url": f"{reverse('start-kind', args=[kind])}?{urlencode(words)}",
                    "cite": table.entry_steps[0].cite,
                }
            )
    return found


def _fits(one: starting.Opener, named: Mapping[str, Department], actor: Actor) -> bool:
    """Say whether the reader would open as that: a party that is named is nobody else."""
    if not one.mine:
        return False
    if one.key in named:
        return named[one.key].pk == actor.department_id
    return one.key == starting.AS_AUTHORITY or all(
        party.pk != actor.department_id for party in named.values()
    )

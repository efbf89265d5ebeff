"""The catalogue over HTTP."""

import datetime as dt
from collections.abc import Mapping

from django.http import HttpRequest
from ninja import Router, Schema

from huitong.catalogue import queries, registers
from huitong.catalogue.models import DataItem, Dataset, DatasetVersion
from huitong.web.api.callers import caller
from huitong.web.insight import require_sight
from huitong.web.views.datasets import shown_version

router = Router(tags=["datasets"])
_MOST = 100


class Item(Schema):
    """A data item; `identifier` is `citizen_id`, `credit_code`, `division` or null."""

    name: str
    title: str
    type: str
    required: bool
    identifier: str | None
    personal: bool
    sensitive: bool
    grade: int
    being_checked: bool


class DatasetLine(Schema):
    """An entry as a list shows it."""

    code: str
    resource_code: str | None
    title: str
    provider: str
    status: str
    sharing_type: str
    opening_type: str
    version: int


class DatasetFull(DatasetLine):
    """An entry with its words and items."""

    summary: str
    theme: str
    update_frequency: str
    data_format: str
    sharing_condition: str
    sharing_purpose: str
    opening_condition: str
    key: list[str]
    published_at: dt.datetime | None
    items: list[Item]


class DatasetPage(Schema):
    """One page of entries; `total` counts all that were found."""

    total: int
    page: int
    datasets: list[DatasetLine]


@router.get("", response=DatasetPage)
def list_datasets(
    request: HttpRequest, q: str = "", page: int = 1, size: int = 20
) -> dict[str, object]:
    """Search the published catalogue; without words, list it."""
    caller(request)
    size = min(max(size, 1), _MOST)
    page = max(page, 1)
    found = queries.search(q)
    return {
        "total": found.count(),
        "page": page,
        "datasets": [_line(one, one.newest) for one in found[(page - 1) * size : page * size]],
    }


@router.get("/{code}", response=DatasetFull)
def get_dataset(request: HttpRequest, code: str) -> dict[str, object]:
    """Return one entry: the version in work to its department, the published one to others."""
    actor, at = caller(request)
    dataset = queries.dataset(code)
    require_sight(actor, dataset)
    version = shown_version(actor, dataset)
    doubts = registers.doubts_about(dataset, at)
    return {
        **_line(dataset, version),
        "summary": version.summary,
        "theme": version.theme,
        "update_frequency": version.update_frequency,
        "data_format": version.data_format,
        "sharing_condition": version.sharing_condition,
        "sharing_purpose": version.sharing_purpose,
        "opening_condition": version.opening_condition,
        "key": version.key,
        "published_at": version.published_at,
        "items": [_item(item, doubts) for item in queries.items_of(version)],
    }


def _line(dataset: Dataset, version: DatasetVersion) -> dict[str, object]:
    return {
        "code": dataset.code,
        "resource_code": dataset.resource_code,
        "title": version.title,
        "provider": dataset.provider.code,
        "status": dataset.status.value,
        "sharing_type": version.effective_sharing_type or version.sharing_type,
        "opening_type": version.opening_type,
        "version": version.number,
    }


def _item(item: DataItem, doubts: Mapping[str, object]) -> dict[str, object]:
    names = ("name", "title", "type", "required", "identifier", "personal", "sensitive", "grade")
    checked = {"being_checked": item.name in doubts or "*" in doubts}
    return {name: getattr(item, name) for name in names} | checked

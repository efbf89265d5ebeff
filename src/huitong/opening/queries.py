"""What the portal asks: search with facets, a dataset's page, its first rows."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import Count, F, Q

from huitong.catalogue import queries as catalogue
from huitong.catalogue import segmenting
from huitong.catalogue.draft_types import DraftItem
from huitong.catalogue.models import DataItem
from huitong.catalogue.rules import is_private, same_column
from huitong.catalogue.types import OpeningType
from huitong.opening import screening
from huitong.opening.errors import ApplicationNeededError, NotOnListError
from huitong.opening.models import OpenEntry, OpenEntryQuerySet
from huitong.opening.types import Facet, FacetValue, Preview
from huitong.pool import queries as pool
from huitong.pool.errors import NothingToServeError

_SHOWN = (
    "version",
    "case",
    "dataset__provider__jurisdiction",
    "dataset__current_version",
)
_FACETS = {
    "theme": ("version__theme", "version__theme"),
    "provider": ("dataset__provider__code", "dataset__provider__name"),
    "jurisdiction": (
        "dataset__provider__jurisdiction__code",
        "dataset__provider__jurisdiction__name",
    ),
    "format": ("version__data_format", "version__data_format"),
    "frequency": ("version__update_frequency", "version__update_frequency"),
    "opening_type": ("opening_type", "opening_type"),
}
"""Facet → the column that is compared and the one that is shown."""
_MOST_A_PAGE = 100
_MOST_VALUES = 50


@dataclass(frozen=True, slots=True)
class OpenSearch:
    """One page of results; `total` counts all of them, `pages` is at least 1."""

    entries: tuple[OpenEntry, ...]
    total: int
    page: int
    pages: int
    facets: tuple[Facet, ...]


@dataclass(frozen=True, slots=True)
class OpenPage:
    """What a dataset's public page shows; `rows` is None before anything was delivered."""

    entry: OpenEntry
    items: tuple[DataItem, ...]
    rows: int | None
    downloadable: bool


def open_datasets(
    words: str = "",
    *,
    filters: Mapping[str, str] | None = None,
    page: int = 1,
    size: int = 20,
) -> OpenSearch:
    """Search the open list: datasets that hold all the words and have the chosen facet values.

    Without words, the newest come first. A facet counts with all other choices applied. Unknown
    facets are ignored. Eight queries, whatever the number of results.
    """
    chosen = {name: value for name, value in (filters or {}).items() if name in _FACETS and value}
    found = _searched(words)
    results = _narrowed(found, chosen)
    total = results.count()
    size = min(max(size, 1), _MOST_A_PAGE)
    pages = max(1, -(-total // size))
    page = min(max(page, 1), pages)
    entries = results.select_related(*_SHOWN)[(page - 1) * size : page * size]
    facets = tuple(_facet(name, found, chosen) for name in _FACETS)
    return OpenSearch(tuple(entries), total, page, pages, facets)


def entry_of(code: str) -> OpenEntry:
    """Return the entry of a listed dataset by its code or resource code.

    Raises: NotOnListError.
    """
    named = Q(dataset__code=code) | Q(dataset__resource_code=code)
    found = OpenEntry.objects.listed().filter(named).select_related(*_SHOWN).first()
    if found is None:
        raise NotOnListError(code)
    return found


def dataset_page(code: str) -> OpenPage:
    """Return what the page of a listed dataset shows.

    Raises: NotOnListError.
    """
    entry = entry_of(code)
    batch = pool.latest_batch(entry.dataset)
    return OpenPage(
        entry=entry,
        items=open_items(entry),
        rows=None if batch is None else batch.accepted,
        downloadable=_is_direct(entry),
    )


def preview(entry: OpenEntry, *, limit: int = 20) -> Preview:
    """Return the first rows of the snapshot that is served now, with the reviewed columns only.

    Raises: ApplicationNeededError for conditionally open data.
    """
    require_direct_use(entry)
    items = open_items(entry)
    names = tuple(item.name for item in items)
    rows: list[tuple[str | None, ...]] = []
    for batch in reviewed_rows(entry, items):
        columns = [column.slice(0, limit).to_pylist() for column in batch.columns]
        rows += [
            tuple(None if value is None else str(value) for value in row)
            for row in zip(*columns, strict=True)
        ]
        if len(rows) >= limit:
            break
    return Preview(tuple(item.title for item in items), names, tuple(rows[:limit]))


def open_items(entry: OpenEntry) -> tuple[DataItem, ...]:
    """Return the reviewed columns that no published version marks as personal data.

    The current version decides as much as the reviewed one: a mark that came after the review
    closes its column at once.
    """
    published = catalogue.drafts_of(entry.dataset, published=True)
    marked = [item for draft in published for item in draft.items if is_private(item)]
    return tuple(item for item in catalogue.items_of(entry.version) if _is_open(item, marked))


def open_item_counts(entries: Collection[OpenEntry]) -> dict[int, int]:
    """Return how many columns of each entry are open (see `open_items`), by the entry's id.

    One query, however many entries.
    """
    published = catalogue.published_items([entry.dataset_id for entry in entries])
    counts = {}
    for entry in entries:
        versions = published.get(entry.dataset_id, {})
        marked = [item for items in versions.values() for item in items if is_private(item)]
        reviewed = versions.get(entry.version_id, ())
        counts[entry.pk] = sum(_is_open(item, marked) for item in reviewed)
    return counts


def reviewed_rows(entry: OpenEntry, items: Sequence[DataItem]) -> Iterator[pa.RecordBatch]:
    """Return the rows that are served now with the reviewed columns, in their order, and no other.

    A column that the snapshot lacks is empty, and so is one whose values look like personal data:
    what was delivered after the review was seen by nobody. Raises: NothingToServeError, before the
    first batch.
    """
    newest = pool.latest_batch(entry.dataset)
    if newest is None:
        raise NothingToServeError(entry.dataset.code)
    schema = pool.snapshot_schema(entry.dataset, as_of=newest.snapshot_id)
    names = [item.name for item in items]
    present = [name for name in names if name in schema.names]
    if not present:
        raise NothingToServeError(entry.dataset.code)
    batches = pool.snapshot_reader(entry.dataset, columns=present, as_of=newest.snapshot_id)
    born_by = newest.received_at.date()
    return (_shown(batch, names, born_by) for batch in batches)


def require_direct_use(entry: OpenEntry) -> None:
    """Refuse direct use of what is open on conditions (Heilongjiang, art. 34).

    Raises: ApplicationNeededError.
    """
    if not _is_direct(entry):
        current = entry.dataset.current_version
        condition = entry.opening_condition or (current.opening_condition if current else "")
        raise ApplicationNeededError(entry.dataset.code, condition=condition, cite=("HL-34.1",))


def _is_open(item: DataItem | DraftItem, marked: Iterable[DraftItem]) -> bool:
    return not any(same_column(item.name, item.title, other) for other in marked)


def _is_direct(entry: OpenEntry) -> bool:
    """Tell whether both the list and the current version open the dataset unconditionally."""
    current = entry.dataset.current_version
    types = {entry.opening_type, current.opening_type if current else None}
    return types == {OpeningType.UNCONDITIONAL}


def _shown(batch: pa.RecordBatch, names: Sequence[str], born_by: date) -> pa.RecordBatch:
    telling = screening.telling_columns([batch], on=born_by)
    closed = {*telling, *(name for name in names if name not in batch.schema.names)}
    return pa.RecordBatch.from_arrays(
        [pa.nulls(batch.num_rows) if name in closed else batch.column(name) for name in names],
        names=list(names),
    )


def _searched(words: str) -> OpenEntryQuerySet:
    found = OpenEntry.objects.listed()
    if not words.strip():
        return found.order_by("-listed_at", "id")
    query = SearchQuery(segmenting.for_query(words), config="simple", search_type="plain")
    return (
        found.filter(Q(version__search=query) | Q(dataset__code__iexact=words.strip()))
        .annotate(rank=SearchRank(F("version__search"), query))
        .order_by("-rank", "-listed_at", "id")
    )


def _narrowed(found: OpenEntryQuerySet, chosen: Mapping[str, str]) -> OpenEntryQuerySet:
    for name, value in chosen.items():
        found = found.filter(**{_FACETS[name][0]: value})
    return found


def _facet(name: str, found: OpenEntryQuerySet, chosen: Mapping[str, str]) -> Facet:
    others = {other: value for other, value in chosen.items() if other != name}
    compared, shown = _FACETS[name]
    counted = (
        _narrowed(found, others)
        .order_by()
        .values_list(compared, shown)
        .annotate(count=Count("pk"))
        .order_by("-count", shown)[:_MOST_VALUES]
    )
    return Facet(
        name,
        tuple(
            FacetValue(value, label, count, chosen.get(name) == value)
            for value, label, count in counted
            if value
        ),
    )

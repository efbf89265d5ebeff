"""What others read from the pool."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import QuerySet

from huitong.catalogue.models import Dataset
from huitong.pool import lake, plans, pointers
from huitong.pool.errors import NothingToServeError
from huitong.pool.models import Batch, BatchQuerySet, Mount, ServingCopy
from huitong.pool.plans import Plan

_QUARANTINE_META = ("_line", "_reasons", "_key")


def latest_batch(dataset: Dataset) -> Batch | None:
    """Return the newest batch whose rows are the dataset's content."""
    return Batch.objects.of(dataset.pk).accepted().select_related("mount__version").first()


def batches_of(dataset: Dataset) -> BatchQuerySet:
    """Return the dataset's batches, the newest first."""
    return Batch.objects.of(dataset.pk)


def current_copy(dataset: Dataset) -> ServingCopy | None:
    """Return the serving copy that is read now."""
    return ServingCopy.objects.filter(dataset_id=dataset.pk).order_by("-id").first()


def mounts_of(dataset: Dataset) -> QuerySet[Mount]:
    """Return the dataset's mounts, the newest first."""
    return Mount.objects.filter(dataset_id=dataset.pk).order_by("-id")


def plan_of(mount: Mount) -> Plan:
    """Return the plan by which deliveries of a mount are processed.

    Raises: RuleError, PlanError.
    """
    version = mount.version
    return plans.make(
        list(version.items.order_by("position")),
        key=version.key,
        version_column=version.version_column or None,
        layout=mount.layout,
    )


def receipt_of(batch: Batch) -> dict[str, object]:
    """Return the receipt that goes to the department (回执).

    `current` tells whether the dataset's content is this batch's. Large numbers are text, since
    JSON readers lose their last digits.
    """
    newest = Batch.objects.of(batch.dataset_id).accepted().values_list("pk", flat=True).first()
    return {
        "batch": batch.pk,
        "dataset": batch.dataset.code,
        "version": batch.mount.version.number,
        "name": batch.name,
        "digest": batch.digest,
        "size": batch.size,
        "state": batch.state,
        "current": newest == batch.pk,
        "rows_read": batch.rows_read,
        "accepted": batch.accepted,
        "quarantined": batch.quarantined,
        "duplicates": batch.duplicates,
        "superseded": batch.superseded,
        "declared": batch.declared,
        "reconciled": batch.reconciled,
        "statement": batch.statement,
        "reasons": batch.reasons,
        "warnings": batch.warnings,
        "mended": batch.mended,
        "snapshot_id": None if batch.snapshot_id is None else str(batch.snapshot_id),
        "received_at": batch.received_at.isoformat(),
        "seconds": batch.seconds,
    }


def quarantine_rows(batch: Batch, limit: int = 100) -> list[dict[str, object]]:
    """Return quarantined rows of a batch as they were delivered, at most `limit`.

    Members: `line`; `reasons` as `item:code`; `key`, filled where rows of one key contradict each
    other, which then follow one another; `values` by item. Key conflicts come first.
    """
    if batch.quarantine_snapshot_id is None:
        return []
    location = pointers.current(batch.quarantine_table)
    if location is None:
        return []
    items = list(plan_of(batch.mount).names)
    files = lake.data_files(location, batch.quarantine_snapshot_id)
    conflicts: list[dict[str, object]] = []
    others: list[dict[str, object]] = []
    for rows in lake.read(files, [*_QUARANTINE_META, *items]):
        in_conflict = pc.is_valid(rows.column("_key"))
        conflicts += _shown(rows.filter(in_conflict), items, limit - len(conflicts))
        others += _shown(rows.filter(pc.invert(in_conflict)), items, limit - len(others))
    conflicts.sort(key=lambda row: (str(row["key"]), row["line"]))
    return [*conflicts, *others][:limit]


def snapshot_schema(dataset: Dataset, *, as_of: int | None = None) -> pa.Schema:
    """Return the items' columns with their Arrow types.

    Raises: NothingToServeError.
    """
    batch = _batch_as_of(dataset, as_of)
    fields = list(plan_of(batch.mount).good_schema())[1:]
    return pa.schema([pa.field(field.name, field.type) for field in fields])


def snapshot_reader(
    dataset: Dataset, *, columns: Sequence[str] | None = None, as_of: int | None = None
) -> Iterator[pa.RecordBatch]:
    """Yield the dataset's content in batches, typed: all items, or the columns asked for.

    `as_of` is a snapshot id; without it the newest. What is read stays the same whatever is
    delivered meanwhile.

    Raises: NothingToServeError, before the first batch.
    """
    batch = _batch_as_of(dataset, as_of)
    names = columns or plan_of(batch.mount).names
    return lake.read(snapshot_files(batch), names)


def snapshot_files(batch: Batch) -> list[Path]:
    """Return the data files of an accepted batch.

    Raises: NothingToServeError.
    """
    location = pointers.current(batch.lake_table)
    if location is None or batch.snapshot_id is None:
        raise NothingToServeError(batch.dataset.code)
    return lake.data_files(location, batch.snapshot_id)


def _batch_as_of(dataset: Dataset, as_of: int | None) -> Batch:
    batches = Batch.objects.of(dataset.pk).accepted().select_related("mount__version")
    batch = (batches if as_of is None else batches.filter(snapshot_id=as_of)).first()
    if batch is None:
        raise NothingToServeError(dataset.code)
    return batch


def _shown(rows: pa.RecordBatch, items: list[str], limit: int) -> list[dict[str, object]]:
    return [
        {
            "line": row["_line"],
            "reasons": str(row["_reasons"]).split(";"),
            "key": row["_key"],
            "values": {name: row[name] for name in items},
        }
        for row in rows.slice(0, max(limit, 0)).to_pylist()
    ]

"""The way of one delivery: land, check, stage, commit. The verbs are in `actions`."""

import logging
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from time import perf_counter

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction

from huitong.catalogue.models import Dataset
from huitong.config import Config
from huitong.ledger import actions as ledger
from huitong.organisations.types import Actor
from huitong.pool import lake, landing, pointers, reconciling
from huitong.pool.engines import duckdb as engine
from huitong.pool.keeping import keep
from huitong.pool.models import Batch, Mount
from huitong.pool.plans import Plan
from huitong.pool.reconciling import Reconciliation
from huitong.pool.types import BatchState, Counts, Declared, KeptBytes, Progress, Stage
from huitong_sources import files, layouts
from huitong_sources.types import Landed, Limits

LOG = logging.getLogger(__name__)

AGGREGATION_CITES = ("HL-18.2", "HL-19.2")
"""Physical aggregation (art. 18) and daily reconciliation (art. 19)."""

_LOCK_CLASS = 19_2
"""First half of the advisory lock of a dataset's deliveries; the second is the dataset's id."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file on its way in."""

    dataset: Dataset
    mount: Mount
    plan: Plan
    kept: KeptBytes
    name: str
    declared: Declared
    actor: Actor
    at: datetime
    on: date
    progress: Progress
    started: float


@dataclass(frozen=True, slots=True)
class Processed:
    """A delivery that was checked and staged and that nobody sees yet."""

    landed: Landed
    counts: Counts
    reconciliation: Reconciliation
    good: lake.Staged | None
    quarantine: lake.Staged | None

    @property
    def staged(self) -> list[lake.Staged]:
        """Return what there is to make current."""
        return [staged for staged in (self.good, self.quarantine) if staged is not None]


def config() -> Config:
    """Return the settings of this process."""
    found: Config = settings.CONFIG
    return found


@contextmanager
def one_at_a_time(dataset_id: int) -> Iterator[None]:
    """Hold the lock under which deliveries of one dataset are processed.

    It belongs to the connection: a process or a database that dies lets go of it. Whoever lost it
    without knowing is stopped by the compare-and-swap of the commit.
    """
    with connection.cursor() as cursor:
        # A department's second delivery waits for its first, however long that takes.
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", (_LOCK_CLASS, dataset_id))
        cursor.execute("RESET lock_timeout")
    held = connection.connection
    try:
        yield
    finally:
        if connection.connection is held and not held.closed:
            _release(dataset_id)


@contextmanager
def if_idle(dataset_id: int) -> Iterator[bool]:
    """Hold the same lock if nobody does; yield whether it is held."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", (_LOCK_CLASS, dataset_id))
        row = cursor.fetchone()
    held = bool(row and row[0])
    try:
        yield held
    finally:
        if held:
            _release(dataset_id)


def _release(dataset_id: int) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", (_LOCK_CLASS, dataset_id))
    except (OperationalError, InterfaceError):
        LOG.warning("the lock of dataset %s went with its connection", dataset_id)


def batch_of_same_bytes(delivery: Delivery) -> Batch | None:
    """Return the batch that these bytes already are under this plan."""
    return (
        Batch.objects.select_related("mount__version", "dataset")
        .filter(
            dataset_id=delivery.dataset.pk,
            digest=delivery.kept.digest,
            plan_digest=delivery.plan.digest,
        )
        .first()
    )


def work_folder(dataset_id: int) -> Path:
    """Return the folder for unfinished deliveries of a dataset."""
    return config().home / "work" / str(dataset_id)


def process(delivery: Delivery) -> Processed:
    """Land, check and stage a delivery; on any fault everything written is removed again."""
    pointers.prepare()
    table, quarantine_table = tables_of(delivery.mount)
    warehouse = config().warehouse
    good = lake.new_data_file(warehouse, table)
    quarantine = lake.new_data_file(warehouse, quarantine_table)
    folder = work_folder(delivery.dataset.pk)
    # Under the lock of the dataset: whatever lies there belongs to a process that died.
    shutil.rmtree(folder, ignore_errors=True)
    work = folder / uuid.uuid4().hex
    work.mkdir(parents=True)
    written = [good, quarantine]
    try:
        landed = _land(delivery, work / "landed.parquet")
        delivery.progress(Stage.CHECK, 0)
        counts = engine.run(
            engine.Job(
                plan=delivery.plan,
                landed=work / "landed.parquet",
                good=good,
                quarantine=quarantine,
                work=work,
                on=delivery.on,
                sums=delivery.declared.sums,
            ),
            lambda rows: delivery.progress(Stage.CHECK, rows),
        )
        delivery.progress(Stage.COMMIT, counts.rows_read)
        properties = {
            "huitong.digest": delivery.kept.digest,
            "huitong.plan": delivery.plan.digest,
        }
        staged_good = _stage(table, delivery.plan, good, counts.accepted, properties)
        written += staged_good.files if staged_good else ()
        staged_quarantine = _stage_quarantine(
            quarantine_table, delivery.plan, quarantine, counts.quarantined, properties
        )
        written += staged_quarantine.files if staged_quarantine else ()
        reconciliation = reconciling.reconcile(
            delivery.declared, landed.control_totals, landed.declared_rows, counts
        )
    except BaseException:
        remove(written)
        raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Processed(landed, counts, reconciliation, staged_good, staged_quarantine)


def commit(delivery: Delivery, processed: Processed) -> Batch:
    """Make the batch, both snapshots and the ledger entry appear in one transaction.

    Raises: LakeConflictError, IntegrityError when the same bytes were committed meanwhile.
    """
    with transaction.atomic():
        for staged in processed.staged:
            pointers.swing(staged)
        batch = Batch.objects.create(**_row(delivery, processed))
        ledger.record(
            kind="pool.delivery_accepted",
            subject=delivery.dataset.subject,
            actor=delivery.actor.ledger_name,
            at=delivery.at,
            cite=AGGREGATION_CITES,
            facts=_facts(batch),
        )
    delivery.progress(Stage.DONE, batch.rows_read)
    return batch


def remove(paths: list[Path]) -> None:
    """Remove files that nothing points to; what cannot be removed is left to the sweeper."""
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError:
            LOG.warning("left to the sweeper: %s", path.name)


def tables_of(mount: Mount) -> tuple[str, str]:
    """Return the names of a version's lake tables: accepted rows, quarantined rows.

    A published version's items never change, so neither does a table's schema.
    """
    number = mount.version.number
    return f"d_{mount.dataset_id:d}_{number:d}", f"q_{mount.dataset_id:d}_{number:d}"


def keep_bytes_of(path: Path) -> KeptBytes:
    """Keep a delivered file as it came."""
    return keep(path, folder=config().bytes_dir, limit=config().upload_limit)


def _land(delivery: Delivery, target: Path) -> Landed:
    delivery.progress(Stage.LAND, 0)
    limits = Limits(max_bytes=config().upload_limit)
    # The name tells the kind of file that it claims to be; the bytes are those that were kept.
    source = files.open_file(delivery.kept.path, delivery.name, limits)
    return landing.land(source, layouts.from_dict(delivery.mount.layout), target)


def _stage(
    table: str, plan: Plan, data: Path, rows: int, properties: Mapping[str, str]
) -> lake.Staged | None:
    """Stage the accepted rows; without any, the table keeps what it has."""
    if rows == 0:
        data.unlink(missing_ok=True)
        return None
    return lake.stage_replacement(
        warehouse=config().warehouse,
        table=table,
        schema=plan.good_schema(),
        current=pointers.current(table),
        data=data,
        properties=properties,
    )


def _stage_quarantine(
    table: str, plan: Plan, data: Path, rows: int, properties: Mapping[str, str]
) -> lake.Staged | None:
    """Stage the quarantined rows; an empty quarantine replaces an earlier one."""
    current = pointers.current(table)
    if rows == 0:
        data.unlink(missing_ok=True)
        if current is None:
            return None
    return lake.stage_replacement(
        warehouse=config().warehouse,
        table=table,
        schema=plan.quarantine_schema(),
        current=current,
        data=data if rows else None,
        properties=properties,
    )


def _row(delivery: Delivery, processed: Processed) -> dict[str, object]:
    counts, reconciliation = processed.counts, processed.reconciliation
    table, quarantine_table = tables_of(delivery.mount)
    good, quarantine = processed.good, processed.quarantine
    return {
        "dataset": delivery.dataset,
        "mount": delivery.mount,
        "digest": delivery.kept.digest,
        "plan_digest": delivery.plan.digest,
        "state": BatchState.ACCEPTED if good else BatchState.NOTHING_ACCEPTED,
        "name": delivery.name[:255],
        "size": delivery.kept.size,
        "rows_read": counts.rows_read,
        "accepted": counts.accepted,
        "quarantined": counts.quarantined,
        "duplicates": counts.duplicates,
        "superseded": counts.superseded,
        "declared": reconciliation.declared,
        "reconciled": reconciliation.reconciled,
        "statement": [line.to_json() for line in reconciliation.lines],
        "reasons": dict(counts.reasons),
        "warnings": dict(counts.warnings),
        "mended": [
            {"code": mend.code, "address": mend.address, "zh": mend.zh, "en": mend.en}
            for mend in processed.landed.mends
        ],
        "lake_table": table,
        "snapshot_id": good.snapshot_id if good else None,
        "quarantine_table": quarantine_table,
        "quarantine_snapshot_id": quarantine.snapshot_id if quarantine else None,
        "delivered_by": delivery.actor.ledger_name,
        "received_at": delivery.at,
        "seconds": round(perf_counter() - delivery.started, 3),
    }


def _facts(batch: Batch) -> dict[str, object]:
    """Return what the ledger keeps: counts and digests, no value of a row, no file name."""
    return {
        "batch": batch.pk,
        "digest": batch.digest,
        "plan": batch.plan_digest,
        "state": str(batch.state),
        "version": batch.mount.version.number,
        "rows_read": batch.rows_read,
        "accepted": batch.accepted,
        "quarantined": batch.quarantined,
        "duplicates": batch.duplicates,
        "superseded": batch.superseded,
        "reconciled": batch.reconciled,
        "snapshot_id": None if batch.snapshot_id is None else str(batch.snapshot_id),
        "quarantine_snapshot_id": (
            None if batch.quarantine_snapshot_id is None else str(batch.quarantine_snapshot_id)
        ),
    }

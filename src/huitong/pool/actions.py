"""The writes of the pool: keep, mount, receive, swap, sweep.

`receive_delivery`, `swap_serving_copy` and `sweep_orphans` commit by themselves and refuse to run
inside a transaction of their caller.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import BinaryIO

import psycopg
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from huitong.catalogue.models import Dataset, DatasetVersion
from huitong.errors import HuitongError
from huitong.ledger import actions as ledger
from huitong.organisations.types import SYSTEM, Actor
from huitong.pool import keeping, queries, receiving, reconciling, serving, sweeping
from huitong.pool.errors import (
    DatabaseLostError,
    DeliveryRefusedError,
    NotPublishedError,
    OpenTransactionError,
    PoolError,
    StorageError,
    WrongProviderError,
)
from huitong.pool.models import Batch, Mount, ServingCopy
from huitong.pool.sweeping import Swept
from huitong.pool.types import KeptBytes, Progress, Stage, no_progress
from huitong_sources.errors import SourceError

LOG = logging.getLogger(__name__)


def keep_bytes(source: Path | BinaryIO, *, limit: int | None = None) -> KeptBytes:
    """Keep bytes as they came under HUITONG_HOME/bytes, by their SHA-256.

    Raises: TooLargeError above `limit` (default: HUITONG_UPLOAD_LIMIT), OSError.
    """
    config = receiving.config()
    return keeping.keep(
        source, folder=config.bytes_dir, limit=config.upload_limit if limit is None else limit
    )


def mount_dataset(
    dataset: Dataset,
    *,
    layout: Mapping[str, object] | None = None,
    actor: Actor,
    at: datetime,
) -> Mount:
    """Mount the published version under a confirmed layout; by default the version's own.

    Raises: NotPublishedError, WrongProviderError, RuleError, PlanError.
    """
    version = _published_version(dataset)
    _check_provider(dataset, actor)
    confirmed = dict(layout) if layout is not None else dict(version.layout)
    with transaction.atomic():
        mount = Mount.objects.create(
            dataset=dataset, version=version, layout=confirmed, mounted_at=at
        )
        plan = queries.plan_of(mount)  # refuses rules and keys that cannot be used
        ledger.record(
            kind="pool.dataset_mounted",
            subject=dataset.subject,
            actor=actor.ledger_name,
            at=at,
            cite=("HL-18.2",),
            facts={"mount": mount.pk, "version": version.number, "plan": plan.digest},
        )
    return mount


def receive_delivery(
    *,
    dataset: Dataset,
    path: Path,
    name: str,
    declared: Mapping[str, object] | None = None,
    actor: Actor,
    at: datetime,
    progress: Progress = no_progress,
) -> Batch:
    """Take one file through the whole pipeline and return its batch.

    `name` is what the department called the file. `declared` may hold `rows` and `sums` by item,
    to be reconciled. The same bytes under the same plan are the batch that they already are.

    Raises: DeliveryRefusedError with the code, sentence and articles of the cause; the refusal is
    in the ledger and nothing was loaded. OpenTransactionError inside a transaction.
    """
    _refuse_open_transaction("receive_delivery")
    kept: list[KeptBytes] = []
    try:
        return _receive(dataset, path, name, declared, actor, at, progress, kept)
    except (PoolError, SourceError) as error:
        cause: PoolError | SourceError = error
    except OSError as error:
        cause = StorageError(
            type(error).__name__ if error.errno is None else f"errno {error.errno}"
        )
    except (OperationalError, InterfaceError):
        cause = DatabaseLostError()
    raise _refused(cause, dataset, kept, actor, at) from None


def swap_serving_copy(dataset: Dataset, *, at: datetime, actor: Actor = SYSTEM) -> ServingCopy:
    """Build the serving copy of the newest accepted batch beside the old one and swap it in.

    Readers wait for the renaming alone (lock_timeout, then another try) and see the old rows or the
    new ones. When the copy already is that batch's, nothing is done.

    Raises: NothingToServeError, SwapBusyError, StorageError, DatabaseLostError.
    """
    _refuse_open_transaction("swap_serving_copy")
    try:
        with receiving.one_at_a_time(dataset.pk):
            return serving.swap(dataset, actor=actor, at=at)
    except OSError as error:
        raise StorageError(f"errno {error.errno}") from None
    except (OperationalError, InterfaceError, psycopg.OperationalError):
        raise DatabaseLostError from None


def sweep_orphans(*, at: datetime, older_than: timedelta = timedelta(hours=24)) -> Swept:
    """Remove files that no table and no batch needs and that were left `older_than` before `at`.

    A dataset whose delivery is under way is left alone.
    """
    _refuse_open_transaction("sweep_orphans")
    return sweeping.sweep(before=at - older_than)


def note_quarantine_read(
    batch: Batch, *, form: str, whole: bool, actor: Actor, at: datetime
) -> None:
    """Record that somebody is about to be shown quarantined values: never the values themselves.

    `form` is `page` or `csv`; `whole` tells values as delivered from masked ones.
    """
    with transaction.atomic():
        ledger.record(
            kind="pool.quarantine_read",
            subject=f"batch:{batch.pk}",
            actor=actor.ledger_name,
            at=at,
            cite=("HL-38.3",),
            facts={
                "dataset": batch.dataset.code,
                "form": form,
                "whole": whole,
                "quarantined": batch.quarantined,
            },
        )


def _receive(
    dataset: Dataset,
    path: Path,
    name: str,
    declared: Mapping[str, object] | None,
    actor: Actor,
    at: datetime,
    progress: Progress,
    kept: list[KeptBytes],
) -> Batch:
    started = perf_counter()
    version = _published_version(dataset)
    _check_provider(dataset, actor)
    progress(Stage.KEEP, 0)
    kept.append(receiving.keep_bytes_of(path))
    mount = _mount_of(dataset, version, actor, at)
    plan = queries.plan_of(mount)
    addable = [item.name for item in plan.items if item.type in {"integer", "decimal"}]
    delivery = receiving.Delivery(
        dataset=dataset,
        mount=mount,
        plan=plan,
        kept=kept[0],
        name=name,
        declared=reconciling.declaration(declared, addable),
        actor=actor,
        at=at,
        on=timezone.localdate(at),
        progress=progress,
        started=started,
    )
    with receiving.one_at_a_time(dataset.pk):
        same = receiving.batch_of_same_bytes(delivery)
        if same is not None:
            progress(Stage.DONE, same.rows_read)
            return same
        processed = receiving.process(delivery)
        try:
            return receiving.commit(delivery, processed)
        except IntegrityError:
            # The lock was lost and another process was faster with the same bytes.
            _remove_staged(processed)
            same = receiving.batch_of_same_bytes(delivery)
            if same is None:
                raise
            return same
        except PoolError:
            _remove_staged(processed)
            raise


def _remove_staged(processed: receiving.Processed) -> None:
    receiving.remove([path for staged in processed.staged for path in staged.files])


def _mount_of(dataset: Dataset, version: DatasetVersion, actor: Actor, at: datetime) -> Mount:
    """Return the mount of the published version, made from its own layout the first time."""
    found = queries.mounts_of(dataset).filter(version=version).select_related("version").first()
    return found or mount_dataset(dataset, actor=actor, at=at)


def _published_version(dataset: Dataset) -> DatasetVersion:
    version = dataset.current_version
    if version is None or dataset.withdrawn_at is not None:
        raise NotPublishedError(dataset.code)
    return version


def _check_provider(dataset: Dataset, actor: Actor) -> None:
    if not actor.is_system and actor.department_id != dataset.provider_id:
        raise WrongProviderError(dataset.code, dataset.provider.name)


def _refuse_open_transaction(act: str) -> None:
    if connection.in_atomic_block:
        raise OpenTransactionError(act)


def _refused(
    cause: PoolError | SourceError,
    dataset: Dataset,
    kept: list[KeptBytes],
    actor: Actor,
    at: datetime,
) -> DeliveryRefusedError:
    """Record a refusal and return the error to raise.

    The ledger gets the code and the address in the file, never a sentence that might quote a cell.
    """
    cite = cause.cite if isinstance(cause, HuitongError) else ()
    address = getattr(cause, "address", None)
    facts: dict[str, object] = {"reason": cause.code, "address": address}
    if kept:
        facts |= {"digest": kept[0].digest, "size": kept[0].size}
    try:
        connection.close_if_unusable_or_obsolete()
        with transaction.atomic():
            ledger.record(
                kind="pool.delivery_refused",
                subject=dataset.subject,
                actor=actor.ledger_name,
                at=at,
                cite=cite or receiving.AGGREGATION_CITES,
                facts=facts,
            )
    except (OperationalError, InterfaceError):
        LOG.error("a refusal (%s) could not be recorded: no database", cause.code)  # noqa: TRY400
    return DeliveryRefusedError(str(cause), zh=cause.zh, code=cause.code, cite=cite)

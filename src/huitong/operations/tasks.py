"""What the platform does by itself, by the clock."""

import shutil
import uuid
from datetime import datetime, timedelta
from pathlib import Path

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.manager import JobManager

from huitong.operations.clock import now

_ENDED = ("succeeded", "failed", "cancelled", "aborted")


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="ledger_seal", pass_context=False)
def seal_ledger(timestamp: int) -> None:
    """Seal the minute's entries under a signed checkpoint."""
    from huitong.operations import proving  # noqa: PLC0415

    del timestamp
    proving.seal(at=now())


@app.periodic(cron="5 * * * *")
@app.task(queueing_lock="note_overdue", pass_context=False)
def note_overdue(timestamp: int) -> None:
    """Take the steps that only time takes; give notice of last days and of terms that end."""
    from huitong.cases import expiry, recurrence, running_out, tasks  # noqa: PLC0415

    del timestamp
    # In this order: a calendar that was loaded moves days before anybody is told of them.
    tasks.renew_days(now())
    tasks.take_lapsed(now())
    tasks.give_notice(now())
    expiry.note_endings(now())
    recurrence.note_missing(now())
    running_out.note_running_out(now())


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="sweep_orphans", pass_context=False)
def sweep_orphans(timestamp: int) -> None:
    """Remove files of deliveries that were cut off before their commit."""
    from huitong.pool import actions  # noqa: PLC0415

    del timestamp
    actions.sweep_orphans(at=now())


@app.periodic(cron="37 * * * *")
@app.task(queueing_lock="sweep_uploads", pass_context=False)
def sweep_uploads(timestamp: int) -> None:
    """Remove uploads of deliveries that have ended, or that never began."""
    from django.conf import settings  # noqa: PLC0415

    del timestamp
    config = settings.CONFIG
    sweep_incoming(config.home / "incoming", before=now() - timedelta(hours=config.upload_hours))


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Take up again what a killed worker left."""
    del timestamp
    await retry_stalled_jobs(context.app.job_manager)


async def retry_stalled_jobs(manager: JobManager) -> int:
    """Put the jobs of workers that died back into the queue; return how many.

    Every job of ours may run twice: a delivery of the same bytes is the same batch.
    """
    stalled = list(await manager.get_stalled_jobs())
    for job in stalled:
        await manager.retry_job(job)
    return len(stalled)


def sweep_incoming(folder: Path, *, before: datetime) -> int:
    """Remove uploads last written before the moment given, unless a job is to deliver them.

    An upload is a folder named by the delivery's id; how far the delivery was goes with its file.
    Returns how many were removed.
    """
    old = [path for path in _folders(folder) if _last_written(path) < before.timestamp()]
    # Asked after the folders were listed: a job is made after its folder, and old ones get no new.
    needed = _deliveries_to_come()
    unneeded = [path for path in old if path.name not in needed]
    for path in unneeded:
        shutil.rmtree(path, ignore_errors=True)
    return sum(not path.exists() for path in unneeded)


def _deliveries_to_come() -> set[str]:
    """Return the ids of deliveries that a job waits to receive or is receiving."""
    from procrastinate.contrib.django.models import ProcrastinateJob  # noqa: PLC0415

    jobs = ProcrastinateJob.objects.filter(args__has_key="delivery_id").exclude(status__in=_ENDED)
    return {str(uuid.UUID(args["delivery_id"])) for args in jobs.values_list("args", flat=True)}


def _folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()]


def _last_written(folder: Path) -> float:
    """Return when the folder or a file in it was last written; one that is going now is young."""
    try:
        return max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
    except FileNotFoundError:
        return float("inf")

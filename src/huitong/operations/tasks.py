"""What the platform does by itself, by the clock."""

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.manager import JobManager

from huitong.operations.clock import now


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
    """Take the steps that only time takes; give notice of cases whose lawful day is past."""
    from huitong.cases import tasks  # noqa: PLC0415

    del timestamp
    tasks.take_lapsed(now())
    tasks.note_overdue(now())


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="sweep_orphans", pass_context=False)
def sweep_orphans(timestamp: int) -> None:
    """Remove files of deliveries that were cut off before their commit."""
    from huitong.pool import actions  # noqa: PLC0415

    del timestamp
    actions.sweep_orphans(at=now())


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

"""`deliveries`: the worker is killed in the middle of deliveries, and every delivery is counted.

Deliveries wait in the queue all the time and every kill meets one that is being received. What the
dead worker left is taken up again as it always is, by `retry_stalled_jobs`; only the half minute
until a silent worker counts as dead is not waited for. At the end every delivery must have ended:
as one batch whose snapshot holds its rows once, with one entry in the ledger; or reported failed,
without a batch.
"""

import asyncio
import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob

from huitong.catalogue.models import Dataset
from huitong.operations import tasks
from huitong.operations.benches import ingest, people
from huitong.operations.clock import now
from huitong.organisations import actions as organisations
from huitong.organisations import queries as people_queries
from huitong.organisations.types import SYSTEM, Actor, PostRole
from huitong.pool import lake, queries
from huitong.pool.models import Batch
from huitong.web import incoming

_DATASETS, _WAITING = 2, 3
_LONGEST = 1.5
_PATIENCE = 120.0
_TASK = "huitong.web.receive"


@dataclass(frozen=True, slots=True)
class Sent:
    """One delivery: under which id it waits, and what is in it."""

    id: str
    dataset: Dataset
    digest: str
    made: people.Made


@dataclass(slots=True)
class Sender:
    """A department that always has more to deliver."""

    actor: Actor
    datasets: list[Dataset]
    folder: Path
    rows: int
    sent: list[Sent] = field(default_factory=list)

    def keep_waiting(self) -> None:
        """Deliver until enough is in the queue."""
        while _jobs("todo") < _WAITING:
            self.send()

    def send(self) -> None:
        """Deliver a file that nobody has delivered before."""
        number = len(self.sent)
        path = self.folder / f"{number}.csv"
        made = people.write(path, self.rows, seed=number)
        content = path.read_bytes()
        path.unlink()
        dataset = self.datasets[number % len(self.datasets)]
        taken = incoming.take(
            SimpleUploadedFile(path.name, content),
            code=dataset.code,
            actor=self.actor,
            received_at=now().isoformat(),
            rows=made.rows,
        )
        app.configure_task(_TASK, queue="deliveries").defer(delivery_id=taken.id)
        self.sent.append(Sent(taken.id, dataset, hashlib.sha256(content).hexdigest(), made))


def run(kills: int = 10, *, seed: int = 1, rows: int = 20_000) -> dict[str, object]:
    """Kill the worker `kills` times; return what was counted.

    Django is set up and its database is one that the loop may fill. `ok` is true when every
    delivery has ended, none is missing, double or half, and none that was reported failed is in the
    table.
    """
    moments = random.Random(seed)  # noqa: S311 - when to kill
    with tempfile.TemporaryDirectory() as folder:
        sender = _sender(Path(folder), rows)
        killed_in: Counter[str] = Counter()
        retried = 0
        for _ in range(kills):
            worker = _start()
            try:
                sender.keep_waiting()
                _wait(lambda: _jobs("doing") > 0, "no delivery began")
                time.sleep(moments.uniform(0, _LONGEST))
                killed_in.update(_stages(sender.sent))
            finally:
                worker.kill()
                worker.wait()
            retried += _take_up_again()
        worker = _start()
        try:
            _wait(lambda: _jobs("todo", "doing") == 0, "the queue does not come to an end")
        finally:
            worker.terminate()
            with suppress(subprocess.TimeoutExpired):
                worker.wait(10)
            worker.kill()
            worker.wait()
    return {
        "kills": kills,
        "killed_in": dict(sorted(killed_in.items())),
        "taken_up_again": retried,
        **count(sender.sent),
    }


def count(sent: list[Sent]) -> dict[str, object]:
    """Compare what was delivered with what the table holds and what was reported."""
    found: Counter[str] = Counter()
    vouched = _entries()
    for one in sent:
        reported = incoming.read(one.id)
        batches = list(Batch.objects.filter(dataset_id=one.dataset.pk, digest=one.digest))
        state = reported.state if reported else "unknown"
        found[state if state in {"succeeded", "failed"} else "unfinished"] += 1
        found["missing"] += state == "succeeded" and not batches
        found["failed_yet_there"] += state == "failed" and bool(batches)
        found["double"] += len(batches) > 1 or vouched[one.digest] > 1
        found["half"] += not all(_is_whole(batch, one.made) for batch in batches)
        found["without_entry"] += len(batches) != vouched[one.digest]
    behind = sum(_is_behind(dataset) for dataset in {one.dataset for one in sent})
    faults = ("unfinished", "missing", "failed_yet_there", "double", "half", "without_entry")
    return {
        "ok": not any(found[name] for name in faults) and not behind and found["succeeded"] > 0,
        "delivered": len(sent),
        **{name: found[name] for name in ("succeeded", "failed", *faults)},
        "serving_copies_behind": behind,
    }


def _is_whole(batch: Batch, made: people.Made) -> bool:
    """Tell whether the batch counts what was put in and its snapshot holds these rows once."""
    keys = pa.chunked_array(
        [
            rows.column("id_number")
            for rows in lake.read(queries.snapshot_files(batch), ["id_number"])
        ]
    )
    accepted = made.rows - made.broken - made.superseded - made.duplicates
    counted = (batch.rows_read, batch.accepted, batch.quarantined)
    distinct = pc.count_distinct(keys).as_py()
    return counted == (made.rows, accepted, made.broken) and len(keys) == distinct == accepted


def _is_behind(dataset: Dataset) -> bool:
    """Tell whether the serving copy is not the newest batch's."""
    newest, copy = queries.latest_batch(dataset), queries.current_copy(dataset)
    if newest is None or copy is None:
        return newest is not None or copy is not None
    return (copy.batch_id, copy.rows) != (newest.pk, newest.accepted)


def _entries() -> Counter[str]:
    """Return how many entries of the ledger vouch for each delivery, by its digest."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT facts ->> 'digest', count(*) FROM ledger_entry "
            "WHERE kind = 'pool.delivery_accepted' GROUP BY 1"
        )
        return Counter(dict(cursor.fetchall()))


def _stages(sent: list[Sent]) -> list[str]:
    """Return how far the deliveries are that the worker has in hand."""
    running = ProcrastinateJob.objects.filter(task_name=_TASK, status="doing")
    ids = {str(args["delivery_id"]) for args in running.values_list("args", flat=True)}
    states = [incoming.read(one.id) for one in sent if one.id in ids]
    return [state.stage or "begin" for state in states if state] or ["between deliveries"]


def _take_up_again() -> int:
    """Count the dead worker as dead at once, and put what it had in hand back into the queue."""
    with connection.cursor() as cursor:
        silent = now() - timedelta(hours=1)
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = %s", (silent,))
    return asyncio.run(_retry_stalled())


async def _retry_stalled() -> int:
    """Call what the worker calls, over a connection such as the worker has."""
    async with app.with_connector(DjangoConnector().get_worker_connector()).open_async() as own:
        return await tasks.retry_stalled_jobs(own.job_manager)


def _jobs(*states: str) -> int:
    return ProcrastinateJob.objects.filter(task_name=_TASK, status__in=states).count()


def _wait(until: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not until():
        if time.monotonic() > deadline:
            raise TimeoutError(f"After {_PATIENCE:.0f} s {otherwise}: see what the worker said.")
        time.sleep(0.02)


def _start() -> "subprocess.Popen[bytes]":
    """Start a worker for deliveries alone on the database that Django uses here."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "huitong.settings",
        "HUITONG_DATABASE": str(connection.settings_dict["NAME"]),
    }
    command = [sys.executable, "-m", "django", "procrastinate", "worker", "--queues", "deliveries"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)


def _sender(folder: Path, rows: int) -> Sender:
    """Found a department with an officer and publish its datasets."""
    at, department = ingest.AT, ingest.founded()
    officer = organisations.register_person(
        username="officer", name="专员", password=os.urandom(16).hex(), actor=SYSTEM, at=at
    )
    organisations.appoint(
        person=officer, department=department, role=PostRole.OFFICER, actor=SYSTEM, at=at
    )
    sample = folder / "sample.csv"
    people.write(sample, 500)
    datasets = ingest.publish([f"PEOPLE-{n}" for n in range(_DATASETS)], department, sample)
    return Sender(people_queries.actor_of(officer, now().date()), datasets, folder, rows)

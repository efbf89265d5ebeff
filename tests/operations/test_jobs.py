"""A worker that is killed loses nothing: what it was doing is taken up again."""

import asyncio
import os
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from procrastinate.contrib.django import app

from conftest import Databases
from huitong.operations import tasks

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)

_ORPHAN = """
WITH dead AS (
    INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')
    RETURNING id
)
UPDATE procrastinate_jobs SET status = 'doing', worker_id = dead.id FROM dead
 WHERE procrastinate_jobs.id = %s
"""
_STATUS = "SELECT status::text FROM procrastinate_jobs WHERE id = %s"


def _status(databases: Databases, job: int) -> str:
    with psycopg.connect(databases.owner_dsn) as connection:
        row = connection.execute(_STATUS, (job,)).fetchone()
    assert row is not None
    return str(row[0])


def test_the_job_of_a_killed_worker_goes_back_into_the_queue(fresh_django: Databases) -> None:
    receive = app.configure_task("huitong.web.receive")
    orphan, waiting = (int(receive.defer(delivery_id=digit * 32)) for digit in "01")
    with psycopg.connect(fresh_django.owner_dsn) as connection:
        connection.execute(_ORPHAN, (orphan,))
    assert _status(fresh_django, orphan) == "doing"

    assert asyncio.run(tasks.retry_stalled_jobs(app.job_manager)) == 1

    assert _status(fresh_django, orphan) == "todo"
    assert _status(fresh_django, waiting) == "todo"
    assert asyncio.run(tasks.retry_stalled_jobs(app.job_manager)) == 0


def _upload(home: Path, age: timedelta) -> uuid.UUID:
    """Leave an upload as a page leaves it, last written so long before noon."""
    made = uuid.uuid4()
    folder = home / "incoming" / str(made)
    folder.mkdir(parents=True)
    moment = (NOON - age).timestamp()
    for name in ("file", "delivery.json"):
        (folder / name).write_text("x")
        os.utime(folder / name, (moment, moment))
    os.utime(folder, (moment, moment))
    return made


def _end(databases: Databases, job: int, status: str) -> None:
    with psycopg.connect(databases.owner_dsn) as connection:
        connection.execute(
            "UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status WHERE id = %s",
            (status, job),
        )


def test_uploads_that_no_job_needs_go_after_a_day(
    fresh_django: Databases, huitong_home: Path
) -> None:
    receive = app.configure_task("huitong.web.receive")
    old, day = timedelta(days=3), timedelta(days=1)
    waiting, running, failed, stray = (_upload(huitong_home, old) for _ in range(4))
    young = _upload(huitong_home, timedelta(hours=23))
    written_to = _upload(huitong_home, old)
    os.utime(huitong_home / "incoming" / str(written_to) / "file", (NOON.timestamp(),) * 2)
    receive.defer(delivery_id=waiting.hex)
    _end(fresh_django, receive.defer(delivery_id=str(running)), "doing")
    _end(fresh_django, receive.defer(delivery_id=str(failed)), "failed")

    folder = huitong_home / "incoming"
    assert tasks.sweep_incoming(folder, before=NOON - day) == 2

    left = {path.name for path in folder.iterdir()}
    assert left == {str(kept) for kept in (waiting, running, young, written_to)}
    assert all(len(list(path.iterdir())) == 2 for path in folder.iterdir())
    assert not (folder / str(stray)).exists()
    assert tasks.sweep_incoming(folder, before=NOON - day) == 0


def test_the_sweep_by_the_clock_takes_the_hours_from_the_settings(
    fresh_django: Databases, huitong_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = _upload(huitong_home, timedelta(0))  # long before the machine's clock, or long after
    folder = huitong_home / "incoming" / str(old)
    for path in (*folder.iterdir(), folder):
        os.utime(path, (0, 0))
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, upload_hours=9_999_999))
    tasks.sweep_uploads(0)
    assert folder.exists()
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, upload_hours=24))

    tasks.sweep_uploads(0)

    assert not folder.exists()

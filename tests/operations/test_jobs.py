"""A worker that is killed loses nothing: what it was doing is taken up again."""

import asyncio

import psycopg
from procrastinate.contrib.django import app

from conftest import Databases
from huitong.operations import tasks

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

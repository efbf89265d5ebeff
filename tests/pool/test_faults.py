"""A full disk, a database that goes away, a process that is killed: never half a batch."""

import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from huitong.catalogue.models import Dataset
from huitong.organisations.types import SYSTEM
from huitong.pool import actions, lake, landing, receiving
from huitong.pool.engines import duckdb as engine
from huitong.pool.errors import DeliveryRefusedError
from huitong.pool.models import Batch
from huitong.pool.types import Stage as Step
from pool.stage import NOON, Item, Stage, left_over, whole

ITEMS = [Item("k"), Item("v"), Item("n", "integer")]


def _rows(count: int, mark: str) -> str:
    lines = [f"{n},{mark}{n},{n if n % 50 else 'x'}\n" for n in range(count)]
    return "k,v,n\n" + "".join(lines) + lines[0] + f"1,{mark}other,1\n"


@pytest.fixture
def dataset(stage: Stage) -> Dataset:
    return stage.dataset("PEOPLE", ITEMS, sample=stage.file("a.csv", _rows(10, "a")), key=["k"])


@contextmanager
def _disk_with(space: int) -> Iterator[None]:
    """Let no file grow beyond `space` bytes: writes fail as they do on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (space, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_wherever_the_disk_is_full_nothing_is_loaded_and_the_same_file_works_later(
    stage: Stage, dataset: Dataset
) -> None:
    stage.deliver(dataset, stage.file("a.csv", _rows(100, "a")))
    path = stage.file("b.csv", _rows(3000, "b"))
    size = path.stat().st_size
    codes = []
    for space in (0, size // 2, size + 10, size + 500):  # kept, landed, and what comes after
        with _disk_with(space), pytest.raises(DeliveryRefusedError) as refusal:
            stage.deliver(dataset, path)
        codes.append(refusal.value.code)
        whole(stage)
        assert left_over(stage) == []
        assert Batch.objects.count() == 1

    assert set(codes) <= {"storage", "engine"}
    assert [entry.facts["reason"] for entry in stage.ledger("pool.delivery_refused")] == codes
    assert stage.deliver(dataset, path).accepted == 2939
    whole(stage)


@pytest.mark.parametrize("point", ["keep", "land", "run", "first stage", "second stage"])
def test_a_write_that_fails_at_any_point_leaves_nothing(
    stage: Stage, dataset: Dataset, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    stage.deliver(dataset, stage.file("a.csv", _rows(100, "a")))
    calls = {"left": 1 if point == "second stage" else 0}
    module, name = {
        "keep": (receiving, "keep"),
        "land": (landing, "land"),
        "run": (engine, "run"),
        "first stage": (lake, "sync_file"),
        "second stage": (lake, "stage_replacement"),
    }[point]
    real = getattr(module, name)

    def fail(*arguments: object, **named: object) -> object:
        done = real(*arguments, **named)
        if calls["left"]:
            calls["left"] -= 1
            return done
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(module, name, fail)
        with pytest.raises(DeliveryRefusedError) as refusal:
            stage.deliver(dataset, stage.file("b.csv", _rows(200, "b")))

    assert refusal.value.code == "storage"
    whole(stage)
    if point != "second stage":  # there the fault comes after the last file was staged
        assert left_over(stage) == []
    _sweep_now()
    assert left_over(stage) == []


@pytest.mark.parametrize("step", [Step.LAND, Step.CHECK, Step.COMMIT])
def test_a_database_that_stops_in_mid_delivery_refuses_clearly(
    stage: Stage, dataset: Dataset, fresh_database: object, step: Step
) -> None:
    stage.deliver(dataset, stage.file("a.csv", _rows(100, "a")))
    path = stage.file("b.csv", _rows(200, "b"))
    name = fresh_database.name  # type: ignore[attr-defined]

    def allow(*, connections: bool) -> None:
        with psycopg.connect(_other_database(fresh_database), autocommit=True) as admin:
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {connections}")
            if not connections:
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                    (name,),
                )

    def stop(now: Step, _rows: int) -> None:
        if now is step:
            allow(connections=False)

    try:
        with pytest.raises(DeliveryRefusedError) as refusal:
            actions.receive_delivery(
                dataset=dataset, path=path, name="b.csv", actor=SYSTEM, at=NOON, progress=stop
            )
    finally:
        allow(connections=True)

    assert refusal.value.code == "database_lost"
    assert "deliver the same file again" in str(refusal.value)
    whole(stage)
    again = stage.deliver(dataset, path)
    assert (again.accepted, Batch.objects.count()) == (195, 2)
    whole(stage)


@pytest.mark.slow
def test_a_process_killed_at_any_moment_leaves_no_half_batch(
    stage: Stage, dataset: Dataset, fresh_database: object
) -> None:
    chance = random.Random(20261121)
    environment = {
        **fresh_database.environment(),  # type: ignore[attr-defined]
        "HUITONG_HOME": os.environ["HUITONG_HOME"],
        "DJANGO_SETTINGS_MODULE": "pool.home_settings",
        "HUITONG_TEST_FILES": str(stage.home),
        "PYTHONPATH": os.pathsep.join([os.environ["PYTHONPATH"], str(Path(__file__).parents[1])]),
    }
    ends: set[str] = set()
    for number in range(12):
        path = stage.file(f"{number}.csv", _rows(20_000 + number, chr(97 + number)))
        with subprocess.Popen(
            [sys.executable, "-m", "pool.killed", "PEOPLE", str(path)],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0, 0.6))
            process.kill()
            seen = process.stdout.read().split()
            ends.add(next((word for word in reversed(seen) if word in set(Step)), "ready"))
        whole(stage)

    assert len(ends) > 1, f"all processes died at one point: {ends}"
    last = stage.deliver(dataset, stage.file("last.csv", _rows(500, "z")))
    assert last.accepted == 489
    whole(stage)
    swept = _sweep_now()
    assert left_over(stage) == []
    assert swept > 0


def test_the_sweeper_leaves_what_is_needed_and_what_is_young(
    stage: Stage, dataset: Dataset
) -> None:
    batch = stage.deliver(dataset, stage.file("a.csv", _rows(100, "a")))
    folder = lake.table_folder(receiving.config().warehouse, batch.lake_table) / "data"
    orphan, young = folder / "orphan.parquet", stage.home / "bytes" / ("0" * 64)
    for path in (orphan, young):
        path.write_bytes(b"1234")
    long_ago = (NOON - timedelta(days=9)).timestamp()
    for path in stage.home.rglob("*"):
        if path.is_file() and path != young:
            os.utime(path, (long_ago, long_ago))

    swept = actions.sweep_orphans(at=NOON - timedelta(days=7))

    assert (swept.files, swept.bytes) == (1, 4)
    assert young.exists()
    assert (stage.home / "bytes" / batch.digest).exists()
    whole(stage)


def test_the_sweeper_leaves_a_delivery_under_way_alone(stage: Stage, dataset: Dataset) -> None:
    path = stage.file("a.csv", _rows(100, "a"))
    found: list[int] = []

    def sweep(now: Step, _rows: int) -> None:
        if now is Step.COMMIT:
            found.append(_sweep_elsewhere(stage))

    batch = actions.receive_delivery(
        dataset=dataset, path=path, name="a.csv", actor=SYSTEM, at=NOON, progress=sweep
    )

    assert found == [0]
    assert batch.accepted == 97
    whole(stage)


def _sweep_now() -> int:
    """Sweep files of any age, as of the machine's clock, which stamps them."""
    soon = datetime.now(UTC) + timedelta(seconds=5)  # noqa: TID251
    return actions.sweep_orphans(at=soon, older_than=timedelta(0)).files


def _sweep_elsewhere(stage: Stage) -> int:
    """Sweep on another connection, as another process would; spare the bytes, which are young."""
    import threading  # noqa: PLC0415

    from django.db import connections  # noqa: PLC0415

    files: list[int] = []

    def sweep() -> None:
        try:
            later = datetime.now(UTC) + timedelta(days=1)  # noqa: TID251
            for kept in stage.home.glob("bytes/*"):
                os.utime(kept, (later.timestamp() + 1e6,) * 2)
            files.append(actions.sweep_orphans(at=later, older_than=timedelta(0)).files)
        finally:
            connections.close_all()

    thread = threading.Thread(target=sweep)
    thread.start()
    thread.join()
    return files[0]


def _other_database(fresh_database: object) -> str:
    dsn: str = fresh_database.admin_dsn  # type: ignore[attr-defined]
    return dsn.rsplit("/", 1)[0] + "/postgres"

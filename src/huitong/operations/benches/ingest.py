"""A whole delivery beside plain DuckDB CSV to Parquet: same file, one core, in turn.

Ours keeps the bytes, lands, conforms, checks both identifiers and the rules of eight other columns,
splits, keeps the newest by key, commits to Iceberg and PostgreSQL, and reconciles. The baseline
copies the file to Parquet with the types that DuckDB guesses, the codec and the row groups that we
write; it waits for no disk, ours does. Each round of each is a process of its own, bound to the
same core and to one thread. Before a round the disk has nothing left to write and the file was read
once. Python's start and imports are not counted, the peak of memory is that of the whole process.

Each round of ours is compared with the mean of the baseline just before and just after it, and the
ratio is the median of these; they stand beside it under `rounds`. A shared machine changes its
speed by half from one minute to the next, and whatever lasts longer than a round then counts alike
on both sides. Everything happens in a home and a database of the bench's own.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huitong.operations.benches import people

if TYPE_CHECKING:  # each part of the bench imports what it needs when it begins
    from huitong.catalogue.models import Dataset
    from huitong.organisations.models import Department

ROUNDS = 7
RATIO_TARGET = 0.5
MEMORY_TARGET = 1.5 * 10**9
_WRITTEN = "FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 122880"
AT = datetime(2026, 11, 20, tzinfo=UTC)

_RULES: dict[str, dict[str, Any]] = {
    "id_number": {"identifier": "citizen_id", "required": True},
    "name": {"required": True, "length": 50},
    "gender": {"rules": [{"rule": "enum", "values": ["男", "女"]}]},
    "birthday": {"type": "date", "rules": [{"rule": "range", "min": "1900-01-01"}]},
    "phone": {"rules": [{"rule": "pattern", "pattern": "1[0-9]{10}"}]},
    "employer_code": {"identifier": "credit_code"},
    "employer": {"length": 100},
    "division": {"identifier": "division"},
    "income": {
        "type": "decimal",
        "rules": [
            {"rule": "precision", "precision": 18, "scale": 2},
            {"rule": "range", "min": 0},
        ],
    },
    "updated_at": {"type": "datetime"},
}


def run(home: Path, rows: int = 2_000_000) -> list[dict[str, object]]:
    """Measure, and return one dict per figure: name, value, unit, baseline, ratio, target, met.

    `home` is an empty folder; it needs about 6 times the file's size (140 bytes a row).
    """
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o711)  # PostgreSQL's own account must be able to enter
    environment = {
        **os.environ,
        "HUITONG_HOME": str(home),
        "HUITONG_DATABASE": f"huitong_bench_{uuid.uuid4().hex[:8]}",
        "DJANGO_SETTINGS_MODULE": "huitong.settings",
    }
    source = home / "people.csv"
    made = people.write(source, rows)
    ours: list[dict[str, float]] = []
    plain: list[dict[str, float]] = []
    try:
        _call("prepare", source, environment)
        plain.append(_call("plain", source, environment))
        for number in range(ROUNDS):
            ours.append(_call("ours", source, environment, number))
            plain.append(_call("plain", source, environment))
    finally:
        _call("finish", source, environment)
    expected = {
        "accepted": made.rows - made.broken - made.superseded - made.duplicates,
        "quarantined": made.broken,
        "superseded": made.superseded,
        "duplicates": made.duplicates,
    }
    for found in ours:
        counted = {name: found[name] for name in expected}
        if counted != expected:
            raise AssertionError(f"The bench put in {expected} and counted {counted}.")
    return _figures(rows, ours, plain)


def _figures(
    rows: int, ours: list[dict[str, float]], plain: list[dict[str, float]]
) -> list[dict[str, object]]:
    speed, baseline = (rows / _median(found, "seconds") for found in (ours, plain))
    cpu, cpu_baseline = (_median(found, "cpu") for found in (ours, plain))
    by_wall, by_cpu = (_ratios(ours, plain, name) for name in ("seconds", "cpu"))
    memory = max(found["peak"] for found in ours)
    return [
        {
            "name": f"ingest_{rows}_rows",
            "value": speed,
            "unit": "rows/s",
            "baseline": baseline,
            "ratio": statistics.median(by_wall),
            "rounds": by_wall,
            "target": RATIO_TARGET,
            "met": statistics.median(by_wall) >= RATIO_TARGET,
        },
        {
            "name": "ingest_cpu",
            "value": cpu / rows * 1e6,
            "unit": "µs/row",
            "baseline": cpu_baseline / rows * 1e6,
            "ratio": statistics.median(by_cpu),
            "rounds": by_cpu,
            "target": RATIO_TARGET,
            "met": statistics.median(by_cpu) >= RATIO_TARGET,
        },
        {
            "name": "ingest_peak_memory",
            "value": memory / 1e6,
            "unit": "MB",
            "baseline": max(found["peak"] for found in plain) / 1e6,
            "ratio": None,
            "target": MEMORY_TARGET / 1e6,
            "met": memory < MEMORY_TARGET,
        },
    ]


def _median(found: list[dict[str, float]], name: str) -> float:
    return statistics.median(one[name] for one in found)


def _ratios(ours: list[dict[str, float]], plain: list[dict[str, float]], name: str) -> list[float]:
    """Return for each round what the baseline around it costs for each unit that ours costs."""
    around = zip(plain, ours, plain[1:], strict=False)
    return [
        round((before[name] + after[name]) / 2 / mine[name], 3) for before, mine, after in around
    ]


def _call(
    part: str, source: Path, environment: dict[str, str], number: int = 0
) -> dict[str, float]:
    command = [sys.executable, "-m", __name__, part, str(source), str(number)]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
    found: dict[str, float] = json.loads(done.stdout or b"{}")
    return found


def _measured(source: Path, act: Any) -> dict[str, float]:  # noqa: ANN401 - a call of nothing
    """Run on one core and return seconds, seconds of CPU, and the peak of memory in bytes."""
    import pyarrow as pa  # noqa: PLC0415

    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    pa.set_cpu_count(1)
    with source.open("rb") as file:
        while file.read(1 << 20):
            pass
    os.sync()
    began, cpu = time.perf_counter(), time.process_time()
    found = act()
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"seconds": seconds, "cpu": cpu, "peak": peak, **found}


def _plain(source: Path) -> dict[str, float]:
    import duckdb  # noqa: PLC0415

    from huitong.pool.rules import literal  # noqa: PLC0415

    target = source.with_suffix(".parquet")
    connection = duckdb.connect(config={"threads": 1})
    files = literal(str(source)), literal(str(target))
    sql = "COPY (SELECT * FROM read_csv({})) TO {} ({})".format(*files, _WRITTEN)  # noqa: S608
    found = _measured(source, lambda: connection.execute(sql) and {})
    target.unlink()
    return found


def _ours(source: Path, number: int) -> dict[str, float]:
    import django  # noqa: PLC0415

    django.setup()
    from huitong.catalogue.models import Dataset  # noqa: PLC0415
    from huitong.organisations.types import SYSTEM  # noqa: PLC0415
    from huitong.pool import actions  # noqa: PLC0415

    dataset = Dataset.objects.select_related("current_version", "provider").get(
        code=f"PEOPLE-{number}"
    )
    counts = ("accepted", "quarantined", "superseded", "duplicates")

    def deliver() -> dict[str, float]:
        batch = actions.receive_delivery(
            dataset=dataset, path=source, name=source.name, actor=SYSTEM, at=AT
        )
        return {name: getattr(batch, name) for name in counts}

    return _measured(source, deliver)


def _prepare(source: Path) -> None:
    """Found the bench's home and publish a dataset for each round."""
    from huitong.operations import preparing  # noqa: PLC0415

    preparing.prepare()
    publish([f"PEOPLE-{number}" for number in range(ROUNDS)], founded(), source)


def founded() -> "Department":
    """Found a province and the department whose people are delivered."""
    from huitong.organisations import actions  # noqa: PLC0415
    from huitong.organisations.types import SYSTEM, Level  # noqa: PLC0415

    province = actions.found_jurisdiction(
        code="230000",
        name="黑龙江省",
        level=Level.PROVINCE,
        parent=None,
        actor=SYSTEM,
        at=AT,
        profile_id="heilongjiang-2025",
    )
    return actions.found_department(
        code="HL-HR", name="省人社厅", jurisdiction=province, actor=SYSTEM, at=AT
    )


def publish(codes: Sequence[str], department: "Department", sample: Path) -> "list[Dataset]":
    """Publish a dataset under each code for files like the sample, which `people` wrote."""
    from huitong.catalogue.models import DataItem, Dataset, DatasetVersion  # noqa: PLC0415
    from huitong_sources import files, layouts  # noqa: PLC0415

    layout = layouts.to_dict(layouts.propose(files.open_file(sample)))
    published = []
    for code in codes:
        dataset = Dataset.objects.create(code=code, provider=department, created_at=AT)
        version = DatasetVersion.objects.create(
            dataset=dataset,
            number=1,
            title="就业登记",
            non_secret=True,
            layout=layout,
            key=["id_number"],
            version_column="updated_at",
        )
        DataItem.objects.bulk_create(
            DataItem(
                version=version,
                position=place,
                name=name,
                title=name,
                **{"type": "text", **_RULES[name]},
            )
            for place, name in enumerate(people.COLUMNS, start=1)
        )
        version.published_at = AT
        version.save()
        dataset.current_version = version
        dataset.save()
        published.append(dataset)
    return published


def _finish() -> None:
    """Drop the bench's database and stop the server if it is the bench's own."""
    import psycopg  # noqa: PLC0415
    from psycopg import sql  # noqa: PLC0415

    from huitong import config  # noqa: PLC0415
    from huitong.operations import postgres  # noqa: PLC0415

    settings = config.load()
    if not settings.database_url:
        postgres.stop(settings)
        return
    with psycopg.connect(postgres.admin_dsn(settings), autocommit=True) as connection:
        name = sql.Identifier(settings.database_name())
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def _main() -> None:
    """Play one part in a process of its own; `run` calls it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=["prepare", "plain", "ours", "finish"])
    parser.add_argument("source", type=Path)
    parser.add_argument("number", type=int)
    chosen = parser.parse_args()
    match chosen.part:
        case "prepare":
            _prepare(chosen.source)
        case "plain":
            sys.stdout.write(json.dumps(_plain(chosen.source)))
        case "ours":
            sys.stdout.write(json.dumps(_ours(chosen.source, chosen.number)))
        case _:
            _finish()


if __name__ == "__main__":
    _main()

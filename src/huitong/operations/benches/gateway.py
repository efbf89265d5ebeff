"""`gateway`: an authenticated, granted, masked and noted look-up beside a bare one.

Server and PostgreSQL share one processor, the load has the other; rounds are interleaved, caches
warm, keys random over the whole table, 50,000 grants in memory. The baseline is `bare.py`.
"""

import contextlib
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from huitong.config import Config, load, role_prefix
from huitong.operations import postgres, roles
from huitong.operations.benches import bare, gateway_stage
from huitong.operations.benches.gateway_stage import Stage
from huitong.operations.benches.http_load import Findings, Orders

TARGETS = {1: 0.7, 16: 0.85, 64: 1.1}
P99_TARGET = 3.0
_ROWS, _GRANTS = 1_000_000, 50_000
_START_SECONDS = 60


@dataclass(frozen=True)
class World:
    """A database of the benchmark's own, with its stage and a folder for files."""

    config: Config
    database: str
    stage: Stage
    folder: Path
    app_dsn: str
    owner_dsn: str


def run(
    seconds_per_round: float = 4.0,
    rounds: int = 5,
    *,
    connections: tuple[int, ...] = (1, 16, 64),
    shipper: bool = False,
) -> list[dict[str, object]]:
    """Return, for each number of connections, throughput and p99 as ratios to the baseline.

    `shipper` runs the shipper on the server's processor too. Values are medians of rounds.
    """
    with world(_ROWS, _GRANTS) as made, contextlib.ExitStack() as stack:
        stack.enter_context(_pinned_server(made.config))
        gateway_port, bare_port = free_port(), free_port()
        settings = gateway_stage.settings(
            made.config, made.database, made.folder, gateway_port, token_seconds=3600
        )
        environment = settings.environment()
        stack.enter_context(process("huitong.gateway.serve", environment, cpu=0))
        if shipper:
            stack.enter_context(process("huitong.gateway.shipping", environment, cpu=0))
        given = _bare(made, bare_port)
        stack.enter_context(process("huitong.operations.benches.bare", given, cpu=0))
        wait_healthy(gateway_port)
        wait_open(bare_port)
        found: dict[tuple[int, int], list[Findings]] = {}
        # A warm round first: every page of the table and every plan is used once.
        for number in range(rounds + 1):
            for count in connections:
                for port in (bare_port, gateway_port):
                    orders = _orders(made.stage, port, count, seconds_per_round, number)
                    measured = fire(orders)
                    if measured.refused or measured.lost or not measured.answered:
                        raise RuntimeError(f"The load on port {port} was not answered: {measured}")
                    if number:
                        found.setdefault((count, port), []).append(measured)
    return [
        line
        for count in connections
        for line in _lines(count, found[count, bare_port], found[count, gateway_port])
    ]


def _lines(count: int, base: list[Findings], ours: list[Findings]) -> list[dict[str, object]]:
    """Return rate and p99; a ratio is the median of the rounds' own, for the machine drifts."""
    target = TARGETS.get(count, TARGETS[16])
    rates = [[one.answered / one.seconds for one in findings] for findings in (ours, base)]
    tails = [[one.p99 for one in findings] for findings in (ours, base)]
    rate = _ratio(*rates)
    tail = _ratio(*tails)
    return [
        {
            "name": name,
            "value": round(statistics.median(values[0]), 3),
            "unit": unit,
            "baseline": round(statistics.median(values[1]), 3),
            "ratio": round(ratio, 3),
            "target": wanted,
            "met": met,
        }
        for name, unit, values, ratio, wanted, met in (
            (f"gateway.lookups.{count}", "calls/s", rates, rate, target, rate >= target),
            (f"gateway.p99.{count}", "ms", tails, tail, P99_TARGET, tail <= P99_TARGET),
        )
    ]


def _ratio(ours: list[float], base: list[float]) -> float:
    return statistics.median(one / other for one, other in zip(ours, base, strict=True))


def _orders(stage: Stage, port: int, connections: int, seconds: float, seed: int) -> Orders:
    return Orders(
        port=port,
        dataset=stage.dataset,
        token=stage.token,
        rows=stage.rows,
        connections=connections,
        seconds=seconds,
        seed=seed,
        cpu=min(1, (os.cpu_count() or 1) - 1),
    )


def _bare(made: World, port: int) -> dict[str, str]:
    given = {
        "dsn": made.app_dsn,
        "role": f"{role_prefix()}pool",
        "table": f"serving.d_{made.stage.dataset_id}",
        "connections": 8,
        "port": port,
    }
    return {bare.VARIABLE: json.dumps(given)}


@contextlib.contextmanager
def world(rows: int, grants: int) -> Iterator[World]:
    """Yield a database of this run's own on the configured server; drop it afterwards."""
    config = load()
    if not config.database_url:
        postgres.ensure_running(config)
    roles.ensure(config)
    database = f"huitong_bench_{os.getpid()}"
    admin = postgres.admin_dsn(config)
    name = sql.Identifier(database)
    owner = sql.Identifier(roles.name("owner"))
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                name, owner
            )
        )
    try:
        with (
            _database(database),
            tempfile.TemporaryDirectory(prefix="huitong-bench-") as made,
        ):
            roles.ensure(config)
            dsns = {
                role: config.address(role).url.rsplit("/", 1)[0] + f"/{database}"
                for role in ("owner", "app")
            }
            with (
                psycopg.connect(dsns["owner"], autocommit=True) as by_owner,
                psycopg.connect(dsns["app"], autocommit=True) as by_app,
            ):
                stage = gateway_stage.build(by_owner, by_app, rows=rows, grants=grants)
            yield World(config, database, stage, Path(made), dsns["app"], dsns["owner"])
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


@contextlib.contextmanager
def _database(name: str) -> Iterator[None]:
    """Make the configuration name another database for a while."""
    before = os.environ.get("HUITONG_DATABASE")
    os.environ["HUITONG_DATABASE"] = name
    try:
        yield
    finally:
        os.environ.pop("HUITONG_DATABASE")
        if before is not None:
            os.environ["HUITONG_DATABASE"] = before


@contextlib.contextmanager
def process(
    module: str, environment: dict[str, str], *, cpu: int = -1, log: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Yield a Python module running in a process group of its own; end the group afterwards."""
    started = start(module, environment, cpu=cpu, log=log)
    try:
        yield started
    finally:
        end(started)


def start(
    module: str, environment: dict[str, str], *, cpu: int = -1, log: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start a Python module in a process group of its own, on one processor if `cpu` says so."""
    before = os.sched_getaffinity(0)
    output: Any = log.open("ab") if log else subprocess.DEVNULL
    try:
        if cpu >= 0:
            os.sched_setaffinity(0, {cpu})  # what is started inherits it
        return subprocess.Popen(
            [sys.executable, "-m", module],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    finally:
        os.sched_setaffinity(0, before)
        if log:
            output.close()


def end(started: subprocess.Popen[bytes]) -> None:
    """Tell a group to end, and kill what does not."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(started.pid, signal.SIGTERM)
    try:
        started.wait(15)
    except subprocess.TimeoutExpired:
        kill(started)


def kill(started: subprocess.Popen[bytes]) -> None:
    """Kill a group at once, as a crash would."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(started.pid, signal.SIGKILL)
    started.wait(15)


def fire(orders: Orders) -> Findings:
    """Run the load generator to its end."""
    done = subprocess.run(
        [sys.executable, "-m", "huitong.operations.benches.http_load"],
        input=json.dumps(asdict(orders)).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    return Findings(**json.loads(done.stdout))


def wait_healthy(port: int) -> None:
    """Return when the gateway answers calls.

    Raises: TimeoutError.
    """
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer,
        ):
            if answer.status == 200:
                return
        time.sleep(0.05)
    raise TimeoutError(f"Nothing healthy on port {port} after {_START_SECONDS} s.")


def wait_open(port: int) -> None:
    """Return when the port takes connections.

    Raises: TimeoutError.
    """
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise TimeoutError(f"Nothing on port {port} after {_START_SECONDS} s.")


def free_port() -> int:
    """Return a port of the loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _pinned_server(config: Config) -> Iterator[None]:
    """Keep the embedded PostgreSQL on the server's processor; a server elsewhere stays as it is."""
    pid = None if config.database_url else postgres.running_pid(config)
    if pid is None:
        yield
        return
    before = os.sched_getaffinity(pid)
    try:
        os.sched_setaffinity(pid, {0})  # its new connections inherit it
        yield
    finally:
        os.sched_setaffinity(pid, before)


if __name__ == "__main__":
    json.dump(run(), sys.stdout, indent=1)

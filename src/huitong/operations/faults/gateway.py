"""`gateway`: server and shipper are killed under load, and every promise is counted.

The load writes down each answer it got (receipt and SHA-256 of the body) at once. At the end all of
them must stand in the database exactly once, with that digest, and the ledger's entries must vouch
for every record.
"""

import contextlib
import json
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from huitong.gateway import shipping
from huitong.gateway.settings import GatewaySettings
from huitong.operations.benches import gateway as bench
from huitong.operations.benches import gateway_stage
from huitong.operations.benches.http_load import Orders

_ROWS, _GRANTS = 10_000, 100
# Small segments, so that many kills meet a rotation.
_SEGMENT_BYTES = 256 * 1024
_SHORTEST, _LONGEST = 0.3, 1.5


def run(kills: int = 30, *, seed: int = 1, connections: int = 16) -> dict[str, object]:
    """Kill the server `kills` times and the shipper as often; return what was counted.

    `ok` is true when no answered call is missing, none has another digest, none stands twice, and
    records and entries agree. `extra` are notes whose answers were on their way when the server
    died: they are allowed, for a note goes first.
    """
    with bench.world(_ROWS, _GRANTS) as world:
        settings = gateway_stage.settings(
            world.config,
            world.database,
            world.folder,
            bench.free_port(),
            segment_bytes=_SEGMENT_BYTES,
        )
        log = world.folder / "answers.log"
        orders = Orders(
            port=settings.port,
            dataset=world.stage.dataset,
            token=world.stage.token,
            rows=_ROWS,
            connections=connections,
            seconds=3600,
            seed=seed,
            log=str(log),
        )
        killed = _loop(settings, orders, kills, random.Random(seed))  # noqa: S311 - when to kill
        with psycopg.connect(settings.shipper_dsn, autocommit=True) as connection:
            while shipping.ship_all(settings.spool_dir, connection, _now()):
                pass
        with psycopg.connect(world.owner_dsn, autocommit=True) as owner:
            return killed | count(log, owner, settings.spool_dir)


def count(log: Path, owner: psycopg.Connection[Any], spool: Path) -> dict[str, object]:
    """Compare what was answered with what the database holds."""
    answers: Counter[str] = Counter()
    digests: dict[str, str] = {}
    for line in log.read_text("ascii").splitlines():
        receipt, _, digest = line.partition(" ")
        if len(digest) == 64:  # a last line may be cut off with the load itself
            answers[receipt] += 1
            digests[receipt] = digest
    stands: Counter[str] = Counter()
    wrong = extra = 0
    with owner.transaction(), owner.cursor(name="uses") as cursor:
        cursor.execute(
            "SELECT segment || '.' || position, encode(body_digest, 'hex') FROM gateway.use "
            "WHERE outcome = 'answered'"
        )
        for receipt, digest in cursor:
            stands[receipt] += 1
            if receipt not in digests:
                extra += 1
            elif digests[receipt] != digest:
                wrong += 1
    missing = sum(receipt not in stands for receipt in digests)
    double = sum(times > 1 for times in (*stands.values(), *answers.values()))
    noted, vouched, by_day = _one(
        owner,
        "SELECT (SELECT count(*) FROM gateway.use), "
        "(SELECT coalesce(sum((facts ->> 'use_count')::bigint), 0) FROM ledger_entry "
        "WHERE kind = 'gateway.uses'), (SELECT coalesce(sum(calls), 0) FROM gateway.use_day)",
    )
    left = len(list(spool.glob("*.spool"))) + len(list(spool.glob("*.damaged")))
    ok = not (missing or wrong or double or left) and noted == vouched == by_day and answers
    return {
        "ok": bool(ok),
        "answered": len(answers),
        "noted": noted,
        "missing": missing,
        "wrong_digest": wrong,
        "double": double,
        "extra": extra,
        "in_ledger": int(vouched),
        "by_day": int(by_day),
        "segments_left": left,
    }


def _loop(
    settings: GatewaySettings, orders: Orders, kills: int, moments: random.Random
) -> dict[str, object]:
    """Keep the load up while both processes are killed and started again."""
    environment = settings.environment()
    processes = {
        module: bench.start(module, environment)
        for module in ("huitong.gateway.serve", "huitong.gateway.shipping")
    }
    killed = dict.fromkeys(processes, 0)
    bench.wait_healthy(settings.port)
    load = subprocess.Popen(
        [sys.executable, "-m", "huitong.operations.benches.http_load"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    try:
        if load.stdin is None:
            raise RuntimeError("The load has no standard input.")
        load.stdin.write(json.dumps(asdict(orders)).encode())
        load.stdin.close()
        while min(killed.values()) < kills:
            time.sleep(moments.uniform(_SHORTEST, _LONGEST))
            module = min(killed, key=lambda name: (killed[name], moments.random()))
            bench.kill(processes[module])
            killed[module] += 1
            processes[module] = bench.start(module, environment)
            if module == "huitong.gateway.serve":
                bench.wait_healthy(settings.port)
    finally:
        load.kill()
        load.wait()
        for process in processes.values():
            bench.end(process)
    return {
        "server_kills": killed["huitong.gateway.serve"],
        "shipper_kills": killed["huitong.gateway.shipping"],
    }


def _one(owner: psycopg.Connection[Any], query: str) -> tuple[Any, ...]:
    row = owner.execute(query).fetchone()
    if row is None:
        raise LookupError("The statement returned nothing.")
    return tuple(row)


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - this is the edge


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        json.dump(run(*(int(given) for given in sys.argv[1:2])), sys.stdout, indent=1)

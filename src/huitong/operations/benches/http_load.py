"""A load generator for one server: raw HTTP/1.1 over kept connections, closed loop, random keys.

A process of its own, so that it can have a processor of its own:
`python -m huitong.operations.benches.http_load`, its orders as JSON on standard input, its findings
as JSON on standard output. With `log`, each answered call is written there at once as one line
(`receipt SHA-256-of-the-body`), which is what the fault loops count.
"""

import asyncio
import hashlib
import json
import os
import random
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, cast

import uvloop

from huitong.operations.benches.gateway_stage import key_of


@dataclass(frozen=True)
class Orders:
    """`rows` bounds the keys; `cpu` is a processor number or -1; `log` a path or empty."""

    port: int
    dataset: str
    token: str
    rows: int
    connections: int
    seconds: float
    seed: int
    cpu: int = -1
    log: str = ""


@dataclass(frozen=True)
class Findings:
    """What was measured; `p50` and `p99` are milliseconds.

    `refused` counts answers other than 200, `lost` calls whose connection broke.
    """

    answered: int
    refused: int
    lost: int
    seconds: float
    p50: float
    p99: float


class Connection(asyncio.Protocol):
    """Sends a call, waits for its answer, sends the next."""

    def __init__(self, load: "Load") -> None:
        self._load = load
        self._transport: asyncio.Transport | None = None
        self._data = b""
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        self._next()

    def data_received(self, data: bytes) -> None:
        """Take an answer, whole or in parts."""
        self._data += data
        head = self._data.find(b"\r\n\r\n")
        if head < 0:
            return
        start = self._data.find(b"content-length: ", 0, head) + 16
        end = head + 4 + int(self._data[start : self._data.index(b"\r\n", start)])
        if len(self._data) < end:
            return
        took = time.perf_counter() - self._sent
        self._load.took(took, self._data[: head + 2], self._data[head + 4 : end])
        self._data = self._data[end:]
        self._next()

    def connection_lost(self, _reason: Exception | None) -> None:
        """Tell the load, which makes a new one."""
        self._load.lost_connection(self._transport is not None and self._sent > 0)

    def _next(self) -> None:
        if self._transport is None:
            return
        if self._load.over:
            self._sent = 0.0
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(self._load.request())


class Load:
    """All connections and what they found."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._random = random.Random(orders.seed)  # noqa: S311 - keys to ask for, no secret
        self._times: list[float] = []
        self._refused = 0
        self._lost = 0
        self._log: IO[bytes] | None = None
        self._keys = [key_of(self._random.randrange(orders.rows)) for _ in range(20_000)]
        self._turn = 0
        self._parts = (
            f"GET /v1/datasets/{orders.dataset}/records?key=".encode(),
            f" HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {orders.token}\r\n\r\n".encode(),
        )
        self._texts = [key.encode() for key in self._keys]
        self.over = False

    def request(self) -> bytes:
        """Return the next call."""
        self._turn += 1
        return self._texts[self._turn % len(self._texts)].join(self._parts)

    def took(self, seconds: float, head: bytes, body: bytes) -> None:
        """Count an answer."""
        if not head.startswith(b"HTTP/1.1 200"):
            self._refused += 1
            return
        self._times.append(seconds)
        if self._log is not None:
            start = head.index(b"huitong-receipt: ") + 17
            receipt = head[start : head.index(b"\r\n", start)]
            digest = hashlib.sha256(body).hexdigest().encode()
            self._log.write(receipt + b" " + digest + b"\n")

    def lost_connection(self, waiting: bool) -> None:  # noqa: FBT001
        """Count a call that was on its way."""
        self._lost += waiting and not self.over

    async def run(self) -> Findings:
        """Keep the connections busy until the time is over."""
        orders = self._orders
        if orders.log:
            self._log = Path(orders.log).open("wb", buffering=0)  # noqa: ASYNC230, SIM115
        loop = asyncio.get_running_loop()
        began = time.perf_counter()
        tasks = [loop.create_task(self._keep()) for _ in range(orders.connections)]
        await asyncio.sleep(orders.seconds)
        self.over = True
        took = time.perf_counter() - began
        await asyncio.wait(tasks, timeout=10)
        if self._log is not None:
            self._log.close()
        times = sorted(self._times)
        count = len(times)
        return Findings(
            answered=count,
            refused=self._refused,
            lost=self._lost,
            seconds=took,
            p50=1000 * times[count // 2] if count else 0.0,
            p99=1000 * times[count * 99 // 100] if count else 0.0,
        )

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        while not self.over:
            try:
                transport, _ = await loop.create_connection(
                    lambda: Connection(self), "127.0.0.1", self._orders.port
                )
            except OSError:
                await asyncio.sleep(0.02)
                continue
            while not transport.is_closing():  # noqa: ASYNC110 - coarse is enough here
                await asyncio.sleep(0.02)


def main() -> None:
    """Do as ordered."""
    orders = Orders(**json.load(sys.stdin))
    if orders.cpu >= 0:
        os.sched_setaffinity(0, {orders.cpu})
    found = uvloop.run(Load(orders).run())
    json.dump(asdict(found), sys.stdout)


if __name__ == "__main__":
    main()

"""The parts of one installation as processes: started, watched, started again, stopped by pid."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import structlog

from huitong.config import Config
from huitong.errors import HuitongError
from huitong.gateway.settings import GatewaySettings
from huitong.operations import postgres

SOURCE = Path(__file__).resolve().parents[2]
log = structlog.get_logger("huitong.processes")

_STOP_SECONDS = 15.0
_WATCH_SECONDS = 0.25
_MAX_BACKOFF_SECONDS = 30.0


class NotReadyError(HuitongError):
    """A part did not answer in time after its start."""

    code = "not_ready"


@dataclass
class Part:
    """One process: how to start it and how to see that it works."""

    name: str
    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    health_url: str | None = None
    process: "subprocess.Popen[bytes] | None" = None
    failures: int = 0
    start_after: float = 0.0


def ports(config: Config) -> dict[str, int]:
    """Return the ports this home's web and gateway listen on; chosen once, kept in `run/`."""
    path = config.home / "run" / "ports.json"
    kept: dict[str, int] = {}
    if path.exists():
        kept = {str(k): int(v) for k, v in json.loads(path.read_text("utf-8")).items()}
    wanted = {"web": config.web_port, "gateway": config.gateway_port}
    chosen = {
        name: port if running_pid(config) and name in kept else _free(kept.get(name, port), port)
        for name, port in wanted.items()
    }
    if running_pid(config):
        chosen |= kept
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(chosen), "utf-8")
    return chosen


def _free(*candidates: int) -> int:
    for candidate in (*candidates, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise NotReadyError("No free port on the loopback address.")


def parts(config: Config) -> list[Part]:
    """Return the parts of an installation on one machine, in the order they start."""
    chosen = ports(config)
    python = sys.executable
    web, gateway = chosen["web"], chosen["gateway"]
    django = {"DJANGO_SETTINGS_MODULE": "huitong.settings"}
    return [
        Part("shipper", [python, "-m", "huitong.gateway.shipping"], gateway_environment(config)),
        Part(
            "gateway",
            [python, "-m", "huitong.gateway.serve"],
            gateway_environment(config, gateway),
            f"http://127.0.0.1:{gateway}/healthz",
        ),
        Part(
            "web",
            [
                *(python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"),
                *("--port", str(web), "--workers", "1", "--blocking-threads", "4"),
                *("--no-access-log", "--log-level", "warning", "huitong.web.wsgi:application"),
            ],
            django,
            f"http://127.0.0.1:{web}/healthz",
        ),
        Part("worker", [python, "-m", "django", "procrastinate", "worker"], django),
    ]


def gateway_environment(config: Config, port: int = 0) -> dict[str, str]:
    """Return what the gateway's processes are told; they read no secrets file themselves."""
    settings = GatewaySettings(
        gateway_dsn=config.address("gateway").url,
        grants_dsn=config.address("grants").url,
        shipper_dsn=config.address("shipper").url,
        spool_dir=config.spool_dir,
        key_file=config.keys_dir / "gateway.hmac",
        port=port or config.gateway_port,
    )
    return settings.environment()


class Supervisor:
    """Keeps PostgreSQL and the parts running until it is told to stop."""

    def __init__(self, config: Config, chosen: list[Part]) -> None:
        self.config = config
        self.parts = chosen
        self.stopping = threading.Event()

    def run(self) -> None:
        """Start all, watch all, and stop all at SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        pid_file = _pid_file(self.config)
        pid_file.parent.mkdir(parents=True, exist_ok=True)
        pid_file.write_text(str(os.getpid()), "ascii")
        try:
            while not self.stopping.wait(_WATCH_SECONDS):
                self.look()
        finally:
            self.stop()
            pid_file.unlink(missing_ok=True)

    def look(self) -> None:
        """Start what is not running; wait longer after each failure."""
        if not self.config.database_url and postgres.running_pid(self.config) is None:
            log.warning("starting", part="postgresql")
            postgres.ensure_running(self.config)
        now = time.monotonic()
        for part in self.parts:
            if part.process is not None and part.process.poll() is not None:
                part.failures += 1
                wait = min(0.25 * 2**part.failures, _MAX_BACKOFF_SECONDS)
                part.start_after = now + wait
                log.warning("ended", part=part.name, code=part.process.returncode, again_in=wait)
                part.process = None
            if part.process is None and now >= part.start_after:
                self._start(part)

    def _start(self, part: Part) -> None:
        folder = self.config.home / "log"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{part.name}.log").open("ab") as output:
            part.process = subprocess.Popen(
                part.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **_python_path(), **part.environment},
            )
        log.info("started", part=part.name, pid=part.process.pid)

    def stop(self) -> None:
        """Ask every part to end, the last started first; kill what does not."""
        for part in reversed(self.parts):
            if part.process is not None and part.process.poll() is None:
                part.process.terminate()
        deadline = time.monotonic() + _STOP_SECONDS
        for part in reversed(self.parts):
            if part.process is None:
                continue
            try:
                part.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("killed", part=part.name, pid=part.process.pid)
                part.process.kill()
                part.process.wait()


def _python_path() -> dict[str, str]:
    source = str(SOURCE)
    rest = [x for x in os.environ.get("PYTHONPATH", "").split(os.pathsep) if x and x != source]
    return {
        "PYTHONPATH": os.pathsep.join([source, *rest]),
        "DJANGO_SETTINGS_MODULE": "huitong.settings",
    }


def _pid_file(config: Config) -> Path:
    return config.home / "run" / "huitong.pid"


def running_pid(config: Config) -> int | None:
    """Return the pid of this home's supervisor, or None."""
    try:
        pid = int(_pid_file(config).read_text("ascii"))
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return None
    return pid if b"huitong" in command else None


def start_in_background(config: Config) -> None:
    """Start the supervisor as a process of its own and wait until every part answers.

    Raises: NotReadyError, naming the part and its log.
    """
    if running_pid(config) is None:
        ports(config)
        folder = config.home / "log"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "supervisor.log").open("ab") as output:
            subprocess.Popen(
                [sys.executable, "-m", "huitong.operations.cli", "up", "--no-prepare"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **_python_path()},
                start_new_session=True,
            )
    wait_ready(config)


def wait_ready(config: Config, seconds: float = 60.0) -> None:
    """Return when web and gateway answer.

    Raises: NotReadyError.
    """
    kept = json.loads((config.home / "run" / "ports.json").read_text("utf-8"))
    deadline = time.monotonic() + seconds
    for name in ("gateway", "web"):
        url = f"http://127.0.0.1:{kept[name]}/healthz"
        while not _answers(url):
            if time.monotonic() > deadline:
                folder = config.home / "log"
                raise NotReadyError(
                    f"{name} did not answer at {url} within {seconds:.0f} s: "
                    f"see {folder}/{name}.log.",
                    zh=f"{name} 在 {seconds:.0f} 秒内没有响应：请查看 {folder}/{name}.log。",
                )
            threading.Event().wait(0.05)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2.0, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def stop(config: Config) -> bool:
    """Stop this home's supervisor and wait for its end; return whether one was running."""
    pid = running_pid(config)
    if pid is None:
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS + 5
    while running_pid(config) is not None and Path(f"/proc/{pid}").exists():
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            break
        threading.Event().wait(0.05)
    return True

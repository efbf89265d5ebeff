"""`huitong doctor`: looks at an installation and says what to do about what is wrong."""

import importlib.util
import os
import platform
import shutil
import stat
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass

import psycopg

from huitong.config import ROLES, Config
from huitong.errors import HuitongError
from huitong.operations import postgres, processes

_LOW_DISK_BYTES = 5 * 1024**3


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str
    mend: str = ""

    def as_dict(self) -> dict[str, object]:
        """Return the finding for `--json`."""
        return asdict(self)


def examine(config: Config) -> list[Finding]:
    """Look at everything; one fault does not hide the next."""
    looks: list[Callable[[Config], Finding]] = [
        _python,
        _home,
        _secrets,
        _disk,
        _font,
        _database,
        _roles,
        _regulations,
        _parts,
    ]
    findings = []
    for look in looks:
        try:
            findings.append(look(config))
        except (HuitongError, OSError, psycopg.Error) as error:
            name = look.__name__.lstrip("_")
            findings.append(Finding(name, ok=False, detail=str(error).splitlines()[0]))
    return findings


def _python(_config: Config) -> Finding:
    ok = sys.version_info >= (3, 11)
    return Finding(
        "python", ok, platform.python_version(), "" if ok else "use Python 3.11 or newer"
    )


def _home(config: Config) -> Finding:
    writable = config.home.is_dir() and os.access(config.home, os.W_OK)
    mend = (
        "" if writable else "run `huitong migrate`, or set HUITONG_HOME to a folder you may write"
    )
    return Finding("home", writable, str(config.home), mend)


def _secrets(config: Config) -> Finding:
    mode = stat.S_IMODE(config.secrets_path.stat().st_mode)
    ok = mode & 0o077 == 0
    return Finding(
        "secrets", ok, f"mode {mode:04o}", "" if ok else f"chmod 600 {config.secrets_path}"
    )


def _disk(config: Config) -> Finding:
    free = shutil.disk_usage(config.home).free
    ok = free >= _LOW_DISK_BYTES
    return Finding(
        "disk", ok, f"{free / 1024**3:.1f} GiB free", "" if ok else "free at least 5 GiB"
    )


def _font(_config: Config) -> Finding:
    ok = importlib.util.find_spec("cvttf_NotoSansCJK_Regular") is not None
    mend = "" if ok else "run ./run setup: without a Chinese font every form shows boxes"
    return Finding("font", ok, "Noto Sans CJK" if ok else "no Chinese font for forms", mend)


def _database(config: Config) -> Finding:
    kind = "external" if config.database_url else "embedded"
    with psycopg.connect(config.address("app").url, connect_timeout=5) as connection:
        version = connection.info.server_version
    ok = version >= 150000
    detail = f"{kind}, PostgreSQL {version // 10000}.{version % 10000}"
    return Finding("database", ok, detail, "" if ok else "use PostgreSQL 15 or newer")


def _roles(config: Config) -> Finding:
    """See that no part can do more than its duty: the ledger takes inserts only."""
    for role in ROLES:
        with psycopg.connect(config.address(role).url, connect_timeout=5) as connection:
            connection.execute("SELECT 1")
    too_much = []
    with psycopg.connect(config.address("app").url, connect_timeout=5) as connection:
        for right in ("UPDATE", "DELETE", "TRUNCATE"):
            row = connection.execute(
                "SELECT has_table_privilege(current_user, 'ledger_entry', %s)", (right,)
            ).fetchone()
            if row and row[0]:
                too_much.append(right)
    detail = f"{len(ROLES)} roles log in" + (f"; app may {too_much} the ledger" if too_much else "")
    return Finding("roles", not too_much, detail, "run `huitong migrate`" if too_much else "")


def _regulations(_config: Config) -> Finding:
    from huitong.regulations import checking, profiles  # noqa: PLC0415

    faults = [fault for name in profiles.all_ids() for fault in checking.check(name)]
    detail = f"{len(profiles.all_ids())} loaded" if not faults else str(faults[0])
    return Finding("regulations", not faults, detail, "huitong law check PROFILE" if faults else "")


def _parts(config: Config) -> Finding:
    pid = processes.running_pid(config)
    database = "" if config.database_url else f", database pid {postgres.running_pid(config)}"
    detail = f"supervisor pid {pid}{database}" if pid else f"not running{database}"
    return Finding("parts", ok=True, detail=detail, mend="" if pid else "`huitong up` starts them")

"""What every command needs first: a home, a running database, tables of this version."""

import hashlib
import os
import sys
from pathlib import Path

import django

from huitong.config import Config, found_secrets, load
from huitong.operations import postgres

_PACKAGE = Path(__file__).resolve().parents[1]


def prepare(*, migrate: bool = True) -> Config:
    """Start the embedded database if needed, bring its tables up to date, set Django up.

    Raises: DatabaseUnavailableError.
    """
    config = load()
    found_secrets(config)
    if config.database_url:
        postgres.wait_ready(postgres.admin_dsn(config))
    else:
        server = postgres.ensure_running(config)
        if server.started_now:
            sys.stderr.write(
                f"huitong: started the embedded database (pid {server.pid}); "
                "`huitong stop` stops it\n"
            )
    if migrate:
        _migrate_once(config)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huitong.settings")
    django.setup()
    return config


def _migrate_once(config: Config) -> None:
    """Migrate unless this home was migrated by exactly these files before."""
    marker = config.home / "run" / f"migrated-{config.database_name()}"
    wanted = _fingerprint()
    if marker.exists() and marker.read_text("ascii") == wanted:
        return
    from huitong.operations.migrate import migrate as run  # noqa: PLC0415

    run(config)
    marker.parent.mkdir(parents=True, exist_ok=True)
    marker.write_text(wanted, "ascii")


def _fingerprint() -> str:
    digest = hashlib.sha256()
    paths = sorted([*_PACKAGE.glob("*/migrations/*.py"), *_PACKAGE.glob("gateway/sql/*.sql")])
    for path in paths:
        digest.update(path.relative_to(_PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def forget_migrations(config: Config) -> None:
    """Make the next `prepare` migrate again (after the database was dropped)."""
    (config.home / "run" / f"migrated-{config.database_name()}").unlink(missing_ok=True)

"""A demonstration home: marked, so that open passwords and short cuts work nowhere else."""

import shutil

import psycopg
from psycopg import sql

from huitong.config import Config
from huitong.errors import HuitongError
from huitong.operations import postgres
from huitong.operations.demonstration import cast

_MARK = "demonstration"
_FILES = (
    *("warehouse", "bytes", "incoming", "work", "forms", "receipts"),
    *("keys", "checkpoints", "spool", "run", "log"),
)


class NotDemonstrationError(HuitongError):
    """A short cut of the demonstration was asked for on a real home, or the other way round."""

    code = "not_demonstration"


def is_demonstration(config: Config) -> bool:
    """Return whether this home was made by `huitong demo`."""
    return (config.home / _MARK).exists()


def mark(config: Config) -> None:
    """Mark the home; from now on the demonstration may make it anew at any time."""
    config.home.mkdir(parents=True, exist_ok=True)
    (config.home / _MARK).write_text(
        "made by `huitong demo`; everything here is invented\n", "utf-8"
    )


def require_demonstration(config: Config) -> None:
    """Raise NotDemonstrationError on a real home."""
    if not is_demonstration(config):
        raise NotDemonstrationError(
            f"--publish lets the demonstration's officers review; {config.home} is not a "
            "demonstration home. Submit the dataset and have the authority review it on the pages.",
            zh=f"--publish 由演示人员代为审核，而 {config.home} 不是演示环境："
            "请提交后由主管部门在页面上审核。",
        )


def default_officer(config: Config, department: str | None) -> str | None:
    """Return who acts when the command does not say: on a demonstration home the right officer."""
    if not is_demonstration(config):
        return None
    return cast.officer_of(department or "HLJ-JY")


def empty(config: Config) -> None:
    """Drop the demonstration's database and files; keys and passwords are made anew with them."""
    require_demonstration(config)
    if config.database_url:
        _drop_database(config)
    else:
        postgres.stop(config, mode="immediate")
        shutil.rmtree(config.postgres_dir / "data", ignore_errors=True)
    for name in _FILES:
        shutil.rmtree(config.home / name, ignore_errors=True)


def _drop_database(config: Config) -> None:
    name = sql.Identifier(config.database_name())
    with psycopg.connect(postgres.admin_dsn(config), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

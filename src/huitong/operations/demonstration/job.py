"""The main job from the law to the proof, each step through the code that pages and API use."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from huitong.config import Config, load
from huitong.operations import postgres, preparing, processes
from huitong.operations.demonstration import cast, homes
from huitong.operations.demonstration.stage import Stage

err = Console(stderr=True)


def play(*, once: bool, data: str | None, people: int, quiet: bool) -> dict[str, Any]:
    """Play everything; return `{"ok", "steps"}`. Leaves the parts running unless `once`.

    Raises: NotDemonstrationError, when the home holds anything but a demonstration.
    """
    folder = _real_files(data)
    config = _fresh_home()
    stage = Stage()
    # Rooms can be imported only after Django was set up for the new database.
    from huitong.operations.demonstration.script import Script  # noqa: PLC0415

    try:
        with tempfile.TemporaryDirectory(prefix="huitong-demo-") as made:
            script = Script(stage, config, Path(made), folder, people)
            with _running(config):
                script.run()
        outcome = stage.outcome()
        if not once and stage.ok:
            script.sharing.leave_one_to_decide()
            if not quiet:
                _say_where(config)
    finally:
        if once or not stage.ok:
            _close_connections()
            processes.stop(config)
            if not config.database_url:
                postgres.stop(config)
    return outcome


def _real_files(data: str | None) -> Path | None:
    if data is None:
        return None
    folder = Path(data)
    if not folder.is_dir():
        raise homes.NotDemonstrationError(
            f"{folder} is not a folder: give the one with the real files to --data.",
            zh=f"{folder} 不是目录：--data 后请填真实文件所在目录。",
        )
    return folder


def _fresh_home() -> Config:
    """Empty the demonstration home and set Django up; a real home is never touched."""
    config = load()
    if not homes.is_demonstration(config) and (config.home / "secrets.json").exists():
        raise homes.NotDemonstrationError(
            f"{config.home} holds an installation that is not a demonstration: set HUITONG_HOME to "
            "an empty folder.",
            zh=f"{config.home} 中已有非演示数据：请把 HUITONG_HOME 设为空目录。",
        )
    processes.stop(config)
    homes.mark(config)
    homes.empty(config)
    return preparing.prepare()


@contextlib.contextmanager
def _running(config: Config) -> Iterator[None]:
    """Have web, gateway, shipper and worker run while the job is played."""
    processes.start_in_background(config)
    yield


def _close_connections() -> None:
    from django.db import connections  # noqa: PLC0415

    connections.close_all()


def _say_where(config: Config) -> None:
    chosen = processes.ports(config)
    err.print()
    err.print(f"工作台 workbench  http://127.0.0.1:{chosen['web']}/w/", highlight=False)
    err.print(f"开放门户 portal   http://127.0.0.1:{chosen['web']}/", highlight=False)
    err.print(f"网关 gateway      http://127.0.0.1:{chosen['gateway']}/", highlight=False)
    table = Table("用户名 username", "姓名 name", "部门 department", "职务 post")
    names = {code: name for code, name, *_ in cast.DEPARTMENTS}
    for account in cast.accounts():
        table.add_row(account.username, account.name, names[account.department], account.duty_zh)
    err.print(table)
    err.print(f"密码 password: {cast.PASSWORD}    停止 stop: ./run stop", highlight=False)

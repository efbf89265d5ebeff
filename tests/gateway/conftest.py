"""Sites: one running gateway for most tests, own ones for tests that stop or configure it."""

import contextlib
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from gateway.sites import Databases, Eventually, MakeSite, Site
from huitong import config as huitong_config
from huitong.gateway.settings import GatewaySettings
from huitong.operations import postgres, roles
from huitong.operations.benches import gateway as bench
from huitong.operations.benches import gateway_stage
from huitong.operations.benches.gateway_stage import Stage


@pytest.fixture
def site(fresh_database: Databases, tmp_path: Path) -> Iterator[Site]:
    """A stage with 1,000 rows and 10 grants; nothing runs yet."""
    with (
        psycopg.connect(fresh_database.owner_dsn, autocommit=True) as owner,
        psycopg.connect(fresh_database.app_dsn, autocommit=True) as app,
    ):
        stage = gateway_stage.build(owner, app, rows=1000, grants=10)
        settings = gateway_stage.settings(
            fresh_database.config,
            fresh_database.name,
            tmp_path,
            bench.free_port(),
            connections=2,
            segment_bytes=1024 * 1024,
        )
        made = Site(fresh_database, stage, settings, owner, app, tmp_path)
        try:
            yield made
        finally:
            for process in made.started:
                bench.end(process)


@pytest.fixture
def make_site(tmp_path: Path) -> Iterator[MakeSite]:
    """Make sites on servers of the test's own, to which it holds no connection."""
    made: list[Site] = []

    def make(stage: Stage, settings: GatewaySettings) -> Site:
        # The connections of a site are for tests whose server stays up.
        site = Site(None, stage, settings, None, None, tmp_path)  # type: ignore[arg-type]
        made.append(site)
        return site

    yield make
    for site in made:
        for process in site.started:
            bench.end(process)


@pytest.fixture(scope="session")
def running(
    template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Site]]:
    """One gateway for tests that neither stop nor configure it; each has its own stage."""
    config = huitong_config.load()
    name = f"huitong_test_gateway_{uuid.uuid4().hex[:8]}"
    folder = tmp_path_factory.mktemp("gateway")
    with psycopg.connect(postgres.admin_dsn(config), autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(7001)")
        admin.execute(
            f"CREATE DATABASE {name} TEMPLATE {template_database} OWNER {roles.name('owner')}"
        )
        for role in huitong_config.ROLES:
            admin.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {name} TO {roles.name(role)}")

    def dsn(role: str) -> str:
        return config.address(role).url.rsplit("/", 1)[0] + f"/{name}"

    settings = gateway_stage.settings(
        config, name, folder, bench.free_port(), connections=2, segment_bytes=1024 * 1024
    )
    process = bench.start("huitong.gateway.serve", settings.environment(), log=folder / "serve.log")
    try:
        with (
            psycopg.connect(dsn("owner"), autocommit=True) as owner,
            psycopg.connect(dsn("app"), autocommit=True) as app,
        ):
            bench.wait_healthy(settings.port)

            def make(code: str) -> Site:
                stage = gateway_stage.build(owner, app, rows=1000, grants=10, dataset=code)
                return Site(None, stage, settings, owner, app, folder)

            yield make
    finally:
        bench.end(process)
        with psycopg.connect(postgres.admin_dsn(config), autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def gateway(running: Callable[[str], Site]) -> Site:
    """A dataset, ten grants, a client and a token of the test's own behind a running gateway."""
    return running(f"T{uuid.uuid4().hex[:8]}".upper())


@pytest.fixture
def eventually() -> Eventually:
    """Wait until something holds; fail with its last reason after some seconds."""

    def wait(check: Callable[[], object], seconds: float = 10.0) -> None:
        deadline = time.monotonic() + seconds
        while True:
            with contextlib.suppress(AssertionError, OSError, psycopg.Error):
                if check() is not False:
                    return
            if time.monotonic() > deadline:
                assert check() is not False
                return
            time.sleep(0.02)

    return wait

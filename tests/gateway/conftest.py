"""A gateway on a database of its own: its stage, its processes, and calls over HTTP."""

import contextlib
import hashlib
import http.client
import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from huitong.gateway.settings import GatewaySettings
from huitong.operations.benches import gateway as bench
from huitong.operations.benches import gateway_stage
from huitong.operations.benches.gateway_stage import Stage, key_of


@dataclass(frozen=True)
class Reply:
    """An answer as a consumer sees it."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def receipt(self) -> str:
        return self.headers["huitong-receipt"]

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


@dataclass
class Site:
    """A database with a stage, and where its gateway listens."""

    databases: Any
    stage: Stage
    settings: GatewaySettings
    owner: psycopg.Connection[Any]
    app: psycopg.Connection[Any]
    folder: Path
    started: list[Any] = field(default_factory=list)

    @property
    def port(self) -> int:
        return self.settings.port

    def serve(self, **settings: Any) -> Any:
        self.settings = replace(self.settings, **settings)
        process = bench.start(
            "huitong.gateway.serve", self.settings.environment(), log=self.folder / "serve.log"
        )
        self.started.append(process)
        bench.wait_healthy(self.port)
        return process

    def ship_once(self) -> int:
        from datetime import UTC, datetime

        from huitong.gateway import shipping

        with psycopg.connect(self.settings.shipper_dsn, autocommit=True) as connection:
            return shipping.ship_all(
                self.settings.spool_dir, connection, datetime(2026, 11, 21, 8, tzinfo=UTC)
            )

    def call(
        self,
        target: str,
        *,
        token: str | None = None,
        method: str = "GET",
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            bearer = self.stage.token if token is None else token
            sent = {"authorization": f"Bearer {bearer}"} if bearer else {}
            sent |= headers or {}
            connection.request(method, target, body=body, headers=sent)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, found, answer.read())
        finally:
            connection.close()

    def look_up(self, number: int = 7, **given: Any) -> Reply:
        return self.call(f"{self.path}?key={key_of(number)}", **given)

    @property
    def path(self) -> str:
        return f"/v1/datasets/{quote(self.stage.dataset)}/records"

    @property
    def client_id(self) -> int:
        return int(
            self.owner.execute(
                "SELECT id FROM sharing_client WHERE client_id = %s", (self.stage.client,)
            ).fetchone()[0]
        )

    def uses(self, where: str = "") -> list[dict[str, Any]]:
        """Ship, and return this stage's uses (or those of another condition)."""
        self.ship_once()
        where = where or f"client_id = {self.client_id}"
        with self.owner.cursor(row_factory=psycopg.rows.dict_row) as cursor:
            return cursor.execute(
                f"SELECT * FROM gateway.use_record WHERE {where} ORDER BY segment, position"
            ).fetchall()

    def revoke(self, grant_id: int | None = None) -> None:
        self.owner.execute(
            "UPDATE sharing_grant SET revoked_at = now() WHERE id = %s",
            (grant_id or self.stage.grant_id,),
        )


@pytest.fixture
def site(fresh_database: Any, tmp_path: Path) -> Iterator[Site]:
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


@pytest.fixture(scope="session")
def running(
    template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Site]]:
    """One gateway for all tests that neither stop nor configure it; each gets a stage of its own."""
    from huitong import config as huitong_config
    from huitong.operations import postgres, roles

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
    process = bench.start(
        "huitong.gateway.serve", settings.environment(), log=folder / "serve.log"
    )
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
def eventually() -> Callable[..., None]:
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

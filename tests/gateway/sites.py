"""A gateway on a database of its own: its stage, its processes, and calls over HTTP."""

import hashlib
import http.client
import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeAlias
from urllib.parse import quote

import psycopg

from huitong.gateway import shipping
from huitong.gateway.settings import GatewaySettings
from huitong.operations.benches import gateway as bench
from huitong.operations.benches.gateway_stage import Stage, key_of

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)


class Databases(Protocol):
    """What the fixture `fresh_database` yields."""

    name: str
    config: Any
    owner_dsn: str
    app_dsn: str
    gateway_dsn: str
    grants_dsn: str
    shipper_dsn: str
    admin_dsn: str


class Eventually(Protocol):
    """What the fixture `eventually` yields."""

    def __call__(self, check: Callable[[], object], seconds: float = 10.0) -> None: ...


@dataclass(frozen=True)
class Reply:
    """An answer as a consumer sees it."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON
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

    databases: Databases | None
    stage: Stage
    settings: GatewaySettings
    owner: psycopg.Connection[Any]
    app: psycopg.Connection[Any]
    folder: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def port(self) -> int:
        return self.settings.port

    def serve(self, **settings: Any) -> subprocess.Popen[bytes]:  # noqa: ANN401
        self.settings = replace(self.settings, **settings)
        process = bench.start(
            "huitong.gateway.serve", self.settings.environment(), log=self.folder / "serve.log"
        )
        self.started.append(process)
        bench.wait_healthy(self.port)
        return process

    def ship_once(self) -> int:
        with psycopg.connect(self.settings.shipper_dsn, autocommit=True) as connection:
            return shipping.ship_all(self.settings.spool_dir, connection, AT)

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

    def look_up(self, number: int = 7, *, token: str | None = None) -> Reply:
        return self.call(f"{self.path}?key={key_of(number)}", token=token)

    @property
    def path(self) -> str:
        return f"/v1/datasets/{quote(self.stage.dataset)}/records"

    @property
    def client_id(self) -> int:
        query = "SELECT id FROM sharing_client WHERE client_id = %s"
        return int(one(self.owner, query, (self.stage.client,))[0])

    def uses(self, where: str = "") -> list[dict[str, Any]]:
        """Ship, and return this stage's uses (or those of another condition)."""
        self.ship_once()
        where = where or f"client_id = {self.client_id}"
        with self.owner.cursor(row_factory=psycopg.rows.dict_row) as cursor:
            return cursor.execute(
                f"SELECT * FROM gateway.use_record WHERE {where} ORDER BY segment, position"  # noqa: S608
            ).fetchall()

    def revoke(self, grant_id: int | None = None) -> None:
        self.owner.execute(
            "UPDATE sharing_grant SET revoked_at = now(), stop_cite = '[\"HL-27.2\"]' "
            "WHERE id = %s",
            (grant_id or self.stage.grant_id,),
        )

    def suspend(self, *, suspended: bool = True) -> None:
        self.owner.execute(
            "UPDATE sharing_grant SET suspended_at = CASE WHEN %s THEN now() END, "
            "stop_cite = '[\"NA-27.2\"]' WHERE id = %s",
            (suspended, self.stage.grant_id),
        )


def one(
    connection: psycopg.Connection[Any], query: str, values: tuple[object, ...] = ()
) -> tuple[Any, ...]:
    """Return the one row of a query."""
    row = connection.execute(query, values).fetchone()
    assert row is not None
    return tuple(row)


MakeSite: TypeAlias = Callable[[Stage, GatewaySettings], Site]

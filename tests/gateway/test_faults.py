"""What holds when parts of the gateway die or are cut off."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from gateway.sites import Eventually, MakeSite, Site, one
from huitong import config as huitong_config
from huitong.config import Config
from huitong.operations import postgres, roles
from huitong.operations.benches import gateway as bench
from huitong.operations.benches import gateway_stage
from huitong.operations.faults import gateway as faults


@pytest.mark.slow
def test_no_answered_call_is_lost_or_doubled_when_server_and_shipper_are_killed() -> None:
    found = faults.run(kills=3, connections=8)

    assert found["server_kills"] == found["shipper_kills"] == 3
    assert int(str(found["answered"])) > 100
    assert found["missing"] == found["wrong_digest"] == found["double"] == 0
    assert found["noted"] == found["in_ledger"] == found["by_day"]
    assert found["segments_left"] == 0
    assert found["ok"] is True


def test_a_full_spool_refuses_every_answer_until_a_segment_is_shipped(site: Site) -> None:
    site.serve(segment_bytes=136 * 20, spool_max_bytes=136 * 40)
    replies = [site.look_up() for _ in range(45)]

    assert [reply.status for reply in replies] == [200] * 40 + [503] * 5
    assert replies[-1].json["code"] == "note_refused"
    assert replies[-1].json["cite"] == ["HL-28.2"]
    assert "huitong-receipt" not in replies[-1].headers

    assert site.ship_once() == 40
    assert site.look_up().status == 200
    receipts = {use["receipt"] for use in site.uses()}
    assert receipts > {reply.receipt for reply in replies[:40]}
    assert len(receipts) == 41


def test_uses_are_shipped_by_the_process_of_its_own(site: Site, eventually: Eventually) -> None:
    site.serve()
    receipt = site.look_up().receipt
    shipper = bench.start("huitong.gateway.shipping", site.settings.environment())
    site.started.append(shipper)

    def there() -> bool:
        query = "SELECT count(*) FROM gateway.use_record WHERE receipt = %s"
        return one(site.owner, query, (receipt,)) == (1,)

    eventually(there)
    query = "SELECT actor FROM ledger_entry WHERE kind = 'gateway.uses'"
    assert one(site.owner, query) == ("system:gateway",)


def test_worker_ends_when_the_process_that_started_it_is_killed(
    site: Site, eventually: Eventually
) -> None:
    server = site.serve()
    worker = site.call("/healthz").json["worker"]
    assert worker != server.pid
    os.kill(server.pid, 9)
    server.wait(5)

    eventually(lambda: not Path(f"/proc/{worker}").exists())


@pytest.fixture
def own_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Config]:
    """A PostgreSQL of the test's own, which it may stop."""
    home = Path(tempfile.mkdtemp(prefix="huitong-gateway-"))
    home.chmod(0o711)
    monkeypatch.setenv("HUITONG_DATABASE", "huitong_gateway_restart")
    config = replace(huitong_config.load(), home=home, database_url=None)
    try:
        postgres.ensure_running(config, fast_and_unsafe=True)
        roles.ensure(config)
        yield config
    finally:
        postgres.stop(config, mode="immediate")
        shutil.rmtree(home, ignore_errors=True)


def test_a_restart_of_postgresql_is_survived(
    own_server: Config, make_site: MakeSite, tmp_path: Path, eventually: Eventually
) -> None:
    with (
        psycopg.connect(own_server.address("owner").url, autocommit=True) as owner,
        psycopg.connect(own_server.address("app").url, autocommit=True) as app,
    ):
        stage = gateway_stage.build(owner, app, rows=100, grants=3)
        # The server of the tests commits without waiting: what a kill must not lose is flushed.
        owner.execute("SET synchronous_commit = on")
        owner.execute("CREATE TABLE flushed ()")
    settings = gateway_stage.settings(
        own_server, own_server.database_name(), tmp_path, bench.free_port()
    )
    site = make_site(stage, settings)
    site.serve()
    before = site.look_up()
    assert before.status == 200

    postgres.stop(own_server, mode="immediate")
    began = time.monotonic()
    down = site.look_up()
    assert time.monotonic() - began < 1
    assert down.status == 503
    assert down.json["code"] in {"database_unavailable", "grants_stale"}
    eventually(lambda: site.call("/healthz").status == 503, seconds=2)

    port = own_server.server()[1]
    postgres.ensure_running(own_server, fast_and_unsafe=True)
    assert own_server.server()[1] == port
    eventually(lambda: site.look_up().status == 200, seconds=30)
    site.ship_once()
    with psycopg.connect(own_server.address("owner").url) as owner:
        row = owner.execute(
            "SELECT encode(body_digest, 'hex') FROM gateway.use_record WHERE receipt = %s",
            (before.receipt,),
        ).fetchone()
    assert row == (before.digest,)

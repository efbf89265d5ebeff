"""Grants: revoked at once, never of another shape, never on old knowledge, never by the tables."""

import json
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from gateway.sites import Databases, Eventually, Site, one
from huitong.gateway import bindings, shapes
from huitong.operations.benches import gateway_stage
from huitong.operations.benches.gateway_stage import key_of


@pytest.mark.clause("HL-27.2")
def test_no_call_sent_after_the_revoking_commit_is_answered(gateway: Site) -> None:
    committed = threading.Event()
    answered_after = []
    stop = threading.Event()

    def hammer() -> int:
        count = 0
        while not stop.is_set():
            after = committed.is_set()  # read before the call is sent
            reply = gateway.look_up()
            count += reply.status == 200
            if after:
                answered_after.append(reply)
        return count

    with ThreadPoolExecutor(4) as threads:
        counts = [threads.submit(hammer) for _ in range(4)]
        try:
            assert gateway.look_up().status == 200
            gateway.revoke()
            committed.set()
            deadline = time.monotonic() + 30
            while len(answered_after) < 40 and time.monotonic() < deadline:
                time.sleep(0.001)
        finally:
            stop.set()
        assert sum(count.result() for count in counts) > 0

    assert {reply.status for reply in answered_after} == {403}
    assert {reply.json["code"] for reply in answered_after} == {"grant_revoked"}
    assert answered_after[0].json["cite"] == ["HL-27.2"]


@pytest.mark.clause("NA-27.2")
def test_a_suspended_grant_is_refused_as_such_and_answers_again(gateway: Site) -> None:
    assert gateway.look_up().status == 200
    gateway.suspend()
    for target in (
        f"{gateway.path}?key={key_of(7)}",
        f"{gateway.path}?key={key_of(7)}&columns=name",
        f"{gateway.path}?page=first",
    ):
        reply = gateway.call(target)
        assert (reply.status, reply.json["code"]) == (403, "grant_suspended")
        assert reply.json["cite"] == ["NA-27.2"]
        assert "not revoked" in reply.json["detail"]
    (use,) = gateway.uses(f"receipt = '{reply.receipt}'")
    assert (use["outcome"], use["grant_id"]) == ("grant_suspended", gateway.stage.grant_id)

    gateway.suspend(suspended=False)
    assert gateway.look_up().status == 200


@pytest.mark.clause("NA-27.2")
def test_the_statement_refuses_a_suspended_grant_even_when_the_memory_is_blind(site: Site) -> None:
    site.serve()
    assert site.look_up().status == 200
    with _frozen_listener(site):
        site.suspend()
        replies = [site.look_up(), site.call(f"{site.path}?page=first")]
    assert {reply.status for reply in replies} <= {403, 503}
    assert all(reply.json["code"].startswith("grant") for reply in replies)


@pytest.mark.clause("NA-27.1")
def test_a_grant_that_ended_without_fault_names_its_article(gateway: Site) -> None:
    gateway.owner.execute(
        "UPDATE sharing_grant SET ends_at = now(), stop_cite = '[\"NA-27.1\"]' WHERE id = %s",
        (gateway.stage.grant_id,),
    )
    reply = gateway.look_up()
    assert (reply.status, reply.json["code"]) == (403, "grant_ended")
    assert reply.json["cite"] == ["NA-27.1"]


@pytest.mark.clause("HL-27.2")
def test_the_statement_refuses_a_revoked_grant_even_when_the_memory_is_blind(site: Site) -> None:
    site.serve()
    assert site.look_up().status == 200
    with _frozen_listener(site):
        site.revoke()
        reply = site.look_up()

    assert reply.status in {403, 503}
    assert reply.json["code"] in {"grant_changed", "grants_stale"}
    assert [use["outcome"] for use in site.uses("outcome = 'answered'")] == ["answered"]


def test_a_frozen_listener_closes_the_gateway_within_about_a_second(
    site: Site, eventually: Eventually
) -> None:
    site.serve()
    site.owner.execute(f"REVOKE CONNECT ON DATABASE {_databases(site).name} FROM PUBLIC")
    with psycopg.connect(_databases(site).admin_dsn, autocommit=True) as admin:
        admin.execute(f"REVOKE CONNECT ON DATABASE {_databases(site).name} FROM huitong_grants")
    lost_at = time.monotonic()
    _terminate(site, "huitong gateway grants")
    while site.look_up().status == 200:
        assert time.monotonic() - lost_at < 3
    reply = site.look_up()

    assert (reply.status, reply.json["code"]) == (503, "grants_stale")
    assert reply.headers["retry-after"] == "1"
    assert site.call("/healthz").status == 503
    site.owner.execute(f"GRANT CONNECT ON DATABASE {_databases(site).name} TO huitong_grants")
    eventually(lambda: site.look_up().status == 200)


def test_a_new_grant_works_for_the_first_call_after_its_commit(gateway: Site) -> None:
    dataset_id = gateway_stage.add_dataset(gateway.owner, f"{gateway.stage.dataset}-NEW")
    gateway_stage.fill_serving_table(gateway.app, dataset_id, 10)
    target = f"/v1/datasets/{gateway.stage.dataset}-NEW/records?key={key_of(1)}"
    assert gateway.call(target).status == 403
    consumer = gateway.stage.consumer_id

    with gateway.app.transaction():
        shape_of = gateway_stage.GrantRow(dataset_id, list(gateway_stage.COLUMNS), None)
        bindings.ensure(gateway.app, shape_of)
    gateway_stage.add_grants(gateway.owner, dataset_id, consumers=range(consumer, consumer + 1))

    assert gateway.call(target).status == 200


def test_a_token_taken_back_and_a_client_out_of_service_are_refused(
    gateway: Site, eventually: Eventually
) -> None:
    assert gateway.look_up().status == 200
    gateway.owner.execute(
        "UPDATE sharing_client SET active = false WHERE id = %s", (gateway.client_id,)
    )
    eventually(lambda: gateway.look_up().json.get("code") == "client_inactive", seconds=1)
    gateway.owner.execute(
        "UPDATE sharing_client SET active = true WHERE id = %s", (gateway.client_id,)
    )
    eventually(lambda: gateway.look_up().status == 200, seconds=1)
    gateway.owner.execute(
        "UPDATE sharing_token SET revoked_at = now() WHERE client_id = %s", (gateway.client_id,)
    )
    eventually(lambda: gateway.look_up().json.get("code") == "token_revoked", seconds=1)


def test_an_unknown_token_is_refused_and_noted(gateway: Site) -> None:
    reply = gateway.look_up(token="made-up")

    assert (reply.status, reply.json["code"]) == (401, "unknown_caller")
    (use,) = gateway.uses(f"receipt = '{reply.receipt}'")
    assert (use["outcome"], use["client_id"], use["key_mac"]) == ("unknown_caller", None, None)


def test_a_grant_that_ends_is_refused_by_the_database_time(gateway: Site) -> None:
    gateway.owner.execute(
        "UPDATE sharing_grant SET ends_at = clock_timestamp() + interval '300 ms' WHERE id = %s",
        (gateway.stage.grant_id,),
    )
    deadline = time.monotonic() + 3
    while gateway.look_up().status == 200:
        assert time.monotonic() < deadline
    reply = gateway.look_up()

    assert (reply.status, reply.json["code"]) == (403, "grant_ended")
    assert reply.json["grant"] == gateway.stage.grant_id


@pytest.mark.parametrize(
    "other",
    [
        {"columns": ({"name": "citizen_id", "mask": None},)},
        {
            "columns": (
                {"name": "citizen_id", "mask": None},
                {"name": "name", "mask": None},
                {"name": "phone", "mask": "phone"},
            )
        },
        {"row_filter": {"column": "region", "in": ["230100"]}},
    ],
)
def test_the_function_refuses_grants_of_another_shape(gateway: Site, other: dict[str, Any]) -> None:
    wrong = gateway_stage.add_grants(
        gateway.owner, gateway.stage.dataset_id, consumers=range(900, 901), **other
    )
    assert _ask(gateway, wrong) == ("R", ["R"], [(None, "R")], [])
    single, (many,), _, rows = _ask(gateway, gateway.stage.grant_id)
    assert single.startswith("{")
    assert rows == [(single,)] == [(many,)]


def test_the_function_refuses_grants_of_another_dataset_and_unknown_ones(gateway: Site) -> None:
    other = gateway_stage.add_dataset(gateway.owner, f"{gateway.stage.dataset}-2")
    wrong = gateway_stage.add_grants(gateway.owner, other, consumers=range(1, 2))

    for grant_id in (wrong, 999_999_999):
        assert _ask(gateway, grant_id) == ("R", ["R"], [(None, "R")], [])


def test_a_row_filter_hides_the_other_rows_everywhere(gateway: Site) -> None:
    dataset_id = gateway_stage.add_dataset(gateway.owner, f"{gateway.stage.dataset}-F")
    gateway_stage.fill_serving_table(gateway.app, dataset_id, 100)
    regions = ["230112", "2301$shape$';--"]
    consumer = gateway.stage.consumer_id
    grant_id = gateway_stage.add_grants(
        gateway.owner,
        dataset_id,
        consumers=range(consumer, consumer + 1),
        row_filter={"column": "region", "in": regions},
    )
    with gateway.app.transaction():
        bindings.ensure(gateway.app, gateway_stage.grant_row(gateway.app, grant_id))
    path = f"/v1/datasets/{gateway.stage.dataset}-F/records"

    kept = [number for number in range(100) if number % 13 == 12]
    assert gateway.call(f"{path}?key={key_of(12)}").status == 200
    assert gateway.call(f"{path}?key={key_of(5)}").json["code"] == "record_not_found"
    page = gateway.call(f"{path}?page=first").json
    assert len(page["records"]) == len(kept) == 7
    assert {record["citizen_id"] for record in page["records"]} == {key_of(n) for n in kept}


def test_after_a_swap_by_renaming_the_new_table_is_read(gateway: Site) -> None:
    for _ in range(8):  # past the calls after which plans are kept
        assert gateway.look_up(7).json["record"]["name"] == "张**"
    many = f'{{"keys": ["{key_of(7)}"]}}'.encode()
    assert gateway.call(gateway.path, method="POST", body=many).status == 200

    gateway_stage.fill_serving_table(gateway.app, gateway.stage.dataset_id, 1000, mark="三丰子")

    assert gateway.look_up(7).json["record"]["name"] == "张***"
    reply = gateway.call(gateway.path, method="POST", body=many)
    assert reply.json["records"][0]["name"] == "张***"
    page = gateway.call(f"{gateway.path}?page=first&size=1")
    assert page.json["records"][0]["name"] == "张***"


def test_calls_are_answered_all_through_a_swap(gateway: Site) -> None:
    stop = threading.Event()

    def hammer() -> set[int]:
        found = set()
        while not stop.is_set():
            found.add(gateway.look_up(7).status)
        return found

    with ThreadPoolExecutor(3) as threads:
        seen = [threads.submit(hammer) for _ in range(3)]
        try:
            for _ in range(3):
                gateway_stage.fill_serving_table(gateway.app, gateway.stage.dataset_id, 1000)
        finally:
            stop.set()
        assert [one.result() for one in seen] == [{200}] * 3


def test_after_an_upgrade_the_functions_of_all_live_grants_are_made(gateway: Site) -> None:
    dataset_id = gateway_stage.add_dataset(gateway.owner, f"{gateway.stage.dataset}-UP")
    gateway_stage.fill_serving_table(gateway.app, dataset_id, 10)
    consumer = gateway.stage.consumer_id
    gateway_stage.add_grants(gateway.owner, dataset_id, consumers=range(consumer, consumer + 1))
    target = f"/v1/datasets/{gateway.stage.dataset}-UP/records?key={key_of(1)}"
    assert gateway.call(target).json["code"] == "shape_absent"

    assert bindings.ensure_all(gateway.app) >= 1
    assert gateway.call(target).status == 200


def test_a_dataset_without_a_serving_copy_says_so(gateway: Site) -> None:
    dataset_id = gateway_stage.add_dataset(gateway.owner, f"{gateway.stage.dataset}-EMPTY")
    consumer = gateway.stage.consumer_id
    grant_id = gateway_stage.add_grants(
        gateway.owner, dataset_id, consumers=range(consumer, consumer + 1)
    )
    with gateway.app.transaction():
        bindings.ensure(gateway.app, gateway_stage.grant_row(gateway.app, grant_id))

    reply = gateway.call(f"/v1/datasets/{gateway.stage.dataset}-EMPTY/records?key=1")
    assert (reply.status, reply.json["code"]) == (503, "shape_absent")
    assert gateway.look_up().status == 200


@pytest.mark.parametrize("role", ["gateway", "grants", "shipper"])
@pytest.mark.parametrize(
    "table",
    [
        "serving.d_{id}",
        "public.sharing_grant",
        "public.sharing_client",
        "public.catalogue_dataset",
        "gateway.granted",
        "gateway.use",
        "public.ledger_entry",
        "public.organisations_person",
    ],
)
def test_no_role_of_the_gateway_reads_a_table(gateway: Site, role: str, table: str) -> None:
    dsn = getattr(gateway.settings, f"{role}_dsn")
    name = table.format(id=gateway.stage.dataset_id)
    with psycopg.connect(dsn) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(f"SELECT 1 FROM {name} LIMIT 1")  # noqa: S608


def test_the_role_that_calls_functions_can_neither_change_grants_nor_make_functions(
    gateway: Site,
) -> None:
    for statement in (
        "UPDATE public.sharing_grant SET revoked_at = NULL",
        "INSERT INTO public.sharing_token VALUES ('a', 1, now(), now())",
        "CREATE FUNCTION gateway.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SELECT * FROM gateway.snapshot_client",
        "SET ROLE huitong_pool",
    ):
        with (
            psycopg.connect(gateway.settings.gateway_dsn) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement)


def test_only_the_gateway_may_execute_a_shape(gateway: Site) -> None:
    function = _function(gateway)
    for role in ("grants", "shipper"):
        with (
            psycopg.connect(getattr(gateway.settings, f"{role}_dsn")) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(f"SELECT {function}_one('a', 1)")
        with (
            psycopg.connect(getattr(gateway.settings, f"{role}_dsn")) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(f"SELECT * FROM {function}_row")  # noqa: S608


def test_the_view_for_one_key_shows_nothing_without_a_living_grant(gateway: Site) -> None:
    query = f"SELECT count(*) FROM {_function(gateway)}_row"  # noqa: S608
    with psycopg.connect(gateway.settings.gateway_dsn, autocommit=True) as connection:
        assert one(connection, query)[0] > 0
        gateway.owner.execute(
            "UPDATE sharing_grant SET revoked_at = now() WHERE dataset_id = %s",
            (gateway.stage.dataset_id,),
        )
        assert one(connection, query)[0] == 0


def test_a_swap_binds_the_views_of_living_grants_and_drops_the_others(gateway: Site) -> None:
    dataset_id = gateway.stage.dataset_id
    kept, other = f"{_function(gateway)}_row", ({"name": "region", "mask": None},)
    grant_id = gateway_stage.add_grants(
        gateway.owner, dataset_id, consumers=range(700, 701), columns=other
    )
    shape = shapes.shape_of(dataset_id, list(other), None)
    with gateway.app.transaction():
        bindings.ensure(gateway.app, gateway_stage.grant_row(gateway.app, grant_id))
    exists = "SELECT to_regclass(%s) IS NOT NULL, to_regclass(%s) IS NOT NULL"
    assert one(gateway.owner, exists, (kept, shape.view)) == (True, True)

    gateway.revoke(grant_id)
    gateway_stage.fill_serving_table(gateway.app, dataset_id, 1000, mark="三丰子")

    assert one(gateway.owner, exists, (kept, shape.view)) == (True, False)
    # The row is found by the view itself, of the new table.
    assert json.loads(_ask(gateway, gateway.stage.grant_id)[3][0][0])["name"] == "张***"


def test_a_swap_waits_for_a_grant_that_is_about_to_be_committed(
    gateway: Site, eventually: Eventually
) -> None:
    dataset_id, consumer = gateway.stage.dataset_id, 701
    columns = ({"name": "name", "mask": None},)
    shape = shapes.shape_of(dataset_id, list(columns), None)
    dsn = gateway.settings.gateway_dsn
    app_dsn = gateway.app.info.dsn
    with psycopg.connect(app_dsn, password=gateway.app.info.password) as granting:
        grant_id = gateway_stage.add_grants(
            granting, dataset_id, consumers=range(consumer, consumer + 1), columns=columns
        )
        bindings.ensure(granting, gateway_stage.grant_row(granting, grant_id))
        with ThreadPoolExecutor(1) as thread:
            swap = thread.submit(
                gateway_stage.fill_serving_table, gateway.app, dataset_id, 1000, mark="三丰子"
            )
            waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            eventually(lambda: one(gateway.owner, waiting)[0] > 0)
            assert not swap.done()
            granting.commit()
            swap.result()

    query = f"SELECT body FROM {shape.view} WHERE _key = %s AND grant_id = %s"  # noqa: S608
    with psycopg.connect(dsn) as connection:
        assert "三丰子" in one(connection, query, (key_of(1), grant_id))[0]


def test_only_the_shapes_of_most_grants_are_bound_and_the_others_are_still_answered(
    gateway: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bindings, "BOUND_AT_MOST", 1)
    dataset_id, consumer = gateway.stage.dataset_id, gateway.stage.consumer_id
    gateway.revoke()
    columns = ({"name": "name", "mask": None},)
    grant_id = gateway_stage.add_grants(
        gateway.owner, dataset_id, consumers=range(consumer, consumer + 1), columns=columns
    )
    with gateway.app.transaction():
        bindings.ensure(gateway.app, gateway_stage.grant_row(gateway.app, grant_id))

    gateway_stage.fill_serving_table(gateway.app, dataset_id, 1000, mark="三丰子")

    view = shapes.shape_of(dataset_id, list(columns), None).view
    assert one(gateway.owner, "SELECT to_regclass(%s)", (view,)) == (None,)
    assert gateway.look_up(7).json["record"] == {"name": "张三丰子"}


def test_a_grant_older_than_the_first_serving_copy_is_answered_after_the_swap(
    gateway: Site,
) -> None:
    dataset_id = gateway_stage.add_dataset(gateway.owner, f"{gateway.stage.dataset}-L")
    consumer = gateway.stage.consumer_id
    grant_id = gateway_stage.add_grants(
        gateway.owner, dataset_id, consumers=range(consumer, consumer + 1)
    )
    with gateway.app.transaction():
        bindings.ensure(gateway.app, gateway_stage.grant_row(gateway.app, grant_id))
    target = f"/v1/datasets/{gateway.stage.dataset}-L/records?key={key_of(1)}"
    assert gateway.call(target).json["code"] == "shape_absent"

    gateway_stage.fill_serving_table(gateway.app, dataset_id, 10)

    assert gateway.call(target).status == 200


def _function(gateway: Site) -> str:
    row = gateway_stage.grant_row(gateway.app, gateway.stage.grant_id)
    return shapes.shape_of(row.dataset_id, row.columns, row.row_filter).function


def _ask(gateway: Site, grant_id: int) -> tuple[str, list[str], list[Any], list[Any]]:
    """Ask the stage's own functions and view, as the gateway's role, with any grant."""
    function, key = _function(gateway), key_of(1)
    with psycopg.connect(gateway.settings.gateway_dsn) as connection:
        single = one(connection, f"SELECT {function}_one(%s, %s)", (key, grant_id))
        many = one(connection, f"SELECT {function}(%s, %s)", ([key], [grant_id]))
        page = connection.execute(f"SELECT * FROM {function}_page(%s, '', 1)", (grant_id,))  # noqa: S608
        rows = connection.execute(
            f"SELECT body FROM {function}_row WHERE _key = %s AND grant_id = %s",  # noqa: S608
            (key, grant_id),
        )
        return single[0], many[0], page.fetchall(), rows.fetchall()


def _databases(site: Site) -> Databases:
    assert site.databases is not None
    return site.databases


def _pids(site: Site, name: str) -> list[int]:
    with psycopg.connect(_databases(site).admin_dsn) as admin:
        rows = admin.execute(
            "SELECT pid FROM pg_stat_activity WHERE application_name = %s AND datname = %s",
            (name, _databases(site).name),
        )
        return [row[0] for row in rows]


def _terminate(site: Site, name: str) -> None:
    with psycopg.connect(_databases(site).admin_dsn, autocommit=True) as admin:
        for pid in _pids(site, name):
            admin.execute("SELECT pg_terminate_backend(%s)", (pid,))


class _frozen_listener:  # noqa: N801 - reads as a statement
    def __init__(self, site: Site) -> None:
        self._pids = _pids(site, "huitong gateway grants")

    def __enter__(self) -> None:
        assert len(self._pids) == 1
        os.kill(self._pids[0], signal.SIGSTOP)

    def __exit__(self, *_: object) -> None:
        os.kill(self._pids[0], signal.SIGCONT)

"""Departments that are merged while their systems call: calls go on, or end, with the commit."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway.sites import Eventually, Site

# Rows of the bodies alone: a stage has grants of departments that stand nowhere.
_BODIES = """
INSERT INTO organisations_jurisdiction (id, code, name, name_en, level, profile_id)
    VALUES (1, '230000', '黑龙江省', '', 'province', '') ON CONFLICT DO NOTHING;
INSERT INTO organisations_department
    (id, code, name, name_en, jurisdiction_id, kind, authorised_by, ended_on, successor_id)
    VALUES ({heir}, 'D{heir}', '大部门局', '', 1, 'government_department', '', NULL, NULL),
           ({former}, 'D{former}', '人社局', '', 1, 'government_department', '', now(), {heir})
    ON CONFLICT DO NOTHING;
"""
_HAND_OVER = """
INSERT INTO sharing_handover (grant_id, client_id, side, former_id, successor_id, at)
    VALUES ({grant}, NULL, 'consumer', {former}, {heir}, now()),
           (NULL, {client}, 'system', {former}, {heir}, now());
UPDATE sharing_grant SET consumer_id = {heir} WHERE id = {grant};
UPDATE sharing_client SET consumer_id = {heir} WHERE id = {client};
"""
_CUT_OFF = """
UPDATE sharing_grant SET ends_at = now(), ended_at = now(), stop_cite = '["NA-27.1"]'
    WHERE id = {grant};
UPDATE sharing_client SET active = false WHERE id = {client};
UPDATE sharing_token SET revoked_at = now() WHERE client_id = {client};
"""


def _told(gateway: Site) -> dict[str, int]:
    former = gateway.stage.consumer_id
    return {
        "former": former,
        "heir": former + 900_000,
        "grant": gateway.stage.grant_id,
        "client": gateway.client_id,
    }


@pytest.mark.clause("NA-27.3")
def test_calls_go_on_without_a_gap_while_the_department_is_merged(
    gateway: Site, eventually: Eventually
) -> None:
    told = _told(gateway)
    gateway.owner.execute(_BODIES.format(**told))
    stop, committed = threading.Event(), threading.Event()

    seen: set[int] = set()
    after: list[int] = []

    def hammer() -> None:
        while not stop.is_set():
            later = committed.is_set()  # read before the call is sent
            status = gateway.look_up().status
            seen.add(status)
            if later:
                after.append(status)

    with ThreadPoolExecutor(3) as threads:
        running = [threads.submit(hammer) for _ in range(3)]
        try:
            assert gateway.look_up().status == 200
            with gateway.app.transaction():
                gateway.app.execute(_HAND_OVER.format(**told))
            committed.set()
            eventually(lambda: len(after) >= 300)
        finally:
            stop.set()
        for one in running:
            one.result()

    assert seen == {200}
    last = gateway.look_up()

    def under_the_new_name() -> None:
        (use,) = gateway.uses(f"receipt = '{last.receipt}'")
        assert use["consumer_id"] == told["heir"]

    eventually(under_the_new_name)


@pytest.mark.clause("NA-27.1", "HL-38.3")
def test_no_call_after_the_commit_is_answered_where_nobody_carries_on(gateway: Site) -> None:
    assert gateway.look_up().status == 200

    with gateway.app.transaction():
        gateway.app.execute(_CUT_OFF.format(**_told(gateway)))

    # Whatever of the three the memory learns of first: each alone refuses.
    replies = [gateway.look_up() for _ in range(5)]
    refused = {(401, "token_revoked"), (401, "client_inactive"), (403, "grant_ended")}
    assert {(reply.status, reply.json["code"]) for reply in replies} <= refused

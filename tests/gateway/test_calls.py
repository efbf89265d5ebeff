"""What a consumer's system may ask for and what it gets."""

import base64
import json
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway.sites import Reply, Site
from huitong.operations.benches import gateway_stage
from huitong.operations.benches.gateway_stage import key_of


@pytest.mark.clause("HN-16.6", "NA-22.2")
def test_a_record_comes_with_its_granted_columns_masked_as_granted(gateway: Site) -> None:
    reply = gateway.look_up(7)

    assert reply.status == 200
    assert reply.json == {
        "grant": gateway.stage.grant_id,
        "record": {"citizen_id": key_of(7), "name": "张**", "phone": "138****0007"},
    }
    assert reply.headers["cache-control"] == "no-store"


def test_fewer_columns_may_be_asked_for(gateway: Site) -> None:
    reply = gateway.call(f"{gateway.path}?key={key_of(7)}&columns=phone,name")

    assert reply.json["record"] == {"name": "张**", "phone": "138****0007"}


@pytest.mark.clause("HL-27.1")
def test_a_column_outside_the_grant_is_refused_with_grant_and_article(gateway: Site) -> None:
    reply = gateway.call(f"{gateway.path}?key={key_of(7)}&columns=phone,credit_code")

    assert reply.status == 403
    assert reply.headers["content-type"] == "application/problem+json"
    problem = reply.json
    assert problem["code"] == "column_not_granted"
    assert problem["cite"] == ["HL-27.1"]
    assert problem["grant"] == gateway.stage.grant_id
    assert problem["columns"] == ["credit_code"]
    assert str(gateway.stage.grant_id) in problem["detail"]
    assert "超出授权范围" in problem["title"]


def test_a_key_without_a_record_is_not_found_and_noted(gateway: Site) -> None:
    reply = gateway.call(f"{gateway.path}?key=nobody")

    assert (reply.status, reply.json["code"]) == (404, "record_not_found")
    assert [use["outcome"] for use in gateway.uses()] == ["record_not_found"]


def test_many_keys_are_answered_in_their_order_with_one_note_each(gateway: Site) -> None:
    keys = [key_of(3), "nobody", key_of(1), key_of(3)]
    reply = gateway.call(gateway.path, method="POST", body=json.dumps({"keys": keys}).encode())

    records = reply.json["records"]
    assert [record and record["phone"] for record in records] == [
        "138****0003",
        None,
        "138****0001",
        "138****0003",
    ]
    uses = gateway.uses()
    assert [use["rows"] for use in uses] == [1, 0, 1, 1]
    assert uses[0]["key_mac"] == uses[3]["key_mac"] != uses[2]["key_mac"]
    assert {bytes(use["body_digest"]).hex() for use in uses} == {reply.digest}
    assert re.search(r"\.(\d+)-(\d+)$", reply.receipt)


def test_a_key_may_be_sent_in_the_body_where_no_proxy_logs_it(gateway: Site) -> None:
    body = json.dumps({"key": key_of(3), "columns": ["phone"]}).encode()

    assert gateway.call(gateway.path, method="POST", body=body).json["record"] == {
        "phone": "138****0003"
    }


def test_pages_show_every_record_once_and_their_cursor_shows_no_key(gateway: Site) -> None:
    found, page = [], "first"
    while page:
        reply = gateway.call(f"{gateway.path}?page={page}&size=300&columns=citizen_id")
        found += [record["citizen_id"] for record in reply.json["records"]]
        page = reply.json["next"]
        assert page is None or found[-1] not in page

    assert found == sorted(key_of(number) for number in range(1000))
    assert [use["rows"] for use in gateway.uses("outcome = 'page'")] == [300, 300, 300, 100]


def test_a_cursor_that_was_not_given_out_is_refused(gateway: Site) -> None:
    reply = gateway.call(f"{gateway.path}?page=c2VjcmV0&size=3")

    assert (reply.status, reply.json["code"]) == (400, "bad_call")


@pytest.mark.parametrize(
    ("target", "status", "code"),
    [
        ("?key=a&key=b", 400, "bad_call"),
        ("?key=a&page=first", 400, "bad_call"),
        ("", 400, "bad_call"),
        ("?key=", 400, "bad_call"),
        ("?key=%00", 400, "bad_call"),
        ("?key=%ff", 400, "bad_call"),
        ("?page=first&size=0", 400, "bad_call"),
        ("?page=first&size=1001", 400, "bad_call"),
        ("?key=a&surprise=1", 400, "bad_call"),
    ],
)
def test_malformed_calls_say_what_is_wrong(
    gateway: Site, target: str, status: int, code: str
) -> None:
    reply = gateway.call(gateway.path + target)

    assert (reply.status, reply.json["code"]) == (status, code)
    assert gateway.look_up().status == 200


def test_an_authorization_that_is_no_text_is_refused(gateway: Site) -> None:
    for value in ("Bearer \xff\xfe", "Basic \xff", "Bearer"):
        reply = gateway.call(f"{gateway.path}?key=a", token="", headers={"authorization": value})
        assert (reply.status, reply.json["code"]) == (401, "unknown_caller")
    assert gateway.look_up().status == 200


def test_a_body_that_is_cut_off_harms_nobody(gateway: Site) -> None:
    head = (
        f"POST {gateway.path} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n"
        f"authorization: Bearer {gateway.stage.token}\r\n\r\n{{"
    )
    with socket.create_connection(("127.0.0.1", gateway.port), 5) as caller:
        caller.sendall(head.encode())

    assert gateway.look_up().status == 200
    metrics = gateway.call("/metrics", token="").body.decode()
    assert 'code="gateway_error"' not in metrics


def test_too_many_keys_or_too_large_a_body_are_refused(site: Site) -> None:
    site.serve(batch_limit=3, body_limit=2000)
    four = json.dumps({"keys": ["a", "b", "c", "d"]}).encode()
    large = json.dumps({"keys": ["a" * 3000]}).encode()

    for body in (four, large):
        reply = site.call(site.path, method="POST", body=body)
        assert (reply.status, reply.json["code"]) == (413, "call_too_large")


def test_unknown_dataset_and_dataset_without_grant_are_told_apart(gateway: Site) -> None:
    other = f"{gateway.stage.dataset}-OTHER"
    gateway_stage.add_dataset(gateway.owner, other)

    absent = gateway.call("/v1/datasets/NOBODY/records?key=1")
    ungranted = gateway.call(f"/v1/datasets/{other}/records?key=1")

    assert (absent.status, absent.json["code"]) == (404, "unknown_dataset")
    assert (ungranted.status, ungranted.json["code"]) == (403, "no_grant")
    assert ungranted.json["cite"] == ["HL-22.1"]
    assert [use["outcome"] for use in gateway.uses()] == ["unknown_dataset", "no_grant"]


def test_a_dataset_code_in_chinese_works(site: Site) -> None:
    site.owner.execute("UPDATE catalogue_dataset SET code = '黑教0001' WHERE code = 'BENCH'")
    site.serve()

    reply = site.call(f"/v1/datasets/%E9%BB%91%E6%95%990001/records?key={key_of(7)}")
    assert reply.status == 200


def test_the_rate_of_a_grant_is_kept(site: Site) -> None:
    site.serve(rate=0.01, burst=2)

    replies = [site.look_up() for _ in range(3)]

    assert [reply.status for reply in replies] == [200, 200, 429]
    assert replies[2].json["code"] == "too_many_calls"
    assert replies[2].headers["retry-after"] == "1"
    assert [use["outcome"] for use in site.uses()] == ["answered", "answered", "too_many_calls"]


def test_a_secret_is_exchanged_for_a_token_that_works_at_once(gateway: Site) -> None:
    basic = base64.b64encode(f"{gateway.stage.client}:{gateway.stage.secret}".encode()).decode()
    issued = gateway.call(
        "/oauth/token",
        method="POST",
        body=b"grant_type=client_credentials",
        headers={"authorization": f"Basic {basic}"},
    )

    assert issued.status == 200
    assert issued.json["token_type"] == "Bearer"
    assert gateway.look_up(token=issued.json["access_token"]).status == 200
    assert [use["outcome"] for use in gateway.uses()] == ["token_issued", "answered"]


@pytest.mark.clause("CT-21.2", "CT-15.3")
def test_a_system_gets_tokens_once_it_is_admitted(gateway: Site) -> None:
    change = "UPDATE sharing_client SET admitted = %s WHERE id = %s"
    body = (
        f"grant_type=client_credentials&client_id={gateway.stage.client}"
        f"&client_secret={gateway.stage.secret.replace(' ', '+')}"
    )
    gateway.owner.execute(change, (False, gateway.client_id))
    refused = _post_form(gateway, body)
    assert (refused.status, refused.json["error"]) == (401, "invalid_client")
    gateway.owner.execute(change, (True, gateway.client_id))
    assert _post_form(gateway, body).status == 200


def test_a_wrong_secret_gets_nothing_and_is_noted(gateway: Site) -> None:
    body = f"grant_type=client_credentials&client_id={gateway.stage.client}&client_secret=wrong"
    refused = _post_form(gateway, body)

    assert (refused.status, refused.json["error"]) == (401, "invalid_client")
    assert refused.json["code"] == "invalid_client"
    receipt = refused.receipt
    (use,) = gateway.uses(f"receipt = '{receipt}'")
    assert use["outcome"] == "unknown_client"


def test_another_grant_type_is_refused(gateway: Site) -> None:
    refused = _post_form(gateway, "grant_type=password&username=a&password=b")

    assert (refused.status, refused.json["error"]) == (400, "invalid_request")


def test_guessing_secrets_is_slowed_down(gateway: Site) -> None:
    body = f"grant_type=client_credentials&client_id=nobody-{gateway.stage.dataset}&client_secret=x"
    statuses = [_post_form(gateway, body).status for _ in range(12)]

    assert statuses[-1] == 429
    assert gateway.look_up().status == 200


def test_health_and_metrics_say_how_it_goes(gateway: Site) -> None:
    gateway.look_up()
    health = gateway.call("/healthz").json
    metrics = gateway.call("/metrics").body.decode()

    assert health["ok"] is True
    assert health["grants_seconds_old"] < 1
    assert 'outcome="answered"}' in metrics
    assert "huitong_gateway_spool_bytes" in metrics


def test_unknown_paths_are_not_served(gateway: Site) -> None:
    for target in ("/", "/v1/datasets//records", "/v1/datasets/a/b/records", "/admin"):
        reply = gateway.call(target)
        assert (reply.status, reply.json["code"]) == (404, "not_served")


def test_a_system_calls_many_times_at_once_and_each_gets_its_own_record(gateway: Site) -> None:
    with ThreadPoolExecutor(16) as threads:
        replies = list(threads.map(gateway.look_up, range(200)))

    assert [reply.json["record"]["citizen_id"] for reply in replies] == [
        key_of(number) for number in range(200)
    ]
    uses = {use["receipt"]: bytes(use["body_digest"]).hex() for use in gateway.uses()}
    assert uses == {reply.receipt: reply.digest for reply in replies}


def test_a_token_is_good_until_its_end(gateway: Site) -> None:
    token = gateway_stage.add_token(gateway.owner, gateway.client_id, seconds=1)

    assert gateway.look_up(token=token).status == 200
    deadline = time.monotonic() + 5
    while gateway.look_up(token=token).status == 200 and time.monotonic() < deadline:
        pass
    reply = gateway.look_up(token=token)
    assert (reply.status, reply.json["code"]) == (401, "token_expired")
    assert reply.headers["www-authenticate"].startswith("Bearer")


def _post_form(gateway: Site, body: str) -> Reply:
    # An empty Authorization header would be a second way of sending credentials.
    return gateway.call("/oauth/token", method="POST", body=body.encode(), headers=None, token="")

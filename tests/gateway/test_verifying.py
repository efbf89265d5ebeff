"""Values are compared and never given out: Huizhou, art. 13.6."""

import json

import psycopg
import pytest
from psycopg.types.json import Jsonb

from gateway.sites import Reply, Site
from huitong.gateway import bindings, shapes
from huitong.operations.benches import gateway_stage
from huitong.operations.benches.gateway_stage import key_of

COMPARED = (
    {"name": "citizen_id", "mask": "match"},
    {"name": "name", "mask": "match"},
    {"name": "phone", "mask": "match"},
)


@pytest.fixture
def verifying(gateway: Site) -> Site:
    """A site whose caller may compare, and no more."""
    with gateway.app.transaction():
        shape = gateway_stage.GrantRow(gateway.stage.dataset_id, list(COMPARED), None)
        bindings.ensure(gateway.app, shape)
    gateway.owner.execute(
        "UPDATE sharing_grant SET columns = %s, changed_by_id = 1 WHERE id = %s",
        (Jsonb(list(COMPARED)), gateway.stage.grant_id),
    )
    return gateway


def verify(site: Site, key: str, **values: object) -> Reply:
    target = site.path.replace("/records", "/verify")
    body = json.dumps({"key": key, "values": values}).encode()
    return site.call(target, method="POST", body=body)


@pytest.mark.clause("HZ-13.6")
def test_each_value_is_answered_with_match_or_no_match(verifying: Site) -> None:
    key = key_of(7)
    reply = verify(verifying, key, citizen_id=key, name="张三丰", phone="13900000000")

    assert reply.status == 200
    assert reply.json == {
        "grant": verifying.stage.grant_id,
        "match": {"citizen_id": True, "name": True, "phone": False},
    }
    assert "张三丰" not in reply.body.decode()
    (use,) = verifying.uses(f"receipt = '{reply.receipt}'")
    assert (use["outcome"], use["rows"], use["grant_id"]) == (
        "verified", 1, verifying.stage.grant_id
    )  # fmt: skip
    assert bytes(use["body_digest"]).hex() == reply.digest


@pytest.mark.clause("HZ-13.6")
def test_that_there_is_no_record_looks_like_no_match(verifying: Site) -> None:
    reply = verify(verifying, "nobody", name="张三丰")
    assert reply.json["match"] == {"name": False}
    (use,) = verifying.uses(f"receipt = '{reply.receipt}'")
    assert (use["outcome"], use["rows"]) == ("verified", 0)


@pytest.mark.clause("HZ-13.6")
def test_records_are_refused_by_every_way(verifying: Site) -> None:
    key = key_of(7)
    many = json.dumps({"keys": [key]}).encode()
    for reply in (
        verifying.call(f"{verifying.path}?key={key}"),
        verifying.call(f"{verifying.path}?page=first"),
        verifying.call(f"{verifying.path}?key={key}&columns=name"),
        verifying.call(verifying.path, method="POST", body=many),
    ):
        assert (reply.status, reply.json["code"]) == (403, "verify_only")
        assert reply.json["cite"] == ["HL-22.3"]  # those by which the stage's grants were issued


@pytest.mark.clause("HZ-13.6")
def test_no_function_of_records_answers_a_grant_that_only_compares(verifying: Site) -> None:
    whole = [{"name": column["name"], "mask": None} for column in COMPARED]
    rows = gateway_stage.GrantRow(verifying.stage.dataset_id, whole, None)
    with verifying.app.transaction():
        digest = bindings.ensure(verifying.app, rows)
    with psycopg.connect(verifying.settings.gateway_dsn) as connection:
        answer = connection.execute(
            f"SELECT gateway.shape_{digest}_one(%s, %s)",
            (key_of(7), verifying.stage.grant_id),
        ).fetchone()
        assert answer == (shapes.REFUSED,)
        shape = shapes.shape_of(verifying.stage.dataset_id, list(COMPARED), None)
        found = connection.execute(
            "SELECT to_regprocedure(%s), to_regclass(%s)",
            (f"{shape.function}_one(text,bigint)", shape.view),
        ).fetchone()
        assert found == (None, None)


@pytest.mark.clause("HZ-13.6")
def test_only_what_was_agreed_is_compared(verifying: Site) -> None:
    reply = verify(verifying, key_of(7), region="230102")
    assert (reply.status, reply.json["code"]) == (403, "column_not_granted")


def test_a_grant_of_records_compares_nothing(gateway: Site) -> None:
    reply = verify(gateway, key_of(7), phone="13800000007")
    assert (reply.status, reply.json["code"]) == (403, "not_for_verifying")


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'{"key": "a"}', b'{"key": "a", "values": {"name": 1}}',
             b'{"key": "a", "values": {"name": "b"}, "more": 1}']
)  # fmt: skip
def test_a_malformed_verification_is_a_bad_call(verifying: Site, body: bytes) -> None:
    reply = verifying.call(verifying.path.replace("/records", "/verify"), method="POST", body=body)
    assert (reply.status, reply.json["code"]) == (400, "bad_call")


def test_a_suspended_or_swapped_grant_of_comparing_is_like_any_other(verifying: Site) -> None:
    gateway_stage.fill_serving_table(verifying.app, verifying.stage.dataset_id, 100, mark="无忌")
    assert verify(verifying, key_of(7), name="张无忌").json["match"] == {"name": True}
    verifying.suspend()
    reply = verify(verifying, key_of(7), name="张无忌")
    assert (reply.status, reply.json["code"]) == (403, "grant_suspended")


def test_columns_that_are_shown_and_compared_at_once_make_no_shape() -> None:
    with pytest.raises(shapes.ShapeInvalidError):
        shapes.shape_of(1, [{"name": "a", "mask": "match"}, {"name": "b", "mask": None}], None)

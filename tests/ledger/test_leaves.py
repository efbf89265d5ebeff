"""The bytes of an entry: one form, the same by any reader of RFC 8785."""

import json
import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitong.ledger import leaves
from huitong.ledger.errors import NotCanonicalError

AT = datetime(2026, 11, 2, 9, 30, tzinfo=timezone(timedelta(hours=8)))

texts = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"))
names = st.text(
    st.characters(max_codepoint=0xFFFF, blacklist_categories=["Cs"], blacklist_characters="\x00")
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-leaves.LARGEST, leaves.LARGEST) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)


class Colour(StrEnum):
    RED = "red"


def an_entry(**changes: object) -> dict[str, leaves.Json]:
    content = {
        "uuid": uuid.UUID(int=7),
        "kind": "grant.issue",
        "subject": "grant:7",
        "actor": "person:li@230100-EDU",
        "at": AT,
        "cite": ["HL-22.3"],
        "facts": {"数据项": 3, "b": [True, None], "a": "“引号”\n"},
    }
    return leaves.entry(**{**content, **changes})  # type: ignore[arg-type]


def test_the_bytes_of_an_entry_are_these() -> None:
    text = (
        '{"actor":"person:li@230100-EDU","at":"2026-11-02T01:30:00.000000Z","cite":["HL-22.3"],'
        '"facts":{"a":"“引号”\\n","b":[true,null],"数据项":3},"kind":"grant.issue",'
        '"subject":"grant:7","uuid":"00000000-0000-0000-0000-000000000007","v":1}'
    )

    assert leaves.canonical(an_entry()).decode() == text
    assert leaves.row(an_entry()).leaf_hash == sha256(b"\x00" + text.encode()).digest()


@given(st.dictionaries(names, values, max_size=5))
def test_any_facts_come_back_from_json_to_the_same_bytes(facts: dict[str, object]) -> None:
    entry = an_entry(facts=facts)
    shuffled = json.loads(json.dumps(dict(reversed(entry.items()))))

    assert leaves.canonical(shuffled) == leaves.canonical(entry)


@given(st.dictionaries(names, values, max_size=5))
def test_the_quick_writer_of_the_verification_writes_the_same_bytes(
    facts: dict[str, object],
) -> None:
    entry = an_entry(facts=facts)

    assert orjson.dumps(entry, option=orjson.OPT_SORT_KEYS) == leaves.canonical(entry)


@given(st.dictionaries(names, st.integers(0, 9), max_size=6))
def test_members_are_ordered_as_rfc_8785_orders_them(facts: dict[str, int]) -> None:
    written = json.loads(leaves.canonical(an_entry(facts=facts)))["facts"]

    assert list(written) == sorted(facts, key=lambda name: name.encode("utf-16-be"))


def test_control_characters_are_escaped_as_rfc_8785_escapes_them() -> None:
    text = leaves.canonical_object({"t": '\b\t\n\f\r\x1f"\\/\x7f\u2028é'}).decode()

    assert text == '{"t":"\\b\\t\\n\\f\\r\\u001f\\"\\\\/\x7f\u2028é"}'


def test_dates_decimals_uuids_and_enums_become_text() -> None:
    facts = {
        "day": date(2026, 11, 2),
        "at": AT,
        "sum": Decimal("1E+2"),
        "share": Decimal("0.10"),
        "id": uuid.UUID(int=1),
        "colour": Colour.RED,
        "list": (1, 2),
    }

    assert leaves.facts_of(facts) == {
        "day": "2026-11-02",
        "at": "2026-11-02T01:30:00.000000Z",
        "sum": "100",
        "share": "0.10",
        "id": "00000000-0000-0000-0000-000000000001",
        "colour": "red",
        "list": [1, 2],
    }
    assert leaves.canonical_object(leaves.facts_of({"c": Colour.RED})) == b'{"c":"red"}'


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"seconds": 0.4}, r"facts\.seconds is a float.*whole number"),
        ({"a": {"b": [1, 2**53]}}, r"facts\.a\.b is past 2\^53"),
        ({"t": "a\x00b"}, r"facts\.t holds"),
        ({"t": "\ud800"}, r"facts\.t holds"),
        ({1: "one"}, "not text"),
        ({"😀": 1}, r"past U\+FFFF"),
        ({"s": {1, 2}}, r"facts\.s is a set"),
        ({"d": Decimal("NaN")}, r"facts\.d is a Decimal"),
        ({"t": AT.replace(tzinfo=None)}, "without a zone"),
    ],
)
def test_what_has_no_one_form_is_refused_with_its_place(
    facts: dict[str, object], message: str
) -> None:
    with pytest.raises(NotCanonicalError, match=message):
        an_entry(facts=facts)


def test_nesting_without_end_is_refused() -> None:
    deep: dict[str, object] = {}
    for _ in range(40):
        deep = {"in": deep}

    with pytest.raises(NotCanonicalError, match="nested deeper"):
        an_entry(facts=deep)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": ""}, "kind is empty"),
        ({"at": datetime(2026, 1, 1)}, "without a zone"),  # noqa: DTZ001
        ({"cite": "HL-22.3"}, "cite is one text"),
        ({"actor": "a\x00"}, "actor holds"),
    ],
)
def test_an_entry_without_its_parts_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(NotCanonicalError, match=message):
        an_entry(**changes)


@pytest.mark.parametrize(
    ("member", "value"),
    [("v", 2), ("v", True), ("at", "2026-11-02T01:30:00Z"), ("at", 5), ("more", 1)],
)
def test_another_form_of_entry_has_no_bytes(member: str, value: leaves.Json) -> None:
    with pytest.raises(NotCanonicalError):
        leaves.canonical({**an_entry(), member: value})


def test_years_have_four_digits() -> None:
    early = datetime(800, 1, 2, tzinfo=UTC)

    assert an_entry(at=early)["at"] == "0800-01-02T00:00:00.000000Z"

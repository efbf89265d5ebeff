"""An entry as bytes: the one definition of what is hashed, and of the row that holds it.

The bytes are JSON by RFC 8785 (JCS), of one object with the members actor, at, cite, facts, kind,
subject, uuid and v. Values are narrowed until JCS leaves no choice and a round trip through jsonb
changes nothing: no floats, whole numbers within 2^53 - 1, no NUL and no lone surrogates, names of
members within the basic plane (there, order by code point is JCS's order by UTF-16 unit). `at` is
UTC with six decimals and Z, `uuid` in lower case with hyphens, `v` the number of this definition.
"""

import json
import re
import uuid as uuids
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from huitong.ledger import merkle
from huitong.ledger.errors import NotCanonicalError

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"

VERSION = 1
LARGEST = 2**53 - 1
DEEPEST = 32
MEMBERS = frozenset({"actor", "at", "cite", "facts", "kind", "subject", "uuid", "v"})

COLUMNS = ("uuid", "kind", "subject", "actor", "at", "cite", "facts", "leaf_hash")
# `id` is the database's. Whoever writes without Django inserts a `row` into these columns.
INSERT_STATEMENT = (
    f"INSERT INTO ledger_entry ({', '.join(COLUMNS)}) "  # noqa: S608 - constants of this file
    "VALUES (%s, %s, %s, %s, %s, %s::text[], %s::jsonb, %s)"
)

_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
_BEYOND_BASIC_PLANE = re.compile("[\U00010000-\U0010ffff]")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False
)


class Row(NamedTuple):
    """The columns of `ledger_entry` in the order of `COLUMNS`; `facts` is JSON text."""

    uuid: uuids.UUID
    kind: str
    subject: str
    actor: str
    at: datetime
    cite: list[str]
    facts: str
    leaf_hash: bytes


def entry(
    *,
    uuid: uuids.UUID,
    kind: str,
    subject: str,
    actor: str,
    at: datetime,
    cite: Sequence[str],
    facts: Mapping[str, object],
) -> dict[str, Json]:
    """Return the entry as the JSON object that is hashed and that a receipt carries.

    Raises: NotCanonicalError.
    """
    for name, value in (("kind", kind), ("subject", subject), ("actor", actor)):
        if not value:
            raise NotCanonicalError(name, "is empty", "give it a text")
    if isinstance(cite, str):
        raise NotCanonicalError("cite", "is one text", "give a list of clause ids")
    return {
        "v": VERSION,
        "uuid": str(uuid),
        "kind": _text(kind, "kind"),
        "subject": _text(subject, "subject"),
        "actor": _text(actor, "actor"),
        "at": _time(at, "at"),
        "cite": [_text(clause, "cite") for clause in cite],
        "facts": facts_of(facts),
    }


def facts_of(facts: Mapping[str, object]) -> dict[str, Json]:
    """Return facts in the types of JSON; dates, times, UUIDs and Decimals become text.

    Raises: NotCanonicalError, naming the member.
    """
    return {
        _name(name, "facts"): _value(value, f"facts.{name}", 1) for name, value in facts.items()
    }


def canonical(entry: Mapping[str, Json]) -> bytes:
    """Return the bytes of an entry.

    >>> import uuid
    >>> canonical(entry(uuid=uuid.UUID(int=1), kind="grant.issue", subject="grant:7",
    ...     actor="person:li@11", at=datetime(2026, 11, 2, 1, 0, tzinfo=UTC), cite=["HL-22.3"],
    ...     facts={"columns": 3}))[:62]
    b'{"actor":"person:li@11","at":"2026-11-02T01:00:00.000000Z","ci'

    Raises: NotCanonicalError, also when a member is missing or unknown.
    """
    if entry.keys() != MEMBERS:
        odd = ", ".join(sorted(entry.keys() ^ MEMBERS))
        raise NotCanonicalError("the entry", f"has missing or unknown members ({odd})", "mend them")
    if entry["v"] != VERSION or isinstance(entry["v"], bool):
        raise NotCanonicalError("v", f"is not {VERSION}", "use the Huitong that wrote this entry")
    if not isinstance(entry["at"], str) or not _TIME.fullmatch(entry["at"]):
        raise NotCanonicalError("at", "is not UTC with six decimals and Z", "write it so")
    return canonical_object(entry)


def canonical_object(value: Mapping[str, Json]) -> bytes:
    """Return the bytes of any JSON object by the same rules (a use record, for one)."""
    return _ENCODER.encode(_value(value, "", 0)).encode("utf-8")


def row(entry: Mapping[str, Json]) -> Row:
    """Return what the database keeps of an entry, its leaf hash included."""
    cite, facts = entry["cite"], entry["facts"]
    if not isinstance(cite, list) or not isinstance(facts, dict):
        raise NotCanonicalError("cite or facts", "is not a list or a mapping", "make it one")
    return Row(
        uuid=uuids.UUID(str(entry["uuid"])),
        kind=str(entry["kind"]),
        subject=str(entry["subject"]),
        actor=str(entry["actor"]),
        at=datetime.fromisoformat(str(entry["at"])),
        cite=[str(clause) for clause in cite],
        facts=_ENCODER.encode(facts),
        leaf_hash=merkle.leaf_hash(canonical(entry)),
    )


def _value(value: object, where: str, depth: int) -> Json:
    # Ordered by how often each comes: this runs for every value of every entry verified.
    if isinstance(value, str):
        return _text(value, where)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if not -LARGEST <= value <= LARGEST:
            raise NotCanonicalError(where, "is past 2^53 - 1", "write it as text")
        return int(value)
    if depth > DEEPEST:
        raise NotCanonicalError(where, f"is nested deeper than {DEEPEST}", "flatten it")
    if isinstance(value, Mapping):
        return {
            _name(name, where): _value(member, f"{where}.{name}", depth + 1)
            for name, member in value.items()
        }
    if isinstance(value, list | tuple):
        return [_value(member, where, depth + 1) for member in value]
    return _as_text(value, where)


def _as_text(value: object, where: str) -> str:
    if isinstance(value, datetime):
        return _time(value, where)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, uuids.UUID):
        return str(value)
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    raise NotCanonicalError(
        where,
        f"is a {type(value).__name__}, which has no single written form",
        "write it as a whole number (milliseconds, per mille) or as text",
    )


def _text(value: str, where: str) -> str:
    if not value.isascii() or "\x00" in value:
        found = _UNWRITABLE.search(value)
        if found:
            raise NotCanonicalError(where, f"holds the character {found[0]!r}", "remove it")
    # A text enum is its value, not its name.
    return value if type(value) is str else str.__str__(value)


def _name(name: object, where: str) -> str:
    if not isinstance(name, str):
        raise NotCanonicalError(where, f"has the member {name!r}, which is not text", "name it")
    if not name.isascii() and _BEYOND_BASIC_PLANE.search(name):
        raise NotCanonicalError(where, f"has the member {name!r} past U+FFFF", "name it otherwise")
    return _text(name, where)


def _time(value: datetime, where: str) -> str:
    if value.tzinfo is None or value.utcoffset() is None:
        raise NotCanonicalError(where, "is a time without a zone", "give an aware datetime")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

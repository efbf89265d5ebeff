"""The shipped uses read back as the records that the ledger vouches for."""

from collections.abc import Mapping
from typing import Any

import psycopg

from huitong.ledger import leaves, merkle, uses
from huitong.ledger.leaves import Json

_SELECT = """
SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), encode(body_digest, 'hex'),
       client_id, consumer_id, dataset_id, grant_id, encode(key_mac, 'hex'), outcome, position,
       rows, shape
  FROM gateway.use_record
 WHERE segment = %s AND position >= %s AND position < %s
 ORDER BY position
"""
_MEMBERS = (
    *("at", "body", "client", "consumer", "dataset", "grant"),
    *("key", "outcome", "position", "rows", "shape"),
)
_PREFIX = "segment:"


def records_of(
    connection: psycopg.Connection[Any], segment: str, first: int, count: int
) -> list[dict[str, Json]]:
    """Return the shipped records of one chunk, each as `records.as_json` wrote it."""
    with psycopg.Cursor(connection) as cursor:
        cursor.execute(_SELECT, (segment, first, first + count))
        return [dict(zip(_MEMBERS, row, strict=True)) | {"segment": segment} for row in cursor]


def recompute_root(connection: psycopg.Connection[Any], entry: Mapping[str, Json]) -> bytes | None:
    """Return the Merkle root over the uses that an entry vouches for, from the rows as they are.

    None when the entry does not say which they are; a root of other records when some are gone.
    """
    facts, subject = entry["facts"], str(entry["subject"])
    if not isinstance(facts, dict) or not subject.startswith(_PREFIX):
        return None
    first, count = facts.get("first"), facts.get(uses.COUNT_FACT)
    if not isinstance(first, int) or not isinstance(count, int):
        return None
    frontier = merkle.Frontier()
    for record in records_of(connection, subject.removeprefix(_PREFIX), first, count):
        frontier.push(merkle.leaf_hash(leaves.canonical_object(record)))
    return frontier.root()

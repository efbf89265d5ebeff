"""Entries written by processes that have no Django, with psycopg alone.

The role needs INSERT on the columns of `leaves.COLUMNS` and nothing else: no id is read back.
"""

import uuid as uuids
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import psycopg

from huitong.ledger import leaves
from huitong.ledger.leaves import Json


class Appended(NamedTuple):
    """The entry that was written: by `uuid` its receipt is asked for once it is sealed."""

    uuid: uuids.UUID
    leaf_hash: bytes


def append(
    connection: psycopg.Connection,
    *,
    kind: str,
    subject: str,
    actor: str,
    at: datetime,
    cite: Sequence[str] = (),
    facts: Mapping[str, object] | None = None,
) -> Appended:
    """Write one entry in the connection's transaction; the rules are those of `actions.record`.

    The caller commits: for a connection in autocommit, open `connection.transaction()` around the
    act and this call.

    Raises: NotCanonicalError.
    """
    row = leaves.row(
        leaves.entry(
            uuid=uuids.uuid4(),
            kind=kind,
            subject=subject,
            actor=actor,
            at=at,
            cite=cite,
            facts=facts or {},
        )
    )
    with psycopg.Cursor(connection) as cursor:
        cursor.execute(leaves.INSERT_STATEMENT, row)
    return Appended(row.uuid, row.leaf_hash)


def append_many(connection: psycopg.Connection, entries: Iterable[Mapping[str, Json]]) -> int:
    """Write entries made by `leaves.entry` by COPY, in their order; return how many."""
    count = 0
    statement = f"COPY ledger_entry ({', '.join(leaves.COLUMNS)}) FROM STDIN"
    with psycopg.Cursor(connection) as cursor, cursor.copy(statement) as copy:
        for count, entry in enumerate(entries, 1):  # noqa: B007 - the count is returned
            copy.write_row(leaves.row(entry))
    return count

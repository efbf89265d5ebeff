"""Makes the functions and views of shapes, and binds the views to a new serving copy.

Runs on psycopg, as a role that may become the pool's: in the transaction that grants, in the one
that swaps, and after an upgrade.
"""

import json
from dataclasses import dataclass
from typing import Any, TypeAlias

import psycopg
from psycopg import sql

from huitong.config import role_prefix
from huitong.gateway.shapes import (
    Granted,
    Shape,
    create_statements,
    shape_of,
    table_of,
    view_statements,
)

Cursor: TypeAlias = Any  # psycopg's, or Django's wrapper of it

# Views of one dataset that a swap binds, those with most grants: all are locked until it commits.
# Look-ups of the other shapes are answered by their functions.
BOUND_AT_MOST = 200


def ensure(connection: psycopg.Connection[Any], grant: Granted) -> str:
    """Make the functions of the grant's shape if they are missing; return its digest.

    Runs inside the caller's transaction, by a role that may become the pool's. Two grants of one
    shape at once wait for each other.
    """
    shape = shape_of(grant.dataset_id, grant.columns, grant.row_filter)
    lock = int.from_bytes(bytes.fromhex(shape.digest)[:7])
    with connection.transaction(), connection.cursor(row_factory=psycopg.rows.tuple_row) as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (lock,))
        _one_at_a_time(cursor, shape.dataset_id)
        table, reader = table_of(shape.dataset_id), f"{role_prefix()}gateway"
        cursor.execute(
            "SELECT to_regprocedure(%s) IS NULL, to_regclass(%s) IS NULL",
            (shape.last_function, shape.view),
        )
        found = cursor.fetchone()
        functions, view = (True, True) if found is None else found
        if functions or view:
            pool = sql.Identifier(f"{role_prefix()}pool")
            cursor.execute(sql.SQL("SET LOCAL ROLE {}").format(pool))
            statements = create_statements(shape, reader=reader) if functions else ()
            # Without a serving copy there is nothing to bind to: the first swap makes the view.
            if view and _has_columns(cursor, table, shape):
                statements += view_statements(shape, table, reader=reader)
            for statement in statements:
                cursor.execute(statement.encode())
            cursor.execute("RESET ROLE")
    return shape.digest


@dataclass(frozen=True, slots=True)
class _Row:
    dataset_id: int
    columns: Any
    row_filter: Any


def ensure_all(connection: psycopg.Connection[Any]) -> int:
    """Make what is missing for every grant that lives; return the number of shapes.

    For after an upgrade that changed the functions or a mask. The connection is the application's.
    """
    with connection.transaction(), connection.cursor(row_factory=psycopg.rows.tuple_row) as cursor:
        cursor.execute(
            "SELECT DISTINCT dataset_id, columns::text, row_filter::text FROM sharing_grant "
            "WHERE revoked_at IS NULL AND ends_at > now()"
        )
        found = cursor.fetchall()
    for dataset_id, columns, row_filter in found:
        given = None if row_filter is None else json.loads(row_filter)
        ensure(connection, _Row(dataset_id, json.loads(columns), given))
    return len(found)


def rebind(cursor: Cursor, dataset_id: int, table: str) -> None:
    """Bind the views of a dataset's living grants to the table (with its schema) to be swapped in.

    Runs inside the swap's transaction, as the pool's role, before the tables are renamed: readers
    lock the view first and the table after, and so must this, or the two wait for each other. Views
    that no living grant needs, or whose items the new table has no more, are dropped.
    """
    _one_at_a_time(cursor, dataset_id)
    cursor.execute(
        "SELECT columns::text, row_filter::text FROM gateway.granted "
        "WHERE dataset_id = %s AND revoked_at IS NULL AND ends_at > now() "
        "GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2 LIMIT %s",
        (dataset_id, BOUND_AT_MOST),
    )
    wanted = {}
    for columns, row_filter in cursor.fetchall():
        given = None if row_filter is None else json.loads(row_filter)
        shape = shape_of(dataset_id, json.loads(columns), given)
        if not shape.matches:
            wanted[shape.view] = shape
    cursor.execute(
        "SELECT DISTINCT format('%%I.%%I', n.nspname, v.relname) FROM pg_depend d "
        "JOIN pg_rewrite r ON r.oid = d.objid AND d.classid = 'pg_rewrite'::regclass "
        "JOIN pg_class v ON v.oid = r.ev_class JOIN pg_namespace n ON n.oid = v.relnamespace "
        "JOIN pg_class t ON t.oid = d.refobjid AND t.relnamespace = 'serving'::regnamespace "
        "WHERE d.refclassid = 'pg_class'::regclass AND n.nspname = 'gateway' "
        "AND t.relname ~ %s",
        # Whatever table of this dataset a view reads, an old one that waits to be dropped too.
        (f"^d_{dataset_id:d}(_|$)",),
    )
    bound = {str(row[0]) for row in cursor.fetchall()}
    reader = f"{role_prefix()}gateway"
    # In the order of names, so that two who bind at once never wait for each other in a ring.
    for view in sorted(bound | wanted.keys()):
        needed = wanted.get(view)
        if needed is None or not _has_columns(cursor, table, needed):
            cursor.execute(f"DROP VIEW IF EXISTS {view}".encode())
            continue
        for statement in view_statements(needed, table, reader=reader):
            cursor.execute(statement.encode())


def _one_at_a_time(cursor: Cursor, dataset_id: int) -> None:
    """Wait for whoever makes or binds views of this dataset, until this transaction ends.

    Without it a swap would not see the view of a grant that is about to be committed, and would
    leave it on the old table.
    """
    cursor.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('huitong serving ' || %s::text, 0))",
        (dataset_id,),
    )


def _has_columns(cursor: Cursor, table: str, shape: Shape) -> bool:
    """Tell whether the table is there with all items that the shape names."""
    cursor.execute(
        "SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 "
        "AND NOT attisdropped",
        (table,),
    )
    named = set(shape.names) | ({shape.row_filter[0]} if shape.row_filter else set())
    return {"_key", *named} <= {str(row[0]) for row in cursor.fetchall()}

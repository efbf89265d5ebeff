"""The serving copy: one PostgreSQL table a dataset, built beside the old one and renamed in.

Tables live in the schema `serving` and belong to the role `huitong_pool`; `d_7` is what is read,
`d_7_31` is being built for batch 31, `d_7_old_31` waits to be dropped. Measured in the pipeline's
ADR: without VACUUM ANALYZE before the swap and with autovacuum on, one swap in thirty waited 16 s.
"""

import io
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import psycopg
import pyarrow as pa
import pyarrow.csv
from django.db import OperationalError, connection, transaction
from psycopg import sql

from huitong.catalogue.models import Dataset
from huitong.config import role_prefix
from huitong.ledger import actions as ledger
from huitong.organisations.types import Actor
from huitong.pool import hooks, queries
from huitong.pool.engines import exporting
from huitong.pool.errors import NothingToServeError, SwapBusyError
from huitong.pool.models import Batch, ServingCopy
from huitong.pool.plans import Plan

_SCHEMA = "serving"
_LOCK_TIMEOUT = "200ms"
_TRIES = 50
_PAUSE = 0.05
_CSV = pyarrow.csv.WriteOptions(include_header=False)

Connection = psycopg.Connection[tuple[object, ...]]


def table_name(dataset_id: int) -> str:
    """Return the name of the table that is read, without its schema."""
    return f"d_{dataset_id:d}"


def act_as_pool(connection: Connection) -> None:
    """Take the role that owns the serving copies, for the rest of the session."""
    connection.execute(sql.SQL("SET ROLE {}").format(_pool_role()))


def count(connection: Connection, dataset_id: int) -> int:
    """Return the rows of a serving copy, on a connection that acts as the pool."""
    row = connection.execute(
        sql.SQL("SELECT count(*) FROM {}").format(_table(table_name(dataset_id)))
    ).fetchone()
    return int(str(row[0])) if row else 0


def has_key(dataset_id: int, key: str) -> bool:
    """Tell whether the serving copy has a row under this look-up key."""
    with _own_connection() as own:
        query = sql.SQL("SELECT 1 FROM {} WHERE _key = %s").format(_table(table_name(dataset_id)))
        return own.execute(query, (key,)).fetchone() is not None


def swap(dataset: Dataset, *, actor: Actor, at: datetime) -> ServingCopy:
    """Build and swap; see `actions.swap_serving_copy`."""
    batch = queries.latest_batch(dataset)
    if batch is None:
        raise NothingToServeError(dataset.code)
    with _own_connection() as own:
        newest = queries.current_copy(dataset)
        live = table_name(dataset.pk)
        if newest is not None and newest.batch_id == batch.pk and _exists(own, live):
            return newest
        rows = _build(own, dataset.pk, batch)
        copy = _swap_in(dataset, batch, rows, actor=actor, at=at)
        _drop_old(own, dataset.pk)
    return copy


def _build(own: Connection, dataset_id: int, batch: Batch) -> int:
    """Make and fill `d_<dataset>_<batch>`; return its rows."""
    plan = queries.plan_of(batch.mount)
    name = f"d_{dataset_id:d}_{batch.pk:d}"
    table = _table(name)
    own.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(table))  # of a build that was cut off
    rows = 0
    with own.transaction():
        own.execute(_create(table, plan))
        # FREEZE: nobody else can see the table yet, so its rows need no second visit later.
        statement = sql.SQL("COPY {} FROM STDIN (FORMAT csv, FREEZE)").format(table)
        with own.cursor() as cursor, cursor.copy(statement) as copy:
            for rows_of_batch in exporting.keyed(plan, queries.snapshot_files(batch)):
                copy.write(_csv(rows_of_batch))
                rows += rows_of_batch.num_rows
    index = sql.Identifier(f"{name}_key")
    own.execute(sql.SQL("CREATE UNIQUE INDEX {} ON {} (_key)").format(index, table))
    own.execute(sql.SQL("VACUUM (ANALYZE) {}").format(table))
    return rows


def _create(table: sql.Identifier, plan: Plan) -> sql.Composed:
    columns = [sql.SQL('_key text COLLATE "C" NOT NULL')]
    parts = sql.SQL(", ").join(
        [
            *columns,
            *(
                sql.SQL("{} {}").format(sql.Identifier(item.name), _type(item.postgres_type))
                for item in plan.items
            ),
        ]
    )
    return sql.SQL("CREATE TABLE {} ({}) WITH (autovacuum_enabled = false)").format(table, parts)


def _type(name: str) -> sql.SQL:
    return sql.SQL(name)  # from the closed table in plans


def _csv(batch: pa.RecordBatch) -> bytes:
    """Return rows as PostgreSQL's CSV: NULL is an empty field without quotation marks."""
    target = io.BytesIO()
    pyarrow.csv.write_csv(batch, target, write_options=_CSV)
    return target.getvalue()


def _swap_in(
    dataset: Dataset, batch: Batch, rows: int, *, actor: Actor, at: datetime
) -> ServingCopy:
    """Rename in one transaction with the record; try again while readers hold the table."""
    for _ in range(_TRIES):
        try:
            with transaction.atomic():
                copy = ServingCopy.objects.create(
                    dataset=dataset,
                    batch=batch,
                    version=batch.mount.version,
                    table_name=f"{_SCHEMA}.{table_name(dataset.pk)}",
                    snapshot_id=batch.snapshot_id or 0,
                    rows=rows,
                    swapped_at=at,
                )
                ledger.record(
                    kind="pool.serving_copy_swapped",
                    subject=dataset.subject,
                    actor=actor.ledger_name,
                    at=at,
                    cite=("HL-18.2",),
                    facts={
                        "batch": batch.pk,
                        "snapshot_id": str(batch.snapshot_id),
                        "rows": rows,
                    },
                )
                _rename(dataset.pk, batch.pk)  # last: readers wait from here to the commit
        except OperationalError as error:
            if not isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
                raise
            # Spread out, so that two swappers and a pattern of readers do not keep in step.
            time.sleep(_PAUSE * (0.5 + random.random()))  # noqa: S311
        else:
            return copy
    raise SwapBusyError(dataset.code)


def _rename(dataset_id: int, batch_id: int) -> None:
    live, fresh = table_name(dataset_id), f"d_{dataset_id:d}_{batch_id:d}"
    rename = sql.SQL("ALTER TABLE IF EXISTS {} RENAME TO {}")
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SET LOCAL ROLE {}").format(_pool_role()))
        cursor.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(_LOCK_TIMEOUT)))
        # Before the renaming: whoever reads a view locks it first and the table after.
        hooks.swapping(cursor, dataset_id, f"{_SCHEMA}.{fresh}")
        for statement in (
            rename.format(_table(live), sql.Identifier(f"d_{dataset_id:d}_old_{batch_id:d}")),
            rename.format(_table(fresh), sql.Identifier(live)),
            sql.SQL("SET LOCAL ROLE NONE"),
        ):
            cursor.execute(statement)


def _drop_old(own: Connection, dataset_id: int) -> None:
    """Drop what earlier swaps and builds left; what is still read is left to the next swap."""
    names = own.execute(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'serving'::regnamespace"
        " AND c.relkind = 'r' AND c.relname ~ %s",
        (f"^d_{dataset_id:d}_(old_)?[0-9]+$",),
    ).fetchall()
    for (name,) in names:
        try:
            own.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(_table(str(name))))
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DependentObjectsStillExist):
            continue


def _exists(own: Connection, name: str) -> bool:
    row = own.execute("SELECT to_regclass(%s) IS NOT NULL", (f"{_SCHEMA}.{name}",)).fetchone()
    return bool(row and row[0])


@contextmanager
def _own_connection() -> Iterator[Connection]:
    """Yield a connection beside Django's that acts as the pool; VACUUM needs no transaction."""
    given = connection.get_connection_params()
    names = ("host", "port", "dbname", "user", "password")
    parameters = {name: given[name] for name in names if given.get(name)}
    with psycopg.connect(**parameters, autocommit=True, application_name="huitong-pool") as own:
        act_as_pool(own)
        own.execute("SET lock_timeout = '2s'")
        yield own


def _table(name: str) -> sql.Identifier:
    return sql.Identifier(_SCHEMA, name)


def _pool_role() -> sql.Identifier:
    return sql.Identifier(f"{role_prefix()}pool")

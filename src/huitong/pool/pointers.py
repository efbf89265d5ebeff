"""Which metadata file is current for each lake table: rows of PyIceberg's own catalogue table.

A staged state becomes current by compare-and-swap, in the transaction that also writes the batch
and its ledger entry: all of it appears at once or none of it does.
"""

from django.db import connection, transaction

from huitong.pool.errors import LakeConflictError
from huitong.pool.lake import CATALOG, NAMESPACE, Staged

_PREPARE_LOCK = 19_200


# The tables of PyIceberg's SQL catalogue (its schema v1). The schema `lake` belongs to the
# application's role, which therefore makes them itself, the first time.
_CATALOGUE = """
CREATE TABLE IF NOT EXISTS lake.iceberg_tables (
    catalog_name varchar(255) NOT NULL,
    table_namespace varchar(255) NOT NULL,
    table_name varchar(255) NOT NULL,
    metadata_location varchar(1000),
    previous_metadata_location varchar(1000),
    iceberg_type varchar(5),
    PRIMARY KEY (catalog_name, table_namespace, table_name)
);
CREATE TABLE IF NOT EXISTS lake.iceberg_namespace_properties (
    catalog_name varchar(255) NOT NULL,
    namespace varchar(255) NOT NULL,
    property_key varchar(255) NOT NULL,
    property_value varchar(1000) NOT NULL,
    PRIMARY KEY (catalog_name, namespace, property_key)
);
INSERT INTO lake.iceberg_namespace_properties VALUES (%s, %s, 'exists', 'true')
ON CONFLICT DO NOTHING;
"""


def prepare() -> None:
    """Make the catalogue's tables if they are missing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('lake.iceberg_namespace_properties') IS NOT NULL")
        row = cursor.fetchone()
    if row and row[0]:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_PREPARE_LOCK,))
        for statement in _CATALOGUE.split(";\n"):
            if statement.strip():
                values = (CATALOG, NAMESPACE) if "%s" in statement else None
                cursor.execute(statement, values)


def current(table: str) -> str | None:
    """Return the current metadata's location, None for a table that does not exist yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT metadata_location FROM lake.iceberg_tables"
            " WHERE catalog_name = %s AND table_namespace = %s AND table_name = %s",
            (CATALOG, NAMESPACE, table),
        )
        row = cursor.fetchone()
    return None if row is None else str(row[0])


def all_current() -> dict[str, str]:
    """Return the current metadata's location of every table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, metadata_location FROM lake.iceberg_tables"
            " WHERE catalog_name = %s AND table_namespace = %s",
            (CATALOG, NAMESPACE),
        )
        return {str(name): str(location) for name, location in cursor.fetchall()}


def swing(staged: Staged) -> None:
    """Make a staged state current.

    Raises: LakeConflictError when another one became current since it was staged.
    """
    if not connection.in_atomic_block:
        msg = "pointers swing inside the transaction that writes the batch"
        raise transaction.TransactionManagementError(msg)
    with connection.cursor() as cursor:
        if staged.expected is None:
            cursor.execute(
                "INSERT INTO lake.iceberg_tables (catalog_name, table_namespace, table_name,"
                " metadata_location, previous_metadata_location, iceberg_type)"
                " VALUES (%s, %s, %s, %s, NULL, 'TABLE') ON CONFLICT DO NOTHING",
                (CATALOG, NAMESPACE, staged.table, staged.location),
            )
        else:
            cursor.execute(
                "UPDATE lake.iceberg_tables SET metadata_location = %s,"
                " previous_metadata_location = metadata_location"
                " WHERE catalog_name = %s AND table_namespace = %s AND table_name = %s"
                " AND metadata_location = %s",
                (staged.location, CATALOG, NAMESPACE, staged.table, staged.expected),
            )
        if cursor.rowcount != 1:
            raise LakeConflictError(staged.table)

"""Newest by key: what becomes of rows that share a key.

Rows alike in every item are one row, counted as duplicates. Of rows with one key and different
content the one with the greatest version column is kept and the older ones are superseded. Where no
version column decides, because there is none or the newest two are equal, nobody guesses: those
rows are a key conflict. A NULL version is older than any other.
"""

# ruff: noqa: S608 - names are checked item names in quotation marks, values are literals

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from huitong.pool.plans import Plan
from huitong.pool.rules import literal, quoted

KEY_CONFLICT = "key_conflict"

_GOOD, _CONFLICT, _SUPERSEDED = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Settled:
    """The rows set aside, each with its fate, in a table of the connection."""

    connection: duckdb.DuckDBPyConnection
    plan: Plan
    duplicates: int
    superseded: int

    def newest(self, batch_rows: int) -> Iterator[pa.RecordBatch]:
        """Yield the rows that stand, in the order of their lines: `_line`, then the items."""
        columns = ", ".join(map(quoted, ("_line", *self.plan.names)))
        query = f"SELECT {columns} FROM settled WHERE fate = {_GOOD} ORDER BY _line"
        yield from self.connection.execute(query).to_arrow_reader(batch_rows)

    def conflicts(self) -> pa.Table:
        """Return the lines in conflict: `_line`, `_reasons`, `_key`."""
        return self.connection.execute(
            f"SELECT _line, {literal(KEY_CONFLICT)} AS _reasons, {key_text(self.plan)} AS _key"
            f" FROM settled WHERE fate = {_CONFLICT}"
        ).to_arrow_table()


def settle(connection: duckdb.DuckDBPyConnection, plan: Plan, aside: Path) -> Settled:
    """Decide the fate of every row in the file, which has the schema of accepted rows."""
    items = ", ".join(map(quoted, plan.names))
    key = ", ".join(map(quoted, plan.key or plan.names))
    version = quoted(plan.version_column) if plan.version_column else "NULL"
    source = f"read_parquet({literal(str(aside))})"
    connection.execute(
        f"""
        CREATE TEMP TABLE settled AS
        SELECT _line, {items}, CASE
            WHEN place > 1 THEN {_SUPERSEDED} WHEN tied > 1 THEN {_CONFLICT} ELSE {_GOOD}
        END AS fate
        FROM (
            SELECT *,
                rank() OVER (PARTITION BY {key} ORDER BY {version} DESC NULLS LAST) AS place,
                count(*) OVER (PARTITION BY {key}, {version}) AS tied
            FROM (SELECT min(_line) AS _line, {items} FROM {source} GROUP BY {items})
        )
        """
    )
    row = connection.execute(
        f"SELECT (SELECT count(*) FROM {source}) - count(*),"
        f" count(*) FILTER (fate = {_SUPERSEDED}) FROM settled"
    ).fetchone()
    duplicates, superseded = row or (0, 0)
    return Settled(connection, plan, int(duplicates), int(superseded))


def key_text(plan: Plan) -> str:
    r"""Return the expression of the look-up key.

    The key's values as text, joined by `|`; a `|` or `\` inside a value is escaped with `\`.
    """
    if not plan.key:
        return "CAST(_line AS VARCHAR)"
    if len(plan.key) == 1:
        return f"CAST({quoted(plan.key[0])} AS VARCHAR)"
    parts = (
        f"regexp_replace(CAST({quoted(name)} AS VARCHAR), '([|\\\\])', '\\\\\\1', 'g')"
        for name in plan.key
    )
    return f"concat_ws('|', {', '.join(parts)})"

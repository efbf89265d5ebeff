"""Accepted rows with their look-up key, for the serving copy."""

# ruff: noqa: S608 - names are checked item names in quotation marks, values are literals

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from huitong.pool import lake
from huitong.pool.engines.settling import key_text
from huitong.pool.plans import Plan
from huitong.pool.rules import quoted

_BATCH_ROWS = 65_536


def keyed(plan: Plan, files: Sequence[Path]) -> Iterator[pa.RecordBatch]:
    """Yield `_key` and the items of every row.

    A key is written as in the quarantine: see `settling.key_text`.
    """
    columns = ", ".join(quoted(name) for name in plan.names)
    sql = f"SELECT {key_text(plan)} AS _key, {columns} FROM rows"
    with duckdb.connect(config={"threads": 1, "autoload_known_extensions": False}) as connection:
        for batch in lake.read(files, ["_line", *plan.names], _BATCH_ROWS):
            connection.register("rows", pa.Table.from_batches([batch]))
            yield from connection.execute(sql).to_arrow_reader(_BATCH_ROWS)

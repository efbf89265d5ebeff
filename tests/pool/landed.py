"""Rows given in a test, as if a file had been landed, and the engine's answer to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from huitong.pool import plans
from huitong.pool.engines import duckdb
from huitong.pool.types import Counts
from pool.stage import Item

TODAY = date(2026, 11, 20)
Rows = Sequence[Sequence[str | None]]


@dataclass(frozen=True)
class Outcome:
    counts: Counts
    good: list[dict[str, object]]
    bad: list[dict[str, object]]

    @property
    def reasons(self) -> list[str]:
        return [str(row["_reasons"]) for row in self.bad]


def run(
    folder: Path,
    items: Sequence[Item],
    rows: Rows,
    *,
    key: Sequence[str] = (),
    version_column: str | None = None,
    sums: Sequence[str] = (),
    batch_rows: int = 1000,
) -> Outcome:
    """Run the engine over rows of text; the first data row is line 2."""
    plan = plans.make(items, key=key, version_column=version_column, layout={})
    columns: Mapping[str, pa.Array] = {
        **{
            item.name: pa.array([row[place] for row in rows], pa.string())
            for place, item in enumerate(items)
        },
        "_line": pa.array(range(2, 2 + len(rows)), pa.int64()),
    }
    table = pa.table(columns)
    landed = folder / "landed.arrow"
    with pa.OSFile(str(landed), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=batch_rows)
    work = folder / "work"
    work.mkdir(exist_ok=True)
    job = duckdb.Job(
        plan=plan,
        landed=landed,
        good=folder / "good.parquet",
        quarantine=folder / "quarantine.parquet",
        work=work,
        on=TODAY,
        sums=sums,
    )
    counts = duckdb.run(job)
    return Outcome(
        counts, pq.read_table(job.good).to_pylist(), pq.read_table(job.quarantine).to_pylist()
    )

"""The engine of one machine: DuckDB for types, rules and newest by key; Arrow for texts and files.

Two passes over the landed file, both in batches, so memory does not grow with the file. The first
reads key columns alone and finds the keys that occur more than once. The second conforms, checks
and splits; rows of repeated keys are set aside and settled at the end, all others are written to
their place at once. DuckDB spills to `work` when it needs to.

Only this module and its neighbours know DuckDB. No message carries a value of a row.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from huitong.pool import casting, conforming, landing, proving
from huitong.pool.engines import settling, statements
from huitong.pool.errors import PoolError
from huitong.pool.plans import Plan, PlanItem
from huitong.pool.rules import literal
from huitong.pool.types import Counts

BATCH_ROWS = 122_880
"""Rows worked on at a time; also the size of a row group of what is written."""

_SAMPLE_ROWS = 40_000

_FEW = 8
"""Rows are picked out to be asked about when they are fewer than one in so many."""


class EngineError(PoolError):
    """DuckDB gave up. Its own message may hold values and is not repeated."""

    code = "engine"

    def __init__(self, error: duckdb.Error) -> None:
        super().__init__(
            f"The engine stopped ({type(error).__name__}) and nothing was loaded: see that "
            "HUITONG_HOME has free space and memory, then deliver the file again.",
            zh=f"计算引擎中止（{type(error).__name__}），未载入任何数据："
            "请确认 HUITONG_HOME 有足够空间和内存后重新提交。",
        )


@dataclass(frozen=True, slots=True)
class Job:
    """One run: where the landed file is, where results go, and what the run may use.

    `on` is the day of delivery, for identifiers that hold a date. `sums` names the items whose
    total over all rows is wanted. `memory` is DuckDB's limit in bytes.
    """

    plan: Plan
    landed: Path
    good: Path
    quarantine: Path
    work: Path
    on: date
    sums: Collection[str] = ()
    memory: int = 512 * 2**20
    threads: int = 1


def run(job: Job, progress: Callable[[int], None] = lambda _rows: None) -> Counts:
    """Check, split and settle one delivery; write both files; return where every row went.

    `progress` is called with the rows done. The quarantine file is written even when it is empty.

    Raises: EngineError when DuckDB fails, OSError when the disk refuses a write.
    """
    try:
        with ExitStack() as stack:
            connection = stack.enter_context(_session(job))
            return _Run(job, connection, stack).counts(progress)
    except duckdb.Error as error:
        raise EngineError(error) from None


def _session(job: Job) -> duckdb.DuckDBPyConnection:
    """Return a connection that reads no file outside the work folder and loads no extension."""
    work = str(job.work)
    connection = duckdb.connect(
        config={
            "threads": job.threads,
            "memory_limit": f"{job.memory // 2**20}MiB",
            "temp_directory": work,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    connection.execute(f"SET allowed_directories = [{literal(work)}]")
    connection.execute("SET enable_external_access = false")
    return connection


class _Run:
    """The state of one run: open writers and what was counted."""

    def __init__(self, job: Job, connection: duckdb.DuckDBPyConnection, stack: ExitStack) -> None:
        self.job = job
        self.plan = job.plan
        self.connection = connection
        self.stack = stack
        self.good_schema = job.plan.good_schema()
        self.quarantine_schema = job.plan.quarantine_schema()
        self.good: pq.ParquetWriter | None = None
        self.quarantine = stack.enter_context(
            pq.ParquetWriter(job.quarantine, self.quarantine_schema, compression="zstd")
        )
        self.aside: pq.ParquetWriter | None = None
        self.aside_path = job.work / "aside.parquet"
        self.rows_read = self.accepted = self.quarantined = 0
        self.reasons: Counter[str] = Counter()
        self.warnings: Counter[str] = Counter()
        self.sums: dict[str, Decimal] = {name: Decimal(0) for name in job.sums}

    def counts(self, progress: Callable[[int], None]) -> Counts:
        """Do both passes and settle what was set aside."""
        repeated = self.repeated_keys()
        for batch in landing.batches(self.job.landed, ("_line", *self.plan.names)):
            rows = slice(self.rows_read, self.rows_read + batch.num_rows)
            self.take(batch, None if repeated is None else repeated[rows])
            progress(self.rows_read)
        duplicates, superseded = self.settle()
        self.good_writer(None).close()
        self.quarantine.close()
        return Counts(
            rows_read=self.rows_read,
            accepted=self.accepted,
            quarantined=self.quarantined,
            duplicates=duplicates,
            superseded=superseded,
            reasons=dict(sorted(self.reasons.items())),
            warnings=dict(sorted(self.warnings.items())),
            sums=self.sums,
        )

    def repeated_keys(self) -> npt.NDArray[np.bool_] | None:
        """Tell for every row whether its key occurs more than once, or None when none does.

        Without a key the whole row is the key, which finds exact duplicates. Two keys with one hash
        only cause a needless look at a few rows. Takes 17 bytes of memory a row.
        """
        items = [self.plan.item(name) for name in self.plan.key] or list(self.plan.items)
        names = [item.name for item in items]
        parts = [np.empty(0, dtype=np.uint64)]
        for batch in landing.batches(self.job.landed, names):
            texts = [
                conforming.comparable(item, column)
                for item, column in zip(items, batch.columns, strict=True)
            ]
            given, with_values = _with_plain_values(items, texts)
            found = self.select(statements.key_hashes(items, given), with_values)
            parts.append(found["h"].to_numpy(zero_copy_only=False))
        hashes = np.concatenate(parts)
        ordered = np.sort(hashes)
        repeated = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
        return _contains(repeated, hashes) if repeated.size else None

    def take(self, batch: pa.RecordBatch, repeated: npt.NDArray[np.bool_] | None) -> None:
        """Conform, check and split one batch; `repeated` tells of its rows alone."""
        self.rows_read += batch.num_rows
        items, names = self.plan.items, self.plan.names
        lines, *raw = batch.columns
        columns = [
            conforming.conformed(item, column, on=self.job.on)
            for item, column in zip(items, raw, strict=True)
        ]
        given, with_values = _with_plain_values(items, [column.text for column in columns])
        found, bad = self.checked(columns, given, with_values)
        for column in columns:
            if column.reason is not None:
                bad |= _mask(column.reason.is_valid())
        values = [
            with_values[statements.typed_name(name)]
            if name in given
            else found[name].cast(self.good_schema.field(name).type)
            for name in names
        ]
        self.add_sums(dict(zip(names, values, strict=True)))
        lines = lines.cast(pa.int64())
        typed = pa.RecordBatch.from_arrays([lines, *values], schema=self.good_schema)
        any_bad = bool(bad.any())
        self.count_warnings(columns, bad)
        if any_bad:
            self.put_aside_bad(lines, raw, columns, bad)
        again = repeated & ~bad if repeated is not None else None
        if again is not None and again.any():
            self.aside_writer().write_batch(typed.filter(pa.array(again)))
            self.write_good(typed.filter(pa.array(~bad & ~again)))
        else:
            self.write_good(typed.filter(pa.array(~bad)) if any_bad else typed)

    def checked(
        self,
        columns: Sequence[conforming.Conformed],
        given: Collection[str],
        values: Mapping[str, pa.Array],
    ) -> tuple[dict[str, pa.Array], npt.NDArray[np.bool_]]:
        """Return the values that were not given, and which rows of a batch break a condition.

        SQL is asked about the conditions that a row may break and, when no value is left to make,
        about those rows alone.
        """
        count = len(columns[0].text)
        doubtful, bad = np.zeros(count, dtype=np.bool_), np.zeros(count, dtype=np.bool_)
        conditions: list[str] = []
        for item, column in zip(self.plan.items, columns, strict=True):
            typed = values.get(statements.typed_name(item.name))
            for check in item.checks:
                doubts = proving.doubts(item, check, column.text, typed)
                if doubts.any():
                    conditions.append(check.condition)
                    doubtful |= doubts
        sql = statements.check(self.plan, given, conditions)
        if sql is None:
            return {}, bad
        rows = np.flatnonzero(doubtful)
        if len(given) < len(columns) or rows.size * _FEW > count:
            found = self.select(sql, values)
            return found, _mask(found["_bad"])
        few = {name: column.take(pa.array(rows)) for name, column in values.items()}
        bad[rows] = _mask(self.select(sql, few)["_bad"])
        return {}, bad

    def select(self, sql: str, columns: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
        """Run a projection over one batch; rows keep their order."""
        batch = pa.table(dict(columns))
        self.connection.register("batch", batch)
        table = self.connection.execute(sql).to_arrow_table()
        if table.num_rows != batch.num_rows:  # positions must match, or rows would be mixed
            msg = "a projection changed the number of rows"
            raise RuntimeError(msg)
        return {name: _one(table.column(name)) for name in table.column_names}

    def put_aside_bad(
        self,
        lines: pa.Array,
        raw: list[pa.Array],
        columns: list[conforming.Conformed],
        bad: npt.NDArray[np.bool_],
    ) -> None:
        """Write rows with reasons to the quarantine, as they were delivered."""
        mask = pa.array(bad)
        given = [column.text.filter(mask) for column in columns]
        with_reasons = dict(zip(self.plan.names, given, strict=True))
        for name, column in zip(self.plan.names, columns, strict=True):
            reason = pa.nulls(len(bad), pa.string()) if column.reason is None else column.reason
            with_reasons[statements.reason_name(name)] = reason.filter(mask)
        reasons = self.select(statements.reasons(self.plan, ()), with_reasons)["_reasons"]
        self.write_quarantine(
            [
                lines.filter(mask),
                reasons,
                pa.nulls(len(reasons), pa.string()),
                *(column.filter(mask).cast(pa.string()) for column in raw),
            ]
        )

    def write_quarantine(self, arrays: list[pa.Array]) -> None:
        """Write quarantined rows and count their reasons."""
        batch = pa.RecordBatch.from_arrays(arrays, schema=self.quarantine_schema)
        self.quarantine.write_batch(batch)
        self.quarantined += batch.num_rows
        words = pc.list_flatten(pc.split_pattern(batch.column("_reasons"), ";"))
        for entry in pc.value_counts(words).to_pylist():
            self.reasons[entry["values"]] += entry["counts"]

    def write_good(self, batch: pa.RecordBatch) -> None:
        """Write accepted rows."""
        if batch.num_rows:
            self.good_writer(batch).write_batch(batch)
            self.accepted += batch.num_rows

    def good_writer(self, batch: pa.RecordBatch | None) -> pq.ParquetWriter:
        """Return the writer; the first rows decide which columns are worth a dictionary."""
        if self.good is None:
            self.good = self.stack.enter_context(
                pq.ParquetWriter(
                    self.job.good,
                    self.good_schema,
                    compression="snappy",
                    use_dictionary=_repetitive(batch) if batch is not None else False,
                )
            )
        return self.good

    def aside_writer(self) -> pq.ParquetWriter:
        """Return the writer for rows whose key occurs more than once."""
        if self.aside is None:
            self.aside = self.stack.enter_context(
                pq.ParquetWriter(self.aside_path, self.good_schema, compression="lz4")
            )
        return self.aside

    def settle(self) -> tuple[int, int]:
        """Settle repeated keys; return how many rows were duplicates and how many superseded."""
        if self.aside is None:
            return 0, 0
        self.aside.close()
        settled = settling.settle(self.connection, self.plan, self.aside_path)
        for batch in settled.newest(BATCH_ROWS):
            self.write_good(pa.RecordBatch.from_arrays(batch.columns, schema=self.good_schema))
        conflicts = settled.conflicts()
        if conflicts.num_rows:
            for batch in self.delivered(conflicts):
                self.write_quarantine(batch.columns)
        return settled.duplicates, settled.superseded

    def delivered(self, conflicts: pa.Table) -> list[pa.RecordBatch]:
        """Return conflicting rows as they were delivered, rows of one key side by side."""
        wanted = conflicts.column("_line").combine_chunks()
        rows = pa.Table.from_batches(
            batch.filter(pc.is_in(batch.column("_line").cast(pa.int64()), value_set=wanted))
            for batch in landing.batches(self.job.landed, ("_line", *self.plan.names))
        )
        rows = rows.set_column(
            rows.schema.get_field_index("_line"), "_line", rows.column("_line").cast(pa.int64())
        )
        joined = conflicts.join(rows, "_line", use_threads=False).sort_by(
            [("_key", "ascending"), ("_line", "ascending")]
        )
        ordered = joined.select(self.quarantine_schema.names).cast(self.quarantine_schema)
        return list(ordered.combine_chunks().to_batches())

    def add_sums(self, values: dict[str, pa.Array]) -> None:
        """Add up the items whose totals were declared, over every row that was read."""
        for name in self.sums:
            total = pc.sum(values[name].cast(pa.decimal128(38, self.plan.item(name).scale)))
            self.sums[name] += total.as_py() or Decimal(0)

    def count_warnings(
        self, columns: list[conforming.Conformed], bad: npt.NDArray[np.bool_]
    ) -> None:
        """Count the warnings of rows that passed the checks."""
        kept = pa.array(~bad)
        for name, column in zip(self.plan.names, columns, strict=True):
            if column.warning is not None:
                for entry in pc.value_counts(column.warning.filter(kept).drop_null()).to_pylist():
                    self.warnings[f"{name}:{entry['values']}"] += entry["counts"]


def _with_plain_values(
    items: Sequence[PlanItem], texts: Sequence[pa.Array]
) -> tuple[frozenset[str], dict[str, pa.Array]]:
    """Return texts and, for the items named first, the values that Arrow could cast."""
    columns = dict(zip((item.name for item in items), texts, strict=True))
    given = set()
    for item, text in zip(items, texts, strict=True):
        values = casting.plain(item, text)
        if values is not None:
            given.add(item.name)
            columns[statements.typed_name(item.name)] = values
    return frozenset(given), columns


def _one(column: pa.ChunkedArray) -> pa.Array:
    merged = column.combine_chunks()
    return merged.chunk(0) if isinstance(merged, pa.ChunkedArray) else merged


def _mask(column: pa.Array) -> npt.NDArray[np.bool_]:
    # A copy: Arrow hands out read-only memory.
    return np.array(column.to_numpy(zero_copy_only=False), dtype=np.bool_)


def _contains(
    sorted_hashes: npt.NDArray[np.uint64], hashes: npt.NDArray[np.uint64]
) -> npt.NDArray[np.bool_]:
    """Tell which hashes are among the sorted ones; a table of 16 bits rules most out cheaply."""
    table = np.zeros(1 << 16, dtype=np.bool_)
    table[sorted_hashes & np.uint64(0xFFFF)] = True
    found: npt.NDArray[np.bool_] = table[hashes & np.uint64(0xFFFF)]
    maybe = np.flatnonzero(found)
    places = np.searchsorted(sorted_hashes, hashes[maybe])
    places[places == sorted_hashes.size] = 0
    found[maybe] = sorted_hashes[places] == hashes[maybe]
    return found


def _repetitive(batch: pa.RecordBatch) -> list[str]:
    """Return the columns of which a sample repeats values often enough for a dictionary to pay."""
    sample = batch.slice(0, _SAMPLE_ROWS)
    return [
        name
        for name in batch.schema.names
        if pc.count_distinct(sample.column(name)).as_py() * 2 < sample.num_rows
    ]

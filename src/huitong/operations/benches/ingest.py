"""A whole delivery beside plain DuckDB CSV to Parquet: same file, one core, rounds in turn.

Ours keeps the bytes, lands, conforms, checks both identifiers and seven other rules, splits, keeps
the newest by key, commits to Iceberg and PostgreSQL, and reconciles. The baseline copies the file
to Parquet with types as DuckDB guesses them. Both run in processes of their own, bound to one core,
so that the peak of memory is theirs alone.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from huitong.identifiers import making

COLUMNS = (
    "id_number",
    "name",
    "gender",
    "birthday",
    "phone",
    "employer_code",
    "employer",
    "division",
    "income",
    "updated_at",
)
_BLOCK = 100_000
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林高罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰"
_DIVISIONS = ("230102", "230103", "230104", "230108", "230109", "230110", "230111", "230112")


@dataclass(frozen=True, slots=True)
class Made:
    """What was put into a made delivery, so that counts can be compared."""

    rows: int
    broken: int
    superseded: int
    duplicates: int


def write_people(path: Path, rows: int, seed: int = 20261121) -> Made:
    """Write a CSV of invented people with `rows` data rows.

    One row in 100 has a wrong check character, one in 200 is an older state of another person's
    row, one in 500 repeats a row exactly.
    """
    random = np.random.default_rng(seed)
    superseded, duplicates = rows // 200, rows // 500
    people = rows - superseded - duplicates
    employers = pa.array([making.make_credit_code("230100", n) for n in range(20_000)])
    employer_names = pa.array([f"黑龙江省第{n}机械制造有限公司" for n in range(20_000)])
    broken = 0
    schema = pa.schema([(name, pa.string()) for name in COLUMNS])
    extra: list[pa.RecordBatch] = []
    with (
        path.open("wb") as file,
        pyarrow.csv.CSVWriter(
            file,
            schema,
            write_options=pyarrow.csv.WriteOptions(quoting_style="none"),
        ) as writer,
    ):
        for start in range(0, people, _BLOCK):
            numbers = np.arange(start, min(start + _BLOCK, people))
            batch, bad = _people(numbers, random, employers, employer_names)
            broken += int(bad.sum())
            writer.write_batch(batch)
            extra.append(batch.filter(pa.array(~bad)).slice(0, 4_000))
        pool = pa.Table.from_batches(extra).slice(0, superseded + duplicates).combine_chunks()
        if pool.num_rows < superseded + duplicates:
            msg = "too few people to repeat: ask for at least 100,000 rows or a multiple of 500"
            raise ValueError(msg)
        older = pool.slice(0, superseded)
        older = older.set_column(
            9, "updated_at", pa.array(["2020-01-01 00:00:00"] * superseded, pa.string())
        )
        writer.write_table(older)
        writer.write_table(pool.slice(superseded, duplicates))
    return Made(rows, broken, superseded, duplicates)


def _people(
    numbers: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    random: np.random.Generator,
    employers: pa.Array,
    employer_names: pa.Array,
) -> tuple[pa.RecordBatch, "np.ndarray[tuple[int], np.dtype[np.bool_]]"]:
    """Return the people with these numbers, no two alike, and which of them have a wrong id."""
    count = len(numbers)
    days = numbers // 8_000  # 8 divisions × 1,000 sequence numbers a day
    born = np.datetime64("1950-01-01") + days
    regions = np.array([int(code) for code in _DIVISIONS])[numbers % 8]
    ids = making.make_citizen_ids(regions, born, (numbers // 8) % 1_000)
    bad = numbers % 100 == 99
    last = pc.utf8_slice_codeunits(ids, 17, 18)
    wrong = pc.if_else(pc.equal(last, "1"), "2", "1")
    head = pc.utf8_slice_codeunits(ids, 0, 17)
    ids = pc.if_else(pa.array(bad), pc.binary_join_element_wise(head, wrong, ""), ids)
    surnames, given = pa.array(list(_SURNAMES)), pa.array(list(_GIVEN))
    names = pc.binary_join_element_wise(
        surnames.take(pa.array(random.integers(0, len(_SURNAMES), count))),
        given.take(pa.array(random.integers(0, len(_GIVEN), count))),
        given.take(pa.array(random.integers(0, len(_GIVEN), count))),
        "",
    )
    employer = pa.array(random.integers(0, 20_000, count))
    phones = pa.array(13_800_000_000 + random.integers(0, 10**8, count)).cast(pa.string())
    yuan = pa.array(random.integers(0, 10**6, count)).cast(pa.string())
    fen = pa.array(random.integers(10, 100, count)).cast(pa.string())
    moments = np.datetime64("2026-01-01T00:00:00") + random.integers(0, 25_000_000, count)
    columns = [
        ids,
        names,
        pa.array(["男", "女"]).take(pa.array(random.integers(0, 2, count))),
        pa.array(born.astype("datetime64[D]")).cast(pa.string()),
        phones,
        employers.take(employer),
        employer_names.take(employer),
        pa.array(_DIVISIONS).take(pa.array(numbers % 8)),
        pc.binary_join_element_wise(yuan, fen, "."),
        pc.strftime(pa.array(moments), "%Y-%m-%d %H:%M:%S"),
    ]
    return pa.RecordBatch.from_arrays(columns, names=list(COLUMNS)), bad

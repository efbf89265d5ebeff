"""Invented people in a CSV file, with faults in known numbers."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
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
_EMPLOYERS = 20_000
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林高罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰"
_DIVISIONS = ("230102", "230103", "230104", "230108", "230109", "230110", "230111", "230112")


@dataclass(frozen=True, slots=True)
class Made:
    """What was put into the file, so that counts can be compared."""

    rows: int
    broken: int
    superseded: int
    duplicates: int


def write(path: Path, rows: int, seed: int = 20261121) -> Made:
    """Write `rows` data rows, a multiple of 500.

    One row in 100 has a wrong check character and one in 1000 a wrong telephone, one in 200 is an
    older state of another person's row, one in 500 repeats a row exactly.
    """
    if rows % 500:
        raise ValueError(f"{rows} rows are no multiple of 500")
    random = np.random.default_rng(seed)
    superseded, duplicates = rows // 200, rows // 500
    people = rows - superseded - duplicates
    employers = pa.array([making.make_credit_code("230100", n) for n in range(_EMPLOYERS)])
    broken = 0
    repeated: list[pa.RecordBatch] = []
    schema = pa.schema([(name, pa.string()) for name in COLUMNS])
    options = pyarrow.csv.WriteOptions(quoting_style="none")
    with (
        path.open("wb") as file,
        pyarrow.csv.CSVWriter(file, schema, write_options=options) as writer,
    ):
        for start in range(0, people, _BLOCK):
            numbers = np.arange(start, min(start + _BLOCK, people), dtype=np.int64)
            batch, bad = _people(numbers, random, employers)
            broken += int(bad.sum())
            writer.write_batch(batch)
            repeated.append(batch.filter(pa.array(~bad)).slice(0, len(numbers) // 100))
        again = pa.Table.from_batches(repeated).slice(0, superseded + duplicates)
        older = pa.array(["2020-01-01 00:00:00"] * superseded, pa.string())
        writer.write_table(again.slice(0, superseded).set_column(9, "updated_at", older))
        writer.write_table(again.slice(superseded))
    return Made(rows, broken, superseded, duplicates)


def _people(
    numbers: npt.NDArray[np.int64], random: np.random.Generator, employers: pa.Array
) -> tuple[pa.RecordBatch, npt.NDArray[np.bool_]]:
    """Return the people with these numbers, no two alike, and which of them are broken."""
    count = len(numbers)
    born = np.datetime64("1950-01-01") + numbers // 8_000  # 8 divisions × 1,000 sequences a day
    regions = np.array([int(code) for code in _DIVISIONS])[numbers % 8]
    ids = making.make_citizen_ids(regions, born, (numbers // 8) % 1_000)
    bad_id, bad_phone = numbers % 100 == 99, numbers % 1_000 == 500
    wrong = pc.if_else(pc.equal(pc.utf8_slice_codeunits(ids, 17, 18), "1"), "2", "1")
    broken = pc.binary_join_element_wise(pc.utf8_slice_codeunits(ids, 0, 17), wrong, "")
    employer = random.integers(0, _EMPLOYERS, count)
    names = [_pick(random, _SURNAMES, count), *(_pick(random, _GIVEN, count) for _ in range(2))]
    yuan = pa.array(random.integers(0, 10**6, count)).cast(pa.string())
    fen = pa.array(random.integers(10, 100, count)).cast(pa.string())
    phones = pa.array(13_800_000_000 + random.integers(0, 10**8, count)).cast(pa.string())
    moments = np.datetime64("2026-01-01T00:00:00") + random.integers(0, 25_000_000, count)
    columns = [
        pc.if_else(pa.array(bad_id), broken, ids),
        pc.binary_join_element_wise(*names, ""),
        _pick(random, "男女", count),
        pa.array(born.astype("datetime64[D]")).cast(pa.string()),
        pc.if_else(pa.array(bad_phone), "0451", phones),
        employers.take(pa.array(employer)),
        pc.binary_join_element_wise(
            "黑龙江省第", pa.array(employer).cast(pa.string()), "机械制造有限公司", ""
        ),
        pa.array(_DIVISIONS).take(pa.array(numbers % 8)),
        pc.binary_join_element_wise(yuan, fen, "."),
        pc.strftime(pa.array(moments), "%Y-%m-%d %H:%M:%S"),
    ]
    return pa.RecordBatch.from_arrays(columns, names=list(COLUMNS)), bad_id | bad_phone


def _pick(random: np.random.Generator, characters: str, count: int) -> pa.Array:
    return pa.array(list(characters)).take(pa.array(random.integers(0, len(characters), count)))

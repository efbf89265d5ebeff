"""Whole columns that conform without exception, cast by Arrow instead of by SQL.

The plan's SQL expressions say what a value means; they cost 0.2 to 0.4 µs a value, most of it for
the regular expression that guards the cast. A column in which every value has the plainest form
(2026-11-21, 2026-11-21 08:30:00, 12, 12.50) is known to give the same under a few comparisons over
its bytes. In doubt `plain` answers None and the SQL decides; the tests compare both.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from huitong.pool.plans import PlanItem
from huitong_sources.buffers import any_of, edge_bytes, text_buffers

_DIGIT = np.zeros(256, dtype=np.bool_)
_DIGIT[ord("0") : ord("9") + 1] = True
_NUMERIC = _DIGIT.copy()
_NUMERIC[[ord("-"), ord(".")]] = True
_DAY, _MOMENT = len("2026-11-21"), len("2026-11-21 08:30:00")


def plain(  # noqa: PLR0911 - one answer a type
    item: PlanItem, text: pa.Array
) -> pa.Array | None:
    """Return the typed column when every value is in the plainest form of its type, else None."""
    if item.type == "text":
        return text
    if len(text) == text.null_count:
        return pa.nulls(len(text), item.arrow_type)
    try:
        match item.type:
            case "date":
                return _in_years(text, item.arrow_type, _DAY)
            case "datetime":
                return _in_years(text, item.arrow_type, _MOMENT)
            case "integer":
                return _integers(text)
            case "decimal":
                return _decimals(text, item)
            case _:
                return None
    except pa.ArrowInvalid:
        return None


def _lengths(text: pa.Array) -> tuple[int, int]:
    found = pc.min_max(pc.binary_length(text)).as_py()
    return found["min"], found["max"]


def _in_years(text: pa.Array, kind: pa.DataType, width: int) -> pa.Array | None:
    """Return dates or timestamps if all are `width` characters long and in years 1000 to 2999."""
    if _lengths(text) != (width, width):
        return None
    # Arrow reads ISO 8601 alone here; a zone makes it refuse, since the type has none.
    values = text.cast(kind)
    firsts, _, _ = _bytes(text)  # of a year in four digits, since the cast succeeded
    return values if any_of(firsts, b"12").all() else None


def _integers(text: pa.Array) -> pa.Array | None:
    """Return integers if all are digits, at most 18, without a zero in front."""
    _, longest = _lengths(text)
    firsts, _, data = _bytes(text)
    padded = longest > 1 and (firsts == ord("0")).any()
    if longest > 18 or padded or not _DIGIT[data].all():
        return None
    return text.cast(pa.int64())


def _decimals(text: pa.Array, item: PlanItem) -> pa.Array | None:
    """Return decimals if all are digits around at most one point, within precision and scale."""
    _, longest = _lengths(text)
    firsts, lasts, data = _bytes(text)
    points = np.flatnonzero(data == ord("."))
    sound = (
        longest <= item.precision - item.scale
        and _NUMERIC[data].all()
        and (firsts != ord(".")).all()
        and _DIGIT[lasts].all()
        and _DIGIT[data[points - 1]].all()
    )
    # Arrow refuses what would lose digits.
    return text.cast(item.arrow_type) if sound else None


def _bytes(
    text: pa.Array,
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Return the first bytes and the last bytes of the values, and all bytes; none is empty."""
    found = text_buffers(text.drop_null() if text.null_count else text)
    if found is None:
        raise ValueError("a column of empty texts was not made NULL")
    ends, data = found
    return *edge_bytes(ends, data), data[ends[0] : ends[-1]]

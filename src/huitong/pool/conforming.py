"""Landed text made uniform, column by column in Arrow; every engine starts from its result.

Texts lose the listed spaces at both ends, and what is left empty becomes NULL. They are not brought
to NFC: that would replace compatibility ideographs (U+F900 to U+FAFF), which stand in people's
names. DuckDB's `trim` with a set of characters takes 0.7 µs a value and Arrow's 0.02 µs, which is
why this is not SQL.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitong.identifiers import citizen_id, credit_code, divisions
from huitong.identifiers.types import UNKNOWN_REGION, ColumnCheck
from huitong.pool.plans import PlanItem
from huitong_sources.buffers import any_of, edge_bytes, text_buffers

SPACES = " \t\n\r\v\f\u00a0\u3000\ufeff\u200b"
"""Stripped at both ends: ASCII white space, no-break and ideographic space, BOM, zero width."""

_WIDE = [space.encode() for space in SPACES if not space.isascii()]
_FIRST = SPACES.encode("ascii", "ignore") + bytes({space[0] for space in _WIDE})
_LAST = bytes({space[-1] for space in _WIDE})
_THREE = [int.from_bytes(space) for space in _WIDE if len(space) == 3]
_NO_BREAK = int.from_bytes("\u00a0".encode())


@dataclass(frozen=True, slots=True)
class Conformed:
    """One item's column: text, and what the identifier checks say of it (None: not an identifier).

    `reason` and `warning` are stable codes, null where there is nothing to say.
    """

    text: pa.Array
    reason: pa.Array | None = None
    warning: pa.Array | None = None


def normalised(column: pa.Array) -> pa.Array:
    r"""Return the column as text without outer spaces, NULL where nothing is left.

    >>> normalised(pa.array([" 甲\u3000", "", None])).to_pylist()
    ['甲', None, None]
    """
    text = column if pa.types.is_string(column.type) else column.cast(pa.string())
    if _is_normal(text):
        return text
    text = pc.utf8_trim(text, SPACES)
    lengths = pc.binary_length(text)
    shortest = pc.min(lengths).as_py()
    if shortest == 0:
        text = pc.if_else(pc.equal(lengths, 0), pa.scalar(None, pa.string()), text)
    return text


def _is_normal(text: pa.Array) -> bool:
    """Tell whether no value is empty and none has an outer space; in doubt, no.

    Looks at the first byte of each value and at the last, and where that may end one of the spaces
    beyond ASCII, at the two before it.
    """
    kept = text.drop_null() if text.null_count else text
    buffers = text_buffers(kept)
    if buffers is None:
        return len(kept) == 0
    ends, data = buffers
    firsts, lasts = edge_bytes(ends, data)
    if any_of(firsts, _FIRST).any() or (lasts <= ord(" ")).any():
        return False
    if (ends[1:] == ends[:-1]).any():
        return False
    places = ends[1:][any_of(lasts, _LAST)].astype(np.int64)
    # A value shorter than a space looks into its neighbour: then it is trimmed in vain.
    before = [data[np.maximum(places - back, 0)].astype(np.uint32) for back in (3, 2, 1)]
    three = before[0] << 16 | before[1] << 8 | before[2]
    return not (np.isin(three, _THREE).any() or ((three & 0xFFFF) == _NO_BREAK).any())


def conformed(item: PlanItem, column: pa.Array, *, on: date) -> Conformed:
    """Return one landed column, normalised and, for an identifier, checked as of the day `on`."""
    text = normalised(column)
    match item.identifier:
        case "citizen_id":
            return _checked(text, citizen_id.check_column(text, on=on))
        case "credit_code":
            return _checked(text, credit_code.check_column(text))
        case "division":
            return Conformed(text, warning=_unknown_divisions(text, on))
        case _:
            return Conformed(text)


def comparable(item: PlanItem, column: pa.Array) -> pa.Array:
    """Return a key column so that values which conform to the same one are the same."""
    text = normalised(column)
    return pc.ascii_upper(text) if item.identifier in {"citizen_id", "credit_code"} else text


def _checked(text: pa.Array, check: ColumnCheck) -> Conformed:
    # A refused value is shown as it was delivered; an accepted one in its normal form.
    values = check.values if check.values.null_count == 0 else pc.coalesce(check.values, text)
    reason = check.reason if check.reason.null_count < len(text) else None
    warning = check.warning if check.warning.null_count < len(text) else None
    return Conformed(values, reason, warning)


def _unknown_divisions(text: pa.Array, on: date) -> pa.Array | None:
    """Return the warnings for a column of division codes; few distinct values are looked up."""
    codes = pc.unique(text.drop_null())
    unknown = [code for code in codes.to_pylist() if not divisions.known(code, on)]
    if not unknown:
        return None
    strange = pc.is_in(text, value_set=pa.array(unknown, pa.string()))
    return pc.if_else(strange, pa.scalar(UNKNOWN_REGION), pa.scalar(None, pa.string()))

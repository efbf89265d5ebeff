"""Rows that keep a rule for certain, found by Arrow without asking SQL.

A rule's condition in SQL says which rows break it. Most rows of most deliveries break nothing, and
that is often cheaper to see over the whole column: the smallest and the greatest value, the length
of the texts, the words that occur. `doubts` names the rows of which this cannot be said; for them
the SQL decides. The tests compare both.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from huitong.pool.plans import Check, PlanItem
from huitong.pool.rules import portable_pattern


def doubts(
    item: PlanItem, check: Check, text: pa.Array, typed: pa.Array | None
) -> npt.NDArray[np.bool_]:
    """Tell of each row whether it may break the check; `typed` is given if all values conform."""
    kept: bool | pa.Array
    match check.code:
        case "required":
            kept = text.is_valid()
        case item.type:
            kept = typed is not None
        case "length":
            kept = _lengths(check.rule, text)
        case "enum":
            words = pa.array([str(word) for word in _list(check.rule)], pa.string())
            kept = pc.or_(pc.is_in(text, words), text.is_null())
        case "pattern":
            pattern = portable_pattern(item.name, check.rule.get("pattern"))
            kept = pc.match_substring_regex(text, f"^(?:{pattern})\\z")
        case "range":
            kept = typed is not None and _range(item, check.rule, typed)
        case _:
            kept = False
    if isinstance(kept, bool):
        return np.full(len(text), not kept)
    # Without a value only `required` is broken, of which Arrow has told.
    found: npt.NDArray[np.bool_] = pc.invert(kept.fill_null(fill_value=True)).to_numpy(
        zero_copy_only=False
    )
    return found


def _lengths(rule: Mapping[str, object], text: pa.Array) -> pa.Array:
    """Compare bytes, of which a text has at least as many as characters and at most four times."""
    low, high = rule.get("min"), rule.get("max")
    lengths = pc.binary_length(text)
    long_enough = pc.greater_equal(lengths, 4 * low if isinstance(low, int) else 0)
    return long_enough if high is None else pc.and_(long_enough, pc.less_equal(lengths, high))


def _range(item: PlanItem, rule: Mapping[str, object], typed: pa.Array) -> bool:
    span = pc.min_max(typed).as_py()
    if span["max"] is None:
        return True
    low, high = (_bound(item, rule.get(name)) for name in ("min", "max"))
    return (low is None or span["min"] >= low) and (high is None or span["max"] <= high)


def _bound(item: PlanItem, given: object) -> date | datetime | Decimal | None:
    if given is None:
        return None
    match item.type:
        case "date":
            return date.fromisoformat(str(given))
        case "datetime":
            return datetime.fromisoformat(str(given))
        case _:
            return Decimal(str(given))


def _list(rule: Mapping[str, object]) -> list[object]:
    values = rule.get("values")
    return values if isinstance(values, list) else []

"""Columns that break a rule in no row, found by Arrow without asking SQL.

A rule's condition in SQL says which rows break it. Most columns of most deliveries break nothing,
and that is often cheaper to see over the whole column: the smallest and the greatest value, the
longest text, the words that occur. `holds` answers True only when no row can break the rule; in
doubt it answers False and the SQL decides. The tests compare both.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from huitong.pool.plans import Check, PlanItem
from huitong.pool.rules import portable_pattern


def holds(  # noqa: PLR0911 - one answer a code
    item: PlanItem, check: Check, text: pa.Array, typed: pa.Array | None
) -> bool:
    """Tell whether every row is seen to keep the check; `typed` is given if all values conform."""
    match check.code:
        case "required":
            return int(text.null_count) == 0
        case item.type:
            return typed is not None
        case "length":
            return _lengths(check.rule, text)
        case "enum":
            words = pa.array([str(word) for word in _list(check.rule)], pa.string())
            return _all(pc.is_in(text if text.null_count == 0 else text.drop_null(), words))
        case "pattern":
            pattern = portable_pattern(item.name, check.rule.get("pattern"))
            return _all(pc.match_substring_regex(text, f"^(?:{pattern})\\z"))
        case "range":
            return typed is not None and _range(item, check.rule, typed)
        case _:
            return False


def _all(matches: pa.Array) -> bool:
    """Tell whether all that is not NULL is true."""
    return bool(pc.all(matches, skip_nulls=True, min_count=0).as_py())


def _lengths(rule: Mapping[str, object], text: pa.Array) -> bool:
    """Compare bytes, of which a text has at least as many as characters and at most four times."""
    low, high = rule.get("min"), rule.get("max")
    span = pc.min_max(pc.binary_length(text)).as_py()
    if span["max"] is None:
        return True
    long_enough = low is None or (isinstance(low, int) and span["min"] >= 4 * low)
    return long_enough and (high is None or (isinstance(high, int) and span["max"] <= high))


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

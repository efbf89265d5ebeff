"""What an application and a decision on it must be. Pure: no Django."""

from collections.abc import Mapping, Sequence
from datetime import date

from huitong.catalogue.types import Mask
from huitong.sharing.errors import (
    ItemsError,
    ModeError,
    ReasonMissingError,
    RowFilterError,
    UndecidedItemsError,
    UnknownMaskError,
    UseUntilError,
)
from huitong.sharing.types import Decision, GrantedColumn, ItemDecisions, Mode

_MOST_VALUES = 1000


def check_items(items: Sequence[str], *, offered: Sequence[str], dataset: str) -> list[str]:
    """Return the items applied for, once each, in the order of the dataset.

    Raises: ItemsError, naming those that the dataset does not have.
    """
    wrong = [name for name in items if name not in offered]
    if wrong or not items:
        raise ItemsError(wrong=wrong, dataset=dataset, known=offered)
    return [name for name in offered if name in items]


def check_mode(mode: str) -> Mode:
    """Return the mode. Raises: ModeError."""
    try:
        return Mode(mode)
    except ValueError:
        raise ModeError(mode=mode, offered=list(Mode)) from None


def check_use_until(day: object, *, today: date) -> date:
    """Return the last day of use. Raises: UseUntilError."""
    if not isinstance(day, date) or day < today:
        raise UseUntilError(day)
    return day


def columns_granted(
    decisions: ItemDecisions, *, applied: Sequence[str], dataset: str
) -> tuple[GrantedColumn, ...]:
    """Return the columns that a decision grants, in the order of the application; maybe none.

    Raises: ItemsError for items not applied for, UndecidedItemsError, UnknownMaskError.
    """
    stray = [name for name in decisions if name not in applied]
    if stray:
        raise ItemsError(wrong=stray, dataset=dataset, known=applied)
    left_out = [name for name in applied if name not in decisions]
    if left_out:
        raise UndecidedItemsError(left_out)
    return tuple(
        GrantedColumn(name, _mask(decisions[name]))
        for name in applied
        if decisions[name] != Decision.REFUSED
    )


def check_reason(decisions: ItemDecisions, reason: str, *, cite: Sequence[str]) -> None:
    """Refuse to refuse an item without a reason. Raises: ReasonMissingError."""
    refused = [name for name, decision in decisions.items() if decision == Decision.REFUSED]
    if refused and not reason.strip():
        raise ReasonMissingError(items=refused, cite=cite)


def check_row_filter(
    row_filter: Mapping[str, object] | None, *, offered: Sequence[str]
) -> dict[str, object] | None:
    """Return a filter of the form `{"column": item, "in": [texts]}`. Raises: RowFilterError."""
    if row_filter is None:
        return None
    if set(row_filter) != {"column", "in"}:
        raise RowFilterError(
            "it needs `column` and `in` and nothing else", zh="只能包含 column 和 in"
        )
    column, values = row_filter["column"], row_filter["in"]
    if column not in offered:
        raise RowFilterError(f"{column!r} is not a data item", zh=f"“{column}”不是本条目的数据项")
    if not isinstance(values, (list, tuple)) or not all(isinstance(x, str) for x in values):
        raise RowFilterError("`in` must be a list of texts", zh="取值须为文字列表")
    if not 0 < len(values) <= _MOST_VALUES:
        raise RowFilterError(
            f"`in` has {len(values)} texts, from 1 to {_MOST_VALUES} are possible",
            zh=f"列有 {len(values)} 个取值，须为 1 至 {_MOST_VALUES} 个",
        )
    return {"column": column, "in": list(values)}


def _mask(decision: str) -> Mask | None:
    if decision == Decision.WHOLE:
        return None
    try:
        return Mask(decision)
    except ValueError:
        raise UnknownMaskError(mask=decision, known=list(Mask)) from None

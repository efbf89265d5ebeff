"""What was declared beside what was found (对账, Heilongjiang art. 19). Pure: no Django."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Protocol

from huitong.pool.errors import DeclarationError
from huitong.pool.types import Counts, Declared, StatementLine

FILE, DECLARATION = "file", "declaration"
_KNOWN = {"rows", "sums"}


class ControlTotal(Protocol):
    """A total that the delivered file states of itself."""

    @property
    def measure(self) -> str:
        """Return `rows` or `sum`."""
        ...

    @property
    def scope(self) -> str:
        """Return the group that it counts, empty for the whole file."""
        ...

    @property
    def column(self) -> str | None:
        """Return the item that it adds up."""
        ...

    @property
    def stated(self) -> Decimal:
        """Return what the file states."""
        ...

    @property
    def found(self) -> Decimal:
        """Return what was found."""
        ...


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The statement; `reconciled` is None when nothing was declared at all.

    `declared` is what the receipt shows: rows, sums, and where they come from.
    """

    lines: tuple[StatementLine, ...]
    reconciled: bool | None
    declared: dict[str, object] | None


def declaration(given: Mapping[str, object] | None, addable: Collection[str]) -> Declared:
    """Read what the provider declared; `addable` are the items that have a total.

    Raises: DeclarationError, naming what cannot be used.
    """
    if not given:
        return Declared()
    stray = set(given) - _KNOWN
    if stray:
        raise DeclarationError(f"unknown {', '.join(sorted(map(str, stray)))}")
    rows, sums = given.get("rows"), given.get("sums") or {}
    if rows is not None and (not isinstance(rows, int) or isinstance(rows, bool) or rows < 0):
        raise DeclarationError("`rows` is no whole number")
    if not isinstance(sums, Mapping):
        raise DeclarationError("`sums` is no object")
    strange = [str(name) for name in sums if name not in addable]
    if strange:
        raise DeclarationError(f"`sums` names no numeric data item: {', '.join(strange)}")
    return Declared(rows, {str(name): _number(str(name), value) for name, value in sums.items()})


def reconcile(
    declared: Declared, totals: Sequence[ControlTotal], file_rows: int | None, counts: Counts
) -> Reconciliation:
    """Compare the declaration and the file's own totals with where the rows went.

    `file_rows` is what the file's own totals add up to. Rows are found in the pool as accepted,
    quarantined, duplicates and superseded together.
    """
    placed = counts.accepted + counts.quarantined + counts.duplicates + counts.superseded
    lines = [
        _line(
            f"{total.measure}:{total.scope or total.column or ''}".rstrip(":"),
            total.stated,
            total.found,
            FILE,
        )
        for total in totals
        if total.scope or total.measure != "rows"
    ]
    if file_rows is not None:
        lines.append(_line("rows", Decimal(file_rows), Decimal(placed), FILE))
    if declared.rows is not None:
        lines.append(_line("rows", Decimal(declared.rows), Decimal(placed), DECLARATION))
    lines += [
        _line(f"sum:{name}", stated, counts.sums[name], DECLARATION)
        for name, stated in declared.sums.items()
    ]
    return Reconciliation(
        tuple(lines), _verdict(lines), _declared(declared, file_rows) if lines else None
    )


def _line(what: str, declared: Decimal, found: Decimal, source: str) -> StatementLine:
    return StatementLine(what, _plain(declared), _plain(found), declared == found, source)


def _verdict(lines: Iterable[StatementLine]) -> bool | None:
    equal = [line.equal for line in lines]
    return all(equal) if equal else None


def _declared(declared: Declared, file_rows: int | None) -> dict[str, object]:
    by_provider = declared.rows is not None or bool(declared.sums)
    return {
        "rows": declared.rows if declared.rows is not None else file_rows,
        "sums": {name: _plain(stated) for name, stated in declared.sums.items()},
        "source": DECLARATION if by_provider else FILE,
    }


def _number(name: str, value: object) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise DeclarationError(f"the sum of {name} is no number")
    return number


def _plain(number: Decimal) -> str:
    """Return a number without exponent and without zeros at the end.

    >>> _plain(Decimal("2919.00")), _plain(Decimal("120"))
    ('2919', '120')
    """
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text

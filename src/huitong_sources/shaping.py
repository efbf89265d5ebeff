"""From the rows of a source to the rows of a layout: blanks, groups, footers, days, totals."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitong_sources import cells, dates
from huitong_sources.addresses import address, address_zh
from huitong_sources.errors import DigitsLostError, FormulaCellError, LayoutMismatchError
from huitong_sources.types import LINE, ControlTotal, Mend

if TYPE_CHECKING:
    import numpy.typing as npt

    from huitong_sources.types import Array, GroupRule, Layout, SourceFile

    Lines = npt.NDArray[np.int64]

_PLAIN_NUMBER: Final = r"^-?[0-9]{1,18}(?:\.[0-9]{1,10})?$"
_SUM: Final = re.compile(r"\s*(?:[合总共]\s*计|[Tt]otal|TOTAL)")
_COUNT: Final = re.compile(r"([0-9][0-9,]*)\s*(?:所|家|个|户|人|条|项|名|处|座|件|辆|宗|行)")
_MONEY: Final = pa.decimal128(38, 10)


@dataclass(slots=True)
class _Group:
    value: str
    stated: int | None
    address: str
    found: int = 0


@dataclass(slots=True)
class Shaper:
    """Shapes batches in order and keeps what must be known over all of them."""

    file: SourceFile
    layout: Layout
    sheet: str | None
    rows: int = 0
    blank: int = 0
    groups: list[_Group] = field(default_factory=list)
    sums: dict[str, Decimal] = field(default_factory=dict)
    footers: list[tuple[int, list[str | None]]] = field(default_factory=list)

    def inspect(self, lines: Lines, batch: pa.RecordBatch) -> None:
        """Refuse cells that a spreadsheet would run and numbers that have lost digits.

        Raises: FormulaCellError, DigitsLostError.
        """
        for place, column in enumerate(batch.columns):
            row = cells.first_formula(column)
            if row is not None:
                raise self._formula(int(lines[row]), place, column[row].as_py())
            if self.file.pluses:
                row = cells.first_rounded(column)
                if row is not None:
                    raise self._rounded(int(lines[row]), place, column[row].as_py())

    def without_blanks(self, lines: Lines, batch: pa.RecordBatch) -> tuple[Lines, pa.RecordBatch]:
        """Leave out rows that hold nothing, and count them."""
        if batch.num_rows == 0 or any(column.null_count == 0 for column in batch.columns):
            return lines, batch
        some = np.zeros(batch.num_rows, dtype=np.bool_)
        for column in batch.columns:
            some |= np.asarray(column.is_valid())
        if some.all():
            return lines, batch
        self.blank += int((~some).sum())
        return lines[some], batch.filter(pa.array(some))

    def cut_footer(
        self, lines: Lines, batch: pa.RecordBatch, pattern: str, look: int
    ) -> tuple[Lines, pa.RecordBatch]:
        """Cut the footer off the last `look` rows: from a matching row on, all others are notes.

        Raises: LayoutMismatchError, when there is a footer and the layout has none.
        """
        start = max(0, batch.num_rows - look)
        rows = [list(row.values()) for row in batch.slice(start).to_pylist()]
        kept = len(rows)
        for index in range(len(rows) - 1, -1, -1):
            filled = [cell for cell in rows[index] if cell is not None]
            is_partial = len(filled) < len(rows[index]) or bool(_SUM.match(filled[0]))
            if is_partial and re.match(pattern, filled[0]):
                kept = index
            elif len(filled) > 1:
                break
        if kept == len(rows) or batch.num_columns == 1:
            return lines, batch
        if self.layout.footer is None:
            place = next(at for at, cell in enumerate(rows[kept]) if cell is not None)
            raise self._footer_without_rule(int(lines[start + kept]), place, rows[kept][place])
        self.footers += [
            (int(lines[start + index]), rows[index]) for index in range(kept, len(rows))
        ]
        return lines[: start + kept], batch.slice(0, start + kept)

    def shape(self, lines: Lines, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return the kept columns under their names, and the line of each row.

        Raises: LayoutMismatchError, when a column that must be empty is not, or rows have no group.
        """
        for dropped in self.layout.dropped:
            column = batch.column(dropped.position)
            if dropped.reason == "empty" and column.null_count < len(column):
                row = int(np.flatnonzero(np.asarray(column.is_valid()))[0])
                if self._is_group_row(batch, row):
                    continue
                raise self._not_empty(int(lines[row]), dropped.position, dropped.header)
        sources: dict[int, Array] = dict(enumerate(batch.columns))
        if self.layout.group is not None:
            lines, batch, group = self._without_groups(self.layout.group, lines, batch)
            sources = {-1: group, **dict(enumerate(batch.columns))}
        arrays: list[Array] = []
        for kept in self.layout.columns:
            values = sources[kept.position]
            arrays.append(dates.iso_column(values) if kept.to_iso else values)
            if self.layout.footer is not None and kept.type in {"integer", "decimal"}:
                self.sums[kept.name] = self.sums.get(kept.name, Decimal(0)) + _sum(values)
        self.rows += len(lines)
        return pa.RecordBatch.from_arrays(
            [*arrays, pa.array(lines)], names=[*self.layout.names, LINE]
        )

    def control_totals(self) -> tuple[ControlTotal, ...]:
        """Return what the file states about itself, beside what was found."""
        totals = [
            ControlTotal(
                "rows",
                group.value,
                None,
                Decimal(group.stated),
                Decimal(group.found),
                group.address,
            )
            for group in self.groups
            if group.stated is not None
        ]
        by_place = {column.position: column for column in self.layout.columns}
        for line, row in self.footers:
            first = next((cell for cell in row if cell is not None), None)
            if first is None or not _SUM.match(first):
                continue
            for place, cell in enumerate(row):
                where = address(self.sheet, line, place)
                column = by_place.get(place)
                count = _COUNT.search(cell or "")
                if count:
                    stated = Decimal(count[1].replace(",", ""))
                    totals.append(ControlTotal("rows", "", None, stated, Decimal(self.rows), where))
                elif cell and column and column.name in self.sums:
                    plain = cell.replace(",", "")
                    if re.match(_PLAIN_NUMBER, plain):
                        found = self.sums[column.name]
                        totals.append(
                            ControlTotal("sum", "", column.name, Decimal(plain), found, where)
                        )
        return tuple(totals)

    def mends(self) -> tuple[Mend, ...]:
        """Return what was put right or left out over the whole file."""
        found: list[Mend] = []
        place = self.sheet or self.file.name
        if self.blank:
            found.append(Mend("blank_rows", place, str(self.blank)))
        if self.groups and self.layout.group is not None:
            found.append(Mend("group_rows", place, str(len(self.groups)), self.layout.group.header))
        for line, row in self.footers:
            at = next((at for at, cell in enumerate(row) if cell is not None), 0)
            found.append(Mend("footer", address(self.sheet, line, at), row[at] or ""))
        return tuple(found)

    def _is_group_row(self, batch: pa.RecordBatch, row: int) -> bool:
        rule = self.layout.group
        return (
            rule is not None
            and batch.column(rule.position)[row].is_valid
            and all(
                not batch.column(place)[row].is_valid
                for place in range(batch.num_columns)
                if place != rule.position
            )
        )

    def _without_groups(
        self, rule: GroupRule, lines: Lines, batch: pa.RecordBatch
    ) -> tuple[Lines, pa.RecordBatch, Array]:
        alone = np.asarray(batch.column(rule.position).is_valid())
        for place, column in enumerate(batch.columns):
            if place != rule.position:
                alone = alone & np.asarray(column.is_null())
        before = len(self.groups) - 1
        for row in np.flatnonzero(alone):
            self.groups.append(
                self._group(rule, batch.column(rule.position)[int(row)].as_py(), int(lines[row]))
            )
        member = before + np.cumsum(alone)[~alone]
        kept = lines[~alone]
        if member.size and member[0] < 0:
            where = address(self.sheet, int(kept[0]), rule.position)
            raise LayoutMismatchError(
                f"{where}: the rows begin without a group row such as 北京市（92所）, by which "
                "this "
                f"layout fills the column “{rule.header}”. Deliver the file in its usual form, or "
                "confirm a new layout.",
                zh=f"{address_zh(self.sheet, int(kept[0]), rule.position)}：数据行前没有分组行"
                f"（“{rule.header}”列由分组行得出）。请按原格式报送，或确认新的布局。",
                address=where,
            )
        counts = np.bincount(member, minlength=len(self.groups))
        for group, count in zip(self.groups, counts, strict=True):
            group.found += int(count)
        values = pa.array([group.value for group in self.groups], pa.string())
        return kept, batch.filter(pa.array(~alone)), values.take(pa.array(member))

    def _group(self, rule: GroupRule, cell: str, line: int) -> _Group:
        found = re.match(rule.pattern, cell)
        where = address(self.sheet, line, rule.position)
        if found is None:
            return _Group(cell.strip(), None, where)
        return _Group(found["value"], int(found["total"].replace(",", "")), where)

    def _formula(self, line: int, place: int, cell: str) -> FormulaCellError:
        where = address(self.sheet, line, place)
        return FormulaCellError(
            f"{self.file.name}, {where} would run as a formula when opened in a spreadsheet "
            f"({cell[:40]!r}): replace it by its value and deliver again.",
            zh=f"{self.file.name}的{address_zh(self.sheet, line, place)}"
            "在表格软件中会被当作公式执行"
            f"（{cell[:40]}）：请改为数值或文本后重新报送。",
            address=where,
        )

    def _rounded(self, line: int, place: int, cell: str) -> DigitsLostError:
        where = address(self.sheet, line, place)
        return DigitsLostError(
            f"{self.file.name}, {where} holds {cell}: a spreadsheet turned a long number into this "
            "and its digits are lost. Format the column as text, fill it again from the source, "
            "and deliver.",
            zh=f"{self.file.name}的{address_zh(self.sheet, line, place)}为{cell}："
            "长数字被表格软件改写，"
            "位数已丢失。请将该列设为文本格式，从源系统重新填入后报送。",
            address=where,
        )

    def _footer_without_rule(self, line: int, place: int, cell: str) -> LayoutMismatchError:
        where = address(self.sheet, line, place)
        return LayoutMismatchError(
            f"{self.file.name}, {where} looks like a footer ({cell[:40]!r}), and the layout has "
            "none: remove it, or confirm a new layout.",
            zh=f"{self.file.name}的{address_zh(self.sheet, line, place)}像是表尾（{cell[:40]}），"
            "而布局中没有表尾：请删除，或确认新的布局。",
            address=where,
        )

    def _not_empty(self, line: int, place: int, header: str) -> LayoutMismatchError:
        where = address(self.sheet, line, place)
        return LayoutMismatchError(
            f"{self.file.name}, {where}: the column “{header}” was empty when the layout was "
            "confirmed and now holds a value: confirm a new layout.",
            zh=f"{self.file.name}的{address_zh(self.sheet, line, place)}：“{header}”"
            "列在确认布局时为空，"
            "现在有内容：请确认新的布局。",
            address=where,
        )


def _sum(values: Array) -> Decimal:
    """Return the exact sum of the cells that are plain numbers."""
    plain = pc.replace_substring(values, ",", "")
    numbers = plain.filter(pc.match_substring_regex(plain, _PLAIN_NUMBER))
    total = pc.sum(numbers.cast(_MONEY)).as_py()
    return Decimal(format(Decimal(total or 0).normalize(), "f"))

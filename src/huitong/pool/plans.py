"""A dataset's items, key and rules compiled once to what engines run. Pure: no Django.

A plan is a value. Its digest stands for the rule set: the same bytes under the same plan are one
batch. Expressions are in DuckDB's dialect, kept to what Spark reads alike: a regular expression
guards every cast, years lie in 1000 to 2999, timestamps have no zone.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa

from huitong.pool import rules
from huitong.pool.errors import PlanError, RuleError

# Raised when the meaning of a plan changes, so that the same bytes are processed anew.
FORMAT = 1

DECIMAL = (28, 10)
"""Precision and scale of a decimal item without a rule `precision`."""

_YEAR, _MONTH, _DAY = "[12][0-9]{3}", "(?:0[1-9]|1[0-2])", "[0-3][0-9]"
_ISO = f"{_YEAR}-{_MONTH}-{_DAY}"
_SHORT = "[0-9]{1,2}"
_LOOSE = (
    f"{_YEAR}(?:-{_SHORT}-{_SHORT}|/{_SHORT}/{_SHORT}"
    f"|[.]{_SHORT}[.]{_SHORT}|年{_SHORT}月{_SHORT}日)"
)
_HOUR, _SIXTY = "(?:[01][0-9]|2[0-3])", "[0-5][0-9]"
_CLOCK = f"{_HOUR}:{_SIXTY}(?::{_SIXTY}(?:[.][0-9]{{1,6}})?)?"
_MIDNIGHT = "[ T]00:00(?::00(?:[.]0{1,6})?)?"
_TRUE = ("1", "true", "True", "TRUE", "yes", "Yes", "YES", "y", "Y", "是", "真")
_FALSE = ("0", "false", "False", "FALSE", "no", "No", "NO", "n", "N", "否", "假")


class ItemLike(Protocol):
    """What the pool reads of a data item of the catalogue."""

    @property
    def name(self) -> str:
        """Return the identifier of the column."""
        ...

    @property
    def type(self) -> str:
        """Return `text`, `integer`, `decimal`, `date`, `datetime` or `boolean`."""
        ...

    @property
    def length(self) -> int | None:
        """Return the greatest number of characters, None for any."""
        ...

    @property
    def required(self) -> bool:
        """Tell whether a value must be there."""
        ...

    @property
    def identifier(self) -> str | None:
        """Return `citizen_id`, `credit_code`, `division` or None."""
        ...

    @property
    def rules(self) -> Sequence[Mapping[str, object]]:
        """Return the rules; see `huitong.pool.rules`."""
        ...


@dataclass(frozen=True, slots=True)
class Check:
    """One check of an item: the code of its reason and the condition that breaks it.

    `rule` is what the condition was made from, for engines that can see it kept without SQL.
    """

    code: str
    condition: str
    rule: Mapping[str, object] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One column of the plan.

    `typed` is the SQL expression of its value (for text the column itself), `checks` stand in the
    order in which reasons are listed.
    """

    name: str
    type: str
    identifier: str | None
    precision: int
    scale: int
    typed: str
    checks: tuple[Check, ...]

    @property
    def arrow_type(self) -> pa.DataType:
        """Return the Arrow type of the conformed column."""
        return {
            "text": pa.string(),
            "integer": pa.int64(),
            "decimal": pa.decimal128(self.precision, self.scale),
            "date": pa.date32(),
            "datetime": pa.timestamp("us"),
            "boolean": pa.bool_(),
        }[self.type]

    @property
    def sum_scale(self) -> int | None:
        """Return the decimal places of a total of this item, None when it cannot be added up."""
        return {"integer": 0, "decimal": self.scale}.get(self.type)

    @property
    def postgres_type(self) -> str:
        """Return the type of the serving copy's column."""
        return {
            "text": "text",
            "integer": "bigint",
            "decimal": f"numeric({self.precision},{self.scale})",
            "date": "date",
            "datetime": "timestamp",
            "boolean": "boolean",
        }[self.type]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything an engine needs to know, and nothing of where the rows come from."""

    items: tuple[PlanItem, ...]
    key: tuple[str, ...]
    version_column: str | None
    digest: str

    @property
    def names(self) -> tuple[str, ...]:
        """Return the items' names in order."""
        return tuple(item.name for item in self.items)

    def item(self, name: str) -> PlanItem:
        """Return one item."""
        return next(item for item in self.items if item.name == name)

    def good_schema(self) -> pa.Schema:
        """Return the schema of accepted rows: `_line`, then the items, with Iceberg field ids."""
        columns = [("_line", pa.int64())] + [(item.name, item.arrow_type) for item in self.items]
        return _with_field_ids(columns)

    def quarantine_schema(self) -> pa.Schema:
        """Return the schema of quarantined rows.

        `_line`; `_reasons` joined by `;`; `_key`, filled for key conflicts; then every item as the
        text that was delivered.
        """
        columns = [("_line", pa.int64()), ("_reasons", pa.string()), ("_key", pa.string())]
        return _with_field_ids(columns + [(item.name, pa.string()) for item in self.items])


def make(
    items: Sequence[ItemLike],
    *,
    key: Sequence[str],
    version_column: str | None,
    layout: Mapping[str, object],
) -> Plan:
    """Compile a plan from a version's items and the mount's layout.

    Raises: RuleError for a rule, PlanError for a key or version column that is no item.
    """
    names = [rules.item_name(item.name) for item in items]
    wanted = [*key, *([version_column] if version_column else [])]
    missing = [name for name in wanted if name not in names]
    if missing or not names:
        what = ", ".join(missing) or "no data item at all"
        raise PlanError(
            f"Key or version column is no data item of the dataset: {what}. Correct the entry.",
            zh=f"主键或版本列不是该数据集的数据项：{what}。请更正目录条目。",
        )
    compiled = tuple(_compiled(item, is_key=item.name in key) for item in items)
    described = {
        "format": FORMAT,
        "key": list(key),
        "version_column": version_column or None,
        "layout": layout,
        "items": [
            [i.name, i.type, i.identifier, i.precision, i.scale, i.typed]
            + [[check.code, check.condition] for check in i.checks]
            for i in compiled
        ],
    }
    canonical = json.dumps(described, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return Plan(compiled, tuple(key), version_column or None, digest)


def _compiled(item: ItemLike, *, is_key: bool) -> PlanItem:
    column = rules.quoted(item.name)
    precision, scale, others = _precision(item)
    typed = _typed(item.type, column, precision, scale)
    subject = rules.Subject(item.name, item.type, column, rules.quoted(f"{item.name}:typed"))
    checks: list[Check] = []
    if item.required or is_key:
        checks.append(Check("required", f"{column} IS NULL"))
    if item.type != "text":
        checks.append(Check(item.type, f"({column} IS NOT NULL AND {subject.typed} IS NULL)"))
    limits = [{"rule": "length", "max": item.length}] if item.length is not None else []
    checks.extend(Check(*rules.compiled(subject, rule), rule) for rule in [*limits, *others])
    return PlanItem(
        name=item.name,
        type=item.type,
        identifier=item.identifier or None,
        precision=precision,
        scale=scale,
        typed=typed,
        checks=tuple(checks),
    )


def _precision(item: ItemLike) -> tuple[int, int, list[Mapping[str, object]]]:
    """Return precision, scale and the rules that are conditions."""
    others = [rule for rule in item.rules if rule.get("rule") != "precision"]
    stated = [rule for rule in item.rules if rule.get("rule") == "precision"]
    if not stated:
        return *DECIMAL, others
    precision, scale = stated[0].get("precision"), stated[0].get("scale")
    if (
        item.type != "decimal"
        or len(stated) > 1
        or not isinstance(precision, int)
        or not isinstance(scale, int)
    ):
        raise RuleError(item.name, "`precision` stands once, on a decimal, with a `scale`")
    if not 0 <= scale < precision <= 38:
        raise RuleError(item.name, "`precision` is at most 38 and greater than `scale`")
    return precision, scale, others


def _typed(kind: str, column: str, precision: int, scale: int) -> str:
    match kind:
        case "text":
            return column
        case "integer":
            return _guarded(column, "-?(?:0|[1-9][0-9]{0,17})", f"TRY_CAST({column} AS BIGINT)")
        case "decimal":
            fraction = f"(?:[.][0-9]{{1,{scale}}}0*)?" if scale else "(?:[.]0+)?"
            return _guarded(
                column,
                f"-?[0-9]{{1,{precision - scale}}}{fraction}",
                f"TRY_CAST({column} AS DECIMAL({precision},{scale}))",
            )
        case "date":
            return _date(column)
        case "datetime":
            return _datetime(column)
        case "boolean":
            true, false = (", ".join(map(rules.literal, words)) for words in (_TRUE, _FALSE))
            yes, no = f"{column} IN ({true})", f"{column} IN ({false})"
            return f"CASE WHEN {yes} THEN TRUE WHEN {no} THEN FALSE END"
        case _:
            raise PlanError(
                f"There is no item type {kind!r}: correct the entry.", zh="数据项类型未知"
            )


def _guarded(column: str, pattern: str, cast: str) -> str:
    return f"CASE WHEN {rules.full_match(column, pattern)} THEN {cast} END"


def _dashed(text: str) -> str:
    """Return an expression in which 年 月 日 / and . of a date have become dashes."""
    return f"regexp_replace(regexp_replace({text}, '[年月/.]', '-', 'g'), '日', '', 'g')"


def _date(column: str) -> str:
    compact = (
        f"concat(substr({column}, 1, 4), '-', substr({column}, 5, 2), '-', substr({column}, 7, 2))"
    )
    return (
        f"CASE WHEN {rules.full_match(column, _ISO)} THEN TRY_CAST({column} AS DATE)"
        f" WHEN {rules.full_match(column, _YEAR + _MONTH + _DAY)} THEN TRY_CAST({compact} AS DATE)"
        f" WHEN {rules.full_match(column, _LOOSE)} THEN TRY_CAST({_dashed(column)} AS DATE)"
        f" WHEN {rules.full_match(column, _ISO + _MIDNIGHT)}"
        f" THEN TRY_CAST(substr({column}, 1, 10) AS DATE) END"
    )


def _datetime(column: str) -> str:
    chinese = (
        f"{_YEAR}年{_SHORT}月{_SHORT}日 ?{_HOUR}(?:时|:){_SIXTY}(?:分|:{_SIXTY}|分{_SIXTY}秒)?"
    )
    parts = f"regexp_replace(regexp_replace({column}, '日 ?', ' ', 'g'), '[年月]', '-', 'g')"
    clock = (
        f"regexp_replace(regexp_replace({parts}, '[时分]([0-9])', ':\\1', 'g'), '[分秒]', '', 'g')"
    )
    slashed = f"{_YEAR}/{_SHORT}/{_SHORT} {_CLOCK}"
    return (
        f"CASE WHEN {rules.full_match(column, f'{_ISO}[ T]{_CLOCK}')}"
        f" THEN TRY_CAST({column} AS TIMESTAMP)"
        f" WHEN {rules.full_match(column, _LOOSE)} THEN TRY_CAST({_dashed(column)} AS TIMESTAMP)"
        f" WHEN {rules.full_match(column, slashed)}"
        f" THEN TRY_CAST(regexp_replace({column}, '/', '-', 'g') AS TIMESTAMP)"
        f" WHEN {rules.full_match(column, chinese)} THEN TRY_CAST({clock} AS TIMESTAMP) END"
    )


def _with_field_ids(columns: Sequence[tuple[str, pa.DataType]]) -> pa.Schema:
    """Return the schema with its columns numbered from 1, as Iceberg numbers a new table's."""
    return pa.schema(
        pa.field(name, kind, metadata={"PARQUET:field_id": str(number)})
        for number, (name, kind) in enumerate(columns, start=1)
    )

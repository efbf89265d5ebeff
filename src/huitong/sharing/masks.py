"""What each mask shows of a value, in Python and in SQL. Pure: no Django.

Both forms give the same text for the same value (a test asks PostgreSQL). Lengths are code points.
A value that does not have the form that its mask expects is hidden altogether rather than shown in
the wrong places. An empty value stays empty, but under `hidden`, which tells nothing at all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from huitong.catalogue.types import Mask


@dataclass(frozen=True, slots=True)
class Masking:
    """One mask: `apply` works on the value's text, `template` is SQL with `{v}` for that text."""

    zh: str
    en: str
    example: str
    apply: Callable[[str], str]
    template: str


def _keep(first: int, last: int, at_least: int) -> tuple[Callable[[str], str], str]:
    """Return Python and SQL that keep both ends of texts of at least that length."""

    def apply(value: str) -> str:
        if len(value) < at_least:
            return "*" * len(value)
        return value[:first] + "*" * (len(value) - first - last) + value[len(value) - last :]

    template = (
        f"CASE WHEN length({{v}}) < {at_least} THEN repeat('*', length({{v}})) ELSE "
        f"left({{v}}, {first}) || repeat('*', length({{v}}) - {first + last}) || "
        f"right({{v}}, {last}) END"
    )
    return apply, template


def _name(value: str) -> str:
    return value[:1] + "*" * (len(value) - 1) if len(value) > 1 else "*" * len(value)


def _year(value: str) -> str:
    head = value[:4]
    return head if len(head) == 4 and head.isascii() and head.isdigit() else "****"


_CITIZEN = _keep(6, 4, 15)
_PHONE = _keep(3, 4, 11)
_CREDIT = _keep(8, 0, 15)
_LAST_4 = _keep(0, 4, 5)

MASKS: Mapping[Mask, Masking] = {
    Mask.NAME: Masking(
        "只显示姓",
        "first character of a name",
        "张**",
        _name,
        "CASE WHEN length({v}) > 1 THEN left({v}, 1) || repeat('*', length({v}) - 1) "
        "ELSE repeat('*', length({v})) END",
    ),
    Mask.CITIZEN_ID: Masking(
        "身份号码保留前6位、后4位",
        "first 6 and last 4 of a citizen id",
        "110101********1234",
        *_CITIZEN,
    ),
    Mask.PHONE: Masking(
        "电话保留前3位、后4位", "first 3 and last 4 of a telephone", "138****5678", *_PHONE
    ),
    Mask.CREDIT_CODE: Masking(
        "信用代码保留前8位", "first 8 of a credit code", "91230100**********", *_CREDIT
    ),
    Mask.KEEP_LAST_4: Masking("只保留后4位", "last 4 only", "**************1234", *_LAST_4),
    Mask.YEAR_ONLY: Masking(
        "只显示年份",
        "the year of a date",
        "1990",
        _year,
        "CASE WHEN {v} ~ '^[0-9]{{4}}' THEN left({v}, 4) WHEN {v} IS NOT NULL THEN '****' END",
    ),
    Mask.HIDDEN: Masking("不显示", "nothing at all", "***", lambda _value: "***", "'***'"),
}


def python(mask: Mask | str | None, value: object) -> object:
    """Return what a value looks like under a mask; without a mask, the value itself.

    >>> python("name", "欧阳修"), python("phone", "13812345678"), python("phone", "110")
    ('欧**', '138****5678', '***')
    """
    if mask is None:
        return value
    if value is None and mask != Mask.HIDDEN:
        return None
    return MASKS[Mask(mask)].apply("" if value is None else str(value))


def sql(mask: Mask | str | None, expression: str) -> str:
    """Return SQL that masks an expression, as text; without a mask, the expression itself.

    The expression is put in as it is: it must be a quoted identifier or the like, never input.

    >>> sql(None, 'r."code"')
    'r."code"'
    >>> sql("hidden", 'r."code"')
    "'***'"
    """
    if mask is None:
        return expression
    return MASKS[Mask(mask)].template.format(v=f"({expression})::text")

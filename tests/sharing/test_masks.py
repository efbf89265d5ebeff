"""Masks: what is shown, and that PostgreSQL shows the same."""

from typing import Any

import pytest

from huitong.catalogue.types import Mask
from huitong.sharing import masks

VALUES = [
    "",
    "张",
    "张三",
    "欧阳修",
    "110101199001011234",
    "11010119900101123X",
    "110101900101123",
    "13812345678",
    "010-88886666",
    "110",
    "1234",
    "12345",
    "91230100MA1ABCDE0X",
    "1990-12-03",
    "1990年12月",
    "90-1",
    "１９９０-1",
    "𠮷野家",
    "it's $1 \\ %",
    "多 空 格",
]


def test_every_word_of_the_vocabulary_is_defined() -> None:
    assert set(masks.MASKS) == set(Mask)


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        (Mask.NAME, "张三", "张*"),
        (Mask.NAME, "张", "*"),
        (Mask.CITIZEN_ID, "110101199001011234", "110101********1234"),
        (Mask.CITIZEN_ID, "1101", "****"),
        (Mask.PHONE, "13812345678", "138****5678"),
        (Mask.PHONE, "110", "***"),
        (Mask.CREDIT_CODE, "91230100MA1ABCDE0X", "91230100**********"),
        (Mask.KEEP_LAST_4, "6222020000001234", "************1234"),
        (Mask.KEEP_LAST_4, "1234", "****"),
        (Mask.YEAR_ONLY, "1990-12-03", "1990"),
        (Mask.YEAR_ONLY, "unknown", "****"),
        (Mask.HIDDEN, "anything", "***"),
        (None, "as it is", "as it is"),
    ],
)
def test_what_a_mask_shows(mask: Mask | None, value: str, shown: str) -> None:
    assert masks.python(mask, value) == shown


def test_an_empty_value_stays_empty_but_under_hidden() -> None:
    for mask in Mask:
        assert masks.python(mask, None) == ("***" if mask is Mask.HIDDEN else None)


@pytest.mark.parametrize("mask", list(Mask))
def test_no_mask_shows_a_value_of_the_wrong_form_whole(mask: Mask) -> None:
    for value in ("张三", "x", "12345678901"):
        assert masks.python(mask, value) != value


@pytest.mark.django_db
@pytest.mark.parametrize("mask", list(Mask))
def test_postgresql_shows_the_same(mask: Mask) -> None:
    from django.db import connection  # noqa: PLC0415

    values: list[Any] = [*VALUES, None]
    expression = masks.sql(mask, 'v."value"')
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {expression.replace('%', '%%')} "  # noqa: S608
            'FROM unnest(%s::text[]) WITH ORDINALITY AS v("value", place) ORDER BY place',
            [values],
        )
        shown = [row[0] for row in cursor.fetchall()]
    assert shown == [masks.python(mask, value) for value in values]

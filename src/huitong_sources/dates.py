"""Days and times as Chinese officials write them, turned into ISO 8601 text."""

from __future__ import annotations

import re
from datetime import date, time
from typing import TYPE_CHECKING, Final

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huitong_sources.types import Array

_NUMERALS: Final[Mapping[int, int]] = str.maketrans(
    "〇○Ｏ零一二三四五六七八九０１２３４５６７８９．／－：", "00001234567890123456789./-:"
)
_CHINESE: Final = "〇○Ｏ零一二三四五六七八九十廿卅"
_DAY: Final = re.compile(
    r"\s*(?P<year>\d{4})\s*(?:年|[-/.])\s*(?P<month>\d{1,2})\s*(?:月|[-/.])\s*(?P<day>\d{1,2})\s*[日号]?"
    r"(?:[T\s]*(?P<hour>\d{1,2})(?:时|点|:)(?P<minute>\d{1,2})(?:(?:分|:)(?:(?P<second>\d{1,2})秒?)?)?)?\s*",
    re.ASCII,
)
_COMPACT: Final = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})", re.ASCII)
_TENS: Final = re.compile(f"[{_CHINESE}]+")


def iso(text: str) -> str | None:
    """Return a day as YYYY-MM-DD, with a time as YYYY-MM-DD HH:MM:SS; None when it is neither.

    Months without a day are no day, and a year in a document number such as 〔2024〕 is no day.

    >>> iso("1990年12月03日"), iso("二〇二四年十二月二十一日"), iso("2024/1/5"), iso("20240105")
    ('1990-12-03', '2024-12-21', '2024-01-05', '2024-01-05')
    >>> iso("2024年1月5日 9时05分"), iso("2024年13月1日"), iso("国函〔2022〕72号"), iso("2024年5月")
    ('2024-01-05 09:05:00', None, None, None)
    """
    plain = _arabic(text)
    found = _DAY.fullmatch(plain) or _COMPACT.fullmatch(plain.strip())
    if found is None:
        return None
    parts = found.groupdict()
    try:
        day = date(int(parts["year"]), int(parts["month"]), int(parts["day"])).isoformat()
        if parts.get("hour") is None:
            return day
        clock = time(int(parts["hour"]), int(parts["minute"]), int(parts["second"] or 0))
    except ValueError:
        return None
    return f"{day} {clock.isoformat()}"


def _arabic(text: str) -> str:
    """Return the text with Chinese and full-width numerals as ASCII digits."""
    if "十" in text or "廿" in text or "卅" in text:
        text = _TENS.sub(lambda found: _count(found[0]), text)
    return text.translate(_NUMERALS)


def _count(numeral: str) -> str:
    """Return a Chinese numeral below 100 as digits.

    >>> _count("十"), _count("二十一"), _count("廿三"), _count("三十"), _count("二〇二四")
    ('10', '21', '23', '30', '2024')
    """
    numeral = numeral.replace("廿", "二十").replace("卅", "三十")
    if "十" not in numeral:
        return numeral.translate(_NUMERALS)
    tens, _, ones = numeral.partition("十")
    return (tens.translate(_NUMERALS) or "1") + (ones.translate(_NUMERALS) or "0")


def iso_column(column: Array) -> Array:
    """Return a text column with every day in ISO form; what is no day stays as it is.

    Works on the distinct values, of which a column of days has few.
    """
    encoded = column.dictionary_encode()
    values = [value and (iso(value) or value) for value in encoded.dictionary.to_pylist()]
    return pa.array(values, pa.string()).take(encoded.indices)

"""Identifiers and types proposed for columns; a person confirms or changes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pyarrow.compute as pc

from huitong_sources import dates
from huitong_sources.types import ColumnType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from huitong_sources.types import Array

_TERMS: Final[Mapping[str, str]] = {
    "序号": "serial", "编号": "number", "代码": "code", "名称": "name", "姓名": "name",
    "性别": "sex", "年龄": "age", "民族": "ethnicity", "出生日期": "birth_date",
    "身份证号": "citizen_id", "身份证号码": "citizen_id", "公民身份号码": "citizen_id",
    "公民身份证号码": "citizen_id", "证件号码": "document_number", "证件类型": "document_type",
    "统一社会信用代码": "credit_code", "社会信用代码": "credit_code", "信用代码": "credit_code",
    "单位": "unit", "单位名称": "unit_name", "工作单位": "employer", "企业名称": "company_name",
    "机构名称": "organisation_name", "用人单位": "employer", "法定代表人": "legal_representative",
    "用人单位统一社会信用代码": "employer_credit_code", "单位统一社会信用代码": "unit_credit_code",
    "电话": "phone", "联系电话": "phone", "手机": "mobile", "手机号": "mobile",
    "手机号码": "mobile", "邮箱": "email", "电子邮箱": "email", "邮编": "postcode",
    "地址": "address", "住址": "address", "联系地址": "address", "所在地": "location",
    "省份": "province", "省": "province", "省级代码": "province_code", "市": "city",
    "城市": "city", "地市": "city", "地级代码": "city_code", "区县": "county", "县": "county",
    "行政区划代码": "division_code", "区划代码": "division_code", "行政区划": "division",
    "经度": "longitude", "纬度": "latitude", "学校名称": "school_name",
    "学校标识码": "school_code", "主管部门": "supervisor", "办学层次": "level",
    "医院名称": "hospital_name", "标签": "label", "备注": "remark", "说明": "note",
    "标题": "title", "链接": "link", "网址": "website", "发文字号": "document_mark",
    "成文日期": "written_date", "发布日期": "published_date", "日期": "date", "时间": "time",
    "更新时间": "updated_at", "更新日期": "updated_date", "登记日期": "registered_date",
    "成立日期": "founded_date", "有效期": "valid_until", "状态": "status", "类别": "category",
    "类型": "type", "数量": "quantity", "金额": "amount", "面积": "area", "人数": "people",
    "合计": "total", "年份": "year", "年度": "year", "月份": "month", "文化程度": "education",
    "学历": "education", "职业": "occupation", "户籍地": "registered_residence",
}  # fmt: skip
"""Headers that occur everywhere; others are numbered, since a guess would serve nobody."""

_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_ .\-/]*")
_CODE: Final = re.compile(
    r"码|编号|证号|字号|证件|账号|卡号|电话|手机|邮编|区划"
    r"|(?:^|[_ ])(?:id|code|no|number|phone|mobile|tel|zip|postcode)$|[a-z]Code$|[a-z]Id$"
    r"|(?i:^.*_?(?:citizen_id|credit_code)$)"
)
_DAY: Final = re.compile(r"日期|时间|年月日|日$|(?i:date|day|time|_at$|born|birth)")
_ISO_DAY: Final = r"^[1-2][0-9]{3}-[0-1][0-9]-[0-3][0-9]$"
_EXACT: Final[tuple[tuple[ColumnType, str], ...]] = (
    ("date", _ISO_DAY),
    ("datetime", _ISO_DAY[:-1] + r"[ T][0-2][0-9]:[0-5][0-9](?::[0-5][0-9])?$"),
    ("boolean", r"^(?:true|false|TRUE|FALSE|True|False|是|否)$"),
)
_NUMERIC: Final[tuple[tuple[ColumnType, str], ...]] = (
    ("integer", r"^-?(?:0|[1-9][0-9]{0,14})$"),
    ("decimal", r"^-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,17})?$"),
)
_COMPACT: Final = r"^[0-9]+$"
_ENOUGH: Final = 0.95
"""So large a part of a column must be days in some form for it to be proposed as one."""


def names_for(headers: Sequence[str]) -> list[str]:
    """Return an identifier for each header, all different.

    >>> names_for(["former_name", "学校标识码", "未知的列", "countryCode", "联系方式_电话"])
    ['former_name', 'school_code', 'item_03', 'country_code', 'phone']
    """
    taken: set[str] = {"_line"}
    names: list[str] = []
    for place, header in enumerate(headers, 1):
        name = _name(header) or f"item_{place:02d}"
        if name in taken:
            name = f"{name}_{place:02d}"
        taken.add(name)
        names.append(name)
    return names


def _name(header: str) -> str | None:
    plain = re.sub(r"[（(].*?[)）]", "", header).strip()
    for text in (plain, plain.rpartition("_")[2]):
        if text in _TERMS:
            return _TERMS[text]
    if _PLAIN.fullmatch(plain):
        split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", plain).lower()
        return re.sub(r"[^a-z0-9]+", "_", split).strip("_")[:60] or None
    return None


def type_for(header: str, values: Array) -> tuple[ColumnType, bool]:
    """Return the type proposed for a column and whether its days must be turned into ISO.

    `values` is a sample as text. Codes stay text, however numeric they look.
    """
    filled = values.drop_null()
    is_code = _CODE.search(header) is not None
    if len(filled) == 0:
        return "text", False
    for kind, pattern in _EXACT:
        if _all(filled, pattern):
            return kind, False
    if not is_code and (not _all(filled, _COMPACT) or _DAY.search(header)):
        found = _day_type(filled)
        if found is not None:
            return found, True
    for kind, pattern in () if is_code else _NUMERIC:
        if _all(filled, pattern):
            return kind, False
    return "text", False


def _all(values: Array, pattern: str) -> bool:
    return pc.all(pc.match_substring_regex(values, pattern)).as_py() is True


def _day_type(values: Array) -> ColumnType | None:
    forms = dates.iso_column(values)
    is_day = pc.match_substring_regex(forms, _ISO_DAY[:-1])
    days = forms.filter(is_day)
    if len(days) < len(values) * _ENOUGH:
        return None
    return "date" if _all(days, _ISO_DAY) else "datetime"

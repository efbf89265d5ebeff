"""Proposing a draft from a file's layout and a sample of its rows. Pure: no Django.

Everything here is a proposal that a person confirms. Grades follow the general levels of
GB/T 43697-2024 only roughly: personal data from 3, identity numbers 4, all else 1 or 2.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from huitong.catalogue import headers
from huitong.catalogue.draft_types import Draft, DraftItem
from huitong.catalogue.types import (
    IdentifierKind,
    ItemType,
    Mask,
    OpeningType,
    Secrecy,
    SharingType,
    UpdateFrequency,
)
from huitong.identifiers import citizen_id, credit_code, divisions

LIKELY = 0.8
"""Share of checked values from which a column is taken for an identifier."""
NEARLY_UNIQUE = 0.99
"""Share of distinct values from which a column with a code's header is taken for the key."""

_MOBILE = r"^(?:\+?86-?)?1[3-9][0-9]{9}$"
_INTEGER = r"^[+-]?(?:0|[1-9][0-9]{0,17})$"
_DECIMAL = r"^[+-]?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?$"
_DECIMAL_DIGITS, _DECIMAL_SCALE = 18, 10
"""Digits before the point, and after it, that a decimal has room for without a rule."""
_BOOLEAN = r"^(?:是|否|true|false|TRUE|FALSE|True|False)$"
_YEAR, _MONTH, _DAY = "(?:1[0-9]{3}|2[0-9]{3})", "(?:0?[1-9]|1[0-2])", "(?:0?[1-9]|[12][0-9]|3[01])"
_CLOCK = r"[ T](?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?"
_DATED = (
    (ItemType.DATETIME, "YYYY-MM-DD HH:MM:SS", f"^{_YEAR}-{_MONTH}-{_DAY}{_CLOCK}$"),
    (ItemType.DATETIME, "YYYY/MM/DD HH:MM:SS", f"^{_YEAR}/{_MONTH}/{_DAY}{_CLOCK}$"),
    (ItemType.DATE, "YYYY-MM-DD", f"^{_YEAR}-{_MONTH}-{_DAY}$"),
    (ItemType.DATE, "YYYY/MM/DD", f"^{_YEAR}/{_MONTH}/{_DAY}$"),
    (ItemType.DATE, "YYYY.MM.DD", rf"^{_YEAR}\.{_MONTH}\.{_DAY}$"),
    (ItemType.DATE, "YYYY年MM月DD日", f"^{_YEAR}年{_MONTH}月{_DAY}日$"),
)
_COMPACT_DATE = f"^{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])$"
_PLAIN_TYPES = (
    (ItemType.TEXT, _MOBILE),
    (ItemType.INTEGER, _INTEGER),
    (ItemType.DECIMAL, _DECIMAL),
    (ItemType.BOOLEAN, _BOOLEAN),
)
_PERSONAL: tuple[tuple[re.Pattern[str], bool, bool, Mask | None], ...] = (
    (headers.CITIZEN_ID, True, True, Mask.CITIZEN_ID),
    (headers.PERSON_NAME, True, False, Mask.NAME),
    (headers.HOME_ADDRESS, True, False, Mask.HIDDEN),
    (headers.PHONE, False, False, Mask.PHONE),
    (headers.ADDRESS, False, False, Mask.HIDDEN),
    (headers.SENSITIVE, False, True, Mask.HIDDEN),
    (headers.BIRTH, False, False, Mask.YEAR_ONLY),
    (headers.EMAIL, False, False, Mask.HIDDEN),
    (headers.PERSONAL, False, False, None),
)
"""Header → whether without people in the rows too, sensitive, the mask to begin with."""
_LENGTHS = (16, 32, 64, 128, 256, 512, 1024, 2048, 4000)
_CODE_WIDTH = 6
"""Shorter codes of one width are as often numbers that will grow."""
_SECRET_MARK = re.compile(
    r"(?:绝密|机密|秘密)\s*[★☆]|[★☆]\s*(?:绝密|机密|秘密)|工作秘密|内部资料.{0,2}注意保密"
)
_SECRET_LEVELS = ("绝密", "机密", "秘密", "工作秘密")
_SECRET_COLUMN = re.compile(r"^(?:密级|保密等级|涉密等级|秘密等级|secrecy)$")


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of the sample: `values` are the non-empty ones, trimmed."""

    title: str
    name: str
    values: pa.StringArray
    rows: int

    @property
    def header(self) -> str:
        return headers.normalised(self.title)

    def named(self, pattern: re.Pattern[str]) -> bool:
        """Say whether header or identifier name has the pattern."""
        return bool(pattern.search(self.header) or pattern.search(self.name))

    def all_match(self, pattern: str) -> bool:
        """Say whether every value has the pattern; a column without values has none."""
        return len(self.values) > 0 and self.share(pattern) == 1.0

    def share(self, pattern: str) -> float:
        """Return the share of values with the pattern, 0 to 1."""
        if len(self.values) == 0:
            return 0.0
        matched = pc.match_substring_regex(self.values, pattern)
        return float(pc.sum(pc.cast(matched, pa.int64())).as_py() or 0) / len(self.values)

    @property
    def longest(self) -> int:
        return int(pc.max(pc.utf8_length(self.values)).as_py() or 0)

    @property
    def shortest(self) -> int:
        return int(pc.min(pc.utf8_length(self.values)).as_py() or 0)

    @property
    def distinct(self) -> float:
        """Return the share of distinct values in all rows; an empty value is one that repeats."""
        if self.rows == 0:
            return 0.0
        return float(pc.count_distinct(self.values).as_py()) / self.rows


def propose(
    sample: pa.Table,
    layout: Mapping[str, Any],
    *,
    title: str,
    data_format: str,
    on: date,
) -> Draft:
    """Propose an entry from a sample of text columns and the layout that read them.

    The columns of `sample` whose names begin with `_` say where a row stood and are left out; the
    others are the layout's columns in order. The layout comes back with its columns named as the
    items, so that later deliveries arrive under these names.
    """
    columns = _columns(sample, layout)
    people = any(
        column.named(headers.PERSON_NAME) or _identifier(column, on) is IdentifierKind.CITIZEN_ID
        for column in columns
    )
    items = tuple(_item(column, people=people, on=on) for column in columns)
    key = _key(columns, items)
    items = tuple(_with_key(item, key) for item in items)
    version = [c.name for c in columns if c.named(headers.VERSION)]
    marks = _secret_marks(title, columns, layout)
    personal = [item.title for item in items if item.personal]
    return Draft(
        title=title,
        items=items,
        update_frequency=UpdateFrequency.IRREGULAR,
        data_format=data_format,
        secrecy=Secrecy.STATE_SECRET if marks else Secrecy.NON_SECRET,
        secret_marks=marks,
        key=key,
        version_column=version[0] if version and key else "",
        layout=_renamed(layout, columns),
        **_types(personal),
    )


def _types(personal: Sequence[str]) -> dict[str, Any]:
    """Propose sharing and opening types: personal data is never proposed as open (HL-33.1)."""
    if not personal:
        return {
            "sharing_type": SharingType.UNCONDITIONAL,
            "opening_type": OpeningType.UNCONDITIONAL,
        }
    listed = "、".join(personal)
    return {
        "sharing_type": SharingType.CONDITIONAL,
        "sharing_condition": "仅限因履行法定职责确需使用的政务部门，逐项申请，最小必要",
        "sharing_purpose": "限于申请中载明的履职应用场景，不得用于其他目的或者提供给第三方",
        "opening_type": OpeningType.WITHHELD,
        "closed_reason": f"含个人信息（{listed}），涉及个人隐私",
    }


def _columns(sample: pa.Table, layout: Mapping[str, Any]) -> list[_Column]:
    kept = [name for name in sample.column_names if not name.startswith("_")]
    described = layout.get("columns") or []
    titles = [
        str(described[index].get("header") or name) if index < len(described) else name
        for index, name in enumerate(kept)
    ]
    names = headers.names_for(titles)
    return [
        _Column(title.strip(), name, _values(sample.column(source)), sample.num_rows)
        for source, title, name in zip(kept, titles, names, strict=True)
    ]


def _values(column: "pa.ChunkedArray[Any]") -> pa.StringArray:
    """Return the non-empty values, trimmed."""
    text: Any = pc.utf8_trim_whitespace(pc.cast(column.combine_chunks(), pa.string()))
    filled: pa.StringArray = text.filter(pc.greater(pc.utf8_length(text), pa.scalar(0)))
    return filled


def _identifier(column: _Column, on: date) -> IdentifierKind | None:
    if len(column.values) == 0:
        return None
    if column.share(r"^[0-9]{17}[0-9Xx]$|^[0-9A-Za-z]{18}$") >= LIKELY:
        citizens = _passed(citizen_id.check_column(column.values, on=on).ok)
        credits_ = _passed(credit_code.check_column(column.values).ok)
        # A credit code can look like a citizen id: the better share wins, the header breaks ties.
        if max(citizens, credits_) >= LIKELY:
            if citizens == credits_:
                by_header = column.named(headers.CREDIT_CODE)
                return IdentifierKind.CREDIT_CODE if by_header else IdentifierKind.CITIZEN_ID
            better = citizens > credits_
            return IdentifierKind.CITIZEN_ID if better else IdentifierKind.CREDIT_CODE
        return None
    if column.named(headers.DIVISION) and column.all_match(r"^[0-9]{6}$"):
        known = [str(code) for code in pc.unique(column.values).to_pylist()[:200]]
        found = len([code for code in known if divisions.known(code, on)])
        return IdentifierKind.DIVISION if found >= LIKELY * len(known) else None
    return None


def _passed(ok: pa.BooleanArray) -> float:
    """Return the share of true values, 0 to 1."""
    return float(pc.sum(pc.cast(ok, pa.int64())).as_py() or 0) / max(len(ok), 1)


def _item(column: _Column, *, people: bool, on: date) -> DraftItem:
    identifier = _identifier(column, on)
    kind, form = _type(column, identifier)
    personal, sensitive, mask = _personal(column, identifier, kind, people=people)
    grade = _grade(identifier, personal=personal, sensitive=sensitive)
    return DraftItem(
        name=column.name,
        title=column.title,
        type=kind,
        # An identifier's own check knows its length.
        length=_length(column) if kind is ItemType.TEXT and identifier is None else None,
        format=form,
        identifier=identifier,
        personal=personal,
        sensitive=sensitive,
        grade=grade,
        mask_default=mask,
        rules=_precision(column) if kind is ItemType.DECIMAL else (),
    )


def _precision(column: _Column) -> tuple[Mapping[str, Any], ...]:
    """Return the rule that keeps every digit, where a plain decimal has no room for them."""
    fraction = pc.replace_substring_regex(column.values, r"^[^.]*\.?", "")
    scale = int(pc.max(pc.utf8_length(fraction)).as_py() or 0)
    if scale <= _DECIMAL_SCALE:
        return ()
    return ({"rule": "precision", "precision": _DECIMAL_DIGITS + scale, "scale": scale},)


def _type(column: _Column, identifier: IdentifierKind | None) -> tuple[ItemType, str]:
    """Return type and format; codes stay text, whatever their digits look like."""
    if identifier is not None:
        return ItemType.TEXT, ""
    dated = [(kind, form) for kind, form, pattern in _DATED if column.all_match(pattern)]
    if dated:
        return dated[0]
    if column.named(headers.DATE) and column.all_match(_COMPACT_DATE):
        return ItemType.DATE, "YYYYMMDD"
    if any(column.named(pattern) for pattern in (headers.CODE, headers.PHONE)):
        return ItemType.TEXT, ""
    plain = [kind for kind, pattern in _PLAIN_TYPES if column.all_match(pattern)]
    return (plain or [ItemType.TEXT])[0], ""


def _length(column: _Column) -> int | None:
    """Return a length in characters: exact for long codes of one width, else with room to grow."""
    longest = column.longest
    if longest == 0:
        return None
    fixed = column.shortest == longest >= _CODE_WIDTH and column.rows > 1
    if fixed and column.all_match(r"^[0-9A-Za-z]+$"):
        return longest
    return next((size for size in _LENGTHS if size >= 2 * longest), None)


def _personal(
    column: _Column, identifier: IdentifierKind | None, kind: ItemType, *, people: bool
) -> tuple[bool, bool, Mask | None]:
    """Return personal, sensitive (roughly in the sense of GB/T 35273) and the mask to begin with.

    Telephones, addresses and the like are personal where the rows are about people; a hospital's
    are not.
    """
    if identifier is IdentifierKind.CITIZEN_ID:
        return True, True, Mask.CITIZEN_ID
    if identifier is not None:
        return False, False, None
    if column.share(_MOBILE) >= LIKELY:
        return True, False, Mask.PHONE
    for pattern, always, sensitive, mask in _PERSONAL:
        if (always or people) and column.named(pattern):
            undated = mask is Mask.YEAR_ONLY and kind not in {ItemType.DATE, ItemType.DATETIME}
            return True, sensitive, Mask.HIDDEN if undated else mask
    return False, False, None


def _grade(identifier: IdentifierKind | None, *, personal: bool, sensitive: bool) -> int:
    if identifier is IdentifierKind.CITIZEN_ID or sensitive:
        return 4
    if personal:
        return 3
    return 2 if identifier is IdentifierKind.CREDIT_CODE else 1


def _key(columns: Sequence[_Column], items: Sequence[DraftItem]) -> tuple[str, ...]:
    """Return the likely key: a citizen id, else a code, else what never repeats in the sample."""
    ranked: list[tuple[int, int, str]] = []
    for position, (column, item) in enumerate(zip(columns, items, strict=True)):
        coded = item.identifier is not None or column.named(headers.CODE)
        if headers.SERIAL.search(column.header.lower()) and not coded:
            continue
        if coded and column.distinct >= NEARLY_UNIQUE:
            own = item.identifier is IdentifierKind.CITIZEN_ID
            ranked.append((0 if own else 1, position, item.name))
        elif column.distinct == 1.0 and item.type is ItemType.TEXT and column.longest <= 64:
            ranked.append((2, position, item.name))
    return (min(ranked)[2],) if ranked else ()


def _with_key(item: DraftItem, key: tuple[str, ...]) -> DraftItem:
    if item.name not in key:
        return item
    values = {name: getattr(item, name) for name in DraftItem.__slots__}
    return DraftItem(**{**values, "required": True})


def _renamed(layout: Mapping[str, Any], columns: Sequence[_Column]) -> dict[str, Any]:
    described = [dict(entry) for entry in layout.get("columns") or []]
    names = {}
    for entry, column in zip(described, columns, strict=False):
        names[entry.get("name")] = column.name
        entry["name"] = column.name
    group = layout.get("group")
    if isinstance(group, Mapping):
        group = {**group, "name": names.get(group.get("name"), group.get("name"))}
        return {**layout, "columns": described, "group": group}
    return {**layout, "columns": described}


def _secret_marks(
    title: str, columns: Sequence[_Column], layout: Mapping[str, Any]
) -> tuple[str, ...]:
    """Return where the source looks like a mark of secrecy; a person decides what it is."""
    marks = [f"标题：{title}"] if _SECRET_MARK.search(title) else []
    texts = _texts(layout)
    marks += [f"版式：{text}" for text in texts if _SECRET_MARK.search(text)]
    for column in columns:
        if _SECRET_COLUMN.search(column.header):
            levels = pc.unique(column.values).to_pylist()
            marks += [f"{column.title}：{level}" for level in _SECRET_LEVELS if level in levels]
        found = pc.filter(column.values, pc.match_substring_regex(column.values, "[★☆]"))
        marks += [
            f"{column.title}：{text[:40]}"
            for text in map(str, found.to_pylist()[:20])
            if _SECRET_MARK.search(text)
        ]
    return tuple(dict.fromkeys(marks))


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, (list, tuple)):
        return [text for inner in value for text in _texts(inner)]
    return []

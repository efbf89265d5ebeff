"""Drafts as YAML files, which people edit. Pure: no Django.

A file is checked word by word: an unknown word or a value outside the vocabulary is named with its
place, so that a slip of the pen is not taken for silence.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any

import yaml

from huitong.catalogue.draft_types import Draft, DraftItem
from huitong.catalogue.errors import DraftInvalidError
from huitong.catalogue.types import (
    IdentifierKind,
    ItemType,
    Mask,
    OpeningType,
    Secrecy,
    SharingType,
    UpdateFrequency,
)

HEADER = """\
# 目录条目草稿 / draft of a catalogue entry
#
# 以下内容由程序根据文件提出，须由提供部门逐项确认后再添加：
#   huitong dataset add 本文件 --code 代码
# The program proposed what follows from the file. Somebody of the providing department confirms
# each line, then adds it:  huitong dataset add THIS_FILE --code CODE
#
# secrecy            non_secret | work_secret | state_secret：本平台只收非涉密数据；添加即为声明。
#                    Only non-secret data is taken; adding the draft is the declaration.
# sharing_type       UNCONDITIONAL 无条件 | CONDITIONAL 有条件 | WITHHELD 不予；有条件的写明
#                    sharing_condition（范围等条件）和 sharing_purpose（用途），未写明的视为无条件；
#                    不予的写明 withheld_basis（法律、行政法规依据）及其层级 withheld_basis_rank：
#                    law | administrative_regulation。
#                    Conditional without conditions counts as unconditional; withheld names its law.
# sharing_mode, data_class, withheld_reason
#                    共享方式、数据分类分级、不予共享的理由（规定要求的地区）。
#                    Mode of sharing, class of the data, reason for withholding, where asked for.
# opening_type       同上三类 / same three words；有条件的写明 opening_condition，
#                    不予的写明 closed_reason。
# duty_item          职能数据清单中的一项。 Item of the duty list, where asked for.
# social_source      使用社会数据的，写明来源和协商、采购等取得方式。
#                    Data of society: whence, and whether by agreement or purchase.
# update_frequency   realtime | daily | weekly | monthly | quarterly | yearly | irregular
# items              type: text | integer | decimal | date | datetime | boolean
#                    identifier: citizen_id | credit_code | division
#                    personal 个人信息；sensitive 敏感个人信息；grade 1–4 分级（建议值，须确认）
#                    mask_default: name | citizen_id | phone | credit_code | keep_last_4 |
#                    year_only | hidden
# key                标识一条记录的数据项；同一键内容不同且无 version_column 的，进入问题数据。
#                    Items that identify a record; without version_column, one key with two
#                    contents goes to quarantine.
# layout             文件的版式（表头、编码、分组行等），以后送来的文件须与之相符。
#                    How the file is laid out; later deliveries must fit it.

"""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_WORDS: dict[str, type[StrEnum]] = {
    "update_frequency": UpdateFrequency,
    "sharing_type": SharingType,
    "opening_type": OpeningType,
    "secrecy": Secrecy,
}
_ITEM_WORDS: dict[str, type[StrEnum]] = {
    "type": ItemType,
    "identifier": IdentifierKind,
    "mask_default": Mask,
}
_LENGTHS = {
    "title": 200,
    "title_en": 200,
    "theme": 64,
    "data_format": 32,
    "format": 64,
    "withheld_basis_rank": 32,
    "sharing_mode": 100,
    "data_class": 100,
    "duty_item": 200,
    "version_column": 63,
}


def write_yaml(draft: Draft) -> str:
    """Return the draft as a YAML file with its explanation on top."""
    body = yaml.safe_dump(draft.as_dict(), allow_unicode=True, sort_keys=False, width=100)
    return HEADER + body


def read_yaml(text: str, *, source: str = "draft.yaml") -> Draft:
    """Read a draft.

    Raises: DraftInvalidError, with every fault named by its place.
    """
    try:
        body = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the file"
        raise DraftInvalidError([f"{where} is not YAML"], source=source) from error
    return from_dict(body, source=source)


def from_dict(body: object, *, source: str = "draft") -> Draft:
    """Read a draft from plain values, as YAML, JSON or a form gives them.

    Raises: DraftInvalidError, with every fault named by its place.
    """
    if not isinstance(body, Mapping):
        raise DraftInvalidError(["the top must be a mapping of fields"], source=source)
    faults: list[str] = []
    values = _values(body, Draft, _WORDS, "", faults)
    raw_items = body.get("items") or []
    if not isinstance(raw_items, list) or not raw_items:
        faults.append("items: at least one data item is needed")
        raw_items = []
    items = [_item(raw, f"items[{index}]", faults) for index, raw in enumerate(raw_items, 1)]
    if not values.get("title"):
        faults.append("title: a name is needed")
    _check_names(items, values, faults)
    if faults:
        raise DraftInvalidError(faults, source=source)
    values["items"] = tuple(DraftItem(**item) for item in items)
    return Draft(**values)


def _item(raw: object, where: str, faults: list[str]) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        faults.append(f"{where}: must be a mapping")
        return {"name": "", "title": ""}
    item = _values(raw, DraftItem, _ITEM_WORDS, f"{where}.", faults)
    if item.get("type", ItemType.TEXT) is None:
        faults.append(f"{where}.type: say which of {', '.join(ItemType)}")
    if not _NAME.fullmatch(str(item.get("name", ""))):
        faults.append(
            f"{where}.name: {item.get('name', '')!r} must begin with a letter a–z and go on with "
            "a–z, 0–9 and _ (63 at most)"
        )
    item.setdefault("name", "")
    if not item.get("title"):
        item["title"] = item["name"]
    grade = item.get("grade", 1)
    if not _is_whole(grade) or not 1 <= grade <= 4:
        faults.append(f"{where}.grade: {grade!r} must be 1, 2, 3 or 4")
    length = item.get("length")
    if length is not None and (not _is_whole(length) or length < 1):
        faults.append(f"{where}.length: {length!r} must be a whole number from 1 or left empty")
    return item


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _values(
    raw: Mapping[Any, Any],
    shape: type[Draft] | type[DraftItem],
    words: Mapping[str, type[StrEnum]],
    where: str,
    faults: list[str],
) -> dict[str, Any]:
    known = {field.name for field in fields(shape)}
    faults.extend(f"{where}{name}: no such field" for name in raw if name not in known)
    values: dict[str, Any] = {}
    for name in known & set(raw) - {"items"}:
        read = _reader(name, words)
        try:
            values[name] = read(raw[name])
        except ValueError as error:
            faults.append(f"{where}{name}: {error}")
    return values


def _reader(name: str, words: Mapping[str, type[StrEnum]]) -> Callable[[Any], Any]:
    if name in words:
        return lambda value: _word(value, words[name])
    return _READERS.get(name) or (lambda value: _text(value, _LENGTHS.get(name)))


def _word(value: object, vocabulary: type[StrEnum]) -> StrEnum | None:
    if value is None or value == "":
        return None
    try:
        return vocabulary(str(value))
    except ValueError:
        raise ValueError(f"{value!r} is not one of {', '.join(vocabulary)}") from None


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(f"{value!r} must be true or false")


def _text(value: object, limit: int | None) -> str:
    if value is None:
        return ""
    if isinstance(value, (Mapping, list)):
        raise ValueError("must be a text")  # noqa: TRY004 - gathered with the other faults
    text = str(value).strip()
    if "\x00" in text:
        raise ValueError("holds a NUL character")
    if limit is not None and len(text) > limit:
        raise ValueError(f"has {len(text)} characters, {limit} at most")
    return text


def _texts(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, (list, tuple)) or not all(isinstance(inner, str) for inner in value):
        raise ValueError("must be a list of texts")
    return tuple(value)


def _mappings(value: object) -> tuple[Mapping[str, Any], ...]:
    if value is None:
        return ()
    if not isinstance(value, (list, tuple)) or not all(isinstance(x, Mapping) for x in value):
        raise ValueError("must be a list of mappings")
    return tuple(dict(inner) for inner in value)


def _mapping(value: object) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ValueError("must be a mapping")  # noqa: TRY004 - gathered with the other faults
    return dict(value)


def _check_names(items: list[dict[str, Any]], values: Mapping[str, Any], faults: list[str]) -> None:
    seen: set[str] = set()
    for index, item in enumerate(items, 1):
        if item["name"] and item["name"] in seen:
            faults.append(f"items[{index}].name: {item['name']!r} occurs twice")
        seen.add(item["name"])
    faults.extend(
        f"key: {name!r} is not a data item" for name in values.get("key", ()) if name not in seen
    )
    version_column = values.get("version_column")
    if version_column and version_column not in seen:
        faults.append(f"version_column: {version_column!r} is not a data item")


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "required": _flag,
    "personal": _flag,
    "sensitive": _flag,
    "key": _texts,
    "secret_marks": _texts,
    "rules": _mappings,
    "layout": _mapping,
    "grade": lambda value: value,  # checked with its bounds in _item
    "length": lambda value: value,
}

"""The form of a case file, checked before anything in it is read."""

import json
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from huitong.cases.papers.errors import CaseFileUnreadableError

# A type, types of which one must fit, a list of one shape, the members of an object, or the shape
# of every member of an object whose names are free (under `ANY`).
Shape: TypeAlias = "type | tuple[type, ...] | list[Shape] | dict[str, Shape]"

LARGEST = 64 * 1024 * 1024
ANY = "*"
_NONE = type(None)
_NAMES: Shape = {"zh": str, "en": str}
_BODY: Shape = {"code": str, "name": str}
_EVENT: Shape = {
    "seq": int,
    "step": str,
    "names": _NAMES,
    "role": str,
    "person": str,
    "department": _BODY,
    "at": str,
    "facts": dict,
    "facts_sha256": str,
    "from": str,
    "to": str,
    "cite": [str],
    "entry": str,
}
_ENTRY: Shape = {
    "v": int,
    "uuid": str,
    "kind": str,
    "subject": str,
    "actor": str,
    "at": str,
    "cite": [str],
    "facts": dict,
}
_DEADLINE: Shape = {
    "seq": int,
    "state": str,
    "names": _NAMES,
    "day": str,
    "at": str,
    "start": str,
    "counted": [str],
    "skipped": [{"day": str, "zh": str, "en": str}],
    "made_up": [str],
    "cite": [str],
    "provisional": bool,
    "explanation": _NAMES,
    "ended": str,
}
FILE: Shape = {
    "format": str,
    "number": str,
    "kind": str,
    "kind_names": _NAMES,
    "profile": str,
    "regulation": {"zh": str, "en": str, "document": str},
    "title": str,
    "subject": str,
    "jurisdiction": _BODY,
    "parties": {ANY: _BODY},
    "state": str,
    "state_names": _NAMES,
    "received_at": str,
    "closed_at": (str, _NONE),
    "table_sha256": str,
    "table": str,
    "events": [_EVENT],
    "deadlines": [_DEADLINE],
    "entries": [_ENTRY],
    "articles": {ANY: _NAMES},
    "content_sha256": str,
    "statement": (str, _NONE),
    "receipts": {ANY: (dict, _NONE)},
}


def read(data: bytes) -> dict[str, object]:
    """Return the members of a case file's bytes.

    Raises: CaseFileUnreadableError.
    """
    if len(data) > LARGEST:
        raise CaseFileUnreadableError(
            f"it is larger than {LARGEST >> 20} MB", f"大小超过{LARGEST >> 20}MB"
        )
    try:
        file = json.loads(data, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise CaseFileUnreadableError(f"it is not JSON ({error})", "不是JSON格式") from error
    fault = next(faults(file, FILE, ""), None)
    if fault is not None:
        raise CaseFileUnreadableError(fault, f"结构不符（{fault}）")
    return dict(file)


def faults(value: object, shape: Shape, where: str) -> Iterator[str]:
    """Yield what in a value does not have a shape."""
    here = where.removeprefix(".") or "the file"
    if isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{here} is not a list"
            return
        for place, item in enumerate(value):
            yield from faults(item, shape[0], f"{where}[{place}]")
    elif isinstance(shape, dict):
        if not isinstance(value, Mapping):
            yield f"{here} is not an object"
            return
        wanted = dict.fromkeys(value, shape[ANY]) if ANY in shape else shape
        odd = sorted(value.keys() ^ wanted.keys())
        if odd:
            yield f"{here} has missing or unknown members ({', '.join(odd)})"
        for name in value.keys() & wanted.keys():
            yield from faults(value[name], wanted[name], f"{where}.{name}")
    elif not isinstance(value, shape) or (isinstance(value, bool) and shape is int):
        yield f"{here} is a {type(value).__name__}"


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    # Two members of one name: readers differ on which one counts, so neither does.
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice in one object")
    return found

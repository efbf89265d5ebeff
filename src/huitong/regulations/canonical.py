"""Canonical JSON of frozen dataclasses: the same value gives the same bytes, on any machine."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import types
import typing
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, TypeVar, cast

T = TypeVar("T")


def dump(value: object) -> str:
    """Return sorted-key JSON without spaces.

    A field that holds its default is left out, so that a field added later changes no stored table.
    """
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(value: object) -> str:
    """Return the SHA-256, in hex, of the UTF-8 bytes of :func:`dump`."""
    return hashlib.sha256(dump(value).encode()).hexdigest()


def load(cls: type[T], text: str) -> T:
    """Read a dataclass from its canonical JSON.

    Raises: ValueError or TypeError, when the text does not hold such a value.
    """
    return cast("T", _typed(json.loads(text), cls))


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: _plain(getattr(value, f.name))
            for f in dataclasses.fields(value)
            if getattr(value, f.name) != _default(f)
        }
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value


def _default(f: dataclasses.Field[Any]) -> object:
    if f.default is not dataclasses.MISSING:
        return f.default
    if f.default_factory is not dataclasses.MISSING:
        return f.default_factory()
    return dataclasses.MISSING


def _typed(value: Any, kind: Any) -> object:  # noqa: ANN401 (JSON and type hints are untyped)
    origin = typing.get_origin(kind)
    arguments = typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        inner = next(a for a in arguments if a is not type(None))
        return None if value is None else _typed(value, inner)
    if origin is tuple:
        return tuple(_typed(item, arguments[0]) for item in value)
    if origin is Mapping:
        return {key: _typed(item, arguments[1]) for key, item in value.items()}
    if dataclasses.is_dataclass(kind):
        hints = _hints(cast("type", kind))
        unknown = set(value) - set(hints)
        if unknown:
            msg = f"{kind} has no {', '.join(sorted(unknown))}"
            raise ValueError(msg)
        return cast("Any", kind)(**{name: _typed(v, hints[name]) for name, v in value.items()})
    if kind is date:
        return date.fromisoformat(value)
    if isinstance(kind, type) and not isinstance(value, kind):
        msg = f"expected {kind.__name__}, found {value!r}"
        raise TypeError(msg)
    return value


@cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)

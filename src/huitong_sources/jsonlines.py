"""JSON lines: one object per line, as text columns; numbers keep the digits as written."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from huitong_sources.errors import (
    CutOffError,
    DuplicateHeaderError,
    LayoutMismatchError,
    UnreadableCellError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from huitong_sources.types import SourceFile

_BATCH: Final = 16_384


class _TwiceError(ValueError):
    """An object has a key twice."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise _TwiceError(next(key for key in keys if keys.count(key) > 1))
    return found


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_float=str, parse_int=str)


def objects(file: SourceFile) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each line's object with the line's number; blank lines are passed over.

    Raises: CutOffError, UnreadableCellError, DuplicateHeaderError.
    """
    with file.open() as stream:
        for line, raw in enumerate(stream, 1):
            text = raw.decode(file.encoding or "utf-8").strip()
            if not text:
                continue
            try:
                found = _DECODER.decode(text)
            except _TwiceError as error:
                raise DuplicateHeaderError(
                    f"{file.name}, line {line}: the key “{error}” occurs twice: keep one.",
                    zh=f"{file.name}第{line}行：键“{error}”出现两次：请只保留一个。",
                    address=f"line {line}",
                ) from None
            except ValueError as error:
                raise _unreadable(file, line, raw, error) from error
            if not isinstance(found, dict):
                raise UnreadableCellError(
                    f"{file.name}, line {line}: there is no object: write one {{…}} per line.",
                    zh=f"{file.name}第{line}行：不是对象：请每行写一个{{…}}。",
                    address=f"line {line}",
                )
            yield line, found


def _unreadable(
    file: SourceFile, line: int, raw: bytes, error: ValueError
) -> CutOffError | UnreadableCellError:
    if not raw.endswith(b"\n"):
        return CutOffError(
            f"{file.name}, line {line}: the last line is no whole object ({error}), so the file is "
            "cut off. Export or copy it again.",
            zh=f"{file.name}第{line}行：末行不是完整的对象，文件不完整。请重新导出或复制。",
            address=f"line {line}",
        )
    return UnreadableCellError(
        f"{file.name}, line {line}: this is no JSON ({error}): write one object per line.",
        zh=f"{file.name}第{line}行：不是JSON：请每行写一个对象。",
        address=f"line {line}",
    )


def keys(file: SourceFile, count: int) -> tuple[str, ...]:
    """Return the keys of the first `count` objects in the order in which they appear."""
    found: dict[str, None] = {}
    for _, each in islice(objects(file), count):
        found.update(dict.fromkeys(each))
    return tuple(found)


def batches(
    file: SourceFile, headers: Sequence[str]
) -> Iterator[tuple[npt.NDArray[np.int64], pa.RecordBatch]]:
    """Yield the objects as text columns named by position, with their lines.

    A key that is missing is null; nested values are compact JSON text.

    Raises: LayoutMismatchError, when an object has a key that the layout does not know.
    """
    known = frozenset(headers)
    names = [str(place) for place in range(len(headers))]
    rows = objects(file)
    while chunk := list(islice(rows, _BATCH)):
        for line, each in chunk:
            if not known.issuperset(each):
                key = next(key for key in each if key not in known)
                raise LayoutMismatchError(
                    f"{file.name}, line {line}: the key “{key}” is not in the layout: remove it, "
                    "or confirm a new layout.",
                    zh=f"{file.name}第{line}行：键“{key}”不在布局中：请删除，或确认新的布局。",
                    address=f"line {line}",
                )
        columns = [
            pa.array([_text(each.get(header)) for _, each in chunk], pa.string())
            for header in headers
        ]
        lines = np.array([line for line, _ in chunk], dtype=np.int64)
        yield lines, pa.RecordBatch.from_arrays(columns, names)


def _text(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

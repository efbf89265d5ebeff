"""Open data as files, streamed from one snapshot.

CSV is UTF-8 with a byte order mark (spreadsheets need it for Chinese), comma, CRLF, headers in
Chinese. A text that a spreadsheet would run as a formula (it begins with `=`, `+`, `-`, `@`, a tab
or a carriage return, full-width forms included) gets an apostrophe in front; numbers do not. Who
needs the values untouched takes JSON: one array of objects by item name.
"""

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
import pyarrow as pa

from huitong.catalogue.models import DataItem
from huitong.opening import access, queries
from huitong.opening.errors import FormatUnknownError
from huitong.opening.models import OpenEntry

CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def download(
    entry: OpenEntry, fmt: str, *, code: str = "", at: dt.datetime | None = None
) -> Iterator[bytes]:
    """Return the pieces of a file with all rows that are served now, in the reviewed columns.

    `code` is that of an access to data that is open on conditions, `at` when it is shown. What
    cannot be given is refused here, before the first byte. Raises: FormatUnknownError,
    ApplicationNeededError, AccessCodeInvalidError, AccessSuspendedError.
    """
    if fmt not in CONTENT_TYPES:
        raise FormatUnknownError(fmt, list(CONTENT_TYPES))
    if code and at is not None:
        access.require_access(entry.dataset, code, at)
    else:
        queries.require_direct_use(entry)
    items = queries.open_items(entry)
    batches = queries.reviewed_rows(entry, items)
    return _csv(items, batches) if fmt == "csv" else _json(items, batches)


def file_name(entry: OpenEntry, fmt: str) -> str:
    """Return the name under which a download is saved."""
    return f"{entry.dataset.code}-v{entry.version.number}.{fmt}"


def safe_cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula.

    >>> safe_cell("=cmd|x"), safe_cell(-3), safe_cell("-"), safe_cell("北京")
    ("'=cmd|x", -3, "'-", '北京')
    """
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def _csv(items: Sequence[DataItem], batches: Iterator[pa.RecordBatch]) -> Iterator[bytes]:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([safe_cell(item.title) for item in items])
    yield b"\xef\xbb\xbf" + _taken(text)
    for batch in batches:
        for row in _rows(batch):
            writer.writerow([safe_cell(value) for value in row])
        yield _taken(text)


def _json(items: Sequence[DataItem], batches: Iterator[pa.RecordBatch]) -> Iterator[bytes]:
    names = [item.name for item in items]
    first = True
    yield b"["
    for batch in batches:
        rows = (dict(zip(names, row, strict=True)) for row in _rows(batch))
        lines = [orjson.dumps(row, default=str) for row in rows]
        if lines:
            yield (b"\n" if first else b",\n") + b",\n".join(lines)
            first = False
    yield b"\n]\n"


def _rows(batch: pa.RecordBatch) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _taken(text: io.StringIO) -> bytes:
    data = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return data

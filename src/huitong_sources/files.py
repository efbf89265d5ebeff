"""Open a file: establish what it is and that it is whole, before anything else looks at it."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import Final

import pyarrow as pa
from pyarrow import parquet

from huitong_sources import archives, compound, kinds, texts, workbooks
from huitong_sources.errors import CutOffError, TooLargeError
from huitong_sources.types import Kind, Limits, SourceFile

DEFAULT_LIMITS: Final = Limits()


def open_file(
    source: Path | str | bytes, name: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> SourceFile:
    """Return a file that is of a known kind, whole, and within the limits.

    `name` is the name that the department gave the file; by default that of the path. A text file
    is read once from end to end here (about 0.5 s for 300 MB).

    Raises: FileRefusedError (EmptyFileError, TooLargeError, WrongKindError, CutOffError,
    PasswordError, ZipBombError, EncodingError, NulByteError, OpenQuoteError, FormulaCellError).
    """
    path = None if isinstance(source, bytes) else Path(source)
    data = source if isinstance(source, bytes) else None
    size = path.stat().st_size if path is not None else len(data or b"")
    shown = name or (path.name if path is not None else "file")
    if size > limits.max_bytes:
        raise TooLargeError(
            f"{shown} has {size} bytes, the limit is {limits.max_bytes}: deliver it in parts, or "
            "ask for a higher limit.",
            zh=f"{shown}有{size}字节，超过上限{limits.max_bytes}：请分批报送，或申请提高上限。",
        )
    file = SourceFile(shown, Kind.CSV, size, limits, path=path, data=data)
    with file.open() as stream:
        kind = kinds.kind_of(stream, size, shown)
        kinds.name_must_fit(kind, shown)
        if kind is Kind.XLS:
            compound.inspect(stream, size, shown)
        if kind is Kind.XLSX:
            file = replace(file, faults=archives.inspect(stream, shown, limits))
    file = replace(file, kind=kind)
    if kind.family == "sheet":
        return replace(file, sheets=workbooks.visible_sheets(file))
    if kind is Kind.PARQUET:
        _inspect_parquet(file)
        return file
    return _with_text_facts(file)


def _with_text_facts(file: SourceFile) -> SourceFile:
    with file.open() as stream:
        facts = texts.examine(stream, file.name, file.limits)
        file = replace(
            file,
            encoding=facts.encoding,
            quotes=facts.quotes > 0,
            quotes_end=facts.quotes_end,
            pluses=facts.pluses,
        )
        if file.kind is Kind.JSONL:
            return file
        delimiter = texts.delimiter_of(stream, facts.encoding)
    kind = Kind.TSV if delimiter == "\t" else Kind.CSV
    file = replace(file, delimiter=delimiter, kind=kind)
    if facts.quotes % 2:
        # Marks may be odd inside unquoted text; only the end of the file tells.
        deque(texts.records(file), maxlen=0)
    return file


def _inspect_parquet(file: SourceFile) -> None:
    """Refuse a Parquet file whose footer cannot be read or that would grow beyond the limit."""
    try:
        metadata = parquet.ParquetFile(file.arrow()).metadata
    except (pa.ArrowException, OSError) as error:
        raise CutOffError(
            f"{file.name} is damaged ({error}): write it again and deliver it.",
            zh=f"{file.name}已损坏：请重新生成后报送。",
        ) from error
    groups = range(metadata.num_row_groups)
    inflated = sum(metadata.row_group(group).total_byte_size for group in groups)
    if inflated > file.limits.max_inflated:
        raise TooLargeError(
            f"{file.name} would grow to {inflated} bytes, the limit is {file.limits.max_inflated}: "
            "deliver it in parts.",
            zh=f"{file.name}解压后达{inflated}字节，超过上限{file.limits.max_inflated}：请分批报送。",
        )

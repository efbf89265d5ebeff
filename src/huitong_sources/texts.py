"""Text files: their bytes checked in one pass, their encoding, delimiter, and first and last lines.

The encoding is UTF-8 (with or without BOM) if every byte agrees, else GB18030 if every byte agrees,
else the file is refused. Nothing is detected by likelihood: detectors call short GB18030 files
cp949.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np
import pyarrow as pa

from huitong_sources.errors import (
    CutOffError,
    EncodingError,
    NulByteError,
    OpenQuoteError,
    TooLargeError,
)
from huitong_sources.types import SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huitong_sources.types import Limits

_CHUNK: Final = 1 << 20
"""Small enough to stay in the processor's cache while it is looked at several times."""
# For the whole process, and harmless: Python refuses longer fields than 128 kB otherwise.
csv.field_size_limit(16 << 20)
_BOM: Final = b"\xef\xbb\xbf"
_END: Final = "\x00end"
_DELIMITERS: Final = (",", "\t", ";", "|")
_PROOF: Final = 4
"""So many characters beyond ASCII that are valid UTF-8 do not occur in GB18030 by chance."""


@dataclass(frozen=True, slots=True)
class TextFacts:
    """What one pass over the bytes of a text file found."""

    encoding: str
    quotes: int
    quotes_end: int
    """Bytes of the file up to its last quotation mark, 0 without any."""
    pluses: bool


def examine(stream: BinaryIO, name: str, limits: Limits) -> TextFacts:
    """Check all bytes of a text file.

    Raises: NulByteError, EncodingError, CutOffError, TooLargeError.
    """
    stream.seek(0)
    start = stream.read(4)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise EncodingError(
            f"{name} is UTF-16 text: save it as “CSV UTF-8” and deliver that.",
            zh=f"{name}是UTF-16文本：请另存为“CSV UTF-8”后报送。",
        )
    bom = start.startswith(_BOM)
    quotes = 0
    quotes_end = 0
    pluses = False
    encoding = "utf-8"
    done = 0
    proof = 0
    for chunk in _chunks(stream, name, limits):
        place = chunk.find(b"\0")
        if place >= 0:
            raise _nul(stream, name, done + place)
        last = chunk.rfind(b'"')
        if last >= 0:
            quotes += chunk.count(b'"')
            quotes_end = done + last + 1
        pluses = pluses or b"+" in chunk
        if encoding == "utf-8" and not _is_utf8(chunk):
            proof = _refuse_broken_utf8(stream, name, chunk, done, proof, bom=bom)
            encoding = "gb18030"
        elif encoding == "utf-8" and proof < _PROOF and not chunk.isascii():
            proof += int(np.count_nonzero(np.frombuffer(chunk, np.uint8) >= 0xC0))
        done += len(chunk)
    if encoding == "gb18030":
        _must_be_gb18030(stream, name, limits)
    return TextFacts("utf-8-sig" if bom else encoding, quotes, quotes_end, pluses)


def _chunks(stream: BinaryIO, name: str, limits: Limits) -> Iterator[bytes]:
    """Yield the bytes in pieces that end with a line, except perhaps the last."""
    stream.seek(0)
    while chunk := stream.read(_CHUNK):
        rest = stream.readline(limits.max_line_bytes)
        if len(rest) == limits.max_line_bytes and not rest.endswith(b"\n"):
            raise TooLargeError(
                f"{name} has a line of more than {limits.max_line_bytes} bytes: it is no table, or "
                "a quotation mark is never closed.",
                zh=f"{name}有一行超过{limits.max_line_bytes}字节：不是数据表，或引号未闭合。",
            )
        yield chunk + rest


def _is_utf8(chunk: bytes) -> bool:
    """Tell whether bytes are UTF-8; Arrow's check is several times faster than decoding."""
    offsets = np.array([0, len(chunk)], dtype=np.int64).tobytes()
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(chunk)]
    text = pa.Array.from_buffers(pa.large_string(), 1, buffers)
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _refuse_broken_utf8(
    stream: BinaryIO, name: str, chunk: bytes, done: int, proof: int, *, bom: bool
) -> int:
    """Return the number of characters that speak for UTF-8; refuse when it can be nothing else."""
    try:
        chunk.decode("utf-8")
    except UnicodeDecodeError as error:
        good = chunk[: error.start].decode("utf-8")
        proof += sum(character > "\x7f" for character in good[-100_000:])
        at_end = error.end == len(chunk) and error.reason == "unexpected end of data"
        place = done + error.start
    else:
        return proof
    if not bom and proof < _PROOF:
        return proof
    line = _line_of(stream, place)
    if at_end:
        raise _cut_off(name, line)
    raise EncodingError(
        f"{name}, line {line}: byte {place + 1} is not UTF-8, though the text before it is. The "
        "file is damaged or glued together from two: export it again.",
        zh=f"{name}第{line}行：第{place + 1}字节不是UTF-8，而其前文是。文件损坏或由两种编码拼接："
        "请重新导出。",
        address=f"line {line}",
    )


def _must_be_gb18030(stream: BinaryIO, name: str, limits: Limits) -> None:
    done = 0
    for chunk in _chunks(stream, name, limits):
        try:
            chunk.decode("gb18030")
        except UnicodeDecodeError as error:
            line = _line_of(stream, done + error.start)
            if error.end >= len(chunk) and error.reason == "incomplete multibyte sequence":
                raise _cut_off(name, line) from None
            raise EncodingError(
                f"{name}, line {line}: the text is neither UTF-8 nor GB18030 (byte "
                f"{done + error.start + 1}). Save it as “CSV UTF-8” and deliver that.",
                zh=f"{name}第{line}行："
                f"文本既不是UTF-8也不是GB18030（第{done + error.start + 1}字节）。"
                "请另存为“CSV UTF-8”后报送。",
                address=f"line {line}",
            ) from None
        done += len(chunk)


def plain_below(file: SourceFile, skip: int) -> SourceFile:
    """Return the file as one without quotation marks when all stand in its first `skip` lines.

    Many systems put names into quotation marks and values not.
    """
    if not file.quotes:
        return file
    with file.open() as stream:
        head = b"".join(stream.readline(file.limits.max_line_bytes) for _ in range(skip))
    # A carriage return alone may end a line too, and then these are not the lines.
    if file.quotes_end > len(head) or b"\r" in head.replace(b"\r\n", b"\n"):
        return file
    return replace(file, quotes=False)


def _cut_off(name: str, line: int) -> CutOffError:
    return CutOffError(
        f"{name} is cut off in the middle of a character in line {line}: copy or export it again.",
        zh=f"{name}在第{line}行的一个字符中间中断：请重新复制或导出。",
        address=f"line {line}",
    )


def _nul(stream: BinaryIO, name: str, place: int) -> NulByteError:
    line = _line_of(stream, place)
    return NulByteError(
        f"{name}, line {line}: there is a NUL byte (byte {place + 1} of the file), so it is no "
        "text "
        "or is damaged. Export it again as CSV UTF-8.",
        zh=f"{name}第{line}行：含NUL字节（文件第{place + 1}字节），不是文本或已损坏。"
        "请重新导出为CSV UTF-8。",
        address=f"line {line}",
    )


def _line_of(stream: BinaryIO, place: int) -> int:
    """Return the line, counted from 1, of the byte at `place`, counted from 0."""
    stream.seek(0)
    line = 1
    left = place
    while left > 0 and (chunk := stream.read(min(_CHUNK, left))):
        line += chunk.count(b"\n")
        left -= len(chunk)
    return line


def records(file: SourceFile) -> Iterator[tuple[int, list[str]]]:
    """Yield records with the line on which each begins, by Python's parser.

    Slow (about 1 M lines/s at best): for heads, and to find the line of an error that was found.

    Raises: OpenQuoteError, when a quotation is still open at the end of the file.
    """
    with file.open() as stream:
        text = io.TextIOWrapper(stream, encoding=file.encoding, newline="")
        # A line of our own after the last: inside an open quotation it does not become a record.
        reader = csv.reader(chain(text, ["\n", _END]), delimiter=file.delimiter or ",")
        before = 0
        record: list[str] = []
        try:
            for record in reader:
                if record == [_END]:
                    return
                if not (record and record[-1].endswith(_END)):
                    yield before + 1, record
                    before = reader.line_num
        except csv.Error:
            # The parser's own limit for one field, which only a quotation gone astray reaches.
            pass
    raise OpenQuoteError(
        f"{file.name}, line {before + 1}: a quotation mark is opened and never closed. The file is "
        "cut off, or the mark should be doubled: export it again.",
        zh=f"{file.name}第{before + 1}行：引号打开后未闭合。文件不完整，或引号应成双：请重新导出。",
        address=f"line {before + 1}",
    )


def tail(file: SourceFile, size: int = 16_384) -> list[list[str]]:
    """Return the last records of a text file, the first of them perhaps incomplete."""
    with file.open() as stream:
        stream.seek(max(0, file.size - size))
        rest = stream.read()
    if file.size > size:
        rest = rest.partition(b"\n")[2]
    text = rest.decode(file.encoding or "utf-8", "replace")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=file.delimiter or ","))


def delimiter_of(stream: BinaryIO, encoding: str) -> str:
    """Return the delimiter under which the first lines fall into the most columns most evenly."""
    stream.seek(0)
    head = stream.read(65_536)
    cut = head.rfind(b"\n")
    text = (head[: cut + 1] or head).decode(encoding, "replace")
    best = (0.0, ",")
    for delimiter in _DELIMITERS:
        widths = [
            len(record)
            for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            if record
        ][:200]
        common = max(set(widths), key=widths.count, default=1)
        if common > 1:
            evenness = widths.count(common) / len(widths)
            best = max(best, (evenness * min(common, 50) ** 0.2, delimiter), key=lambda it: it[0])
    return best[1]

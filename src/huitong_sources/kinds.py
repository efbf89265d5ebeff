"""What a file is, told by its first bytes and never by its name; then whether its name lies."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, BinaryIO, Final

from huitong_sources import compound
from huitong_sources.errors import CutOffError, EmptyFileError, WrongKindError
from huitong_sources.types import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

_FOREIGN: Final = (
    (b"%PDF", "a PDF document", "PDF文档"),
    (b"\x89PNG", "a picture", "图片"),
    (b"\xff\xd8\xff", "a picture", "图片"),
    (b"GIF8", "a picture", "图片"),
    (b"\x1f\x8b", "a gzip archive", "gzip压缩包"),
    (b"7z\xbc\xaf", "a 7-Zip archive", "7-Zip压缩包"),
    (b"Rar!", "a RAR archive", "RAR压缩包"),
    (b"SQLite format 3", "an SQLite database", "SQLite数据库"),
    (b"ARROW1", "an Arrow file", "Arrow文件"),
    (b"\x7fELF", "a program", "程序"),
)
_MARKUP: Final = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<style", b"<div")

_NAMED: Final[Mapping[str, frozenset[str]]] = {
    "csv": frozenset({"delimited"}),
    "txt": frozenset({"delimited", "jsonl"}),
    "tsv": frozenset({"delimited"}),
    "tab": frozenset({"delimited"}),
    "xls": frozenset({"xls"}),
    "et": frozenset({"xls"}),
    "xlsx": frozenset({"xlsx"}),
    "xlsm": frozenset({"xlsx"}),
    "json": frozenset({"jsonl"}),
    "jsonl": frozenset({"jsonl"}),
    "ndjson": frozenset({"jsonl"}),
    "parquet": frozenset({"parquet"}),
    "pq": frozenset({"parquet"}),
}
"""By ending: what the content may be (a kind, or a family). Other endings promise nothing."""

_SAID: Final[Mapping[Kind, tuple[str, str]]] = {
    Kind.CSV: ("delimited text", "分隔文本"),
    Kind.TSV: ("delimited text", "分隔文本"),
    Kind.XLS: ("an Excel 97–2003 workbook", "Excel 97–2003工作簿"),
    Kind.XLSX: ("an Excel workbook (xlsx)", "Excel工作簿（xlsx）"),
    Kind.JSONL: ("JSON lines", "JSON Lines"),
    Kind.PARQUET: ("a Parquet file", "Parquet文件"),
}

_ZIP: Final = b"PK\x03\x04"
_PARQUET: Final = b"PAR1"


def kind_of(stream: BinaryIO, size: int, name: str) -> Kind:
    """Return the kind of the content; text that is no JSON is `Kind.CSV` until its delimiter shows.

    Raises: EmptyFileError, CutOffError, WrongKindError.
    """
    if size == 0:
        raise EmptyFileError(
            f"{name} is empty (0 bytes): export it again and deliver it.",
            zh=f"{name}是空文件（0字节）：请重新导出后报送。",
        )
    head = stream.read(4096)
    if head.startswith(_PARQUET):
        _whole_parquet(stream, size, name)
        return Kind.PARQUET
    if head.startswith(compound.MAGIC):
        return Kind.XLS
    if head.startswith(_ZIP):
        return _zipped(stream, name)
    for magic, en, zh in _FOREIGN:
        if head.startswith(magic):
            raise _not_a_table(name, en, zh)
    opening = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if opening.lower().startswith(_MARKUP):
        raise WrongKindError(
            f"{name} is a web page or XML, as some systems export under an Excel name: open it in "
            "Excel, save it as .xlsx and deliver that.",
            zh=f"{name}实际是网页或XML（部分系统以Excel名义导出）：请用Excel打开，另存为.xlsx后报送。",
        )
    if opening.startswith(b"["):
        raise WrongKindError(
            f"{name} is a JSON array: write one object per line (JSON lines) and deliver that.",
            zh=f"{name}是JSON数组：请改为每行一个对象（JSON Lines）后报送。",
        )
    return Kind.JSONL if opening.startswith(b"{") else Kind.CSV


def name_must_fit(kind: Kind, name: str) -> None:
    """Refuse a file whose name promises another kind than its content is.

    Raises: WrongKindError.
    """
    _, dot, ending = name.lower().rpartition(".")
    allowed = _NAMED.get(ending) if dot else None
    if allowed is None or kind.value in allowed or kind.family in allowed:
        return
    en, zh = _SAID[kind]
    raise WrongKindError(
        f"{name} is named .{ending} but is {en}: give it the right name, or deliver the file that "
        "was meant.",
        zh=f"{name}的扩展名为.{ending}，内容却是{zh}：请改正文件名，或报送正确的文件。",
    )


def _not_a_table(name: str, en: str, zh: str) -> WrongKindError:
    return WrongKindError(
        f"{name} is {en}, not a table: deliver CSV, XLS, XLSX, JSON lines or Parquet.",
        zh=f"{name}是{zh}，不是数据表：请报送CSV、XLS、XLSX、JSON Lines或Parquet。",
    )


def _cut_off(name: str, what: str, what_zh: str) -> CutOffError:
    return CutOffError(
        f"{name} is cut off: {what}. Copy or export it again and deliver it.",
        zh=f"{name}不完整：{what_zh}。请重新复制或导出后报送。",
    )


def _whole_parquet(stream: BinaryIO, size: int, name: str) -> None:
    stream.seek(max(0, size - 4))
    if size < 12 or stream.read(4) != _PARQUET:
        raise _cut_off(
            name, "a Parquet file ends with PAR1 and this does not", "缺少Parquet文件尾PAR1"
        )


def _zipped(stream: BinaryIO, name: str) -> Kind:
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            members = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError):
        raise _cut_off(name, "the archive has no directory at its end", "压缩包缺少目录") from None
    if "xl/workbook.xml" in members:
        return Kind.XLSX
    if "xl/workbook.bin" in members:
        raise _not_a_table(name, "a binary workbook (xlsb)", "二进制工作簿（xlsb）")
    if "word/document.xml" in members:
        raise _not_a_table(name, "a Word document", "Word文档")
    if "mimetype" in members and "content.xml" in members:
        raise _not_a_table(name, "an OpenDocument file", "OpenDocument文件")
    raise _not_a_table(name, "a zip archive (unpack it first)", "zip压缩包（请先解压）")

"""Files that departments deliver, made on the spot; and the real ones, when they are there."""

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

from huitong_sources import files, layouts, reading
from huitong_sources.types import Landed, Layout, SourceFile
from sources.counting import counted

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real files, or say that tests on them did not run."""
    folder = Path(os.environ.get("HUITONG_SHARED") or ROOT.parent / "shared") / "data"
    if not folder.is_dir():
        pytest.skip(f"DID NOT RUN: the real files are not in {folder} (set HUITONG_SHARED)")
    return folder


@pytest.fixture
def rows_of() -> Callable[..., list[dict[str, Any]]]:
    """Return a function that reads a file, by its own proposed layout unless one is given."""

    def read(file: SourceFile, layout: Layout | None = None) -> list[dict[str, Any]]:
        batches = list(reading.read(file, layout or layouts.propose(file)))
        rows: list[dict[str, Any]] = pa.Table.from_batches(batches).to_pylist()
        return rows

    return read


@pytest.fixture
def take() -> Callable[[bytes, str], tuple[Landed, list[dict[str, Any]]]]:
    """Return a function that opens, lays out and reads bytes: what was counted, and the rows."""

    def read(data: bytes, name: str) -> tuple[Landed, list[dict[str, Any]]]:
        file = files.open_file(data, name)
        return counted(file, layouts.propose(file))

    return read


@pytest.fixture
def workbook() -> Callable[..., bytes]:
    """Return a function that makes an .xlsx of rows, with merged ranges such as A1:C1."""

    def make(rows: list[list[Any]], merges: tuple[str, ...] = (), title: str = "名单") -> bytes:
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = title
        for line, row in enumerate(rows, 1):
            for place, value in enumerate(row, 1):
                if value is not None:
                    sheet.cell(line, place).value = value
        for merge in merges:
            sheet.merge_cells(merge)
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    return make

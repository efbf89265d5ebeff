"""The first rows of a file of any kind, as the layout's detection and its comparison need them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from huitong_sources import texts

if TYPE_CHECKING:
    from huitong_sources.types import SourceFile


@dataclass(frozen=True, slots=True)
class Preamble:
    """The records above the data of a text file, their lines, and how many lines they take."""

    records: tuple[list[str], ...]
    lines: tuple[int, ...]
    skip: int


def preamble(file: SourceFile, count: int) -> Preamble:
    """Return the first `count` records; the record after them begins on line `skip` + 1."""
    found = list(islice(texts.records(file), count + 1))
    top = found[:count]
    if len(found) > count:
        skip = found[count][0] - 1
    else:
        skip = sum(1 + sum(cell.count("\n") for cell in record) for _, record in top)
    return Preamble(tuple(record for _, record in top), tuple(line for line, _ in top), skip)

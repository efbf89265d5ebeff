"""A draft from a file: a layout is proposed, a sample read, and the catalogue does the rest."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from huitong.catalogue import drafting
from huitong.catalogue.draft_types import Draft
from huitong.catalogue.errors import DraftInvalidError
from huitong_sources import files, layouts, reading
from huitong_sources.types import Layout, SourceFile

_SAMPLE_ROWS = 20_000


def propose(
    file: Path, *, on: dt.date, name: str = "", title: str = "", key: Sequence[str] = ()
) -> Draft:
    """Return the draft that a file suggests; `key` are headers or item names that a person chose.

    Raises: SourceError, when the file cannot be read; DraftInvalidError, for an unknown key.
    """
    name = name or file.name
    source = files.open_file(file, name=name)
    layout = layouts.propose(source)
    draft = drafting.propose(
        _sample(source, layout),
        layouts.to_dict(layout),
        title=title or Path(name).stem,
        data_format=source.kind.value,
        on=on,
    )
    if not key:
        return draft
    names = {item.title.strip(): item.name for item in draft.items}
    names |= {item.name: item.name for item in draft.items}
    unknown = [header for header in key if header not in names]
    if unknown:
        raise DraftInvalidError(
            [f"key {header}: the file has no such column" for header in unknown], source=name
        )
    return dataclasses.replace(draft, key=tuple(names[header] for header in key))


def _sample(source: SourceFile, layout: Layout) -> pa.Table:
    """Return the first rows as text columns."""
    batches: list[pa.RecordBatch] = []
    rows = 0
    for batch in reading.read(source, layout):
        batches.append(batch)
        rows += batch.num_rows
        if rows >= _SAMPLE_ROWS:
            break
    return pa.Table.from_batches(batches).slice(0, _SAMPLE_ROWS)

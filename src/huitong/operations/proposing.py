"""A draft from a file: a layout is proposed, a sample read, and the catalogue does the rest."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from huitong.catalogue import drafting
from huitong.catalogue.draft_types import Draft
from huitong.catalogue.errors import DraftInvalidError
from huitong_sources import files, layouts, reading

_SAMPLE_ROWS = 20_000


def propose(file: Path, *, title: str | None, key: Sequence[str] = (), on: dt.date) -> Draft:
    """Return the draft that a file suggests; `key` are headers or item names that a person chose.

    Raises: SourceError, when the file cannot be read; DraftInvalidError, for an unknown key.
    """
    source = files.open_file(file, name=file.name)
    layout = layouts.propose(source)
    sample = reading.sample(source, layout, rows=_SAMPLE_ROWS)
    draft = drafting.propose(
        sample,
        layout.to_dict(),
        title=title or file.stem,
        data_format=source.kind.value,
        on=on,
    )
    if not key:
        return draft
    names = {item.title.strip(): item.name for item in draft.items}
    names |= {item.name: item.name for item in draft.items}
    unknown = [title for title in key if title not in names]
    if unknown:
        raise DraftInvalidError(
            [f"--key {title}: the file has no such column" for title in unknown], source=file.name
        )
    return dataclasses.replace(draft, key=tuple(names[title] for title in key))

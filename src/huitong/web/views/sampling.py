"""From an uploaded file to a proposed entry: open it, propose a layout, read a sample."""

import datetime as dt
import tempfile
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile

from huitong.catalogue import drafting
from huitong.catalogue.draft_types import Draft
from huitong.errors import HuitongError
from huitong_sources import files, layouts, reading
from huitong_sources.errors import SourceError

SAMPLE_ROWS = 20_000


class SourceRefusedError(HuitongError):
    """A file cannot be read; `huitong_sources` knows no error of ours, so it is told on here."""

    code = "source_refused"

    def __init__(self, error: SourceError) -> None:
        super().__init__(str(error), zh=error.zh)
        self.code = error.code


def propose(upload: UploadedFile, *, on: dt.date) -> Draft:
    """Return the entry that a file suggests; the file itself is not kept.

    Raises: SourceRefusedError.
    """
    name = Path(upload.name or "file").name
    with tempfile.NamedTemporaryFile(suffix=Path(name).suffix) as copy:
        for piece in upload.chunks():
            copy.write(piece)
        copy.flush()
        try:
            source = files.open_file(Path(copy.name), name=name)
            layout = layouts.propose(source)
            sample = reading.sample(source, layout, rows=SAMPLE_ROWS)
        except SourceError as error:
            raise SourceRefusedError(error) from error
        return drafting.propose(
            sample,
            layout.to_dict(),
            title=Path(name).stem,
            data_format=source.kind.value,
            on=on,
        )

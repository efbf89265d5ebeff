"""From an uploaded file to a proposed entry."""

import datetime as dt
from pathlib import Path

from django.core.files.uploadedfile import TemporaryUploadedFile

from huitong.catalogue.draft_types import Draft
from huitong.errors import HuitongError
from huitong.pool import proposing
from huitong_sources.errors import SourceError


class SourceRefusedError(HuitongError):
    """A file cannot be read; `huitong_sources` knows no error of ours, so it is told on here."""

    def __init__(self, error: SourceError) -> None:
        super().__init__(str(error), zh=error.zh)
        self.code = error.code


def propose(upload: TemporaryUploadedFile, *, on: dt.date) -> Draft:
    """Return the entry that a file suggests; the file itself is not kept.

    Raises: SourceRefusedError.
    """
    name = Path(upload.name or "file").name
    try:
        return proposing.propose(Path(upload.temporary_file_path()), name=name, on=on)
    except SourceError as error:
        raise SourceRefusedError(error) from error

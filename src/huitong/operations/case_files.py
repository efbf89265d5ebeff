"""Case files given out on record and sealed."""

import datetime as dt
from pathlib import Path

from huitong.cases import queries
from huitong.cases.models import Case
from huitong.cases.papers import actions, content, files, sheets
from huitong.cases.papers.errors import CaseUnknownError
from huitong.operations import proving
from huitong.organisations.types import SYSTEM


def export(number: str, folder: Path, *, lang: str, at: dt.datetime) -> list[Path]:
    """Write `NUMBER.json` and, in one language, `NUMBER.pdf` into a folder; return both paths.

    Everything is sealed first, so that the file has a receipt for each entry.

    Raises: CaseUnknownError.
    """
    try:
        case = queries.case_of(number)
    except Case.DoesNotExist:
        raise CaseUnknownError(number) from None
    actions.give_out(case, actor=SYSTEM, at=at)
    proving.seal(at=at)
    data = content.written(files.case_file(case))
    folder.mkdir(parents=True, exist_ok=True)
    written = {
        folder / f"{case.number}.json": data,
        folder / f"{case.number}.pdf": sheets.case_pdf(data, lang),
    }
    for path, body in written.items():
        path.write_bytes(body)
    return list(written)

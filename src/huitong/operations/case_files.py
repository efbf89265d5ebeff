"""Cases for the terminal: found, and given out on record and sealed."""

import datetime as dt
from pathlib import Path
from typing import Any

from huitong.cases import queries, search
from huitong.cases.models import Case
from huitong.cases.papers import actions, content, files, sheets
from huitong.cases.papers.errors import CaseUnknownError
from huitong.cases.search import Key, Wanted
from huitong.operations import proving
from huitong.organisations.types import SYSTEM


def listed(wanted: Wanted, *, after: str, limit: int, at: dt.datetime) -> dict[str, Any]:
    """Return one page of all cases of this installation, and the key of the next.

    Raises: SearchKeyError.
    """
    page = search.find(
        wanted, reader=SYSTEM, at=at, after=Key.parse(after) if after else None, limit=limit
    )
    return {
        "cases": [
            {
                "number": case.number,
                "kind": case.kind,
                "profile": case.profile_id,
                "jurisdiction": case.jurisdiction.code,
                "title": case.title,
                "subject": case.subject,
                "state": case.state,
                "received_at": case.received_at.isoformat(),
                "due_at": case.due_at.isoformat() if case.due_at else None,
                "closed_at": case.closed_at.isoformat() if case.closed_at else None,
            }
            for case in page.cases
        ],
        "after": str(page.after) if page.after else None,
    }


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

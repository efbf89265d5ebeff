"""Flat tables by digest, checked against it whenever they are read back."""

import hashlib
from collections.abc import Iterable

from huitong.cases.errors import TableDamagedError
from huitong.cases.models import Case, StoredTable
from huitong.regulations.types import FlatTable

_KEPT = "_flat_table"
_MOST = 512
_KNOWN: dict[str, FlatTable] = {}
"""Tables that were read and checked: under its digest a table can never be another one."""


def of(case: Case) -> FlatTable:
    """Return the table that a case is pinned to, whatever the profile says today.

    One query for each case object: a page asks many questions of one case. What is written reads
    the case anew, and so its table.

    Raises: TableDamagedError.
    """
    # Kept with the digest under which it was read: computing that anew is a tenth of a page.
    kept: tuple[str, FlatTable] | None = case.__dict__.get(_KEPT)
    if kept is None or kept[0] != case.table_id:
        kept = case.table_id, read([case.table_id])[case.table_id]
        case.__dict__[_KEPT] = kept
    return kept[1]


def read(digests: Iterable[str]) -> dict[str, FlatTable]:
    """Return tables by digest: one query, none for those that this process has read before.

    Raises: TableDamagedError, for a row that is gone or was altered behind the program's back.
    """
    wanted = set(digests)
    found = {digest: _KNOWN[digest] for digest in wanted if digest in _KNOWN}
    wanted -= set(found)
    if not wanted:
        return found
    rows = dict(StoredTable.objects.filter(digest__in=wanted).values_list("digest", "body"))
    for digest in wanted:
        require_sound(digest, rows.get(digest))
    for digest in wanted:
        found[digest] = known(digest, FlatTable.from_json(rows[digest]))
    return found


def require_sound(digest: str, body: str | None) -> None:
    """Refuse a stored table that is gone or was altered. Raises: TableDamagedError."""
    if body is None or hashlib.sha256(body.encode()).hexdigest() != digest:
        raise TableDamagedError(
            f"The stored table {digest} is missing or altered: restore it from a backup; no "
            "step is taken on it.",
            zh=f"办件所依据的流程表（{digest[:12]}…）缺失或被改动：请从备份恢复，恢复前不予办理。",
        )


def is_known(digest: str) -> bool:
    """Whether this process has read or stored the table of this digest."""
    return digest in _KNOWN


def known(digest: str, table: FlatTable) -> FlatTable:
    """Keep a table of which this process knows that it has this digest."""
    if len(_KNOWN) > _MOST:
        _KNOWN.clear()
    _KNOWN[digest] = table
    return table

"""Quarantined rows as pages show them: in a table, and rows of one key side by side."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from huitong.catalogue import queries as catalogue
from huitong.pool import queries
from huitong.pool.models import Batch
from huitong.web import wording
from huitong.web.templatetags.ht import language

_SHOWN = 100
_MOST = 1_000_000
_CONFLICTS = 20


def report(batch: Batch) -> dict[str, Any]:
    """Return what the batch's page shows: columns, the first rows, the conflicts."""
    if not batch.quarantined:
        return {"columns": [], "rows": [], "conflicts": []}
    titles = titles_of(batch)
    found = queries.quarantine_rows(batch, _SHOWN)
    return {
        "columns": list(titles.values()),
        "rows": [
            {
                "number": row["line"],
                "reasons": [_reason(one, titles) for one in _listed(row["reasons"])],
                "values": [_values(row).get(name) or "" for name in titles],
            }
            for row in found
        ],
        "conflicts": _conflicts(found, titles),
    }


def table(batch: Batch) -> Iterator[list[str]]:
    """Yield the header and every quarantined row: line, reasons, values as delivered."""
    titles = titles_of(batch)
    lang = language()
    yield [_("行"), _("原因"), *titles.values()]
    for row in queries.quarantine_rows(batch, _MOST):
        said = [_reason(one, titles) for one in _listed(row["reasons"])]
        why = "；".join(
            f"{one['item']} {wording.label('reason', one['code'], lang)}" for one in said
        )
        values = _values(row)
        yield [str(row["line"]), why.strip(), *(_safe(values.get(name)) for name in titles)]


def titles_of(batch: Batch) -> dict[str, str]:
    """Return the titles of a batch's items by name."""
    return {item.name: item.title for item in catalogue.items_of(batch.mount.version)}


def _listed(reasons: object) -> list[str]:
    return [str(one) for one in reasons] if isinstance(reasons, list) else []


def _values(row: dict[str, object]) -> dict[str, Any]:
    values = row["values"]
    return values if isinstance(values, dict) else {}


def _reason(reason: str, titles: dict[str, str]) -> dict[str, str]:
    item, _colon, code = reason.rpartition(":")
    return {"item": titles.get(item, item), "code": code}


def _safe(value: object) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _conflicts(rows: list[dict[str, object]], titles: dict[str, str]) -> list[dict[str, Any]]:
    """Return rows of one key that contradict each other, item by item beside one another."""
    keyed = [row for row in rows if row["key"] is not None]
    conflicts = []
    for key, group in groupby(keyed, key=lambda row: str(row["key"])):
        same = list(group)
        lines = []
        for name, title in titles.items():
            values = [_values(row).get(name) or "" for row in same]
            lines.append({"item": title, "values": values, "differs": len(set(values)) > 1})
        conflicts.append({"key": key, "rows": [row["line"] for row in same], "lines": lines})
    return conflicts[:_CONFLICTS]

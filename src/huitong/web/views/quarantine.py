"""Quarantined rows as pages show them: in a table, and rows of one key side by side.

The provider's own people see the values as delivered. An authority that oversees them sees counts,
reasons, line numbers, and values under the mask of each item.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from huitong.catalogue import queries as catalogue
from huitong.catalogue.models import DataItem
from huitong.catalogue.types import Mask
from huitong.pool import queries
from huitong.pool.models import Batch
from huitong.sharing import masks
from huitong.web import wording
from huitong.web.templatetags.ht import language

_SHOWN = 100
_MOST = 1_000_000
_CONFLICTS = 20

Masked = Mapping[str, Mask]
"""The items that a reader sees under a mask; all others as delivered."""


def report(batch: Batch, *, whole: bool) -> dict[str, Any]:
    """Return what the batch's page shows: columns, the first rows, the conflicts."""
    if not batch.quarantined:
        return {"columns": [], "rows": [], "conflicts": [], "whole": whole}
    titles = titles_of(batch)
    masked = {} if whole else _masks_of(batch)
    found = queries.quarantine_rows(batch, _SHOWN)
    return {
        "columns": list(titles.values()),
        "rows": [
            {
                "number": row["line"],
                "reasons": [_reason(one, titles) for one in _listed(row["reasons"])],
                "values": [_shown(masked, name, _values(row)) for name in titles],
            }
            for row in found
        ],
        "conflicts": _conflicts(found, titles, masked, batch.mount.version.key),
        "whole": whole,
    }


def table(batch: Batch, *, whole: bool) -> Iterator[list[str]]:
    """Yield the header and every quarantined row: line, reasons, values."""
    titles = titles_of(batch)
    masked = {} if whole else _masks_of(batch)
    lang = language()
    yield [_("行"), _("原因"), *titles.values()]
    for row in queries.quarantine_rows(batch, _MOST):
        said = [_reason(one, titles) for one in _listed(row["reasons"])]
        why = "；".join(
            f"{one['item']} {wording.label('reason', one['code'], lang)}" for one in said
        )
        shown = (_shown(masked, name, _values(row)) for name in titles)
        yield [str(row["line"]), why.strip(), *(_safe(text) for text in shown)]


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


def _masks_of(batch: Batch) -> dict[str, Mask]:
    items = catalogue.items_of(batch.mount.version)
    masked = {item.name: _mask_of(item) for item in items}
    return {name: mask for name, mask in masked.items() if mask is not None}


def _mask_of(item: DataItem) -> Mask | None:
    if item.mask_default:
        return Mask(item.mask_default)
    return Mask.HIDDEN if item.personal or item.sensitive else None


def _shown(masked: Masked, name: str, values: Mapping[str, Any]) -> str:
    shown = masks.python(masked.get(name), values.get(name))
    return "" if shown is None else str(shown)


def _safe(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _conflicts(
    rows: list[dict[str, object]],
    titles: dict[str, str],
    masked: Masked,
    key_items: Sequence[str],
) -> list[dict[str, Any]]:
    """Return rows of one key that contradict each other, item by item beside one another.

    What differs is told by the values as delivered: two values may look the same under a mask. A
    key is named by its value, unless an item of it is masked.
    """
    keyed = [row for row in rows if row["key"] is not None]
    secret = any(name in masked for name in key_items)
    conflicts = []
    for key, group in groupby(keyed, key=lambda row: str(row["key"])):
        same = list(group)
        lines = []
        for name, title in titles.items():
            shown = [_shown(masked, name, _values(row)) for row in same]
            differs = len({_values(row).get(name) or "" for row in same}) > 1
            lines.append({"item": title, "values": shown, "differs": differs})
        numbers = [row["line"] for row in same]
        conflicts.append({"key": "***" if secret else key, "rows": numbers, "lines": lines})
    return conflicts[:_CONFLICTS]

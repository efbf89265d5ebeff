"""What a case page shows besides the steps: refusals, delays, documents, in the ledger's order."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from huitong.cases.papers import documents, letters, words
from huitong.cases.papers.letters import Paper
from huitong.ledger.models import Entry
from huitong.organisations.types import Actor
from huitong.regulations.types import FlatTable

Item = dict[str, Any]


def whole(
    events: Sequence[Item], recorded: Sequence[Entry], table: FlatTable, lang: str
) -> list[Item]:
    """Return the steps with everything else that the ledger holds of the case between them."""
    by_entry = {event["entry"]: event for event in events}
    found: list[Item] = []
    for entry in recorded:
        event = by_entry.pop(entry.uuid, None)
        if event is not None:
            found.append({**event, "tone": "done", "icon": "check"})
        elif entry.kind in _MADE:
            found.append({**_base(entry), **_MADE[entry.kind](entry, table, lang)})
    return found


def paper(one: Paper, reader: Actor, lang: str) -> Item:
    """Return a document as the case page lists it."""
    issued = one.issued.get(lang)
    mine = letters.is_of_platform(one) or reader.department_id == one.event.department_id
    return {
        "id": one.id,
        "name": one.document.names.get(lang),
        "at": one.at,
        "issuer": letters.issuer_of(one, lang),
        "recorder": letters.recorder_of(one),
        "issued": issued.uuid if issued else None,
        "may_issue": mine and issued is None,
    }


def _base(entry: Entry) -> Item:
    kind, _colon, name = entry.actor.partition(":")
    return {
        "who": _("平台") if kind == "system" else name,
        "for": "",
        "at": entry.at,
        "cite": entry.cite,
        "entry": entry.uuid,
        "facts": [],
    }


def _refused(entry: Entry, table: FlatTable, lang: str) -> Item:
    step = table.step_named(str(entry.facts.get("step", "")))
    name = step.names.get(lang) if step else _("未知操作")
    why = words.refusal(str(entry.facts.get("code", "")), lang)
    return {
        "label": " · ".join([_("未予办理"), name]),
        "tone": "bad",
        "icon": "x",
        "facts": [{"label": words.label("reason", lang), "value": why}],
    }


def _overdue(entry: Entry, table: FlatTable, lang: str) -> Item:
    state = table.states.get(str(entry.facts.get("state", "")))
    return {
        "label": " · ".join([_("逾期提示"), state.names.get(lang) if state else ""]),
        "tone": "late",
        "icon": "clock",
        "facts": [{"label": words.label("due", lang), "value": entry.facts.get("due", "")}],
    }


def _document(entry: Entry, _table: FlatTable, lang: str) -> Item:
    known = documents.shared().known.get(str(entry.facts.get("document", "")))
    name = known.names.get(lang) if known else ""
    return {"label": " · ".join([_("文书出具"), name]), "tone": "note-of", "icon": "file"}


def _exported(_entry: Entry, _table: FlatTable, _lang: str) -> Item:
    return {"label": _("卷宗导出"), "tone": "note-of", "icon": "file"}


_MADE = {
    "case.refused": _refused,
    "case.overdue": _overdue,
    "case.document": _document,
    "case.exported": _exported,
}

"""The application form (共享申请表) as a PDF with the case's number."""

from datetime import datetime
from pathlib import Path

from django.utils import timezone

from huitong.cases import queries as cases
from huitong.cases import tables
from huitong.cases.papers import printing
from huitong.catalogue import queries as catalogue
from huitong.catalogue.types import Mask
from huitong.regulations import clauses, clocks
from huitong.sharing.masks import MASKS
from huitong.sharing.models import Application
from huitong.sharing.types import Decision

_DECIDED = {Decision.WHOLE.value: "同意", Decision.REFUSED.value: "不同意"}


def application_pdf(application: Application) -> bytes:
    """Return the form as a PDF whose text can be selected and searched.

    What is decided is printed once it is. Raises: FontMissingError.
    """
    return printing.printed(Path(__file__).with_name("application.typ"), _form(application))


def _form(application: Application) -> dict[str, object]:
    case = application.case
    version = application.version
    dataset = application.dataset
    table = tables.of(case)
    decisions = _decisions(application)
    due = cases.due_of(case)
    items = {item.name: item for item in catalogue.items_of(version)}
    cite = dict.fromkeys(c for step in table.entry_steps for c in step.cite)
    return {
        "number": case.number,
        "kind": table.names.zh,
        "received": _moment(case.received_at),
        "consumer": application.consumer.name,
        "provider": dataset.provider.name,
        "dataset": f"{version.title}（{dataset.code}，第{version.number}版）",
        "resource_code": dataset.resource_code or "",
        "rows": [
            ["应用场景", application.scenario],
            ["共享方式", "接口调用（API）" if application.mode == "api" else application.mode],
            ["共享范围", application.scope],
            ["履职依据", application.basis],
            ["使用目的", application.purpose],
            ["使用期限至", application.use_until.isoformat()],
        ],
        "items": [
            [items[name].title, name, decisions.get(name, "待审核")] for name in application.items
        ],
        "articles": [clauses.label(clause) for clause in cite],
        "due": clocks.explain(due, "zh") if due else "",
    }


def _decisions(application: Application) -> dict[str, str]:
    """Return what was decided on each item, in words; nothing while it is open."""
    for event in application.case.events.order_by("-seq"):
        given = event.facts.get("decisions")
        if isinstance(given, dict):
            return {
                name: _DECIDED.get(decision) or f"脱敏：{MASKS[Mask(decision)].zh}"
                for name, decision in given.items()
            }
        if event.step.endswith(".refuse"):
            return dict.fromkeys(application.items, "不同意")
    return {}


def _moment(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")

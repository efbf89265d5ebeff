"""The application form (共享申请表) as a PDF with the case's number."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from huitong.cases import queries as cases
from huitong.cases import tables
from huitong.cases.models import Case
from huitong.cases.papers import printing
from huitong.catalogue import queries as catalogue
from huitong.catalogue.types import Mask
from huitong.regulations import clauses, clocks
from huitong.sharing import applications
from huitong.sharing.applications import Decided
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
    case = Case.objects.get(pk=application.case_id)  # the object may be older than the decision
    version = application.version
    dataset = application.dataset
    table = tables.of(case)
    found = applications.decided(case, application)
    decisions = _decisions(application, case, found)
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
        "row_filter": _rows(found, {name: item.title for name, item in items.items()}),
        "articles": [clauses.label(clause) for clause in cite],
        "due": clocks.explain(due, "zh") if due else "",
    }


def _decisions(application: Application, case: Case, found: Decided | None) -> dict[str, str]:
    """Return what was decided on each item, in words; nothing while it is open."""
    if case.state == "refused":
        return dict.fromkeys(application.items, "不同意")
    return {
        name: _DECIDED.get(decision) or f"脱敏：{MASKS[Mask(decision)].zh}"
        for name, decision in (found.decisions if found else {}).items()
    }


def _rows(found: Decided | None, titles: Mapping[str, str]) -> str:
    """Return in words to which rows the data is limited; nothing where it is not."""
    if found is None or found.row_filter is None:
        return ""
    name, values = str(found.row_filter["column"]), found.row_filter["in"]
    listed = "、".join(map(str, values)) if isinstance(values, list) else str(values)
    return f"只提供“{titles.get(name, name)}”为下列取值的行：{listed}"


def _moment(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")

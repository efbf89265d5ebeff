"""Registers: what the law has put on record, for those concerned, the authority, and the public."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from huitong.cases import registers
from huitong.cases.errors import UnknownRegisterError
from huitong.cases.models import RegisterEntry
from huitong.cases.registers import Register
from huitong.opening import access
from huitong.opening import registers as opening
from huitong.opening.downloads import safe_cell
from huitong.organisations import queries as organisations
from huitong.organisations.models import Department
from huitong.regulations import profiles
from huitong.regulations.types import FactWord
from huitong.supervision import registers as supervision
from huitong.web import clock
from huitong.web.access import StaffRequest, public, staff
from huitong.web.templatetags.ht import language
from huitong.web.views.datasets import department_name

_ON_A_PAGE = 50
_STATES = {
    "living": gettext_lazy("有效"),
    "ended": gettext_lazy("已终止"),
    "all": gettext_lazy("全部"),
}
PUBLIC: Mapping[str, Register] = {
    register.name: register
    for register in (*opening.PUBLIC, supervision.EVALUATIONS, supervision.MODEL_CASES)
}
"""Registers that a text has published (公布), not only passed on among bodies."""


@staff
def show_registers(request: StaffRequest) -> HttpResponse:
    """Show which registers there are, and the articles they rest on where the reader works."""
    body = Department.objects.select_related("jurisdiction__parent__parent").get(
        pk=request.actor.department_id or 0
    )
    profile = profiles.load(organisations.profile_of(body.jurisdiction))
    counts = dict(
        _readable(request)
        .filter(pk__in=RegisterEntry.objects.living(request.at))
        .order_by()
        .values_list("register")
        .annotate(count=Count("pk"))
    )
    today, lang = clock.day_of(request.at), language()
    lines = [
        {
            "name": register.name,
            "label": register.names.get(lang),
            "count": counts.get(register.name, 0),
            "cite": registers.cites_of(register, profile, today),
            "for_all": register.for_all,
        }
        for register in registers.REGISTERS.values()
    ]
    page = {
        "registers": [line for line in lines if line["cite"]],
        "unknown": [line for line in lines if not line["cite"]],
        "regulation": profile.title.get(lang),
    }
    return render(request, "web/workbench/registers.html", page)


@staff
def show_register(request: StaffRequest, name: str) -> HttpResponse:
    """Show the entries of one register that the reader may see, filtered and page by page."""
    register = registers.named(name)
    words, state = _asked(request)
    found = _filtered(_readable(request).on_register(name), words, state, request.at)
    page = _page(request, register, found, words, state)
    for line in page["entries"]:
        own = line["holder_id"] == request.actor.department_id
        line["may_read"] = own or line["place"] in request.actor.is_authority_of
        line["may_issue"] = own and name == access.ACCESSES.name and line["is_living"]
    return render(request, "web/workbench/register.html", page)


@staff
def download_register(request: StaffRequest, name: str) -> HttpResponse:
    """Give the filtered entries as CSV; no cell runs as a formula in a spreadsheet."""
    register = registers.named(name)
    words, state = _asked(request)
    found = _filtered(_readable(request).on_register(name), words, state, request.at)
    return _csv(register, found)


@require_POST
@staff
def issue_code(request: StaffRequest, number: int) -> HttpResponse:
    """Make a new code for an access to conditional open data and show it this once."""
    entry = get_object_or_404(
        _readable(request).on_register(access.ACCESSES.name).select_related("holder"), pk=number
    )
    code = access.issue_code(entry, actor=request.actor, at=request.at)
    page = {"entry": entry, "code": code, "label": access.ACCESSES.names.get(language())}
    answer = render(request, "web/workbench/access_code.html", page)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@public
def show_public(request: HttpRequest, name: str) -> HttpResponse:
    """Show a register that is published to everybody, on the portal.

    Raises: UnknownRegisterError, for every other register.
    """
    register = _public(name)
    words, state = _asked(request)
    found = _filtered(_published(register), words, state, clock.now())
    page = _page(request, register, found, words, state)
    page["others"] = [
        {"name": one.name, "label": one.names.get(language())} for one in PUBLIC.values()
    ]
    return render(request, "web/portal/register.html", page)


@public
def download_public(request: HttpRequest, name: str) -> HttpResponse:
    """Give a published register as CSV.

    Raises: UnknownRegisterError.
    """
    register = _public(name)
    words, state = _asked(request)
    return _csv(register, _filtered(_published(register), words, state, clock.now()))


def _public(name: str) -> Register:
    if name not in PUBLIC:
        raise UnknownRegisterError(name, sorted(PUBLIC))
    return PUBLIC[name]


def _published(register: Register) -> QuerySet[RegisterEntry]:
    """Return what everybody may see: a circular (通报) among bodies is not for the public."""
    return RegisterEntry.objects.on_register(register.name).exclude(facts__has_key="notice")


def _readable(request: StaffRequest) -> Any:  # noqa: ANN401  the manager's query set
    return RegisterEntry.objects.readable_by(request.actor, registers.open_to_all())


def _asked(request: HttpRequest) -> tuple[str, str]:
    words = request.GET.get("q", "").strip()[:100]
    state = request.GET.get("state", "living")
    return words, state if state in _STATES else "living"


def _filtered(
    found: QuerySet[RegisterEntry], words: str, state: str, at: dt.datetime
) -> QuerySet[RegisterEntry]:
    today = timezone.localdate(at)
    over = Q(ended_at__isnull=False) | Q(until__lt=today)
    if state == "living":
        found = found.exclude(over)
    elif state == "ended":
        found = found.filter(over)
    if words:
        found = found.filter(
            Q(title__icontains=words)
            | Q(subject__icontains=words)
            | Q(holder__name__icontains=words)
            | Q(made_by__case__number__iexact=words)
        )
    return found.select_related("holder", "jurisdiction", "made_by__case", "ended_by__case")


def _page(
    request: HttpRequest,
    register: Register,
    found: QuerySet[RegisterEntry],
    words: str,
    state: str,
) -> dict[str, Any]:
    pages = Paginator(found, _ON_A_PAGE)
    shown = pages.get_page(request.GET.get("page"))
    asked = request.GET.copy()
    asked.pop("page", None)
    rows = list(shown)
    return {
        "name": register.name,
        "label": register.names.get(language()),
        "entries": [_line(register, row) for row in rows],
        "total": pages.count,
        "q": words,
        "state": state,
        "states": list(_STATES.items()),
        "query": asked.urlencode(),
        "pages": [
            {"number": number, "current": number == shown.number} for number in pages.page_range
        ]
        if pages.num_pages > 1
        else [],
        "laws": list(dict.fromkeys(one for row in rows for one in row.made_by.cite))[:8],
    }


def _line(register: Register, row: RegisterEntry) -> dict[str, Any]:
    words, lang = _words(), language()
    return {
        "title": row.title,
        "subject": row.subject,
        "holder": department_name(row.holder) if row.holder else "",
        "holder_id": row.holder_id,
        "jurisdiction": row.jurisdiction.name,
        "place": row.jurisdiction.code,
        "may_read": False,
        "may_issue": False,
        "is_living": row.ended_at is None,
        "number": row.pk,
        "facts": [
            (words[name].names.get(lang), _text(words[name], value, lang))
            for name, value in _known(register, row, words)
        ],
        "since": row.since,
        "until": row.until,
        "ended_at": row.ended_at,
        "case": row.made_by.case.number,
        "ended_by": row.ended_by.case.number if row.ended_by else "",
        "cite": row.made_by.cite,
    }


def _known(
    register: Register, row: RegisterEntry, words: Mapping[str, FactWord]
) -> Iterable[tuple[str, Any]]:
    """Return the facts of an entry in the order of the register; only words of the tables."""
    order = [*register.facts, *(name for name in row.facts if name not in register.facts)]
    return [(name, row.facts[name]) for name in order if name in row.facts and name in words]


def _words() -> Mapping[str, FactWord]:
    """Return the vocabulary that all regulations share."""
    return profiles.load(profiles.all_ids()[0]).words.facts


def _text(word: FactWord, value: Any, lang: str) -> str:  # noqa: ANN401  a JSON value
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return ("、" if lang == "zh" else ", ").join(str(one) for one in value)
    if word.type == "choice" and value in word.choices:
        return word.choices[value].get(lang)
    return str(value)


def _csv(register: Register, found: QuerySet[RegisterEntry]) -> HttpResponse:
    words, lang = _words(), language()
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    extra = ("entry", "disputed_items")
    columns = [name for name in (*register.facts, *extra) if name in words]
    heads = (_("名称"), _("对象"), _("部门"), _("地区"), _("登记时间"), _("有效期至"))
    tail = (_("终止时间"), _("登记办件"), _("终止办件"), _("依据"))
    writer.writerow([*heads, *(words[name].names.get(lang) for name in columns), *tail])
    for row in found:
        line = _line(register, row)
        facts = [
            _text(words[name], row.facts[name], lang) if name in row.facts else ""
            for name in columns
        ]
        cells = [line["title"], line["subject"], line["holder"], line["jurisdiction"]]
        cells += [_moment(row.since), row.until.isoformat() if row.until else "", *facts]
        cells += [_moment(row.ended_at), line["case"], line["ended_by"], " ".join(line["cite"])]
        writer.writerow([safe_cell(cell) for cell in cells])
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{register.name}.csv"'
    return answer


def _moment(value: dt.datetime | None) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else ""

"""What the department was told: steps it must know of, last days, calendars, terms that end."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huitong.cases import notices, tables
from huitong.cases.models import Notice
from huitong.cases.types import NoticeKind
from huitong.regulations import profiles
from huitong.regulations.types import FlatTable
from huitong.web.access import StaffRequest, staff
from huitong.web.templatetags.ht import day as day_text
from huitong.web.templatetags.ht import language

_SHOWN = 200
_TONES = {
    NoticeKind.OVERDUE.value: "bad",
    NoticeKind.DUE.value: "warn",
    NoticeKind.REMINDED.value: "warn",
    NoticeKind.EXPIRING.value: "warn",
}


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def show_notices(request: StaffRequest) -> HttpResponse:
    """List notices, the newest first; a post marks those that were shown as seen."""
    found = list(notices.to_actor(request.actor)[:_SHOWN])
    if request.method == "POST":
        # Those of the page that was read, not such as came in since.
        shown = {int(one) for one in request.POST.getlist("notice") if one.isdigit()}
        notices.mark_seen(shown, actor=request.actor, at=request.at)
        return redirect("notices")
    read = tables.read({one.case.table_id for one in found if one.case is not None})
    lines = [_line(one, read) for one in found]
    page = {"notices": lines, "unseen": [line["id"] for line in lines if not line["seen"]]}
    return render(request, "web/workbench/notices.html", page)


def _line(notice: Notice, read: dict[str, FlatTable]) -> dict[str, Any]:
    case = notice.case
    return {
        "id": notice.pk,
        "kind": notice.kind,
        "text": _text(notice, read[case.table_id] if case else None),
        "title": case.title if case else "",
        "number": case.number if case else "",
        "at": notice.at,
        "cite": notice.cite,
        "seen": notice.seen_at is not None,
        "tone": "bad"
        if notice.kind == NoticeKind.OVERDUE
        else "warn"
        if _presses(notice)
        else "info",
    }


def _presses(notice: Notice) -> bool:
    return notice.kind in {NoticeKind.REMINDED, NoticeKind.DUE, NoticeKind.EXPIRING}


def _text(notice: Notice, table: FlatTable | None) -> str:
    """Return the sentence that stands for a notice, in the reader's language."""
    facts, lang = notice.facts, language()
    if facts.get("own_rule"):
        said = (
            _("《%(title)s》将于%(day)s失效。")
            if "paper" in facts
            else _("委托《%(title)s》将于%(day)s终止。")
        )
        told = {"title": facts["title"], "day": _day(facts["ends"])}
        return said % told + _("规定没有要求提醒，为平台自设的提醒。")
    if notice.kind == NoticeKind.EXPIRING:
        profile = profiles.load(facts["profile"])
        after = profiles.load(facts["then"]).title.get(lang) if facts["then"] else ""
        said = _("《%(title)s》有效期至%(day)s。") % {
            "title": profile.title.get(lang),
            "day": _day(facts["ends"]),
        }
        return said + (
            _("此后新办件适用《%s》，在办件仍按原规定办结。") % after
            if after
            else _("此后没有可适用的规定，不能发起新办件：请选定适用规定。")
        )
    if notice.kind == NoticeKind.RECURRING:
        names = profiles.load(facts["profile"]).words.kinds[facts["kind"]].names
        return _("%(year)s年度尚未发起“%(kind)s”，规定要求每年办理。") % {
            "year": facts["year"],
            "kind": names.get(lang),
        }
    if notice.kind == NoticeKind.TOLD:
        step = table.step_named(facts["step"]) if table else None
        return _("已办理“%s”。") % (step.names.get(lang) if step else facts["step"])
    if notice.kind == NoticeKind.MOVED:
        return _("放假通知加载后重算，办理期限由%(before)s改为%(due)s。") % {
            "before": _day(facts["before"]),
            "due": _day(facts["due"]),
        }
    said = {
        NoticeKind.REMINDED.value: _("办理期限将至：%s。"),
        NoticeKind.DUE.value: _("今天到期：%s。"),
        NoticeKind.OVERDUE.value: _("已逾期，办理期限为%s。"),
    }[notice.kind]
    return said % _day(facts["due"])


def _day(text: str | None) -> str:
    return day_text(dt.date.fromisoformat(text)) if text else "—"

"""The regulations for readers: all texts, one clause by clause, and where a clause was used."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huitong.ledger import citing
from huitong.regulations import clauses, matrix, profiles, saying, standing
from huitong.regulations.law import Profile
from huitong.regulations.matrix import Row, Rule
from huitong.web import clock, place
from huitong.web.access import StaffRequest, public, staff
from huitong.web.insight import readable_entries
from huitong.web.templatetags.ht import language

_TOLD_BEFORE = 90  # days before a text ends in which its page says so
_SHOWN = 50

Keeps = Callable[[Row], bool]
FILTERS: Mapping[str, tuple[str | Promise, Keeps]] = {
    "all": (gettext_lazy("全部"), lambda _row: True),
    "deadlines": (gettext_lazy("只看期限"), lambda row: row.is_deadline),
    "carried_out": (gettext_lazy("已执行"), lambda row: row.standing.kind == "carried_out"),
    "supported": (gettext_lazy("有支持"), lambda row: row.standing.kind == "supported"),
    "planned": (gettext_lazy("已列入计划"), lambda row: row.standing.kind == "planned"),
    "not_for_software": (
        gettext_lazy("不由软件执行"),
        lambda row: row.standing.kind == "not_for_software",
    ),
    "silent": (gettext_lazy("条文没有规定的"), lambda row: row.is_silent),
    "unproved": (gettext_lazy("没有测试证明"), lambda row: row.is_unproved),
}
_TONES = {"carried_out": "ok", "supported": "info", "planned": "warn", "not_for_software": ""}


@public
def show_law(request: HttpRequest) -> HttpResponse:
    """List every regulation with its clauses, the one of this place first, then the one above."""
    today = clock.day_of(clock.now())
    texts = [
        {**head(profile, today), "rows": [_line(row.clause.id) for row in matrix.of(profile)]}
        for profile in in_order()
    ]
    return render(request, "web/law/index.html", {"texts": texts})


@public
def show_text(request: HttpRequest, profile_id: str) -> HttpResponse:
    """Show a regulation clause by clause beside what the software makes of each."""
    profile = known(profile_id)
    rows = matrix.of(profile)
    chosen = request.GET.get("show", "all")
    chosen = chosen if chosen in FILTERS else "all"
    used = citing.tally(profile.clauses)
    page = {
        **head(profile, clock.day_of(clock.now())),
        "filters": [
            {
                "name": name,
                "label": label,
                "number": sum(keeps(row) for row in rows),
                "chosen": name == chosen,
            }
            for name, (label, keeps) in FILTERS.items()
        ],
        "rows": [_row(row, used) for row in rows if FILTERS[chosen][1](row)],
        "used": used,
        "is_staff": request.user.is_authenticated,
    }
    return render(request, "web/law/text.html", page)


@staff
def show_uses(request: StaffRequest, profile_id: str, clause_id: str) -> HttpResponse:
    """List the newest ledger entries that rest on a clause, as far as the reader may see them."""
    profile = known(profile_id)
    if clause_id not in profile.clauses:
        raise Http404(clause_id)
    entries = citing.newest(readable_entries(request.actor), clause_id, _SHOWN)
    numbers = [
        entry.subject.removeprefix("case:")
        for entry in entries
        if entry.subject.startswith("case:")
    ]
    page = {
        **head(profile, clock.day_of(request.at)),
        "clause": _line(clause_id),
        "entries": entries,
        "cases": list(dict.fromkeys(numbers)),
        "used": citing.tally([clause_id]).entries[clause_id],
        "shown": _SHOWN,
    }
    return render(request, "web/law/uses.html", page)


def in_order() -> list[Profile]:
    """Return every regulation: the one that this place has chosen, those above it, the others."""
    found: list[Profile] = []
    one = place.regulation()
    while one is not None:
        found.append(one)
        one = one.above
    return [*found, *(p for p in map(profiles.load, profiles.all_ids()) if p not in found)]


def known(profile_id: str) -> Profile:
    """Return a regulation by the word in an address. Raises: Http404."""
    if profile_id not in profiles.all_ids():
        raise Http404(profile_id)
    return profiles.load(profile_id)


def head(profile: Profile, today: dt.date) -> dict[str, Any]:
    """Return what every page of a regulation says of it: name, status, validity, parent."""
    lang = language()
    chosen = place.regulation()
    label, tone = status_of(profile, today)
    stands = [row.standing.kind for row in matrix.of(profile)]
    return {
        "id": profile.id,
        "title": profile.title.get(lang),
        "name": profile.names.get(lang),
        "document": profile.document,
        "level": saying.LEVELS[profile.level].get(lang),
        "status": label,
        "tone": tone,
        "validity": saying.validity(profile)[0].get(lang),
        "validity_cite": profile.validity_cite,
        "parent": profile.parent,
        "parent_title": profile.above.title.get(lang) if profile.above else "",
        "is_ours": profile is chosen,
        "is_above": chosen is not None and profile is not chosen and profile is chosen.above,
        "stands": [
            {"kind": kind, "label": names.get(lang), "number": stands.count(kind)}
            for kind, names in standing.KINDS.items()
        ],
        "clauses_number": len(stands),
        "proved_number": sum(bool(row.tests) for row in matrix.of(profile)),
    }


def status_of(profile: Profile, today: dt.date) -> tuple[str, str]:
    """Return in words whether a text is in force on a day, and the tone that stands beside."""
    lang = language()
    if profile.status != "in_force":
        return saying.STATUS[profile.status].get(lang), "warn"
    if profile.valid_to is not None and today > profile.valid_to:
        return _("已失效（%s 届满）") % profile.valid_to, "bad"
    if profile.valid_from is not None and today < profile.valid_from:
        return _("尚未施行（%s 起）") % profile.valid_from, "warn"
    left = (profile.valid_to - today).days if profile.valid_to else None
    if left is not None and left <= _TOLD_BEFORE:
        return _("现行有效，还有 %s 天届满") % left, "warn"
    return saying.STATUS["in_force"].get(lang), "ok"


def _line(clause_id: str) -> dict[str, Any]:
    clause, lang = clauses.clause(clause_id), language()
    return {
        "id": clause_id,
        "label": clauses.label(clause_id, lang, short=True),
        "text": clause.en if lang == "en" else clause.zh,
        "other": clause.zh if lang == "en" else clause.en,
        "other_lang": "zh-CN" if lang == "en" else "en",
    }


def _row(row: Row, used: citing.Tally) -> dict[str, Any]:
    lang, one = language(), row.standing
    return {
        **_line(row.clause.id),
        "kind": one.kind,
        "tone": _TONES[one.kind],
        "standing": standing.KINDS[one.kind].get(lang),
        "why": one.names.get(lang) if one.names else "",
        "by": one.by,
        "room": one.room,
        "groups": _groups(row.rules),
        "tests": row.tests,
        "entries": used.entries[row.clause.id],
        "steps": used.steps[row.clause.id],
    }


def _groups(rules: tuple[Rule, ...]) -> list[dict[str, Any]]:
    """Return the rules of a clause by procedure, those of the text as a whole first."""
    lang = language()
    words = profiles.load(profiles.all_ids()[0]).words.kinds
    groups: dict[str, dict[str, Any]] = {}
    for rule in sorted(rules, key=lambda rule: bool(rule.place.kind)):
        kind = rule.place.kind
        group = groups.setdefault(
            kind, {"kind": kind, "name": words[kind].names.get(lang) if kind else "", "rules": []}
        )
        group["rules"].append(
            {
                "stage": rule.place.stage,
                "label": rule.label.get(lang),
                "parameter": rule.parameter.get(lang),
                "value": rule.value.get(lang),
                "silent": rule.silent,
            }
        )
    return list(groups.values())

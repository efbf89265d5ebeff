"""Two regulations side by side, and how one profile stands."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huitong.regulations import differences, drawing, health
from huitong.regulations.differences import Difference
from huitong.regulations.health import Silence
from huitong.regulations.law import Profile
from huitong.regulations.matrix import Row
from huitong.regulations.places import PARAMETERS, Said
from huitong.regulations.types import Lang
from huitong.web import clock
from huitong.web.access import public
from huitong.web.templatetags.ht import language
from huitong.web.views.law import head, in_order, known


@public
def compare(request: HttpRequest) -> HttpResponse:
    """Show two texts parameter by parameter; at first this place's and the one above it."""
    lang, texts = language(), in_order()
    left = known(request.GET.get("a") or texts[0].id)
    right = known(request.GET.get("b") or (left.above or _another(left, texts)).id)
    kind = request.GET.get("kind", "")
    kind = kind if kind in left.words.kinds else ""
    found = differences.compare(left, right, kind or None)
    page = {
        "texts": [{"id": one.id, "title": one.title.get(lang)} for one in texts],
        "kinds": [(name, word.names.get(lang)) for name, word in left.words.kinds.items()],
        "kind": kind,
        "left": head(left, clock.day_of(clock.now())),
        "right": head(right, clock.day_of(clock.now())),
        "groups": _groups(found, left, lang),
        "total": len(found),
    }
    return render(request, "web/law/compare.html", page)


def _another(left: Profile, texts: list[Profile]) -> Profile:
    return next(one for one in texts if one is not left)


def _groups(found: list[Difference], profile: Profile, lang: Lang) -> list[dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for one in found:
        kind = one.place.kind
        name = profile.words.kinds[kind].names.get(lang) if kind else ""
        group = groups.setdefault(kind, {"kind": kind, "name": name, "rows": []})
        group["rows"].append(
            {
                "label": one.label.get(lang) if one.place.parameter != "absent" else "",
                "parameter": one.names.get(lang),
                "sides": [_side(one.left, lang), _side(one.right, lang)],
            }
        )
    return list(groups.values())


def _side(said: Said, lang: Lang) -> dict[str, Any]:
    silent = said.because != "said"
    return {"value": said.names.get(lang), "cite": said.cite, "silent": silent}


@public
def show_health(request: HttpRequest, profile_id: str) -> HttpResponse:
    """Show conflicts, silence, expiry, unproved and planned clauses of a profile."""
    profile, today, lang = known(profile_id), clock.day_of(clock.now()), language()
    found = health.of(profile, today)
    ending = found.expiry
    page = {
        **head(profile, today),
        "faults": found.faults,
        "warnings": found.warnings,
        "passing": [one for one in found.findings if not one.warns],
        "findings": [
            {
                "where": where_words(profile, one.where),
                "words": one.names.get(lang),
                "warns": one.warns,
                "local": one.local,
                "above": one.parent,
            }
            for one in sorted(found.findings, key=lambda one: not one.warns)
        ],
        "silences": [_silence(profile, one, lang) for one in found.silences],
        "expiry": ending,
        "then": ending.then.title.get(lang) if ending and ending.then else "",
        "then_id": ending.then.id if ending and ending.then else "",
        "unproved": [_clause(row, lang) for row in found.unproved],
        "planned": [
            (room, [_clause(row, lang) for row in rows]) for room, rows in found.planned.items()
        ],
    }
    return render(request, "web/law/health.html", page)


def where_words(profile: Profile, where: str) -> str:
    """Return `kind.stage` or a part of the profile by its names."""
    lang = language()
    first, _, rest = where.partition(".")
    kind = profile.words.kinds.get(first)
    if kind is None:
        part = PARAMETERS.get(first)
        return part.get(lang) if part else where
    stage = kind.stages.get(rest)
    return f"{kind.names.get(lang)} · {stage.names.get(lang)}" if stage else kind.names.get(lang)


def _silence(profile: Profile, one: Silence, lang: Lang) -> dict[str, Any]:
    kind = profile.words.kinds.get(one.place.kind)
    return {
        "kind": one.place.kind,
        "name": kind.names.get(lang) if kind else "",
        "label": one.label.get(lang) if one.place.stage or not kind else "",
        "parameter": one.names.get(lang),
        "cite": one.cite,
        "lost": one.lost,
        "above": drawing.limit_words(one.above, lang) if one.above else "",
        "above_cite": one.above.cite if one.above else (),
    }


def _clause(row: Row, lang: Lang) -> dict[str, str]:
    why = row.standing.names.get(lang) if row.standing.names else ""
    return {"id": row.clause.id, "text": getattr(row.clause, lang), "why": why}

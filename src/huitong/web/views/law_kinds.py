"""One procedure of one regulation: what the text says of each stage, and the table that runs."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from huitong.regulations import compiling, drawing, parameters
from huitong.regulations.law import Profile
from huitong.regulations.places import PARAMETERS, Place, Said
from huitong.regulations.predicates import PREDICATES
from huitong.regulations.types import FlatTable, Lang, Step
from huitong.web import clock
from huitong.web.access import public
from huitong.web.templatetags.ht import language
from huitong.web.views.law import head, in_order, known


@public
def show_kind(request: HttpRequest, profile_id: str, kind: str) -> HttpResponse:
    """Show a procedure stage by stage with articles, as a picture, and as the table of its steps.

    A procedure that the text has not is shown with the article where we looked.
    """
    profile, lang = known(profile_id), language()
    if kind not in profile.kinds:
        raise Http404(kind)
    today = clock.day_of(clock.now())
    text = profile.kinds[kind]
    page: dict[str, Any] = {
        **head(profile, today),
        "kind": kind,
        "kind_name": profile.words.kinds[kind].names.get(lang),
        "absent": text.absent,
        "see": text.absent.see if text.absent else "",
        "kinds": kinds_of(profile),
        "elsewhere": elsewhere(profile, kind),
    }
    if text.absent is None:
        table = compiling.compiled(profile, kind, today)
        page |= {
            "stages": _stages(profile, kind, today),
            "drawing": drawing.draw(table, lang),
            "steps": [_step(table, step, lang) for step in _merged(table)],
        }
    return render(request, "web/law/kind.html", page)


def kinds_of(profile: Profile) -> list[dict[str, Any]]:
    """Return every procedure with its name and whether the text has it."""
    lang = language()
    return [
        {"kind": name, "name": word.names.get(lang), "has": profile.kinds[name].absent is None}
        for name, word in profile.words.kinds.items()
    ]


def elsewhere(profile: Profile, kind: str) -> list[dict[str, str]]:
    """Return the other texts that have this procedure."""
    lang = language()
    return [
        {"id": other.id, "name": other.names.get(lang)}
        for other in in_order()
        if other is not profile and other.kinds[kind].absent is None
    ]


def _stages(profile: Profile, kind: str, today: dt.date) -> list[dict[str, Any]]:
    """Return what the text says, stage by stage; a stage on which it is silent is one line."""
    lang = language()
    words = profile.words.kinds[kind].stages
    stages: dict[str, dict[str, Any]] = {}
    for place, said in parameters.of(profile, kind, today).items():
        name = place.stage or ""
        names = words[name].names if name else profile.words.kinds[kind].names
        stage = stages.setdefault(name, {"id": name, "name": names.get(lang), "rows": []})
        stage["rows"].append(_line(place, said, lang))
    whole = stages.pop("", None)
    rows = [row for row in whole["rows"] if row["name"] != "absent"] if whole else []
    return [*stages.values(), *([{**whole, "rows": rows}] if whole and rows else [])]


def _line(place: Place, said: Said, lang: Lang) -> dict[str, Any]:
    return {
        "name": place.parameter,
        "parameter": PARAMETERS[place.parameter].get(lang),
        "value": said.names.get(lang),
        "cite": said.cite,
        "silent": said.because != "said",
    }


def _merged(table: FlatTable) -> list[tuple[Step, ...]]:
    """Return the rows of the table by stage and step.

    They differ in who may take them and in what was done in the stage before.
    """
    found: dict[tuple[str, str], tuple[Step, ...]] = {}
    for step in table.steps:
        key = (table.states[step.source].stage if step.source else "", step.name)
        found[key] = (*found.get(key, ()), step)
    return list(found.values())


def _step(table: FlatTable, rows: tuple[Step, ...], lang: Lang) -> dict[str, Any]:
    step = rows[0]
    between = "、" if lang == "zh" else ", "
    source = table.states[step.source].stage if step.source else ""
    by = dict.fromkeys(row.by for row in rows)
    facts = dict.fromkeys(fact for row in rows for fact in row.facts)
    ways = dict.fromkeys(
        (route.when, table.states[route.to].stage) for row in rows for route in row.routes
    )
    return {
        "state": _stage_name(table, source, lang),
        "name": step.names.get(lang),
        "who": between.join(table.roles[role].names.get(lang) for role in by),
        "facts": between.join(table.facts[fact].names.get(lang) for fact in facts),
        "ways": [
            {
                "when": PREDICATES[when].names.get(lang) if when else "",
                "to": _stage_name(table, to, lang),
                "stays": to == source,
            }
            for when, to in ways
        ],
        "cite": dict.fromkeys(cite for row in rows for cite in row.cite),
        "practice": step.practice,
    }


def _stage_name(table: FlatTable, stage: str, lang: Lang) -> str:
    states = (state for state in table.states.values() if state.stage == stage)
    return next((state.names.get(lang) for state in states), "")

"""A procedure in words, before there is a case: its stages, who acts, the periods, the articles."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huitong.regulations import clauses, clocks
from huitong.regulations.predicates import PREDICATES
from huitong.regulations.types import FlatTable, State, TimeLimit
from huitong.web import needs
from huitong.web.kinds import Label

_OWN: Mapping[str, Label] = {
    "promptly": gettext_lazy("及时（由本机构自行设定）"),
    "immediately": gettext_lazy("立即（由本机构自行设定）"),
    "periodically": gettext_lazy("定期（由本机构自行设定）"),
}


def stages_of(table: FlatTable, lang: str) -> list[dict[str, Any]]:
    """Return the stages in the order of the law, each with who acts, its periods and articles."""
    found: dict[str, dict[str, Any]] = {}
    for state in table.states.values():
        if state.is_end or state.stage in found:
            continue
        steps = [step for step in table.steps_from(state.name) if not step.practice]
        cited = [one for step in steps for one in step.cite] or state.cite
        found[state.stage] = {
            "label": state.names.get(lang),
            "who": ("、" if lang == "zh" else ", ").join(
                dict.fromkeys(table.roles[name].names.get(lang) for name in state.owners)
            ),
            "cite": articles(cited, lang),
            "periods": [*_periods(state, lang)],
            "needs": needs.of_state(table, state, lang),
            "silent": table.silent.get(f"{state.stage}.time", ""),
            "lost": f"{state.stage}.time" in table.lost,
        }
    return list(found.values())


def articles(cited: Iterable[str], lang: str) -> list[str]:
    """Return one clause for each article that a short citation tells apart.

    Paragraphs of one article look alike in the short form: the first stands for them.
    """
    named: dict[str, str] = {}
    for one in cited:
        named.setdefault(clauses.label(one, lang, short=True), one)
    return list(named.values())


def periods_of(table: FlatTable, lang: str) -> list[dict[str, Any]]:
    """Return the periods that a case of this procedure may run, stage by stage."""
    return [
        {"stage": stage["label"], **period}
        for stage in stages_of(table, lang)
        for period in stage["periods"]
    ]


def _periods(state: State, lang: str) -> Iterable[dict[str, Any]]:
    for limit in state.times:
        yield {"length": length(limit, lang), "when": _when(limit, lang), "cite": limit.cite}
    if state.wait is not None:
        text = _("满%s后继续") % length(state.wait, lang)
        yield {"length": text, "when": "", "cite": state.wait.cite}


def length(limit: TimeLimit, lang: str) -> str:
    """Say how long a period is, or who sets it."""
    if limit.own_period is not None:
        return str(_OWN.get(limit.own_period, limit.own_period))
    if limit.set_in is not None:
        return _("限期（由通知确定日期）")
    return clocks.amount(limit, lang)


def _when(limit: TimeLimit, lang: str) -> str:
    return PREDICATES[limit.when].names.get(lang) if limit.when else ""

"""What a stage needs besides a decision: several who sign, others who are consulted, a choice."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from huitong.regulations.predicates import PREDICATES
from huitong.regulations.types import ANY, EACH, LEAD, FlatTable, State, Step


def of_state(table: FlatTable, state: State, lang: str) -> list[dict[str, Any]]:
    """Return in sentences what a stage needs, each with its articles; empty where nothing more.

    `all_of`, `consulting`, `force: may` and several departments in one role, as the table has them.
    """
    steps = [step for step in table.steps_from(state.name) if not step.practice]
    found = []
    if state.all_of:
        who = _names(table, state.all_of, lang)
        found.append({"text": _("须由%s共同作出") % who, "cite": state.cite})
    consulted = dict.fromkeys(role for step in steps for role in step.consulting)
    if consulted:
        cite = next(step.cite for step in steps if step.consulting)
        who = _names(table, consulted, lang)
        found.append({"text": _("会同%s，须填写会商意见") % who, "cite": cite})
    if state.force == "may":
        found.append({"text": _("可以作出，不是必须"), "cite": state.cite})
    for step in {step.by: step for step in reversed(steps) if step.several}.values():
        role = table.roles[step.by]
        told = {
            EACH: _("有多个%s的，须各自办理"),
            ANY: _("有多个%s的，任何一个均可办理"),
            LEAD: _("有多个%s的，由列在首位的办理并征求其他部门意见"),
        }
        rows = [one.several for one in steps if one.by == step.by]
        need = next(one for one in (EACH, LEAD, ANY) if one in rows)
        found.append({"text": told[need] % role.names.get(lang), "cite": role.cite})
    return found


def of_step(table: FlatTable, step: Step, lang: str) -> list[str]:
    """Return what this outcome needs: its facts, those needed in some circumstances, a consent."""
    between = "、" if lang == "zh" else ", "
    facts = [table.facts[name].names.get(lang) for name in step.facts if name in table.facts]
    found = [_("须填：%s") % between.join(facts)] if facts else []
    for need in step.facts_when:
        words = {"when": PREDICATES[need.when].names.get(lang)}
        words["fact"] = table.facts[need.name].names.get(lang)
        found.append(_("“%(when)s”时须填：%(fact)s") % words)
    return found


def _names(table: FlatTable, roles: Iterable[str], lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(
        table.roles[role].names.get(lang) for role in roles
    )

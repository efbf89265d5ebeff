"""Mermaid state diagrams of compiled kinds, for people who read the law and not the tables."""

from __future__ import annotations

from huitong.regulations import clauses
from huitong.regulations.drawing import limit_words
from huitong.regulations.predicates import PREDICATES
from huitong.regulations.types import FlatTable, Lang, State, Step


def mermaid(table: FlatTable, lang: Lang = "zh") -> str:
    """Return a `stateDiagram-v2` of the table: states with their clock, steps with who and why."""
    lines = ["stateDiagram-v2"]
    lines += [f"    {name} : {_state(state, lang)}" for name, state in table.states.items()]
    edges: dict[tuple[str, str, str], list[str]] = {}
    for step in table.steps:
        for route in step.routes:
            label = _step(step, route.when, lang)
            edges.setdefault((step.source or "[*]", route.to, label), []).append(step.by)
    for (source, to, label), roles in edges.items():
        who = "/".join(table.roles[r].names.get(lang) for r in dict.fromkeys(roles))
        lines.append(f"    {source} --> {to} : {_plain(f'{who} {label}')}")
    lines += [f"    {name} --> [*]" for name, state in table.states.items() if state.is_end]
    return "\n".join(lines) + "\n"


def _state(state: State, lang: Lang) -> str:
    parts = [state.names.get(lang)]
    parts += [limit_words(limit, lang) for limit in (*state.times, *state.extensions)]
    if state.wait is not None:
        parts.append(("满" if lang == "zh" else "after ") + limit_words(state.wait, lang))
    return _plain(" · ".join(parts))


def _step(step: Step, when: str | None, lang: Lang) -> str:
    cites = [clauses.label(c, lang, short=True) for c in step.cite]
    note = ("平台惯例" if lang == "zh" else "practice") if step.practice else "、".join(cites)
    condition = f" [{PREDICATES[when].names.get(lang)}]" if when else ""
    return f"{step.names.get(lang)}{condition}（{note}）"


def _plain(text: str) -> str:
    """Keep what Mermaid would read as syntax out of a label."""
    return text.replace(":", "：").replace(";", "；").replace("#", "").replace("\n", " ")

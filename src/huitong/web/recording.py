"""Steps that are recorded for somebody without an account: a government, a mechanism, an expert."""

from collections.abc import Iterable, Mapping

from huitong.cases import roles
from huitong.cases.models import Case
from huitong.organisations.models import Department
from huitong.organisations.types import Actor
from huitong.regulations.types import FlatTable, Step


def decider(table: FlatTable, role: str, lang: str) -> str:
    """Return who decided where a step of this role is only recorded; empty for all other roles."""
    known = table.roles.get(role)
    return known.names.get(lang) if known is not None and known.recorded_by is not None else ""


def also_for(
    case: Case,
    table: FlatTable,
    steps: Iterable[Step],
    actor: Actor,
    parties: Mapping[str, Department],
) -> dict[str, str]:
    """Return, by step, for whom the actor may take a step that is also its own.

    An authority that acts itself and records its government's decisions is told apart by the
    number of the paper (`rules.as_meant`).
    """
    found: dict[str, str] = {}
    for step in steps:
        if table.roles[step.by].recorded_by is not None:
            continue
        rows = table.rows(step.name, case.state)
        others = [row.by for row in rows if table.roles[row.by].recorded_by is not None]
        if not others:
            continue
        holders = roles.resolve_all(table, others, parties, case.jurisdiction)
        named = [
            name for name, found_ in holders.items() if any(one.held_by(actor) for one in found_)
        ]
        if named:
            found[step.name] = "、".join(table.roles[name].names.zh for name in named)
    return found

"""Nobody acts on both sides of one case, and no step is taken before the last one.

No article says so in these words: every text speaks of a department that asks and another that
provides, and of steps that follow each other. That one person does not act for two departments
of one case is the platform's own rule.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

from huitong.cases.gate_errors import BackwardsError, BothSidesError
from huitong.cases.models import Case, CaseEvent
from huitong.cases.types import Holder
from huitong.organisations import queries as organisations
from huitong.organisations.models import Department
from huitong.organisations.types import Actor
from huitong.regulations.types import FlatTable, Step

_SIDES = ("provider", "consumer")


def check_parties(table: FlatTable, parties: Mapping[str, Department]) -> None:
    """Refuse to open a case between a department and itself.

    Raises: BothSidesError.
    """
    body = _on_both(parties)
    if body is not None:
        raise _refusal(body, table.entry_steps[0])


def check_step(
    case: Case,
    row: Step,
    holder: Holder,
    parties: Mapping[str, Department],
    events: Sequence[CaseEvent],
    actor: Actor,
    at: dt.datetime,
) -> None:
    """Refuse a step before the last one, for one's own request, or for a second department.

    A merger may put one department on both sides: it can still take its request back, and nothing
    that its other side would decide. One query more, for who has acted for another department.

    Raises: BackwardsError, BothSidesError.
    """
    if not events:
        return
    last = events[-1].at
    if at < last:
        raise BackwardsError(number=case.number, at=at.isoformat(), last=last.isoformat())
    merged = _on_both(parties)
    if (
        merged is not None
        and holder.department_id == merged.pk
        and events[0].role in _SIDES
        and holder.role in _SIDES
        and holder.role != events[0].role
    ):
        raise _refusal(merged, row)
    others = {
        event.department_id
        for event in events
        if event.person_id is not None
        and event.person_id == actor.person_id
        and event.department_id != actor.department_id
    }
    # Whose department was merged into another goes on acting for the case there.
    if others and actor.department_id is not None:
        others -= organisations.carried_by(actor.department_id)
    if others:
        raise BothSidesError(who=actor.name, who_zh=actor.name, cite=row.cite)


def _on_both(parties: Mapping[str, Department]) -> Department | None:
    first, second = (parties.get(side) for side in _SIDES)
    return first if first is not None and second is not None and first.pk == second.pk else None


def _refusal(body: Department, row: Step) -> BothSidesError:
    return BothSidesError(who=body.name_en or body.name, who_zh=f"“{body.name}”", cite=row.cite)

"""Several departments in one role of a case: under which names they stand, and who has answered.

A case keeps each department of a role under a name of its own (`Case.parties`): the first under
the role's (`co_collector`), the others under `co_collector#2`, `#3`, … in the order in which they
were named. What is needed of them the table says (`Step.several`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huitong.cases.seat_errors import AnsweredAlreadyError, OpinionsMissingError, SeatsError
from huitong.cases.types import Holder
from huitong.regulations.types import EACH, LEAD, FlatTable, Role, State, Step

if TYPE_CHECKING:  # a case file is checked by a program without Django
    from huitong.cases.models import CaseEvent
    from huitong.organisations.models import Department

MARK = "#"
OPINIONS = "opinions"
MOST = 50
"""Departments in one role: more are no longer read by anybody, and each gets a line of a list."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a step of one of several departments is in its stage.

    `stay` is the number of the event by which the stage began, 0 where nobody has to answer for
    himself. `missing` are the departments that have yet to answer once this one has.
    """

    stay: int = 0
    missing: tuple[str, ...] = ()

    @property
    def is_last(self) -> bool:
        """Whether the step leads on; else the stage waits for the others."""
        return not self.missing


def key_of(role: Role) -> str:
    """Return under which name a case keeps the (first) department of a role."""
    return role.name if role.resolver == "party" else role.resolver


def key_in(role: Role, parties: Iterable[str]) -> str:
    """Return under which name a case with these parties keeps a role: its own, or the general."""
    return role.name if role.name in parties else key_of(role)


def named(key: str, place: int) -> str:
    """Return the name of the department that was named at a place, counted from 1."""
    return key if place == 1 else f"{key}{MARK}{place}"


def role_of(seat: str) -> str:
    """Return the name without the place (`co_collector#2` → `co_collector`)."""
    return seat.partition(MARK)[0]


def seated(key: str, departments: Sequence[Department]) -> dict[str, Department]:
    """Return departments by the names that they have in one case, each of them once."""
    once = list({one.pk: one for one in departments}.values())
    return {named(key, place): one for place, one in enumerate(once, start=1)}


def of(key: str, parties: Iterable[str]) -> tuple[str, ...]:
    """Return the names under which the departments of a role stand, in order."""
    found = [seat for seat in parties if role_of(seat) == key]
    return tuple(sorted(found, key=lambda seat: int(seat.partition(MARK)[2] or 1)))


def check(table: FlatTable, parties: Mapping[str, Department]) -> None:
    """Refuse several departments in a role that the article gives to one, a gap, a second seat.

    Raises: SeatsError.
    """
    roles = {key_in(role, parties): role for role in table.roles.values()}
    several = {key for key, role in roles.items() if role.several}
    for seat in parties:
        key = role_of(seat)
        seats = of(key, parties)
        role = roles.get(key)
        bodies = {parties[one].pk for one in seats}
        sound = seats == tuple(named(key, place) for place in range(1, len(seats) + 1))
        if len(seats) == 1 and sound:
            continue
        if key not in several or not sound or len(bodies) < len(seats) or len(seats) > MOST:
            raise SeatsError(
                role=key,
                role_zh=role.names.zh if role else key,
                allowed=MOST if key in several else 1,
                cite=role.cite if role else (),
            )


def eligible(step: Step, holders: Sequence[Holder]) -> Sequence[Holder]:
    """Return those who may take a step, of the departments that stand in its role."""
    return holders[:1] if step.several == LEAD else holders


def stay_of(table: FlatTable, events: Sequence[CaseEvent]) -> int:
    """Return the number of the event by which the present stage began."""
    stage = table.states[events[-1].to_state].stage
    for event in reversed(events):
        before = table.states.get(event.from_state)
        if before is None or before.stage != stage:
            return event.seq
    return 0


def turn(
    table: FlatTable,
    step: Step,
    holder: Holder,
    parties: Mapping[str, Department],
    events: Sequence[CaseEvent],
) -> Turn:
    """Return what this step is among those that several departments of a role have to take.

    Raises: AnsweredAlreadyError, when this department has answered in this stage.
    """
    if step.several != EACH or not events:
        return Turn()
    stay = stay_of(table, events)
    missing = _missing(step, holder.key, parties, events, stay)
    if holder.seat not in missing:
        raise AnsweredAlreadyError(
            step=step.name,
            step_zh=step.names.zh,
            department=parties[holder.seat].name,
            missing=[parties[one].name for one in missing],
            cite=step.cite,
        )
    body = parties[holder.seat].pk
    return Turn(stay, tuple(one for one in missing if parties[one].pk != body))


def has_answered(
    table: FlatTable,
    step: Step,
    holder: Holder,
    parties: Mapping[str, Department],
    events: Sequence[CaseEvent],
) -> bool:
    """Whether a department of several has answered for itself already in the present stage."""
    if step.several != EACH or not events:
        return False
    return holder.seat not in _missing(step, holder.key, parties, events, stay_of(table, events))


def check_opinions(
    step: Step,
    holder: Holder,
    parties: Mapping[str, Department],
    given: Mapping[str, object],
) -> None:
    """Refuse the lead department's decision without the opinions of the others, if there are any.

    Raises: OpinionsMissingError.
    """
    if step.several != LEAD or OPINIONS not in step.optional or given.get(OPINIONS):
        return
    others = [parties[one].name for one in of(holder.key, parties)[1:]]
    if others:
        raise OpinionsMissingError(step_zh=step.names.zh, others=others, cite=step.cite)


def awaited(
    table: FlatTable,
    state: State,
    holders: Iterable[Holder],
    parties: Mapping[str, Department],
    events: Sequence[CaseEvent],
) -> list[Holder]:
    """Return those for whom a state waits: without who has answered, or is only consulted."""
    rows = {row.by: row for row in reversed(table.steps_from(state.name)) if row.several}
    found = []
    for holder in holders:
        row = rows.get(holder.role)
        if row is not None and row.several == LEAD and holder.seat != holder.key:
            continue
        if row is not None and row.several == EACH:
            stay = stay_of(table, events)
            if holder.seat not in _missing(row, holder.key, parties, events, stay):
                continue
        found.append(holder)
    return found


def _missing(
    step: Step,
    key: str,
    parties: Mapping[str, Department],
    events: Sequence[CaseEvent],
    stay: int,
) -> tuple[str, ...]:
    """Return the departments of a role that have not taken a step since the stage began.

    Who carries on for two of them answers once for both.
    """
    taken = [e for e in events if e.seq > stay and e.step == step.name and e.seat]
    seats, bodies = {e.seat for e in taken}, {e.department_id for e in taken}
    return tuple(
        one for one in of(key, parties) if one not in seats and parties[one].pk not in bodies
    )

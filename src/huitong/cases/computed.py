"""Facts that nobody states: the program finds them out when the step is taken.

A procedure marks `in_use` as computed; the room that knows claims it from its `AppConfig.ready`;
the engine asks within the step's transaction and keeps the answer with the event. A value given
with the step is refused like any fact that its row does not ask for.
"""

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from huitong.cases.errors import FactUnclaimedError
from huitong.regulations import compiling, profiles

if TYPE_CHECKING:
    from huitong.cases.models import Case
    from huitong.regulations.types import Step

Computation: TypeAlias = "Callable[[Case, dt.datetime], object]"

_claimed: dict[str, Computation] = {}


def register(name: str) -> Callable[[Computation], Computation]:
    """Claim a fact; the function gets the case as it stands before the step.

    Raises: FactUnclaimedError, when another function claims the name already.
    """

    def claim(computation: Computation) -> Computation:
        holder = _claimed.get(name)
        if holder is not None and _where(holder) != _where(computation):
            raise FactUnclaimedError(
                f"The fact {name} is computed by {_where(holder)} and by {_where(computation)}: "
                "let one room claim it."
            )
        _claimed[name] = computation
        return computation

    return claim


def values(row: "Step", case: "Case", at: dt.datetime) -> dict[str, object]:
    """Return the facts that a row has computed, as they are now.

    Raises: FactUnclaimedError.
    """
    found: dict[str, object] = {}
    for name in row.computed:
        computation = _claimed.get(name)
        if computation is None:
            raise FactUnclaimedError(
                f"No room computes the fact {name} of case {case.number}: register it at start.",
                zh=f"程序中没有模块负责认定“{name}”，办件{case.number}的步骤不能办理。",
            )
        found[name] = computation(case, at)
    return found


def check_claimed() -> None:
    """Stop when a procedure of any profile marks a fact as computed that no room claims.

    Raises: FactUnclaimedError, naming all of them; ProfileBrokenError.
    """
    orphans = sorted(marked() - _claimed.keys())
    if orphans:
        raise FactUnclaimedError(
            f"No room computes the facts {', '.join(orphans)}: register each in the `ready` of the "
            "room that knows it, or let the procedure ask for it.",
            zh=f"没有模块负责认定这些事实：{'、'.join(orphans)}。",
        )


def marked() -> frozenset[str]:
    """Return every fact that some procedure of some profile marks as computed."""
    return frozenset(
        name
        for table in compiling.every_table(map(profiles.load, profiles.all_ids()))
        for step in table.steps
        for name in step.computed
    )


def _where(computation: Computation) -> str:
    return f"{computation.__module__}.{getattr(computation, '__qualname__', repr(computation))}"

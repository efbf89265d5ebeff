"""What a decision does outside its case. Rooms above claim effects by name when they start.

A procedure names `issue_grant`; the room `sharing` claims it from its `AppConfig.ready`; the engine
runs it inside the step's transaction, so a decision and its effect happen together or not at all.
"""

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from huitong.cases.errors import EffectUnclaimedError
from huitong.regulations import compiling, profiles

if TYPE_CHECKING:
    from huitong.cases.models import Case, CaseEvent
    from huitong.organisations.types import Actor

Effect: TypeAlias = "Callable[[Case, CaseEvent, Actor, dt.datetime], None]"

_claimed: dict[str, Effect] = {}


def register(name: str) -> Callable[[Effect], Effect]:
    """Claim an effect; a second claim of the same name is a mistake of the program.

    Raises: EffectUnclaimedError, when another function claims the name already.
    """

    def claim(effect: Effect) -> Effect:
        holder = _claimed.get(name)
        if holder is not None and _where(holder) != _where(effect):
            raise EffectUnclaimedError(
                f"The effect {name} is claimed by {_where(holder)} and by {_where(effect)}: "
                "let one room claim it."
            )
        _claimed[name] = effect
        return effect

    return claim


def run(name: str, case: "Case", event: "CaseEvent", actor: "Actor", at: dt.datetime) -> None:
    """Run one effect inside the step's transaction.

    Raises: EffectUnclaimedError, or whatever the effect raises; the step is then undone.
    """
    effect = _claimed.get(name)
    if effect is None:
        raise EffectUnclaimedError(
            f"No room claims the effect {name} of case {case.number}: register it at start.",
            zh=f"程序中没有模块承担“{name}”这一后果，办件{case.number}的步骤不能生效。",
        )
    effect(case, event, actor, at)


def claimed() -> frozenset[str]:
    """Return the names of all claimed effects."""
    return frozenset(_claimed)


def check_claimed() -> None:
    """Stop when a procedure of any profile names an effect that no room claims.

    Raises: EffectUnclaimedError, naming all of them; ProfileBrokenError.
    """
    orphans = sorted(named() - _claimed.keys())
    if orphans:
        raise EffectUnclaimedError(
            f"No room claims the effects {', '.join(orphans)}: register each in the `ready` of the "
            "room that carries it out, or remove it from kinds.yaml.",
            zh=f"没有模块承担这些后果：{'、'.join(orphans)}。",
        )


def named() -> frozenset[str]:
    """Return every effect that some procedure of some profile can have."""
    return frozenset(
        name
        for table in compiling.every_table(map(profiles.load, profiles.all_ids()))
        for step in table.steps
        for name in step.effects
    )


def _where(effect: Effect) -> str:
    return f"{effect.__module__}.{getattr(effect, '__qualname__', repr(effect))}"

"""What a decision does outside its case. Rooms above claim effects by name when they start.

A procedure names `issue_grant`; the room `sharing` claims it from its `AppConfig.ready`; the engine
runs it inside the step's transaction, so a decision and its effect happen together or not at all.
"""

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from huitong.cases.claims import Claims, named_by
from huitong.cases.errors import EffectUnclaimedError

if TYPE_CHECKING:
    from huitong.cases.models import Case, CaseEvent
    from huitong.organisations.types import Actor

Effect: TypeAlias = "Callable[[Case, CaseEvent, Actor, dt.datetime], None]"

CLAIMS: Claims["Effect"] = Claims("effect", "后果", EffectUnclaimedError, "effects")
register = CLAIMS.register


def run(name: str, case: "Case", event: "CaseEvent", actor: "Actor", at: dt.datetime) -> None:
    """Run one effect inside the step's transaction.

    Raises: EffectUnclaimedError, or whatever the effect raises; the step is then undone.
    """
    CLAIMS.of(name, case.number)(case, event, actor, at)


def check_claimed() -> None:
    """Stop when a procedure of any profile names an effect that no room claims.

    Raises: EffectUnclaimedError, naming all of them; ProfileBrokenError.
    """
    CLAIMS.check(named())


def named() -> frozenset[str]:
    """Return every effect that some procedure of some profile can have."""
    return named_by(lambda step: step.effects)

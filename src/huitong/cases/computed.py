"""Facts that nobody states: the program finds them out when the step is taken.

A procedure marks `in_use` as computed; the room that knows claims it from its `AppConfig.ready`;
the engine asks within the step's transaction and keeps the answer with the event. A value given
with the step is refused like any fact that its row does not ask for.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from huitong.cases.claims import Claims, named_by
from huitong.cases.errors import FactUnclaimedError

if TYPE_CHECKING:
    from huitong.cases.models import Case
    from huitong.regulations.types import Step

# The function gets the case as it stands before the step, the time, and what the step states.
Computation: TypeAlias = "Callable[[Case, dt.datetime, Mapping[str, object]], object]"

CLAIMS: Claims["Computation"] = Claims(
    "computed fact", "自动认定的事实", FactUnclaimedError, "facts"
)
register = CLAIMS.register


def values(
    row: "Step", case: "Case", at: dt.datetime, stated: Mapping[str, object]
) -> dict[str, object]:
    """Return the facts that a row has computed, as they are now.

    `stated` are the facts given with the step; a computation may look something up by them.

    Raises: FactUnclaimedError.
    """
    return {name: CLAIMS.of(name, case.number)(case, at, stated) for name in row.computed}


def check_claimed() -> None:
    """Stop when a procedure of any profile marks a fact as computed that no room claims.

    Raises: FactUnclaimedError, naming all of them; ProfileBrokenError.
    """
    CLAIMS.check(marked())


def marked() -> frozenset[str]:
    """Return every fact that some procedure of some profile marks as computed."""
    return named_by(lambda step: step.computed)

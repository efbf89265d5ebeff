"""Computed facts looked at from later: what the platform would have found out at a step long taken.

A simulation asks for facts that the case's own text never had computed. A room that claims a
computed fact (see `computed`) says here what it was at that moment, from what is dated; what was
not kept it calls unknown, with the reason, and nothing is guessed from today.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from huitong.cases import computed
from huitong.cases.claims import Claims
from huitong.cases.errors import FactUnclaimedError
from huitong.organisations.models import Department
from huitong.regulations.types import Names

if TYPE_CHECKING:
    from huitong.cases.models import Case


@dataclass(frozen=True, slots=True)
class Moment:
    """A case at a step under another text.

    `state` is the one that it stood in there before the step ("" at the first), `stated` all that
    was known by then, `parties` its departments by role.
    """

    case: "Case"
    state: str
    at: dt.datetime
    stated: Mapping[str, object]
    parties: Mapping[str, Department]


# The function returns the fact's value, or `doubts.Unknown`.
Lookback: TypeAlias = "Callable[[Moment], object]"

CLAIMS: Claims["Lookback"] = Claims(
    "computed fact in hindsight", "自动认定事实的追溯", FactUnclaimedError, "facts"
)
register = CLAIMS.register
NOT_KEPT = Names("当时的情况没有留存", "how it stood then was not kept")


def check_claimed() -> None:
    """Stop when a fact is computed and nobody says what it was at an earlier moment.

    Raises: FactUnclaimedError, naming all of them; ProfileBrokenError.
    """
    CLAIMS.check(computed.marked())

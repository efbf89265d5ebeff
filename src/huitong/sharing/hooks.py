"""What rooms above do when a grant is issued.

The gateway's functions belong to the gateway, which lies above and has no Django; whoever starts
the program connects the two here. A hook runs inside the transaction of the decision: when it
fails, no grant was issued.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from huitong.sharing.models import Grant

GrantHook: TypeAlias = "Callable[[Grant], None]"

_on_grant_issued: list[GrantHook] = []


def on_grant_issued(hook: GrantHook) -> GrantHook:
    """Have a function called with each grant that is issued; adding it twice changes nothing."""
    if hook not in _on_grant_issued:
        _on_grant_issued.append(hook)
    return hook


def forget(hook: GrantHook) -> None:
    """Have a function called no more."""
    if hook in _on_grant_issued:
        _on_grant_issued.remove(hook)


def grant_issued(grant: "Grant") -> None:
    """Tell everybody who asked."""
    for hook in tuple(_on_grant_issued):
        hook(grant)

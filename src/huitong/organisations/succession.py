"""What rooms above do when a department ends: cases that wait, entries that it provided.

A hook runs inside the transaction of the act; when it refuses, the department has not ended.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from huitong.organisations.models import Department
    from huitong.organisations.types import Actor


@dataclass(frozen=True, slots=True)
class Ended:
    """A department that ends, who carries on for it (None: nobody), by whom and when recorded."""

    department: "Department"
    successor: "Department | None"
    actor: "Actor"
    at: datetime


EndedHook: TypeAlias = Callable[[Ended], None]

_hooks: list[EndedHook] = []


def on_ended(hook: EndedHook) -> EndedHook:
    """Have a function called with each department that ends; adding it twice changes nothing."""
    if hook not in _hooks:
        _hooks.append(hook)
    return hook


def tell(ended: Ended) -> None:
    """Tell every room that asked, upper rooms first.

    What a lower room hands over (the entries of the catalogue) is then still the department's when
    a room above looks for what hangs on it (the grants on them).
    """
    for hook in reversed(_hooks):
        hook(ended)

"""What rooms above do before a serving copy is swapped in.

Views above that read the old table must be bound to the new one in the same transaction; whoever
starts the program connects the two. A hook that fails ends the swap, and the old copy stays.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

# A cursor that acts as the pool's role inside the swap's transaction, the dataset's id, and the
# table to be swapped in, with its schema.
SwapHook: TypeAlias = Callable[[Any, int, str], None]

_before_swap: list[SwapHook] = []


def before_swap(hook: SwapHook) -> SwapHook:
    """Have a function called before each swap; adding it twice changes nothing."""
    if hook not in _before_swap:
        _before_swap.append(hook)
    return hook


def forget(hook: SwapHook) -> None:
    """Have a function called no more."""
    if hook in _before_swap:
        _before_swap.remove(hook)


def swapping(cursor: Any, dataset_id: int, table: str) -> None:  # noqa: ANN401
    """Tell everybody who asked."""
    for hook in tuple(_before_swap):
        hook(cursor, dataset_id, table)

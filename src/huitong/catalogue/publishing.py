"""Who is told of a publication: rooms above the catalogue that hold something of an entry."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from huitong.cases.models import Case
from huitong.catalogue.models import Dataset
from huitong.organisations.types import Actor

PublishedHook: TypeAlias = "Callable[[Dataset, Case, Actor, datetime], None]"

_on_published: list[PublishedHook] = []


def on_published(hook: PublishedHook) -> PublishedHook:
    """Have a room above told, in the same transaction, that a new version is current."""
    if hook not in _on_published:
        _on_published.append(hook)
    return hook


def tell_published(dataset: Dataset, case: Case, actor: Actor, at: datetime) -> None:
    """Tell all who asked; what one of them refuses undoes the publication."""
    for hook in tuple(_on_published):
        hook(dataset, case, actor, at)

"""Entries of a department that ends are its successor's from then on."""

from huitong.catalogue.errors import EntriesLeftError
from huitong.catalogue.models import Dataset
from huitong.ledger import actions as ledger
from huitong.organisations.succession import Ended, on_ended


@on_ended
def hand_over(ended: Ended) -> None:
    """Make the successor the provider of the department's entries, each with its ledger entry.

    Raises: EntriesLeftError, where entries that are in the catalogue would have no provider.
    """
    entries = Dataset.objects.select_for_update().filter(provider=ended.department).order_by("code")
    if ended.successor is None:
        left = [one.code for one in entries if one.withdrawn_at is None]
        if left:
            raise EntriesLeftError(department=ended.department.name, codes=left)
        return
    for entry in entries:
        ledger.record(
            kind="dataset.handed_over",
            subject=entry.subject,
            actor=ended.actor.ledger_name,
            at=ended.at,
            facts={"from": ended.department.code, "to": ended.successor.code},
        )
    entries.update(provider=ended.successor)

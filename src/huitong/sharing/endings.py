"""Grants that end because their dataset does."""

from datetime import datetime

from huitong.cases.models import Case
from huitong.catalogue import withdrawal
from huitong.catalogue.models import Dataset
from huitong.ledger import actions as ledger
from huitong.organisations.types import Actor
from huitong.sharing.models import Grant


@withdrawal.on_withdrawn
def end_grants(dataset: Dataset, case: Case, actor: Actor, at: datetime) -> None:
    """End the live grants of a withdrawn dataset; where it was in use, its six months are over."""
    live = list(Grant.objects.live(at).filter(dataset=dataset).select_for_update())
    for grant in live:
        grant.revoked_at = at
        grant.save(update_fields=["revoked_at"])
        ledger.record(
            kind="grant.ended",
            subject=grant.subject,
            actor=actor.ledger_name,
            at=at,
            cite=("HL-16.2",),
            facts={"case": case.number, "dataset": dataset.code, "because": "withdrawn"},
        )

"""Whether a dataset is in use, and the grants that end because their dataset does (art. 16)."""

from collections.abc import Mapping
from datetime import datetime

from huitong.cases import computed
from huitong.cases.errors import StepForbiddenError
from huitong.cases.models import Case
from huitong.catalogue import withdrawal
from huitong.catalogue.models import Dataset
from huitong.ledger import actions as ledger
from huitong.organisations.types import Actor
from huitong.regulations.predicates import PREDICATES
from huitong.sharing.models import Grant

_SUPPLIED_ON = ("HL-16.2",)
_WIND_DOWN = "wind_down."


@computed.register("in_use")
def in_use(case: Case, at: datetime, _stated: Mapping[str, object]) -> bool:
    """Whether anybody holds a live grant on the dataset that a case is about."""
    code = case.subject.removeprefix("dataset:")
    return Grant.objects.live(at).filter(dataset__code=code).exists()


@withdrawal.on_withdrawn
def end_grants(dataset: Dataset, case: Case, actor: Actor, at: datetime) -> None:
    """End the live grants of a withdrawn dataset, whose six months of supply are over.

    Raises: StepForbiddenError, when there are live grants and the case did not wait (a grant that
    was issued while the authority decided): the withdrawal is undone, and the next decision finds
    the dataset in use.
    """
    live = list(Grant.objects.live(at).filter(dataset=dataset).select_for_update())
    if live and not case.events.filter(step__startswith=_WIND_DOWN).exists():
        raise StepForbiddenError(
            step="withdraw_dataset",
            step_zh="撤销目录条目",
            because=PREDICATES["entry_in_use"].names,
            cite=_SUPPLIED_ON,
        )
    for grant in live:
        grant.revoked_at = at
        grant.save(update_fields=["revoked_at"])
        ledger.record(
            kind="grant.ended",
            subject=grant.subject,
            actor=actor.ledger_name,
            at=at,
            cite=_SUPPLIED_ON,
            facts={"case": case.number, "dataset": dataset.code, "because": "withdrawn"},
        )

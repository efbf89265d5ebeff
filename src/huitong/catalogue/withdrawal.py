"""Withdrawing an entry that can no longer be kept up (Heilongjiang, art. 16)."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from django.db import transaction

from huitong.cases import actions as cases
from huitong.cases import effects, refusals
from huitong.cases.models import Case, CaseEvent
from huitong.catalogue import queries
from huitong.catalogue.errors import DatasetWithdrawnError, NotPublishedError
from huitong.catalogue.models import Dataset
from huitong.ledger import actions as ledger
from huitong.organisations.rules import require_acts_for
from huitong.organisations.types import Actor

WithdrawnHook: TypeAlias = "Callable[[Dataset, Case, Actor, datetime], None]"

_OWN_ENTRIES = ("HL-6.2",)
_on_withdrawn: list[WithdrawnHook] = []


def on_withdrawn(hook: WithdrawnHook) -> WithdrawnHook:
    """Have a room above told, in the same transaction, that a dataset is withdrawn."""
    if hook not in _on_withdrawn:
        _on_withdrawn.append(hook)
    return hook


def propose_withdrawal(
    dataset: Dataset, *, change_source: str, change_reason: str, actor: Actor, at: datetime
) -> Case:
    """Ask for a published entry to be withdrawn: what changed (`law`, `duty`, `other`) and why.

    Raises: NotYourDepartmentError, NotPublishedError, DatasetWithdrawnError, and what the case
    refuses.
    """
    row = queries.dataset(dataset.code)
    require_acts_for(actor, row.provider, cite=_OWN_ENTRIES)
    if row.withdrawn_at is not None:
        raise DatasetWithdrawnError(row.code)
    if row.current_version is None:
        raise NotPublishedError(row.code)
    with refusals.recorded(), transaction.atomic():
        return cases.open_case(
            kind="catalogue_withdrawal",
            jurisdiction=row.provider.jurisdiction,
            subject=row.subject,
            title=row.current_version.title,
            parties={"provider": row.provider},
            facts={"change_source": change_source, "change_reason": change_reason},
            actor=actor,
            at=at,
        )


@effects.register("withdraw_dataset")
def withdraw_dataset(case: Case, event: CaseEvent, actor: Actor, at: datetime) -> None:
    """Take the entry out of the catalogue; its versions stay readable."""
    code = case.subject.removeprefix("dataset:")
    row = Dataset.objects.select_for_update(of=("self",)).get(code=code)
    if row.withdrawn_at is not None:
        return
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    ledger.record(
        kind="dataset.withdrawn",
        subject=row.subject,
        actor=actor.ledger_name,
        at=at,
        cite=event.cite,
        facts={"case": case.number},
    )
    for hook in tuple(_on_withdrawn):
        hook(row, case, actor, at)

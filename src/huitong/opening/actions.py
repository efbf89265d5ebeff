"""Putting datasets on the open list and taking them off: each act one transaction, one entry."""

from datetime import datetime

from django.db import transaction

from huitong.cases import actions as cases
from huitong.cases import effects, refusals
from huitong.cases.models import Case, CaseEvent
from huitong.catalogue import queries as catalogue
from huitong.catalogue.models import Dataset, DatasetVersion
from huitong.ledger import actions as ledger
from huitong.opening import rules
from huitong.opening.errors import (
    EntryChangedError,
    NotOnListError,
    NotOpenableError,
    NotPublishedError,
)
from huitong.opening.models import OpenEntry
from huitong.organisations.rules import require_acts_for
from huitong.organisations.types import Actor

_OWN_DATA = ("HL-6.3",)


def propose_opening(dataset: Dataset, *, actor: Actor, at: datetime) -> Case:
    """Send the opening type of a published dataset to the competent authority for review.

    Raises: NotYourDepartmentError, NotPublishedError; NotOpenableError, naming each field and the
    article, after the refusal has been recorded; and what the case refuses.
    """
    row = catalogue.dataset(dataset.code)
    require_acts_for(actor, row.provider, cite=_OWN_DATA)
    version = row.current_version
    if version is None or row.withdrawn_at is not None:
        raise NotPublishedError(row.code)
    entry = catalogue.draft_of(version)
    found = rules.refusals(entry, catalogue.profile_of(row))
    if found:
        error = NotOpenableError(row.code, found)
        with transaction.atomic():
            grounds = [{"ground": each.ground, "fields": list(each.fields)} for each in found]
            facts = {"version": version.number, "grounds": grounds}
            _note("opening.refused", row, actor, at, error.cite, facts)
        raise error
    with refusals.recorded(), transaction.atomic():
        return cases.open_case(
            kind="open_list_review",
            jurisdiction=row.provider.jurisdiction,
            subject=row.subject,
            title=version.title,
            parties={"provider": row.provider},
            facts=_facts_of(version),
            actor=actor,
            at=at,
        )


def resubmit_opening(case: Case, *, remark: str = "", actor: Actor, at: datetime) -> Case:
    """Send the opening type anew after it was returned, with what the catalogue says now.

    Raises: NotPublishedError, and what the case refuses.
    """
    row = catalogue.dataset(case.subject.removeprefix("dataset:"))
    if row.current_version is None:
        raise NotPublishedError(row.code)
    facts = _facts_of(row.current_version) | ({"remark": remark} if remark else {})
    return cases.take_step(case, "revise.resubmit", actor=actor, facts=facts, at=at)


def propose_withdrawal(dataset: Dataset, *, reason: str, actor: Actor, at: datetime) -> Case:
    """Ask for a dataset to be taken off the open list.

    Raises: NotYourDepartmentError, NotOnListError, and what the case refuses.
    """
    row = catalogue.dataset(dataset.code)
    require_acts_for(actor, row.provider, cite=_OWN_DATA)
    if not OpenEntry.objects.listed().filter(dataset=row).exists():
        raise NotOnListError(row.code)
    with refusals.recorded(), transaction.atomic():
        return cases.open_case(
            kind="open_withdrawal",
            jurisdiction=row.provider.jurisdiction,
            subject=row.subject,
            title=row.newest.title,
            parties={"provider": row.provider},
            facts={"reason": reason},
            actor=actor,
            at=at,
        )


@effects.register("list_open")
def list_open(case: Case, event: CaseEvent, actor: Actor, at: datetime) -> None:
    """Put the version that was reviewed on the open list.

    Raises: EntryChangedError, when another version was published since; NotOpenableError: the rules
    are asked again here, so that no other way into the case leads round them.
    """
    row = catalogue.dataset(case.subject.removeprefix("dataset:"))
    stated = [e.facts["dataset_version"] for e in case.events.all() if "dataset_version" in e.facts]
    current = row.current_version
    if current is None or stated[-1:] != [current.number]:
        raise EntryChangedError(row.code)
    draft = catalogue.draft_of(current)
    found = rules.refusals(draft, catalogue.profile_of(row))
    if found:
        raise NotOpenableError(row.code, found)
    OpenEntry.objects.update_or_create(
        dataset=row,
        defaults={
            "version": current,
            "opening_type": current.opening_type,
            "opening_condition": current.opening_condition,
            "listed_at": at,
            "unlisted_at": None,
            "case": case,
        },
    )
    facts = {
        "case": case.number,
        "version": current.number,
        "opening_type": current.opening_type,
    }
    _note("opening.listed", row, actor, at, tuple(event.cite), facts)


@effects.register("unlist_open")
def unlist_open(case: Case, event: CaseEvent, actor: Actor, at: datetime) -> None:
    """Take the dataset off the open list; the entry stays as a record of what was open."""
    row = catalogue.dataset(case.subject.removeprefix("dataset:"))
    OpenEntry.objects.listed().filter(dataset=row).update(unlisted_at=at)
    _note("opening.unlisted", row, actor, at, tuple(event.cite), {"case": case.number})


def _facts_of(version: DatasetVersion) -> dict[str, object]:
    return {
        "opening_type": version.opening_type,
        "opening_condition": version.opening_condition,
        "private_items": list(rules.private_items(catalogue.draft_of(version))),
        "dataset_version": version.number,
    }


def _note(
    kind: str,
    dataset: Dataset,
    actor: Actor,
    at: datetime,
    cite: tuple[str, ...],
    facts: dict[str, object],
) -> None:
    ledger.record(
        kind=kind,
        subject=dataset.subject,
        actor=actor.ledger_name,
        at=at,
        cite=cite,
        facts=facts,
    )

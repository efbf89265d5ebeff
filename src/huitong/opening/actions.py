"""Putting datasets on the open list and taking them off: each act one transaction, one entry."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from huitong.cases import actions as cases
from huitong.cases import effects, gate, refusals
from huitong.cases.models import Case, CaseEvent
from huitong.catalogue import publishing
from huitong.catalogue import queries as catalogue
from huitong.catalogue.models import Dataset
from huitong.catalogue.types import OpeningType
from huitong.ledger import actions as ledger
from huitong.opening import asking, examining
from huitong.opening.errors import (
    EntryChangedError,
    NotOnListError,
    NotOpenableError,
    NotPublishedError,
)
from huitong.opening.models import OpenEntry
from huitong.opening.types import Refusal
from huitong.organisations.rules import require_acts_for
from huitong.organisations.types import Actor

_OWN_DATA = ("HL-6.3",)
_NOT_OPENED = ("HL-33.1",)
_CONDITIONS = ("HL-33.4", "HL-34.1")

# What the catalogue says is on record with the proposal, whatever its text asks for.
gate.admit(
    ["open_list_review"],
    {
        "opening_type": "text",
        "opening_condition": "text",
        "closed_reason": "text",
        "private_items": "list",
        "dataset_version": "number",
        "remark": "text",
    },
)
gate.admit(["open_withdrawal"], {"reason": "text"})


def propose_opening(
    dataset: Dataset,
    *,
    facts: Mapping[str, object] | None = None,
    actor: Actor,
    at: datetime,
) -> Case:
    """Send the opening type of a published dataset to the competent authority for review.

    `facts` are what the text in force there asks for besides what the catalogue says: a list of
    who answers, a secrecy review, whence the data was obtained. Where both say something, the
    catalogue's stands.

    Raises: NotYourDepartmentError, NotPublishedError; NotOpenableError, naming each field and the
    article, after the refusal has been recorded; and what the case refuses.
    """
    row = catalogue.dataset(dataset.code)
    require_acts_for(actor, row.provider, cite=_OWN_DATA)
    version = row.current_version
    if version is None or row.withdrawn_at is not None:
        raise NotPublishedError(row.code)
    found = examining.grounds(row, version)
    if found:
        error = NotOpenableError(row.code, found)
        with transaction.atomic():
            facts = {"version": version.number, "grounds": _as_facts(found)}
            _note("opening.refused", row, actor, at, error.cite, facts)
        raise error
    with refusals.recorded(), transaction.atomic():
        return cases.open_case(
            kind="open_list_review",
            jurisdiction=row.provider.jurisdiction,
            subject=row.subject,
            title=version.title,
            parties={"provider": row.provider},
            facts={**(facts or {}), **asking.known(row, version, at)},
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
    facts = asking.known_again(case, row.current_version) | ({"remark": remark} if remark else {})
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
    found = examining.grounds(row, current)
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
    OpenEntry.objects.standing().filter(dataset=row).update(unlisted_at=at)
    _note("opening.unlisted", row, actor, at, tuple(event.cite), {"case": case.number})


@publishing.on_published
def follow_publication(dataset: Dataset, case: Case, actor: Actor, at: datetime) -> None:
    """Take off the open list what a new version closes or marks personal, or list its condition.

    What a new version opens wider is not followed: it is proposed and reviewed first.
    """
    entry = OpenEntry.objects.standing().select_for_update().filter(dataset=dataset).first()
    version = dataset.current_version
    if entry is None or version is None:
        return
    facts = {"case": case.number, "version": version.number}
    found = examining.declared_grounds(dataset, version)
    if found:
        entry.unlisted_at = at
        entry.save(update_fields=["unlisted_at"])
        cite = tuple(dict.fromkeys((*_NOT_OPENED, *(c for each in found for c in each.cite))))
        grounds = {"grounds": _as_facts(found)}
        _note("opening.suspended", dataset, actor, at, cite, facts | grounds)
    elif version.opening_type == OpeningType.CONDITIONAL:
        entry.opening_type = version.opening_type
        entry.opening_condition = version.opening_condition
        entry.save(update_fields=["opening_type", "opening_condition"])
        facts["opening_type"] = version.opening_type
        _note("opening.listed", dataset, actor, at, _CONDITIONS, facts)


def _as_facts(found: Sequence[Refusal]) -> list[dict[str, object]]:
    return [{"ground": each.ground, "fields": list(each.fields)} for each in found]


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

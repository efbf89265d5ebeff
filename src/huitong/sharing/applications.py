"""An application as its case has it: kept from the first step, decided by the later ones."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from huitong.cases import tables
from huitong.cases.models import Case, CaseEvent
from huitong.catalogue import queries as catalogue
from huitong.catalogue.types import Mask
from huitong.ledger import actions as ledger
from huitong.organisations.types import Actor
from huitong.sharing import deciding
from huitong.sharing.errors import ApplicationIncompleteError, DecisionsDifferError
from huitong.sharing.models import Application
from huitong.sharing.types import Decision


class Decided(NamedTuple):
    """What was decided: item → `whole`, `refused` or a mask; the rows; under which articles."""

    decisions: Mapping[str, str]
    row_filter: Mapping[str, object] | None
    cite: tuple[str, ...]


def keep(case: Case, actor: Actor, at: datetime) -> Application:
    """Return the application of a case; made from the facts of its first step when it is new.

    Where nobody is asked the grant is issued within that step, so the application is made of what
    the step states, by whoever needs it first.

    Raises: ApplicationIncompleteError, for a case opened without what an application needs.
    """
    found = Application.objects.select_related("version", "dataset__provider").filter(case=case)
    kept = found.first()
    if kept is not None:
        return kept
    entry = case.events.get(seq=1)
    facts = entry.facts
    try:
        dataset = catalogue.dataset(case.subject.removeprefix("dataset:"))
        version = dataset.versions.get(number=facts["dataset_version"])
        items, use_until = list(facts["items"]), date.fromisoformat(facts["use_until"])
    except KeyError as error:
        raise ApplicationIncompleteError(case.number, str(error.args[0])) from None
    made = Application.objects.create(
        case=case,
        dataset=dataset,
        version=version,
        consumer_id=case.parties["consumer"],
        items=items,
        scenario=facts.get("scenario") or "",
        mode=facts.get("mode") or "",
        scope=facts.get("scope") or "",
        basis=facts.get("duty_basis") or "",
        purpose=facts.get("purpose") or facts.get("scenario") or "",
        use_until=use_until,
    )
    ledger.record(
        kind="share.applied",
        subject=case.subject,
        actor=actor.ledger_name,
        at=at,
        cite=entry.cite,
        facts={"case": case.number, "items": items, "version": version.number},
    )
    return made


def decided(case: Case, application: Application) -> Decided | None:
    """Return what was decided on the columns of an application; None before anybody did.

    Where nobody is asked, what was applied for is had as it is, but for what the catalogue masks.

    Raises: DecisionsDifferError, when bodies that decide together did not state the same.
    """
    table = tables.of(case)
    if deciding.asks_nobody(table):
        entry = case.events.get(seq=1)
        return Decided(_as_catalogued(application), None, tuple(entry.cite))
    known = deciding.favouring(table)
    events = list(case.events.filter(step__in=known).order_by("seq"))
    stated = [event for event in events if "decisions" in event.facts]
    if not stated:
        return None
    last = stated[-1]
    for event in stated:
        if event.step == last.step and _said(event) != _said(last):
            raise DecisionsDifferError(case.number)
    return Decided(*_said(last), tuple(last.cite))


def _said(event: CaseEvent) -> tuple[Mapping[str, str], Mapping[str, object] | None]:
    return event.facts["decisions"], event.facts.get("row_filter")


def _as_catalogued(application: Application) -> dict[str, str]:
    masks = {
        item.name: Mask(item.mask_default).value
        for item in catalogue.items_of(application.version)
        if item.mask_default
    }
    return {name: masks.get(name, Decision.WHOLE.value) for name in application.items}

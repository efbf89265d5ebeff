"""Delegation: a department of the next lower level decides for the provider (Heilongjiang, 23.2).

The text has a department hand its data resources over area by area, filed with the authority, so
that the body below takes applications of the users of its own area. It knows no end of that; that
who gave a delegation may end it is the platform's reading, and marked so in the table.
"""

import datetime as dt
from collections.abc import Mapping

from django.db.models import Q

from huitong.cases import effects, registers
from huitong.cases.models import Case, CaseEvent, RegisterEntry
from huitong.cases.registers import Register
from huitong.catalogue.models import Dataset
from huitong.organisations.models import Department
from huitong.organisations.types import Actor
from huitong.regulations.types import FlatTable, Names
from huitong.sharing.errors import DelegateUnknownError, NoDelegationError

DELEGATIONS = registers.declare(
    Register(
        name="delegation",
        names=Names("整体授权", "Delegations"),
        effects=("register_delegation", "end_delegation"),
        facts=("area", "delegate", "datasets", "filing_number"),
        for_all=True,
    )
)
_PROVIDER = "provider"


@effects.register("register_delegation")
def register_delegation(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """Enter who decides for the provider from now on, by a department one level below.

    Raises: DelegateUnknownError, for a department that nobody knows or of another level.
    """
    provider = registers.holder_of(case)
    named, found = _named(case)
    below = [
        one
        for one in found
        if provider is not None and one.jurisdiction.parent_id == provider.jurisdiction_id
    ]
    if len(below) != 1:
        raise DelegateUnknownError(named, cite=event.cite)
    registers.enter(
        DELEGATIONS,
        case,
        event,
        actor,
        at,
        holder=provider,
        title=below[0].name,
        more={"delegate": below[0].code},
    )


@effects.register("end_delegation")
def end_delegation(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """End what the provider delegated to a department, of the area or data named if such stand.

    Cases that the delegate has before it go on with it; new applications are the provider's.

    Raises: NoDelegationError, when no such delegation of this provider stands.
    """
    provider = registers.holder_of(case)
    stated = registers.stated(case)
    named, found = _named(case)
    rows = registers.living(DELEGATIONS, at).filter(
        holder=provider, facts__delegate__in=[one.code for one in found]
    )
    exact = rows.with_facts({"area": stated.get("area")})
    datasets = stated.get("datasets")
    if datasets:
        exact = exact.with_facts({"datasets": datasets})
    if not registers.end(exact, case, event, actor, at):
        areas = sorted({str(row.facts.get("area", "")) for row in rows})
        raise NoDelegationError(named, areas, cite=event.cite)


def _named(case: Case) -> tuple[str, list[Department]]:
    """Return the delegate as a case names it, and the departments that this may mean."""
    named = str(registers.stated(case).get("delegate") or "").strip()
    known = Department.objects.select_related("jurisdiction")
    return named, list(known.filter(Q(code__iexact=named) | Q(name=named))[:2]) if named else []


def of_dataset(dataset: Dataset, at: dt.datetime) -> list[RegisterEntry]:
    """Return the delegations that hold for an entry, the newest first. One query.

    A delegation that names no data resources is for all that the provider has.
    """
    rows = registers.living(DELEGATIONS, at).of_department(dataset.provider)
    return [row for row in rows.select_related("made_by") if _covers(row, dataset)]


def delegates(rows: list[RegisterEntry]) -> Mapping[str, Department]:
    """Return the departments that some delegations name, by code. One query."""
    codes = {str(row.facts["delegate"]) for row in rows}
    found = Department.objects.select_related("jurisdiction").filter(code__in=codes)
    return {one.code: one for one in found} if codes else {}


def decider(
    table: FlatTable | None, dataset: Dataset, consumer: Department, at: dt.datetime
) -> Department:
    """Return who decides in the provider's place on an application of a department.

    It is the delegate in whose area the applicant works, where the table has the provider decide at
    all; nobody decides on an application of its own.
    """
    if table is None or not any(step.by == _PROVIDER for step in table.steps):
        return dataset.provider
    rows = of_dataset(dataset, at)
    known = delegates(rows)
    area = {place.pk for place in consumer.jurisdiction.lineage()}
    for row in rows:
        one = known.get(str(row.facts["delegate"]))
        if one is not None and one.jurisdiction_id in area and one.pk != consumer.pk:
            return one
    return dataset.provider


def _covers(row: RegisterEntry, dataset: Dataset) -> bool:
    named = row.facts.get("datasets")
    return not named or dataset.code in named

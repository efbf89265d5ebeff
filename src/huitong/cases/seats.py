"""Which bodies a state waits for, worked out for many cases at once: all bodies are read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from huitong.cases import roles
from huitong.cases.errors import PartyMissingError
from huitong.cases.models import Case
from huitong.cases.types import Holder
from huitong.organisations import queries as organisations
from huitong.organisations.errors import NoAuthorityError
from huitong.organisations.models import Department, Duty, Jurisdiction
from huitong.regulations.types import FlatTable, Names, State

_PUBLIC = Names("申请人", "the applicant")


@dataclass(frozen=True, slots=True)
class Seats:
    """The bodies that may act in a state; `because` says why none can be named.

    `keys` tell them apart: a department and the posts that it takes, a duty that nobody holds, or
    that the tree has no such level; None where the case does not tell who it would be.
    """

    names: tuple[Names, ...]
    keys: frozenset[object] | None
    because: Names | None = None

    def differ_from(self, others: Seats) -> bool | None:
        """Say whether other bodies act there, None where it cannot be known."""
        if self.keys is None or others.keys is None:
            return None
        return self.keys != others.keys


@dataclass(frozen=True, slots=True)
class Bodies:
    """Every place, the departments of the cases asked for, and who holds which duty today."""

    places: Mapping[int, Jurisdiction]
    departments: Mapping[int, Department]
    duties: Mapping[tuple[int, str], Department]

    def parties_of(self, case: Case) -> dict[str, Department]:
        """Return the departments of a case by role, those that carry on for them today."""
        return {name: self.departments[pk] for name, pk in case.parties.items()}

    def seats_of(self, case: Case, table: FlatTable, state: State) -> Seats:
        """Return who is to act in a state of a case; an end waits for nobody."""
        if not state.owners:
            return Seats((), frozenset())
        home = self.places[case.jurisdiction_id]
        try:
            found = roles.resolve_all(table, state.owners, self.parties_of(case), home)
        except PartyMissingError as error:
            return Seats((), None, Names(error.zh, str(error)))
        except NoAuthorityError as error:
            return Seats((), frozenset({"nobody"}), Names(error.zh, str(error)))
        named = [self._seat(holder) for able in found.values() for holder in able]
        names = tuple(dict.fromkeys(names for names, _ in named))
        return Seats(names, frozenset(key for _, key in named))

    def _seat(self, holder: Holder) -> tuple[Names, object]:
        if holder.is_clock:
            return holder.names, "clock"
        if holder.is_public:
            return _PUBLIC, "public"
        if holder.department_id is not None:
            body = self.departments[holder.department_id]
            return _name(body), (body.pk, holder.posts)
        held = self.duties.get((holder.jurisdiction_id or 0, holder.duty))
        if held is None:
            zh = f"{holder.jurisdiction_name}（无部门承担该职责）"
            en = f"{holder.jurisdiction_name} (no department holds the duty)"
            return Names(zh, en), (holder.jurisdiction_id, holder.duty)
        return _name(held), (held.pk, holder.posts)


def read(cases: QuerySet[Case]) -> Bodies:
    """Read what the seats of some cases need: four queries, more where departments have ended."""
    places = {place.pk: place for place in Jurisdiction.objects.all()}
    for place in places.values():
        if place.parent_id is not None:
            place.parent = places[place.parent_id]
    named = cases.order_by().values_list("parties", flat=True)
    ids = {pk for parties in named.iterator(5000) for pk in parties.values()}
    departments = dict(organisations.carriers_by_id(ids))
    departments |= {body.pk: body for body in departments.values()}
    duties = {
        (row.jurisdiction_id, row.duty): row.department
        for row in Duty.objects.select_related("department")
    }
    for body in departments.values():
        body.jurisdiction = places[body.jurisdiction_id]
    return Bodies(places, departments, duties)


def _name(body: Department) -> Names:
    return Names(body.name, body.name_en or body.name)

"""Who fills the roles of a procedure in one case."""

from collections.abc import Mapping

from huitong.cases.errors import PartyMissingError
from huitong.cases.types import Holder
from huitong.organisations.errors import NoAuthorityError
from huitong.organisations.models import Department, Jurisdiction
from huitong.regulations.types import CLOCK, FlatTable, Names, Role

THE_CLOCK = Holder(role=CLOCK, names=Names(zh="平台计时", en="the platform's clock"), is_clock=True)
_PARTIES = frozenset({"provider", "consumer"})


def resolve(
    table: FlatTable, name: str, parties: Mapping[str, Department], home: Jurisdiction
) -> Holder:
    """Return who fills a role: a party of the case, or the holder of a duty beside a party.

    The level of an authority is that of the party that the article's sentence is about
    (`beside`), or so many levels `above` it, else the one the article names (`level`), else the
    case's own jurisdiction.

    Raises: PartyMissingError, NoAuthorityError (a level that the tree does not have).
    """
    if name == CLOCK:
        return THE_CLOCK
    role = table.roles[name]
    if role.resolver == "clock":
        return THE_CLOCK
    if role.recorded_by is not None:
        # Somebody without an account acts; whoever records it takes the step in the system.
        return resolve(table, role.recorded_by, parties, home)
    if role.resolver == "authority":
        return _authority(table, role, parties, home)
    party = parties.get(role.name) or parties.get(role.resolver)
    if party is None:
        raise PartyMissingError(role=role.name, role_zh=role.names.zh, cite=role.cite)
    return Holder(role=name, names=role.names, department_id=party.pk, cite=role.cite)


def _authority(
    table: FlatTable, role: Role, parties: Mapping[str, Department], home: Jurisdiction
) -> Holder:
    place = home
    if role.beside is not None:
        place = _place(table, role.beside, parties, home)
    if role.above:
        line = place.lineage()
        if role.above >= len(line):
            raise NoAuthorityError(
                jurisdiction=f"{place.name} (+{role.above})", duty=role.duty or "", cite=role.cite
            )
        place = line[role.above]
    if role.level is not None:
        found = next((here for here in place.lineage() if here.level == role.level), None)
        if found is None:
            raise NoAuthorityError(
                jurisdiction=f"{place.name} ({role.level})", duty=role.duty or "", cite=role.cite
            )
        place = found
    # Profiles name duties; a text that splits them over two bodies maps them to two departments.
    return Holder(
        role=role.name,
        names=role.names,
        jurisdiction_id=place.pk,
        jurisdiction_code=place.code,
        jurisdiction_name=place.name,
        duty=role.duty or "",
        cite=role.cite,
    )


def _place(
    table: FlatTable, beside: str, parties: Mapping[str, Department], home: Jurisdiction
) -> Jurisdiction:
    party = parties.get(beside)
    if party is None and beside in table.roles:
        party = parties.get(table.roles[beside].resolver)
    return home if party is None else party.jurisdiction


def needed_parties(table: FlatTable) -> frozenset[str]:
    """Return the roles of this table that only a named department can fill."""
    named = {step.by for step in table.steps} | {o for s in table.states.values() for o in s.owners}
    return frozenset(
        name for name in named if name in table.roles and table.roles[name].resolver in _PARTIES
    )

"""Who fills the roles of a procedure in one case."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from huitong.cases import several
from huitong.cases.errors import PartyMissingError
from huitong.cases.types import Holder
from huitong.organisations.errors import NoAuthorityError
from huitong.organisations.models import Department, Jurisdiction
from huitong.organisations.types import PostRole
from huitong.regulations.types import CLOCK, FlatTable, Names, Role

THE_CLOCK = Holder(role=CLOCK, names=Names(zh="平台计时", en="the platform's clock"), is_clock=True)
_PARTIES = frozenset({"provider", "consumer", "party"})
# Who may consent for a department where a text says 负责人.
_HEADS = frozenset({PostRole.HEAD})


def resolve(
    table: FlatTable, name: str, parties: Mapping[str, Department], home: Jurisdiction
) -> Holder:
    """Return who fills a role: a party of the case, its head, or the holder of a duty.

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
        # Somebody without an account acts, whoever records it takes the step in the system: the
        # role stays the one that acts, the department of the event is the one that recorded it.
        return replace(resolve(table, role.recorded_by, parties, home), role=name)
    if role.resolver == "authority":
        return _authority(table, role, parties, home)
    return _of_parties(role, table, parties)


def _of_parties(role: Role, table: FlatTable, parties: Mapping[str, Department]) -> Holder:
    if role.resolver == "anyone_of_public":
        return Holder(role=role.name, names=role.names, is_public=True, cite=role.cite)
    if role.resolver == "common_superior":
        return _duty_in(_common(parties.values(), role), role)
    if role.resolver == "head":
        party = _party(table, role.beside or "", parties)
    else:
        party = parties.get(role.name) or parties.get(role.resolver)
    if party is None:
        raise PartyMissingError(role=role.name, role_zh=role.names.zh, cite=role.cite)
    posts: frozenset[PostRole] = frozenset()
    if role.resolver == "head":
        posts = frozenset({PostRole(role.post)}) if role.post else _HEADS
    key = several.key_in(role, parties) if role.several else ""
    return Holder(
        role=role.name,
        names=role.names,
        department_id=party.pk,
        posts=posts,
        cite=role.cite,
        key=key,
        seat=key,
    )


def resolve_each(
    table: FlatTable, name: str, parties: Mapping[str, Department], home: Jurisdiction
) -> list[Holder]:
    """Return everybody who fills a role: several departments where the table allows them.

    Raises: PartyMissingError, NoAuthorityError.
    """
    first = resolve(table, name, parties, home)
    others = several.of(first.key, parties)[1:] if first.key else ()
    return [first, *(replace(first, department_id=parties[s].pk, seat=s) for s in others)]


def resolve_all(
    table: FlatTable, names: Iterable[str], parties: Mapping[str, Department], home: Jurisdiction
) -> dict[str, list[Holder]]:
    """Return who fills each of some roles of which any may act, without those that nobody fills.

    A text may name several who may act (主管部门或者有关部门), and a case need not have them
    all; nor has the top of the tree an authority above it.

    Raises: PartyMissingError, NoAuthorityError, when nobody fills any of them.
    """
    found: dict[str, list[Holder]] = {}
    missing: PartyMissingError | NoAuthorityError | None = None
    for name in names:
        try:
            found[name] = resolve_each(table, name, parties, home)
        except (PartyMissingError, NoAuthorityError) as error:
            missing = missing or error
    if missing is not None and not found:
        raise missing
    return found


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
    return _duty_in(place, role)


def _common(parties: Iterable[Department], role: Role) -> Jurisdiction:
    """Return the lowest jurisdiction that holds all parties.

    Raises: NoAuthorityError, when the tree has none.
    """
    lines = [party.jurisdiction.lineage() for party in parties]
    for place in lines[0] if lines else ():
        if all(place.pk in {one.pk for one in line} for line in lines):
            return place
    names = "、".join(line[0].name for line in lines)
    raise NoAuthorityError(jurisdiction=names, duty=role.duty or "", cite=role.cite)


def _duty_in(place: Jurisdiction, role: Role) -> Holder:
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
    party = _party(table, beside, parties)
    return home if party is None else party.jurisdiction


def _party(table: FlatTable, name: str, parties: Mapping[str, Department]) -> Department | None:
    """Return the department that a role names, whether under its own name or its resolver's."""
    party = parties.get(name)
    if party is None and name in table.roles:
        party = parties.get(table.roles[name].resolver)
    return party


def needed_parties(table: FlatTable) -> frozenset[str]:
    """Return the roles of this table that only a named department can fill.

    Where several roles may take a step, a case need not have a department for each of them.
    """
    rows: dict[tuple[str, str], set[str]] = {}
    for step in table.steps:
        rows.setdefault((step.name, step.source), set()).add(step.by)
    alone = {by for names in rows.values() if len(names) == 1 for by in names}
    alone |= {o for s in table.states.values() if len(s.owners) == 1 for o in s.owners}
    return frozenset(
        name for name in alone if name in table.roles and table.roles[name].resolver in _PARTIES
    )

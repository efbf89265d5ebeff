"""What starting a case takes: who may, which departments, under which regulation.

Pages and the API ask the same functions; `openings` then opens the case.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Q

from huitong.cases import queries as cases_queries
from huitong.cases import refusals, roles, several
from huitong.cases.errors import KindAbsentError, WrongPersonError
from huitong.cases.models import Case
from huitong.cases.types import Refusal
from huitong.catalogue import queries as catalogue
from huitong.errors import HuitongError
from huitong.organisations import queries as organisations
from huitong.organisations.models import Department, Jurisdiction
from huitong.organisations.types import Actor
from huitong.regulations import compiling, profiles
from huitong.regulations.errors import KindNotInProfileError
from huitong.regulations.law import Profile
from huitong.regulations.types import FlatTable, Names, Role
from huitong.sharing import queries as sharing
from huitong.sharing import systems
from huitong.web import clock, kinds
from huitong.web.insight import require_insight, require_sight

FREE = "free"
AS_AUTHORITY = "authority"
FOR_ANOTHER = "for:"
"""Before the role whose decision an authority or department records."""
_PARTIES = frozenset({"provider", "consumer", "party"})
_MOST_FOUND = 20


class StartError(HuitongError):
    """A case could not be started as it was asked for; `field` names what is to be mended."""

    def __init__(self, en: str, *, zh: str, code: str, field: str) -> None:
        super().__init__(en, zh=zh)
        self.code = code
        self.field = field


@dataclass(frozen=True, slots=True)
class Party:
    """A department that the procedure speaks of: `key` is its name in `Case.parties`.

    `several` says what is needed where a case may have several of them; empty where it has one.
    """

    key: str
    names: Names
    needed: bool
    cite: tuple[str, ...]
    several: str = ""


@dataclass(frozen=True, slots=True)
class Opener:
    """One who may open: `key` is the party that this is, `authority`, `public`, or `for:ROLE`.

    The last stands for whoever has no account and whose decision is recorded by `mine`.
    """

    key: str
    role: str
    names: Names
    cite: tuple[str, ...]
    mine: bool
    duty: str = ""


@dataclass(frozen=True, slots=True)
class Start:
    """A case that is to be opened."""

    kind: str
    home: Jurisdiction
    subject: str
    title: str
    parties: Mapping[str, Department]
    facts: Mapping[str, object]


def profile_at(home: Jurisdiction, at: dt.datetime) -> Profile:
    """Return the regulation under which a case of that place would be opened at that moment."""
    return profiles.load(organisations.profile_of(home, clock.day_of(at)))


def table_of(kind: str, home: Jurisdiction, at: dt.datetime) -> FlatTable:
    """Return the procedure under which a case of a kind would be opened there at that moment.

    Raises: KindAbsentError, with the articles that were looked at.
    """
    profile = profile_at(home, at)
    try:
        return _compiled(profile, kind, clock.day_of(at))
    except KindNotInProfileError as error:
        raise KindAbsentError(
            kind=kind, profile=profile.id, profile_zh=profile.names.zh, cite=error.cite
        ) from None


@lru_cache(maxsize=512)  # a page that lists the kinds compiles all of them
def _compiled(profile: Profile, kind: str, on: dt.date) -> FlatTable:
    return compiling.compiled(profile, kind, on)


def parties_of(table: FlatTable) -> tuple[Party, ...]:
    """Return the departments that a case of this procedure has, those it cannot do without first.

    Whoever has no account (`recorded_by`) is no department of the platform and not asked for.
    """
    needed = {party_key(table.roles[name]) for name in roles.needed_parties(table)}
    found: dict[str, Role] = {}
    found_roles: list[Role] = []
    todo = [step.by for step in table.steps]
    todo += [owner for state in table.states.values() for owner in state.owners]
    # Whoever is consulted or told can only be so where the case names the department.
    todo += [name for step in table.steps for name in (*step.consulting, *step.tell)]
    seen: set[str] = set()
    while todo:
        name = todo.pop(0)
        if name in seen or name not in table.roles:
            continue
        seen.add(name)
        role = table.roles[name]
        todo += [one for one in (role.beside, role.recorded_by) if one is not None]
        if role.resolver in _PARTIES and role.recorded_by is None:
            found_roles.append(role)
            # The name of those of whom there may be several says who they are.
            if role.several or party_key(role) not in found:
                found[party_key(role)] = role
    needs = {party_key(role): role.several for role in found_roles if role.several}
    made = [
        Party(key, role.names, key in needed, role.cite, needs.get(key, ""))
        for key, role in found.items()
    ]
    return tuple(sorted(made, key=lambda party: not party.needed))


party_key = several.key_of


def openers_of(table: FlatTable, actor: Actor | None) -> tuple[Opener, ...]:
    """Return who may open a case, and which of them the actor is.

    A department is whatever party it names itself; an authority is whoever holds the duty.
    """
    found: dict[str, Opener] = {}
    for row in table.entry_steps:
        role = table.roles[row.by]
        acts = role
        while acts.recorded_by is not None:
            acts = table.roles[acts.recorded_by]
        if acts.resolver in _PARTIES:
            key, mine = party_key(acts), actor is not None and actor.department_id is not None
        elif acts.resolver == "anyone_of_public":
            key, mine = "public", False
        else:
            held = {duty for _code, duty in actor.duties} if actor else frozenset()
            key, mine = AS_AUTHORITY, acts.duty in held
        if role.recorded_by is not None:
            key = FOR_ANOTHER + row.by
        found[row.by] = Opener(key, row.by, role.names, role.cite, mine, acts.duty or "")
    return tuple(found.values())


def refuse_stranger(table: FlatTable, home: Jurisdiction, actor: Actor, at: dt.datetime) -> None:
    """Refuse somebody who is none of those who may open, and put the refusal on record.

    Raises: WrongPersonError, with the article that says who may.
    """
    entry, able = table.entry_steps, openers_of(table, actor)
    refusal = Refusal(
        subject=f"jurisdiction:{home.code}",
        actor=actor.ledger_name,
        at=at,
        facts={"kind": table.kind, "step": "open"},
    )
    with refusals.recorded(refusal):
        raise WrongPersonError(
            step=table.entry,
            actor=actor.name,
            needed=" or ".join(one.names.en for one in able),
            needed_zh="或".join(one.names.zh for one in able),
            cite=tuple(dict.fromkeys(one for row in entry for one in row.cite)),
        )


def prepared(
    kind: str,
    *,
    title: str,
    subject: str,
    acts_as: str,
    parties: Mapping[str, str | Sequence[str]],
    facts: Mapping[str, object],
    actor: Actor,
    at: dt.datetime,
) -> Start:
    """Return a start out of codes: `subject` as `dataset:ABC` or empty, `parties` key → code(s).

    Raises: KindAbsentError, WrongPersonError, StartError, and what `subject_of` raises.
    """
    home = own_home(actor)
    if kind not in profile_at(home, at).words.kinds:
        raise _not_found(kind, "kind")
    table = table_of(kind, home, at)
    openers = openers_of(table, actor)
    if not any(one.mine for one in openers):
        refuse_stranger(table, home, actor, at)
    if not title.strip():
        raise StartError(
            "The case needs a title.", zh="请填写标题。", code="title_missing", field="title"
        )
    word, _, reference = subject.partition(":")
    if (word or FREE) not in kinds.subjects_of(kind):
        raise _not_found(subject, "subject")
    about, known = subject_of(word or FREE, reference, actor, home)
    wanted = {party.key for party in parties_of(table)}
    for key, said in parties.items():
        codes = [said] if isinstance(said, str) else list(said)
        there = Department.objects.select_related("jurisdiction").filter(code__in=codes)
        by_code = {one.code: one for one in there}
        for code in codes:
            if code not in by_code or key not in wanted:
                raise _not_found(f"{key}: {code}", f"parties.{key}")
        if isinstance(said, str):
            known.setdefault(key, by_code[said])
        else:
            first = [known[key]] if key in known else []
            known |= several.seated(key, [*first, *(by_code[code] for code in codes)])
    own = own_party(openers, acts_as, known, actor)
    if own:
        known[own] = own_department(actor)
    named = {key: one for key, one in known.items() if several.role_of(key) in wanted}
    return Start(kind, home_of(named, actor), about, title.strip(), named, facts)


def _not_found(what: str, field: str) -> StartError:
    return StartError(
        f"There is no {what}: see GET /api/v1/kinds.",
        zh=f"没有“{what}”：可用的取值见事项列表。",
        code="not_known",
        field=field,
    )


def home_of(parties: Mapping[str, Department], actor: Actor) -> Jurisdiction:
    """Return where a case belongs: to the provider's place, else another party's, else one's own.

    An authority without parties opens in its own place.
    """
    return home_of_parties(parties) or own_home(actor)


def home_of_parties(parties: Mapping[str, Department]) -> Jurisdiction | None:
    """Return the place of the provider, else of another party; None without parties."""
    named = [parties[key] for key in ("provider", "consumer") if key in parties]
    for party in (*named, *parties.values()):
        return _with_line(party.jurisdiction_id)
    return None


def own_home(actor: Actor) -> Jurisdiction:
    """Return the place of the actor's department."""
    return _with_line(own_department(actor).jurisdiction_id)


def own_department(actor: Actor) -> Department:
    """Return the department for which the actor acts."""
    return Department.objects.select_related("jurisdiction").get(pk=actor.department_id or 0)


def own_party(
    openers: Collection[Opener], chosen: str, named: Mapping[str, Department], actor: Actor
) -> str:
    """Return which party the actor's own department is; empty where it is named already, or none.

    `chosen` counts where several are possible.

    Raises: StartError, when several are possible and none was chosen.
    """
    keys = {one.key for one in openers if one.mine}
    if chosen in keys:
        return "" if _is_no_party(chosen) or chosen in named else chosen
    if any(named[key].pk == actor.department_id for key in keys & set(named)):
        return ""
    free = keys - set(named)
    if len(free) > 1:
        raise StartError(
            f"Say as which party you open the case: {', '.join(sorted(free))}.",
            zh=f"请说明本部门以何种身份发起：{'、'.join(sorted(free))}。",
            code="party_unclear",
            field="acts_as",
        )
    return next((key for key in free if not _is_no_party(key)), "")


def _is_no_party(key: str) -> bool:
    return key == AS_AUTHORITY or key.startswith(FOR_ANOTHER)


def _with_line(pk: int) -> Jurisdiction:
    return Jurisdiction.objects.select_related("parent__parent").get(pk=pk)


def departments_like(words: str) -> list[Department]:
    """Return the departments of that code or very name, else those whose names hold the words.

    One or two queries, `_MOST_FOUND` rows at most.
    """
    words = words.strip()
    if not words:
        return []
    known = Department.objects.select_related("jurisdiction").order_by("jurisdiction", "code")
    exact = list(known.filter(Q(code__iexact=words) | Q(name=words) | Q(name_en__iexact=words)))
    if exact:
        return exact[:_MOST_FOUND]
    like = Q(name__icontains=words) | Q(name_en__icontains=words) | Q(code__icontains=words)
    return list(known.filter(like)[:_MOST_FOUND])


def subject_of(
    kind: str, reference: str, actor: Actor, home: Jurisdiction
) -> tuple[str, dict[str, Department]]:
    """Return the subject that a reference names, and the parties that follow from it.

    `kind` is a word of `kinds.SUBJECTS`. What is about nothing on record is about its place.

    Raises: StartError, when there is no such thing; NotYourDepartmentError, when the actor may not
    see it.
    """
    reference = reference.strip()
    if kind == FREE:
        return f"jurisdiction:{home.code}", {}
    if not reference:
        raise StartError(
            "The case is about something on record: give its code or number.",
            zh="请填写办件所涉对象的代码或编号。",
            code="subject_missing",
            field="reference",
        )
    if kind == "dataset":
        dataset = catalogue.dataset(reference)
        require_sight(actor, dataset)
        return dataset.subject, {"provider": dataset.provider}
    if kind == "grant" and reference.isascii() and reference.isdigit():
        grant = sharing.grant(int(reference))
        parties = {"provider": grant.dataset.provider, "consumer": grant.consumer}
        require_insight(actor, parties.values())
        return grant.subject, parties
    if kind == "client" and (client := sharing.client(reference)) is not None:
        require_insight(actor, (client.consumer,))
        return systems.subject_of(client), {"provider": client.consumer}
    if kind == "case" and (case := Case.objects.filter(number=reference).first()) is not None:
        parties = cases_queries.parties_of(case)
        require_insight(actor, parties.values())
        return f"case:{case.number}", parties
    if kind == "department":
        departments = departments_like(reference)
        if len(departments) == 1:
            return f"department:{departments[0].code}", {}
    raise StartError(
        f"There is no {kind} {reference}: check its code or number.",
        zh=f"没有找到“{reference}”：请核对代码或编号。",
        code="subject_not_found",
        field="reference",
    )

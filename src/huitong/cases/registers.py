"""Registers: what the law has put on record by a case, kept until another case ends it.

A room declares the registers that it keeps from its `AppConfig.ready`, and its effects make and
end their entries with `enter` and `end`, in the transaction of the step that decided.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from huitong.cases import deadlines, queries, rules, tables
from huitong.cases.errors import RegisteredAlreadyError, UnknownRegisterError
from huitong.cases.models import Case, CaseEvent, RegisterEntry
from huitong.ledger import actions as ledger
from huitong.organisations.models import Department
from huitong.organisations.types import Actor
from huitong.regulations import compiling
from huitong.regulations.law import Profile
from huitong.regulations.types import Names

if TYPE_CHECKING:
    from huitong.cases.models import RegisterEntryQuerySet

_HOLDERS = ("provider", "consumer", "party")
"""Whose entry it is, where an effect does not say."""


@dataclass(frozen=True, slots=True)
class Register:
    """One register: its name, the effects that write it, and the facts that it is for.

    `facts` are words of `kinds.yaml`; whatever else a case states is not taken over. Entries of a
    register `for_all` are read by everybody on the platform, of others only by those concerned.
    """

    name: str
    names: Names
    effects: tuple[str, ...]
    facts: tuple[str, ...]
    for_all: bool = False


REGISTERS: dict[str, Register] = {}


def declare(register: Register) -> Register:
    """Add a register; the same one again changes nothing."""
    REGISTERS[register.name] = register
    return register


def named(name: str) -> Register:
    """Return a register by its name.

    Raises: UnknownRegisterError.
    """
    try:
        return REGISTERS[name]
    except KeyError:
        raise UnknownRegisterError(name, sorted(REGISTERS)) from None


def open_to_all() -> tuple[str, ...]:
    """Return the names of the registers that everybody on the platform reads."""
    return tuple(name for name, register in REGISTERS.items() if register.for_all)


def cites_of(register: Register, profile: Profile, on: dt.date) -> tuple[str, ...]:
    """Return the clauses on which a register rests under a regulation; empty where it has none."""
    found: dict[str, None] = {}
    for kind, text in profile.kinds.items():
        if text.absent is None:
            for step in compiling.compiled(profile, kind, on).steps:
                if not set(register.effects).isdisjoint(step.effects):
                    found |= dict.fromkeys(step.cite)
    return tuple(found)


def stated(case: Case) -> dict[str, object]:
    """Return what the events of a case have stated, in the words of its table, later over earlier.

    The event of the running step counts: it is on record before its effects run.
    """
    events = list(CaseEvent.objects.filter(case=case).order_by("seq"))
    return rules.on_record(tables.of(case), deadlines.history_of(events))


def enter(
    register: Register,
    case: Case,
    event: CaseEvent,
    actor: Actor,
    at: dt.datetime,
    *,
    subject: str = "",
    holder: Department | None = None,
    title: str = "",
    key: str = "",
    until: dt.date | None = None,
    more: Mapping[str, object] | None = None,
) -> RegisterEntry:
    """Make an entry by the step that is being taken.

    Subject, title and holder are the case's unless given. `key` is what at most one living entry of
    the register may bear in the jurisdiction. `more` are facts that the platform adds.

    Raises: RegisteredAlreadyError, when a living entry bears the key.
    """
    known = stated(case)
    kept = {name: known[name] for name in register.facts if known.get(name) not in (None, "", [])}
    facts = kept | rules.normalised(more or {})
    _refuse_second(register, case, event, key)
    about = subject or case.subject
    noted = ledger.record(
        kind="register.entered",
        subject=about,
        actor=actor.ledger_name,
        at=at,
        cite=event.cite,
        facts={
            "register": register.name,
            "case": case.number,
            "seq": event.seq,
            "until": until,
            "facts_sha256": rules.facts_digest(facts),
        },
    )
    try:
        with transaction.atomic():
            return RegisterEntry.objects.create(
                register=register.name,
                subject=about,
                key=key,
                holder=holder or holder_of(case),
                jurisdiction=case.jurisdiction,
                title=(title or case.title)[:300],
                facts=facts,
                since=at,
                until=until,
                made_by=event,
                entry_uuid=noted.uuid,
            )
    except IntegrityError:
        # Somebody else entered the key since it was looked for.
        _refuse_second(register, case, event, key)
        raise


def end(
    entries: "RegisterEntryQuerySet", case: Case, event: CaseEvent, actor: Actor, at: dt.datetime
) -> int:
    """End those of some entries that were not ended, by the step that is being taken.

    Returns how many; none is no error: what nobody entered needs no ending.
    """
    rows = entries.filter(ended_at__isnull=True).order_by("id").select_for_update(of=("self",))
    for row in rows:
        row.ended_at = at
        row.ended_by = event
        row.save(update_fields=["ended_at", "ended_by"])
        ledger.record(
            kind="register.ended",
            subject=row.subject,
            actor=actor.ledger_name,
            at=at,
            cite=event.cite,
            facts={
                "register": row.register,
                "case": case.number,
                "seq": event.seq,
                "entry": row.entry_uuid,
            },
        )
    return len(rows)


def holder_of(case: Case) -> Department | None:
    """Return the department that an entry is about: the provider, else consumer or other party."""
    found = (party_of(case, resolver) for resolver in _HOLDERS)
    return next((party for party in found if party is not None), None)


def party_of(case: Case, role: str) -> Department | None:
    """Return the department that stands under a role's name, or that fills such a role.

    Parties stand under the names of their roles (`collector`); the table says what each fills.
    """
    known = tables.of(case).roles
    parties = queries.parties_of(case)
    if role in parties:
        return parties[role]
    filling = (n for n in sorted(parties) if n in known and known[n].resolver == role)
    return next((parties[name] for name in filling), None)


def made_in(case: Case, register: Register) -> "RegisterEntryQuerySet":
    """Return the entries of a register that the steps of one case made."""
    return RegisterEntry.objects.on_register(register.name).filter(made_by__case=case)


def living(register: Register, at: dt.datetime) -> "RegisterEntryQuerySet":
    """Return the entries of a register that hold at `at`, the newest first."""
    return RegisterEntry.objects.on_register(register.name).living(at)


def marked(subjects: Collection[str], register: Register, at: dt.datetime) -> frozenset[str]:
    """Return those of some subjects about which the register has a living entry. One query."""
    found = living(register, at).filter(subject__in=subjects)
    return frozenset(found.values_list("subject", flat=True))


def day_of(facts: Mapping[str, object], name: str) -> dt.date | None:
    """Return the day that a fact states, None where it is not stated."""
    value = facts.get(name)
    return dt.date.fromisoformat(value) if isinstance(value, str) and value else None


def _refuse_second(register: Register, case: Case, event: CaseEvent, key: str) -> None:
    """Refuse a key that a living entry bears here.

    Raises: RegisteredAlreadyError.
    """
    if not key:
        return
    before = (
        RegisterEntry.objects.on_register(register.name)
        .filter(jurisdiction=case.jurisdiction, key=key, ended_at__isnull=True)
        .select_related("holder", "made_by__case")
        .first()
    )
    if before is not None:
        raise RegisteredAlreadyError(
            register=register.names,
            title=before.title,
            holder=before.holder.name if before.holder else "",
            number=before.made_by.case.number,
            cite=event.cite,
        )

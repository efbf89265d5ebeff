"""Opening a case and taking a step: who, when, with what, and all of it in one transaction."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from huitong.cases import (
    applicants,
    calendars,
    computed,
    deadlines,
    effects,
    gate,
    notices,
    numbers,
    queries,
    refusals,
    roles,
    rules,
    several,
    sides,
    stays,
    tables,
)
from huitong.cases.errors import (
    KindAbsentError,
    StaleCaseError,
    TooEarlyError,
    WrongPersonError,
)
from huitong.cases.models import Case, CaseEvent, StoredTable
from huitong.cases.types import Holder, Refusal
from huitong.ledger import actions as ledger
from huitong.organisations import queries as organisations
from huitong.organisations.errors import NoAuthorityError, NoPostError
from huitong.organisations.models import Department, Duty, Jurisdiction, Post
from huitong.organisations.types import Actor
from huitong.regulations import compiling, profiles
from huitong.regulations import rules as law
from huitong.regulations.errors import KindNotInProfileError
from huitong.regulations.types import FlatTable, Route, State, Step


def open_case(
    *,
    kind: str,
    jurisdiction: Jurisdiction,
    subject: str,
    title: str,
    parties: Mapping[str, Department],
    facts: Mapping[str, object] | None = None,
    actor: Actor,
    at: dt.datetime,
) -> Case:
    """Open a case by taking the entry step of the regulation in force here that day.

    `parties` maps `provider` and `consumer` to departments; `subject` is what the case is about
    (`dataset:ABC`). The case keeps the flat table of this day to its end.

    Raises: HeadingError, KindAbsentError, PartyMissingError, NoAuthorityError, and what
    `take_step` raises.
    """
    refusal = Refusal(
        subject=gate.shown(subject),
        actor=actor.ledger_name,
        at=at,
        facts={"kind": gate.step_name(kind), "step": "open"},
    )
    with refusals.recorded(refusal), transaction.atomic():
        gate.check_heading(title, subject)
        today = timezone.localdate(at)
        profile_id = organisations.profile_of(jurisdiction, today)
        profile = profiles.load(profile_id)
        try:
            table = compiling.compiled(profile, kind, today)
        except KindNotInProfileError as error:
            raise KindAbsentError(
                kind=kind, profile=profile_id, profile_zh=profile.names.zh, cite=error.cite
            ) from None
        several.check(table, parties)
        sides.check_parties(table, parties)
        for name in sorted(roles.needed_parties(table)):
            roles.resolve(table, name, parties, jurisdiction)
        holder, row = _row_for(
            table, table.entry, "", parties, jurisdiction, actor, at, facts or {}
        )
        case = Case.objects.create(
            number=numbers.take(kind, jurisdiction, at),
            kind=kind,
            profile_id=profile_id,
            table=_stored(table),
            jurisdiction=jurisdiction,
            state="",
            subject=subject,
            title=title,
            parties={name: party.pk for name, party in parties.items()},
            received_at=at,
        )
        return _advance(case, table, row, holder, parties, [], facts or {}, actor, at)


def take_step(
    case: Case,
    step: str,
    *,
    actor: Actor,
    at: dt.datetime,
    facts: Mapping[str, object] | None = None,
    expected_version: int | None = None,
) -> Case:
    """Take one step of a case and return the case as it then is.

    The case is locked first, so of two officers who decide at once the second meets the state that
    the first left. `expected_version` is what the page showed. A refused step changes nothing and
    is recorded (see `refusals.recorded` for callers with a transaction of their own).

    Raises: StaleCaseError, UnknownStepError, WrongStateError, WrongPersonError, TooEarlyError,
    StepForbiddenError, FactMissingError, FactInvalidError, NoPostError, NoAuthorityError, or what
    an effect raises.
    """
    refusal = refusals.of_step(case, step, actor=actor, at=at)
    with refusals.recorded(refusal), transaction.atomic():
        row = (
            Case.objects.select_for_update(of=("self",))
            .select_related("jurisdiction__parent__parent")
            .get(pk=case.pk)
        )
        if actor.is_public:
            applicants.require_own(row, actor, step)
        if expected_version is not None and row.version != expected_version:
            raise StaleCaseError(number=row.number, expected=expected_version, actual=row.version)
        table = tables.of(row)
        parties = queries.parties_of(row)
        events = list(CaseEvent.objects.filter(case=row).order_by("seq"))
        holder, taken = _row_for(
            table, step, row.state, parties, row.jurisdiction, actor, at, facts or {}, events
        )
        if taken.by_clock and not _has_lapsed(row, table, events, at):
            raise TooEarlyError(step=step, step_zh=taken.names.zh, cite=taken.cite)
        return _advance(row, table, taken, holder, parties, events, facts or {}, actor, at)


def _has_lapsed(case: Case, table: FlatTable, events: Sequence[CaseEvent], at: dt.datetime) -> bool:
    calendar = calendars.of(case.jurisdiction)
    return deadlines.lapsed(table, case.state, events, at, calendar) is not None


def _stored(table: FlatTable) -> StoredTable:
    """Keep a table under its digest; the same table a second time is the same row.

    Raises: TableDamagedError, when another text stands under that digest.
    """
    digest = table.digest
    stored, _ = StoredTable.objects.get_or_create(
        digest=digest,
        defaults={"profile_id": table.profile_id, "kind": table.kind, "body": table.to_json()},
    )
    if not tables.is_known(digest):  # it may have stood there before, and been altered since
        tables.require_sound(digest, stored.body)
        tables.known(digest, table)
    return stored


def _row_for(
    table: FlatTable,
    step: str,
    state: str,
    parties: Mapping[str, Department],
    home: Jurisdiction,
    actor: Actor,
    at: dt.datetime,
    facts: Mapping[str, object],
    events: Sequence[CaseEvent] = (),
) -> tuple[Holder, Step]:
    """Return the row that the actor may take, and the role in which."""
    rows = rules.as_meant(table, rules.rows_of(table, step, state), facts)
    by_role = {row.by: row for row in reversed(rows)}
    holders = roles.resolve_all(table, (row.by for row in rows), parties, home)
    able = [(one, by_role[name]) for name in holders for one in holders[name]]
    able = [(one, row) for one, row in able if one in several.eligible(row, holders[row.by])]
    mine = [(one, row) for one, row in able if one.held_by(actor)]
    # Of two departments that the actor's own carries on for, first the one that has yet to answer.
    mine.sort(key=lambda pair: several.has_answered(table, pair[1], pair[0], parties, events))
    for holder, row in mine:
        if _stands(holder, actor, at):
            return holder, row
    raise WrongPersonError(
        step=step,
        actor=actor.name or actor.username,
        needed=" or ".join(dict.fromkeys(holder.names.en for holder, _ in able)),
        needed_zh="或".join(dict.fromkeys(holder.names.zh for holder, _ in able)),
        cite=tuple(dict.fromkeys(c for row in rows for c in row.cite)),
    )


def _stands(holder: Holder, actor: Actor, at: dt.datetime) -> bool:
    """Ask the database too: an `Actor` may be older than the loss of a post or a duty.

    Raises: NoPostError.
    """
    if holder.is_clock:
        return True
    if holder.is_public:
        return actor.is_public  # and of this case: `take_step` asked
    if actor.person_id is None or actor.department_id is None:
        return False
    held = Post.objects.held_on(timezone.localdate(at)).filter(
        person_id=actor.person_id, person__is_active=True, department_id=actor.department_id
    )
    if holder.posts:
        held = held.filter(role__in=holder.posts)
    if not held.exists():
        raise NoPostError(person=actor.name or actor.username)
    if holder.jurisdiction_id is None:
        return True
    return organisations.holds_duty(
        actor.department_id,
        holder.jurisdiction_id,
        holder.duty,
        timezone.localdate(at),
    )


def _advance(
    case: Case,
    table: FlatTable,
    row: Step,
    holder: Holder,
    parties: Mapping[str, Department],
    events: Sequence[CaseEvent],
    facts: Mapping[str, object],
    actor: Actor,
    at: dt.datetime,
) -> Case:
    sides.check_step(case, row, holder, parties, events, actor, at)
    before = rules.on_record(table, deadlines.history_of(events))
    given = rules.normalised(facts)
    rules.check_asked(table, row, given)
    gate.check_facts(table, row, given, timezone.localdate(at))
    given |= computed.values(row, case, at, given)
    rules.check_facts(table, row, given, before)
    several.check_opinions(row, holder, parties, given)
    turn = several.turn(table, row, holder, parties, events)
    route = law.route_of(row, law.deciding(row, given, before))
    if not turn.is_last:  # the stage goes on until each of the departments has answered
        route = Route(None, case.state)
    state = table.states[route.to]
    seq = case.version + 1
    seat = holder.seat if turn.stay else ""
    signed = holder.signature(actor)
    entry = ledger.record(
        kind="case.step",
        subject=f"case:{case.number}",
        actor=actor.ledger_name,
        at=at,
        cite=row.cite,
        facts={
            "seq": seq,
            "step": row.name,
            "role": holder.role,
            "from": case.state,
            "to": route.to,
            "table": case.table_id,
            "about": case.subject,
            "facts_sha256": rules.facts_digest(given),
            **({"seat": seat} if seat else {}),
            **signed.facts,
        },
    )
    event = CaseEvent(
        case=case,
        seq=seq,
        step=row.name,
        role=holder.role,
        person_id=actor.person_id,
        person_name=signed.person,
        department_id=actor.department_id,
        department_code=actor.department_code,
        department_name=signed.department,
        at=at,
        facts=given,
        from_state=case.state,
        to_state=route.to,
        cite=list(row.cite),
        entry_uuid=entry.uuid,
        seat=seat,
        stay=turn.stay or None,
    )
    after = [*events, event]
    waiting = _waiting(table, state, parties, case.jurisdiction, after)
    event.own_days = stays.own_days(table, events, state, given, waiting, at)
    event.save(force_insert=True)
    case.state = route.to
    case.version = seq
    case.closed_at = at if state.is_end else None
    stays.begin(case, table, after)
    case.save(update_fields=["state", "version", "closed_at", *stays.FIELDS])
    stays.wait_for(case, waiting, after, table)
    notices.of_step(case, table, row, event, parties)
    for name in route.effects:
        effects.run(name, case, event, actor, at)
    return case


def _waiting(
    table: FlatTable,
    state: State,
    parties: Mapping[str, Department],
    home: Jurisdiction,
    events: Sequence[CaseEvent],
) -> list[Holder]:
    """Return whom the next state waits for; a duty that nobody holds refuses the step now.

    Otherwise the case would lie where no one can see it.

    Raises: NoAuthorityError, PartyMissingError.
    """
    resolved = roles.resolve_all(table, state.owners, parties, home)
    everybody = {(one.role, one.seat): one for found in resolved.values() for one in found}
    holders = several.awaited(table, state, everybody.values(), parties, events)
    duties = [holder for holder in holders if holder.duty]
    if duties and len(duties) == len(holders):
        held = set(
            Duty.objects.filter(
                jurisdiction_id__in=[holder.jurisdiction_id for holder in duties]
            ).values_list("jurisdiction_id", "duty")
        )
        if not any((holder.jurisdiction_id, holder.duty) in held for holder in duties):
            raise NoAuthorityError(
                jurisdiction=duties[0].jurisdiction_name, duty=duties[0].duty, cite=duties[0].cite
            )
    if any(step.by_clock for step in table.steps_from(state.name)):
        holders = [h for h in holders if not h.is_clock] + [roles.THE_CLOCK]
    return holders

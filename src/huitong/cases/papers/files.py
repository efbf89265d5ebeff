"""The whole file of a case, read from the database (its form: `content`)."""

from collections.abc import Sequence

from huitong.cases import deadlines, queries, rules, tables
from huitong.cases.models import Case, CaseEvent
from huitong.cases.papers.content import EXPORTED, FORMAT, CaseFile, content_digest
from huitong.ledger import leaves
from huitong.ledger import queries as ledger
from huitong.ledger.errors import NotSealedError
from huitong.ledger.leaves import Json
from huitong.ledger.models import Entry
from huitong.regulations import clauses, clocks, profiles
from huitong.regulations.calendars import WorkingCalendar
from huitong.regulations.clocks import Due
from huitong.regulations.types import FlatTable, Names


def case_file(case: Case) -> CaseFile:
    """Return the file as it stands now, with every receipt that the ledger can give."""
    content = _content(case)
    digest = content_digest(content)
    statement = statement_of(case.number, digest)
    uuids = [str(entry["uuid"]) for entry in _entries_in(content)]
    if statement is not None:
        uuids.append(str(statement.uuid))
    return {
        **content,
        "content_sha256": digest,
        "statement": None if statement is None else str(statement.uuid),
        "receipts": {uuid: _receipt(uuid) for uuid in uuids},
    }


def statement_of(number: str, digest: str) -> Entry | None:
    """Return the entry that records this very content, None where it was never given out."""
    return (
        ledger.entries_of(f"case:{number}")
        .filter(kind=EXPORTED, facts__content_sha256=digest)
        .first()
    )


def _content(case: Case) -> CaseFile:
    table = tables.of(case)
    profile = profiles.load(case.profile_id)
    parties = queries.parties_of(case)
    history = queries.history_of(case)
    recorded = list(ledger.entries_of(f"case:{case.number}").exclude(kind=EXPORTED))
    entries = [
        leaves.entry(
            uuid=entry.uuid,
            kind=entry.kind,
            subject=entry.subject,
            actor=entry.actor,
            at=entry.at,
            cite=entry.cite,
            facts=entry.facts,
        )
        for entry in recorded
    ]
    dues = _dues(table, history, queries.calendar_of(case))
    cites = [*(event.cite for event in history), *(entry.cite for entry in recorded)]
    cited = [one for some in cites for one in some] + [
        c for *_places, due in dues for c in due.cite
    ]
    state = table.states[case.state]
    return {
        "format": FORMAT,
        "number": case.number,
        "kind": case.kind,
        "kind_names": _names(table.names),
        "profile": case.profile_id,
        "regulation": {**_names(profile.title), "document": profile.document},
        "title": case.title,
        "subject": case.subject,
        "jurisdiction": {"code": case.jurisdiction.code, "name": case.jurisdiction.name},
        "parties": {
            role: {"code": party.code, "name": party.name} for role, party in parties.items()
        },
        "state": case.state,
        "state_names": _names(state.names),
        "received_at": case.received_at.isoformat(),
        "closed_at": case.closed_at.isoformat() if case.closed_at else None,
        "table_sha256": case.table_id,
        "table": table.to_json(),
        "events": [_event(table, event) for event in history],
        "deadlines": [_deadline(table, history, *one) for one in dues],
        "entries": entries,
        "articles": {
            cite: {lang: clauses.label(cite, lang) for lang in ("zh", "en")}
            for cite in dict.fromkeys(cited)
        },
    }


def _event(table: FlatTable, event: CaseEvent) -> dict[str, object]:
    return {
        "seq": event.seq,
        "step": event.step,
        "names": _names(_label_of(table, event.step)),
        "role": event.role,
        "person": event.person_name,
        "department": {"code": event.department_code, "name": event.department_name},
        "at": event.at.isoformat(),
        "facts": event.facts,
        "facts_sha256": rules.facts_digest(event.facts),
        "from": event.from_state,
        "to": event.to_state,
        "cite": event.cite,
        "entry": str(event.entry_uuid),
    }


def _dues(
    table: FlatTable, history: Sequence[CaseEvent], calendar: WorkingCalendar
) -> list[tuple[int, int, Due]]:
    """Return the periods that ran: after which event each began, after which it still ran, and it.

    A stage that goes on by the same clock (waiting for material, a head's consent) has one period.
    """
    found: list[tuple[int, int, Due]] = []
    for place in range(1, len(history) + 1):
        due = deadlines.due(table, history[:place], calendar)
        if due is None:
            continue
        begun = found[-1] if found else None
        if begun and begun[1] == place - 1 and (begun[2].start, begun[2].at) == (due.start, due.at):
            found[-1] = (begun[0], place, due)
        else:
            found.append((place, place, due))
    return found


def _deadline(
    table: FlatTable, history: Sequence[CaseEvent], begun: int, place: int, due: Due
) -> dict[str, object]:
    """Return the period that ran from the event `begun` to after the event `place`.

    `ended` is `met`, `late`, `moved` (the stage went on, extended or paused) or `running`.
    """
    after = history[place] if place < len(history) else None
    here = table.states[history[begun - 1].to_state]
    if after is None:
        ended = "running"
    elif table.states[after.to_state].stage == here.stage:
        ended = "moved"
    else:
        ended = "late" if after.at > due.at else "met"
    return {"seq": begun, "state": here.name, "names": _names(here.names), **_due(due, ended)}


def _due(due: Due, ended: str) -> dict[str, object]:
    return {
        "day": due.day.isoformat(),
        "at": due.at.isoformat(),
        "start": due.start.isoformat(),
        "counted": [day.isoformat() for day in due.counted],
        "skipped": [
            {"day": note.day.isoformat(), "zh": note.why_zh, "en": note.why_en}
            for note in due.skipped
        ],
        "made_up": [note.day.isoformat() for note in due.made_up],
        "cite": list(due.cite),
        "provisional": due.provisional,
        "explanation": {lang: clocks.explain(due, lang) for lang in ("zh", "en")},
        "ended": ended,
    }


def _label_of(table: FlatTable, step: str) -> Names:
    found = table.step_named(step)
    return found.names if found else Names(zh=step, en=step)


def _receipt(entry_uuid: str) -> dict[str, Json] | None:
    try:
        return ledger.receipt(entry_uuid)
    except NotSealedError:
        return None


def _entries_in(content: CaseFile) -> list[dict[str, Json]]:
    found = content["entries"]
    return found if isinstance(found, list) else []


def _names(names: Names) -> dict[str, str]:
    return {"zh": names.zh, "en": names.en}

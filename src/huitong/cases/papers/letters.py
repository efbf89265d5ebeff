"""The documents of a case, made on demand from its events: the same event, the same bytes.

What is printed comes from the event, its table and the period that then ran. Nothing of the reader
or of the time of printing is in it, so the digest that the ledger keeps can be compared later.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from huitong.cases import calendars, deadlines, queries, several, tables
from huitong.cases.models import Case, CaseEvent
from huitong.cases.papers import documents, printing, words
from huitong.cases.papers.content import PAPER
from huitong.cases.papers.documents import Document
from huitong.cases.papers.errors import DocumentUnknownError
from huitong.ledger import queries as ledger
from huitong.ledger.models import Entry
from huitong.organisations.models import Department
from huitong.regulations import clauses, clocks, profiles
from huitong.regulations.types import ON_PAPER, FlatTable, Step

_TEMPLATE = Path(__file__).with_name("letter.typ")
_OVERDUE = "case.overdue"


@dataclass(frozen=True)
class Paper:
    """One document of a case. `id` is its number within the case: `02`, `02-overdue`.

    `issued` maps a language to the ledger entry that recorded the digest of its PDF.
    """

    id: str
    document: Document
    event: CaseEvent
    at: dt.datetime
    cite: tuple[str, ...]
    entry: str
    overdue: Entry | None = None
    issued: Mapping[str, Entry] = field(default_factory=dict)


def papers_of(
    case: Case,
    history: Sequence[CaseEvent] | None = None,
    recorded: Sequence[Entry] | None = None,
) -> list[Paper]:
    """Return the documents of a case in the order in which they arose: two queries.

    `history` are the case's events and `recorded` the ledger's entries about it, where the caller
    has read them already.
    """
    table = tables.of(case)
    history = queries.history_of(case) if history is None else history
    if recorded is None:
        about = ledger.entries_of(f"case:{case.number}")
        recorded = list(about.filter(kind__in=(PAPER, _OVERDUE)))
    found: list[Paper] = []
    for event in history:
        document = documents.made_by(table, event.step, event.to_state)
        if document is not None:
            proof = str(event.entry_uuid)
            found.append(
                Paper(f"{event.seq:02d}", document, event, event.at, tuple(event.cite), proof)
            )
        found += [
            Paper(
                f"{event.seq:02d}-overdue",
                documents.overdue(),
                event,
                entry.at,
                tuple(entry.cite),
                str(entry.uuid),
                entry,
            )
            for entry in recorded
            if entry.kind == _OVERDUE and entry.facts.get("seq") == event.seq
        ]
    issued: dict[str, dict[str, Entry]] = {}
    for entry in recorded:
        if entry.kind == PAPER:
            issued.setdefault(entry.facts["paper"], {})[entry.facts["lang"]] = entry
    return [_with(paper, issued.get(paper.id, {})) for paper in found]


def paper_of(case: Case, paper_id: str) -> Paper:
    """Return one document.

    Raises: DocumentUnknownError.
    """
    for paper in papers_of(case):
        if paper.id == paper_id:
            return paper
    raise DocumentUnknownError(case.number, paper_id)


def paper_pdf(case: Case, paper: Paper, lang: str = "zh") -> bytes:
    """Return a document as a PDF. Raises: FontMissingError."""
    return printing.printed(_TEMPLATE, letter(case, paper, lang))


def digest(pdf: bytes) -> str:
    """Return the SHA-256, in hex, by which the ledger knows an issued document."""
    return hashlib.sha256(pdf).hexdigest()


def letter(case: Case, paper: Paper, lang: str) -> dict[str, object]:
    """Return what a document says, as its template prints it."""
    table = tables.of(case)
    history = queries.history_of(case)[: paper.event.seq]
    bodies = _Bodies(table, history, queries.parties_of(case), lang)
    places = {
        "title": case.title,
        "kind": table.names.get(lang),
        "number": case.number,
        "received": _day(case.received_at, table, lang),
        "step": _step_name(table, paper.event, lang),
        "day": _day(paper.at, table, lang),
    }
    # As the calendar stood that day: the same event makes the same document for ever.
    days = calendars.of_all([case.jurisdiction_id], loaded_by=paper.at)
    due = deadlines.due(table, history, days[case.jurisdiction_id])
    said = paper.overdue.facts if paper.overdue is not None else {}
    if paper.overdue is None:
        rows = [
            words.fact(table, name, value, lang)
            for name, value in paper.event.facts.items()
            if name in table.facts and value not in (None, "", [])
        ]
    else:
        state = table.states[paper.event.to_state].names.get(lang)
        rows = [(words.label("state", lang), state), (words.label("due", lang), said["due"])]
    to = bodies.addressees(paper.document.to)
    return {
        "lang": lang,
        "words": {name: names.get(lang) for name, names in words.LABELS.items()},
        "issuer": issuer_of(paper, lang),
        "unsealed": is_of_platform(paper) or bool(recorder_of(paper)),
        "recorder": recorder_of(paper),
        "name": paper.document.names.get(lang),
        "number": f"{case.number}-{paper.id}",
        "to": to,
        "copies": [one for one in bodies.told(said.get("tell")) if one not in to],
        "says": paper.document.says.get(lang).format(**places),
        "rows": rows,
        "due": clocks.explain(due, lang) if due and paper.overdue is None else "",
        "articles": [clauses.label(cite, lang) for cite in paper.cite],
        "remedies": _remedies(case, table, paper, lang),
        "day": places["day"],
        "entry": paper.entry,
    }


def is_of_platform(paper: Paper) -> bool:
    """Whether the platform gives a document out: by its kind, or because time took the step."""
    return paper.document.by == "platform" or paper.event.department_id is None


def issuer_of(paper: Paper, lang: str) -> str:
    """Return whose document it is, by the name of that day: of who decided.

    Somebody without an account decides on a paper of its own (`ON_PAPER`), and another department
    records the decision; see `recorder_of`.
    """
    if is_of_platform(paper):
        return words.label("platform_name", lang)
    return _decided_by(paper) or paper.event.department_name


def recorder_of(paper: Paper) -> str:
    """Return who recorded a decision that another took; empty where nobody did."""
    if is_of_platform(paper) or not _decided_by(paper):
        return ""
    return paper.event.department_name


def _decided_by(paper: Paper) -> str:
    if paper.overdue is not None:
        return ""
    return str(paper.event.facts.get(ON_PAPER[0]) or "").strip()


class _Bodies:
    """The bodies of a case by the names that they had when they acted."""

    def __init__(
        self,
        table: FlatTable,
        history: Sequence[CaseEvent],
        parties: Mapping[str, Department],
        lang: str,
    ) -> None:
        kept = {e.department_id: e.department_name for e in reversed(history)}
        self._parties = {
            role: kept.get(party.pk, party.name) for role, party in sorted(parties.items())
        }
        self._table, self._history, self._lang = table, history, lang

    def addressees(self, to: str) -> list[str]:
        """Return to whom a document goes (`documents.ADDRESSEES`)."""
        if to == "parties":
            return list(dict.fromkeys(self._parties.values()))
        if to == "next":
            here = self._table.states[self._history[-1].to_state]
            return [name for role in here.owners for name in self._named(role)]
        opener = self._history[0]
        return [opener.department_name or opener.person_name]

    def told(self, roles: object) -> list[str]:
        """Return who else is told: by the notice, or by the row that was taken."""
        if not isinstance(roles, list):
            event = self._history[-1]
            row = _row(self._table, event)
            roles = list(row.tell) if row is not None else []
        return list(dict.fromkeys(name for role in roles for name in self._named(role)))

    def _named(self, role: str) -> list[str]:
        """Return every department of a role by name, else the role's own name."""
        known = self._table.roles.get(role)
        key = role if role in self._parties or known is None else known.resolver
        found = [self._parties[seat] for seat in several.of(key, self._parties)]
        return found or [known.names.get(self._lang) if known else role]


def _remedies(case: Case, table: FlatTable, paper: Paper, lang: str) -> list[str]:
    """Return what may be opened next, as far as the text names it, with its article."""
    text = profiles.load(case.profile_id).kinds.get(case.kind)
    if text is None or paper.overdue is not None:
        return []
    end = paper.event.to_state
    after = table.follow.get(end)
    word = profiles.load(case.profile_id).words.kinds.get(after or "")
    cites = text.follow_cites.get(end, ())
    if word is None or not cites:
        return []
    where = ("；" if lang == "zh" else "; ").join(clauses.label(cite, lang) for cite in cites)
    return [words.label("remedy", lang).format(article=where, kind=word.names.get(lang))]


def _row(table: FlatTable, event: CaseEvent) -> Step | None:
    rows = table.rows(event.step, event.from_state)
    return next((row for row in rows if row.by == event.role), rows[0] if rows else None)


def _step_name(table: FlatTable, event: CaseEvent, lang: str) -> str:
    known = table.step_named(event.step)
    return known.names.get(lang) if known else event.step


def _day(at: dt.datetime, table: FlatTable, lang: str) -> str:
    day = at.astimezone(ZoneInfo(table.clock.timezone)).date()
    return f"{day.year}年{day.month}月{day.day}日" if lang == "zh" else day.isoformat()


def _with(paper: Paper, issued: Mapping[str, Entry]) -> Paper:
    return Paper(
        paper.id,
        paper.document,
        paper.event,
        paper.at,
        paper.cite,
        paper.entry,
        paper.overdue,
        issued,
    )

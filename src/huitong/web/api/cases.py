"""Cases over HTTP: list, file, steps."""

import datetime as dt
from typing import Any, Literal
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status

from huitong.cases import queries, search, tables
from huitong.cases.models import Case
from huitong.cases.papers import content, files, letters
from huitong.cases.search import Key, Wanted
from huitong.regulations.types import FlatTable
from huitong.web import openings, starting
from huitong.web.api.callers import caller
from huitong.web.views import evidence
from huitong.web.views.cases import readable, to_act_on
from huitong.web.views.papers import attachment

router = Router(tags=["cases"])
_MOST = 100


class StepName(Schema):
    """A step that the caller may take now, and the facts that it needs."""

    name: str
    zh: str
    en: str
    facts: list[str]
    cite: list[str]


class CaseLine(Schema):
    """A case as a list shows it."""

    number: str
    kind: str
    title: str
    state: str
    received_at: dt.datetime
    closed_at: dt.datetime | None


class CasesAsked(Schema):
    """What a list is asked for; what is left out asks nothing. Days are days in China.

    `q`: the beginning of a number, or words of title and subject; `party`: a department's code or
    part of its name; `waits_for`: the code of a department; `after`: the key of the page before.
    """

    q: str = ""
    kind: str = ""
    state: str = ""
    profile: str = ""
    jurisdiction: str = ""
    party: str = ""
    waits_for: str = ""
    received_from: dt.date | None = None
    received_to: dt.date | None = None
    is_open: bool | None = None
    open_only: bool = False
    overdue: bool = False
    after: str = ""


class PaperLine(Schema):
    """A document; `issued` maps a language to the SHA-256 under which it was issued on record."""

    id: str
    document: str
    zh: str
    en: str
    at: dt.datetime
    cite: list[str]
    issued: dict[str, str]


class CaseFull(CaseLine):
    """A case with its clock, its events and the open steps."""

    version: int
    subject: str
    due: dt.date | None
    due_cite: list[str]
    steps: list[StepName]
    events: list[dict[str, Any]]


class StepTaken(Schema):
    """A step: `version` is that of the case that the caller read.

    `row_filter` limits the rows of a grant: `{"column": item, "in": [texts]}`.
    """

    step: str
    version: int
    facts: dict[str, Any] = {}
    decisions: dict[str, str] = {}
    row_filter: dict[str, Any] | None = None


class CaseAsked(Schema):
    """A case to be started; see `GET /kinds` for what each kind takes.

    `subject` is `dataset:CODE`, `grant:NUMBER`, `case:NUMBER`, `department:CODE` or empty;
    `parties` maps the keys of the kind to department codes, the caller's own may be left out; a
    list of codes where the kind says `several`.
    """

    kind: str
    title: str
    subject: str = ""
    acts_as: str = ""
    parties: dict[str, str | list[str]] = {}
    facts: dict[str, Any] = {}


@router.post("", response={201: CaseFull})
def start_case(request: HttpRequest, asked: CaseAsked) -> Status[dict[str, Any]]:
    """Start a case; nothing changes when it is refused."""
    actor, at = caller(request)
    made = starting.prepared(
        asked.kind,
        title=asked.title,
        subject=asked.subject,
        acts_as=asked.acts_as,
        parties=asked.parties,
        facts=asked.facts,
        actor=actor,
        at=at,
    )
    case = openings.start(made, actor, at)
    return Status(201, get_case(request, case.number))


@router.get("", response=list[CaseLine])
def list_cases(
    request: HttpRequest, response: HttpResponse, asked: Query[CasesAsked]
) -> list[dict[str, Any]]:
    """Find the cases that the caller may read, the newest first.

    The header `Link` names the next page where there is one.
    """
    actor, at = caller(request)
    is_open = True if asked.open_only else asked.is_open
    page = search.find(
        Wanted(
            text=asked.q,
            kind=asked.kind,
            state=asked.state,
            profile=asked.profile,
            jurisdiction=asked.jurisdiction,
            party=asked.party,
            waits_for=asked.waits_for,
            received_from=asked.received_from,
            received_to=asked.received_to,
            is_open=is_open,
            is_overdue=asked.overdue,
        ),
        reader=actor,
        at=at,
        after=Key.parse(asked.after) if asked.after else None,
        limit=_MOST,
    )
    if page.after is not None:
        again = {**request.GET.dict(), "after": str(page.after)}
        response["Link"] = f'<{request.build_absolute_uri("?" + urlencode(again))}>; rel="next"'
    return [_line(case) for case in page.cases]


@router.get("/{number}", response=CaseFull)
def get_case(request: HttpRequest, number: str) -> dict[str, Any]:
    """Return one case."""
    actor, _at = caller(request)
    case, _parties = readable(actor, number)
    return _full(case, queries.steps_open_to(case, actor) if not case.closed_at else [])


@router.post("/{number}/steps", response=CaseFull)
def take_step(request: HttpRequest, number: str, taken: StepTaken) -> dict[str, Any]:
    """Take a step; nothing changes when it is refused."""
    actor, at = caller(request)
    case, _parties = to_act_on(actor, number, taken.step, at)
    evidence.take(
        case,
        taken.step,
        taken.facts,
        taken.decisions,
        row_filter=taken.row_filter,
        actor=actor,
        at=at,
        seen=taken.version,
    )
    return get_case(request, number)


@router.get("/{number}/papers", response=list[PaperLine])
def list_papers(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    """List the documents that the steps of a case made."""
    actor, _at = caller(request)
    case, _parties = readable(actor, number)
    return [
        {
            "id": one.id,
            "document": one.document.name,
            "zh": one.document.names.zh,
            "en": one.document.names.en,
            "at": one.at,
            "cite": list(one.cite),
            "issued": {lang: entry.facts["sha256"] for lang, entry in one.issued.items()},
        }
        for one in letters.papers_of(case)
    ]


@router.get("/{number}/papers/{paper}.pdf")
def get_paper(
    request: HttpRequest, number: str, paper: str, lang: Literal["zh", "en"] = "zh"
) -> HttpResponse:
    """Return one document as a PDF."""
    actor, _at = caller(request)
    case, _parties = readable(actor, number)
    found = letters.paper_of(case, paper)
    return attachment(letters.paper_pdf(case, found, lang), f"{number}-{found.id}.pdf")


@router.get("/{number}/file.json")
def get_file(request: HttpRequest, number: str) -> HttpResponse:
    """Return the whole file as it stands, with the receipts that there are; nothing is recorded."""
    actor, _at = caller(request)
    case, _parties = readable(actor, number)
    return attachment(content.written(files.case_file(case)), f"{number}.json")


def _line(case: Case) -> dict[str, Any]:
    names = ("number", "kind", "title", "state", "received_at", "closed_at")
    return {name: getattr(case, name) for name in names}


def _full(case: Case, steps: list[Any]) -> dict[str, Any]:
    table: FlatTable = tables.of(case)
    due = None if case.closed_at else queries.due_of(case)
    return {
        **_line(case),
        "version": case.version,
        "subject": case.subject,
        "due": due.day if due else None,
        "due_cite": list(due.cite) if due else [],
        "steps": [
            {
                "name": step.name,
                "zh": step.names.zh,
                "en": step.names.en,
                "facts": list(step.facts),
                "cite": list(step.cite),
            }
            for step in steps
        ],
        "events": [
            {
                "seq": event.seq,
                "step": event.step,
                "zh": _zh(table, event.step),
                "department": event.department_code,
                "at": event.at.isoformat(),
                "facts": event.facts,
                "cite": event.cite,
                "entry": str(event.entry_uuid),
            }
            for event in case.events.order_by("seq")
        ],
    }


def _zh(table: FlatTable, step: str) -> str:
    named = table.step_named(step)
    return named.names.zh if named else step

"""Cases over HTTP: list, file, steps."""

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from huitong.cases import queries, tables
from huitong.cases.models import Case
from huitong.regulations.types import FlatTable
from huitong.web import openings, starting
from huitong.web.api.callers import caller
from huitong.web.views import evidence
from huitong.web.views.cases import concerning, readable

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
    `parties` maps the keys of the kind to department codes, the caller's own may be left out.
    """

    kind: str
    title: str
    subject: str = ""
    acts_as: str = ""
    parties: dict[str, str] = {}
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
def list_cases(request: HttpRequest, open_only: bool = False) -> list[dict[str, Any]]:  # noqa: FBT001, FBT002  a query parameter
    """List the cases that concern the caller's department, the newest first."""
    actor, _at = caller(request)
    found = concerning(actor)
    if open_only:
        found = found.filter(closed_at__isnull=True)
    return [_line(case) for case in found[:_MOST]]


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
    case, _parties = readable(actor, number)
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

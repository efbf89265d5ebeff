"""A case as a file: what it is about, until when and why, what happened, and the decision."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huitong.cases import actions, deadlines, queries, refusals, several, tables
from huitong.cases.applicants import Applicant
from huitong.cases.errors import FactMissingError, NotYourCaseError, StaleCaseError
from huitong.cases.models import Case, CaseEvent
from huitong.cases.papers import letters
from huitong.cases.types import TimelineItem
from huitong.errors import HuitongError
from huitong.ledger import queries as ledger
from huitong.organisations import history
from huitong.organisations import queries as organisations
from huitong.organisations import rules as organisation_rules
from huitong.organisations.models import Department
from huitong.organisations.types import Actor
from huitong.regulations import clocks
from huitong.regulations.types import FlatTable, Step
from huitong.web import clock, needs, recording, timeline, ways
from huitong.web.access import StaffRequest, staff
from huitong.web.forms.steps import PREFIX, StepForm
from huitong.web.refusals import sentence, status_of
from huitong.web.templatetags.ht import language
from huitong.web.views import evidence
from huitong.web.views.datasets import department_name, entry_page
from huitong.web.views.todo import left

_OWN_AFFAIRS = ("HL-6.1",)


@staff
def show_case(request: StaffRequest, number: str) -> HttpResponse:
    """Show one case, with the form of the steps that are open to the reader."""
    case, parties = readable(request.actor, number)
    return _page(request, case, parties)


@require_POST
@staff
def take_step(request: StaffRequest, number: str) -> HttpResponse:
    """Take the step that was chosen; a refusal comes back on the form that was filled in."""
    asked, seen = request.POST.get("step", ""), request.POST.get("version", "")
    case, parties = to_act_on(request.actor, number, asked, request.at)
    try:
        with refusals.recorded(refusals.of_step(case, asked, actor=request.actor, at=request.at)):
            evidence.require_seen(case, int(seen[:9]) if seen.isdecimal() else case.version)
    except StaleCaseError as stale:
        return _page(request, case, parties, error=stale)
    steps = queries.steps_open_to(case, request.actor)
    if not steps:
        # Nothing is open to this person: the engine says why, with the article.
        actions.take_step(case, asked, actor=request.actor, at=request.at)
    form = _form(case, tables.of(case), steps, request.actor, parties, request.POST)
    if not form.is_valid():
        return _page(request, case, parties, form=form)
    step, facts = form.cleaned_data["step"], form.facts()
    decisions = evidence.posted_decisions(request.POST)
    try:
        evidence.take(
            case,
            step,
            facts,
            decisions,
            row_filter=evidence.posted_row_filter(request.POST),
            actor=request.actor,
            at=request.at,
            seen=case.version,
        )
    except FactMissingError as error:
        for name in error.missing:
            form.named_error(PREFIX + name, sentence(error, language()))
        return _page(request, case, parties, form=form, error=error)
    except HuitongError as error:
        return _page(request, case, parties, form=form, error=error)
    messages.success(
        request, _("已办理“%s”，并写入存证。") % form.steps[step].names.get(language())
    )
    return redirect("case", case.number)


def readable(actor: Actor, number: str) -> tuple[Case, Mapping[str, Department]]:
    """Return a case that concerns the actor's department, or that it oversees.

    Raises: NotYourCaseError, also when there is no such case.
    """
    case = _numbered(number)
    return case, _read_by(actor, case)


def to_act_on(
    actor: Actor, number: str, step: str, at: dt.datetime
) -> tuple[Case, Mapping[str, Department]]:
    """Return a case of which somebody would take a step, as `readable` does.

    Who may not even read it is refused on record.

    Raises: NotYourCaseError.
    """
    case = _numbered(number)
    with refusals.recorded(refusals.of_step(case, step, actor=actor, at=at)):
        return case, _read_by(actor, case)


def _numbered(number: str) -> Case:
    try:
        return queries.case_of(number)
    except Case.DoesNotExist:
        raise NotYourCaseError(number=number, cite=_OWN_AFFAIRS) from None


def _read_by(actor: Actor, case: Case) -> Mapping[str, Department]:
    parties = queries.parties_of(case)
    party = any(organisation_rules.acts_for(actor, one) for one in parties.values())
    if not (party or _oversees(actor, case, parties) or _carries_on(actor, case)):
        raise NotYourCaseError(number=case.number, cite=_OWN_AFFAIRS)
    return parties


def _oversees(actor: Actor, case: Case, parties: Mapping[str, Department]) -> bool:
    homes = (case.jurisdiction, *(one.jurisdiction for one in parties.values()))
    return any(organisation_rules.oversees(actor, home.lineage()) for home in homes)


def _carries_on(actor: Actor, case: Case) -> bool:
    """Whether a party of a closed case was merged into the actor's department since."""
    if actor.department_id is None:
        return False
    return bool(organisations.carried_by(actor.department_id) & set(case.parties.values()))


def _formerly(case: Case, parties: Mapping[str, Department]) -> list[str]:
    """Return the names that parties had when the case was received, where they differ now."""
    same = all(parties[role].pk == pk for role, pk in case.parties.items())
    named = parties if same else organisations.departments_by_id(case.parties.values())
    then = history.names_on(named.values(), clock.day_of(case.received_at))
    return [then[pk] for role, pk in case.parties.items() if then[pk] != parties[role].name]


def _form(
    case: Case,
    table: FlatTable,
    steps: Sequence[Step],
    actor: Actor,
    parties: Mapping[str, Department],
    data: Any = None,  # noqa: ANN401  as Django's own
) -> StepForm:
    return StepForm(
        data,
        steps=steps,
        table=table,
        lang=language(),
        skip=evidence.facts_asked_elsewhere(case),
        always=evidence.facts_of_any_step(case),
        on_paper=recording.also_for(case, table, steps, actor, parties),
        initial={"version": case.version},
    )


def _page(
    request: StaffRequest,
    case: Case,
    parties: Mapping[str, Department],
    *,
    form: StepForm | None = None,
    error: HuitongError | None = None,
) -> HttpResponse:
    lang, table = language(), tables.of(case)
    steps = [] if case.closed_at else queries.steps_open_to(case, request.actor, parties)
    form = form or (_form(case, table, steps, request.actor, parties) if steps else None)
    chosen = form.data.get("step") if form is not None and form.is_bound else None
    state = table.states[case.state]
    version, items, dataset = evidence.entry_of(case)
    history = queries.history_of(case)
    recorded = list(ledger.entries_of(f"case:{case.number}"))
    application = evidence.application_of(
        case, deciding=evidence.decides_by_column(case, steps), posted=request.POST
    )
    page = {
        "case": {
            "number": case.number,
            "title": case.title,
            "kind": table.names.get(lang),
            "state": state.names.get(lang),
            "version": case.version,
            "closed_at": case.closed_at,
            "formerly": _formerly(case, parties),
            "parties": " → ".join(
                "、".join(department_name(one) for one in group) for group in _in_order(parties)
            ),
            "waits_for": "、".join(table.roles[o].names.get(lang) for o in state.owners),
            "awaited": [department_name(one) for one in queries.awaited(case, parties)],
            "needs": needs.of_state(table, state, lang),
        },
        "due": _due(request, case, history),
        "steps": [_choice(step, table, lang, chosen) for step in steps],
        "form": form,
        "refusal": _refusal(error),
        "timeline": timeline.whole(
            [
                _event(item, table, lang, told=application is not None)
                for item in queries.timeline(case, history)
            ],
            recorded,
            table,
            lang,
        ),
        "papers": [
            timeline.paper(one, request.actor, lang)
            for one in letters.papers_of(case, history, recorded)
        ],
        "laws": _laws(steps, state.cite),
        "application": application,
        "refusals": evidence.open_refusals(case),
        "in_use": evidence.live_grants(case, request.at),
        "grant": evidence.grant_of(case, request.at),
        "applicant": _applicant(case, table, request.actor, parties, steps),
        "ways": ways.from_case(case, table, parties, request.actor, request.at, lang),
        **(entry_page(dataset, version, items) if version and dataset else {"version": None}),
    }
    status = status_of(error) if error else 422 if form is not None and form.errors else 200
    return render(request, "web/workbench/case.html", page, status=status)


def _applicant(
    case: Case,
    table: FlatTable,
    actor: Actor,
    parties: Mapping[str, Department],
    steps: Sequence[Step],
) -> Applicant | None:
    """Return who asked from outside, to the departments of the case and whoever decides next.

    Others who may read the case, authorities above among them, do not see personal data.
    """
    if all(role.resolver != "anyone_of_public" for role in table.roles.values()):
        return None  # nobody from outside has a part in such a case
    mine = any(organisation_rules.acts_for(actor, one) for one in parties.values())
    return Applicant.objects.filter(case=case).first() if mine or steps else None


def _in_order(parties: Mapping[str, Department]) -> list[list[Department]]:
    """Return the parties in the direction of the request: who asks first, who provides last.

    The departments of one role stand together; nobody is named twice.
    """
    roles = dict.fromkeys(("consumer", "provider"))
    roles |= dict.fromkeys(several.role_of(seat) for seat in parties)
    found: list[list[Department]] = []
    for role in roles:
        named = {one for group in found for one in group}
        group = [parties[seat] for seat in several.of(role, parties)]
        found += [rest] if (rest := [one for one in group if one not in named]) else []
    return found


def _due(request: StaffRequest, case: Case, history: Sequence[CaseEvent]) -> dict[str, Any] | None:
    if case.closed_at:
        return None
    calendar = queries.calendar_of(case)
    due = queries.due_of(case, history, calendar)
    if due is None:
        return None
    remaining = deadlines.remaining(due, clock.day_of(request.at), calendar)
    words, tone = left(remaining, overdue=request.at > due.at)
    return {
        "left": words,
        "tone": tone,
        "day": due.day,
        "time": f"{due.at:%H:%M}",
        "cite": due.cite,
        "why": clocks.explain(due, language()),
    }


def _choice(step: Step, table: FlatTable, lang: str, chosen: str | None) -> dict[str, Any]:
    return {
        "name": step.name,
        "label": step.names.get(lang),
        "cite": () if step.practice else step.cite,
        "asks": needs.of_step(table, step, lang),
        "chosen": step.name == chosen,
        "for": recording.decider(table, step.by, lang),
    }


def _event(item: TimelineItem, table: FlatTable, lang: str, *, told: bool) -> dict[str, Any]:
    """Return one event; `told` leaves the entry's facts to the summary above."""
    event = item.event
    return {
        "label": item.step_names.get(lang),
        "who": " · ".join(filter(None, (event.department_name, event.person_name)))
        or _("平台计时"),
        "for": recording.decider(table, event.role, lang),
        "at": event.at,
        "cite": event.cite,
        "entry": event.entry_uuid,
        "facts": [
            {
                "label": table.facts[name].names.get(lang) if name in table.facts else name,
                "value": evidence.fact_text(table, name, value, lang),
            }
            for name, value in event.facts.items()
            if name in table.facts and not (told and event.seq == 1)
        ],
    }


def _laws(steps: Sequence[Step], of_state: Sequence[str]) -> list[str]:
    cited = [one for step in steps for one in step.cite]
    return list(dict.fromkeys((*of_state, *cited)))


def _refusal(error: HuitongError | None) -> dict[str, Any] | None:
    if error is None:
        return None
    return {"sentence": sentence(error, language()), "cite": error.cite}

"""Requests of people and firms without an account: made, followed and answered on the portal."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from huitong.cases import actions, applicants, outside, queries, tables
from huitong.cases.applicants import Applicant
from huitong.cases.errors import FactInvalidError, FactMissingError, KindAbsentError
from huitong.cases.models import Case, CaseEvent
from huitong.errors import HuitongError
from huitong.opening import queries as opening
from huitong.organisations.models import Department, Jurisdiction
from huitong.regulations import clocks
from huitong.regulations.types import FlatTable, Step
from huitong.web import clock, kinds, starting
from huitong.web.access import StaffRequest, public, staff
from huitong.web.forms.requests import FollowForm, RequestForm, new_reference
from huitong.web.forms.steps import PREFIX, StepForm
from huitong.web.procedures import articles, stages_of
from huitong.web.refusals import sentence, status_of
from huitong.web.templatetags.ht import language
from huitong.web.views import evidence
from huitong.web.views.cases import readable
from huitong.web.views.datasets import department_name

_READING = frozenset({"GET", "HEAD"})
_OPENED = "requests"  # the session's key of the requests whose code was given


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def show_requests(request: HttpRequest) -> HttpResponse:
    """List what the public may ask for here; number and code lead back to a request."""
    form = FollowForm(request.POST if request.method == "POST" else None)
    error: HuitongError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            outside.count("code", _address(request), clock.now())
            found = applicants.admitted(form.cleaned_data["number"], form.cleaned_data["code"])
        except HuitongError as refused:
            error = refused
        else:
            number = found.case.number
            request.session[_OPENED] = {**request.session.get(_OPENED, {}), number: found.ref}
            return redirect("request", number)
    lang = language()
    page = {
        "form": form,
        "refusal": _refusal(error),
        "kinds": [
            {
                "name": table.kind,
                "label": table.names.get(lang),
                "who": table.roles[_entry(table).by].names.get(lang),
                "cite": articles(_entry(table).cite, lang),
            }
            for table in _tables(request)
        ],
    }
    status = status_of(error) if error else 422 if form.errors else 200
    return render(request, "web/portal/requests.html", page, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def new_request(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask for what the article asks for, then open the case and show the receipt code once."""
    table = next((table for table in _tables(request) if table.kind == kind), None)
    if table is None:
        raise Http404(kind)
    if request.method in _READING:
        start = {"ref": new_reference(), "dataset": request.GET.get("dataset", "")[:60]}
        return _form_page(request, table, _form(table, None, start))
    form = _form(table, request.POST, {})
    valid = form.is_valid()
    form.look_up()
    if request.POST.get("act") == "find":
        form.forget_faults_but_of_parties()
        return _form_page(request, table, form)
    try:
        subject, known = _subject(form)
        parties = form.name_parties(known)
        if not (valid and form.is_valid()):
            return _form_page(request, table, form, status=422)
        case, code = _open(request, table, form, subject, parties)
    except HuitongError as error:
        _tie(form, error)
        return _form_page(request, table, form, error=error)
    page = {"number": case.number, "code": code, "title": case.title, **_due(case, ())}
    return render(request, "web/portal/request_received.html", page, status=201)


@never_cache
@public
def show_request(request: HttpRequest, number: str) -> HttpResponse:
    """Show a request to whoever gave its code: how far it is, until when, and the answer."""
    found = _admitted(request, number)
    return redirect("requests") if found is None else _page(request, found)


@never_cache
@require_POST
@public
def take_step(request: HttpRequest, number: str) -> HttpResponse:
    """Supply what is missing, or take the request back."""
    found = _admitted(request, number)
    if found is None:
        return redirect("requests")
    case, actor = queries.case_of(number), applicants.actor_of(found)
    form = _step_form(case, found, request.POST)
    if form is None or not form.is_valid():
        return _page(request, found, form=form)
    step = form.steps[form.cleaned_data["step"]]
    try:
        outside.count("step", _address(request), clock.now())
        actions.take_step(
            case,
            step.name,
            actor=actor,
            at=clock.now(),
            facts=form.facts(),
            expected_version=form.cleaned_data["version"],
        )
    except HuitongError as error:
        return _page(request, found, form=form, error=error)
    return redirect("request", number)


@require_POST
@staff
def erase_applicant(request: StaffRequest, number: str) -> HttpResponse:
    """Erase who asked, once the case is closed, on the approval that is named."""
    case, _parties = readable(request.actor, number)
    outside.erase(
        case, approval=request.POST.get("approval", ""), actor=request.actor, at=request.at
    )
    messages.success(request, _("申请人信息已删除，并写入存证。"))
    return redirect("case", number)


@require_POST
@public
def leave(request: HttpRequest) -> HttpResponse:
    """Forget the codes that were given in this browser."""
    request.session.pop(_OPENED, None)
    return redirect("requests")


def public_kinds(at_dataset: bool = False) -> list[FlatTable]:  # noqa: FBT001, FBT002  one question
    """Return the procedures that the public may open here; those about a dataset alone if asked."""
    root = Jurisdiction.objects.filter(parent=None).order_by("code").first()
    if root is None:
        return []
    found = []
    for _label, names in kinds.THEMES.values():
        for name in names:
            try:
                table = starting.table_of(name, root, clock.now())
            except KindAbsentError:
                continue
            if not at_dataset or "dataset" in kinds.subjects_of(name):
                found.append(table)
    return [table for table in found if _is_public(table, _entry(table))]


def _tables(request: HttpRequest) -> list[FlatTable]:
    del request
    return public_kinds()


def _entry(table: FlatTable) -> Step:
    """Return the row by which the public opens a case, the first row where there is none."""
    rows = table.entry_steps
    return next((row for row in rows if _is_public(table, row)), rows[0])


def _is_public(table: FlatTable, row: Step) -> bool:
    role = table.roles[row.by]
    return role.resolver == "anyone_of_public" and role.recorded_by is None


def _form(table: FlatTable, data: Any, initial: Mapping[str, str]) -> RequestForm:  # noqa: ANN401  as Django's own
    return RequestForm(
        data,
        table=table,
        lang=language(),
        steps=[_entry(table)],
        parties=starting.parties_of(table),
        about_a_dataset=starting.FREE not in kinds.subjects_of(table.kind),
        initial=initial,
    )


def _subject(form: RequestForm) -> tuple[str, dict[str, Department]]:
    """Return what a request is about: an open dataset and its provider, else nothing on record.

    Raises: NotOnListError (of a dataset that is not open nothing is said, not even that it is).
    """
    code = form.cleaned_data.get("dataset", "").strip()
    if not code:
        return "", {}
    dataset = opening.entry_of(code).dataset
    return dataset.subject, {"provider": dataset.provider}


def _open(
    request: HttpRequest,
    table: FlatTable,
    form: RequestForm,
    subject: str,
    parties: Mapping[str, Department],
) -> tuple[Case, str]:
    named = next(iter(parties.values()), None)
    root = Jurisdiction.objects.filter(parent=None).order_by("code")[:1].get()
    home = starting.home_of_parties(parties) or root
    given = form.cleaned_data
    at = clock.now()
    outside.count("open", _address(request), at)
    return outside.open_case(
        kind=table.kind,
        jurisdiction=home,
        subject=subject or f"jurisdiction:{home.code}",
        title=f"{table.names.zh}（{named.name if named else home.name}）",
        parties=parties,
        facts=form.facts(),
        name=given["name"],
        contact=given["contact"],
        ref=given["ref"],
        at=at,
    )


def _form_page(
    request: HttpRequest,
    table: FlatTable,
    form: RequestForm,
    *,
    error: HuitongError | None = None,
    status: int = 200,
) -> HttpResponse:
    lang = language()
    entry = _entry(table)
    page = {
        "kind": {"name": table.kind, "label": table.names.get(lang)},
        "entry": {"label": entry.names.get(lang), "cite": entry.cite},
        "form": form,
        "refusal": _refusal(error),
        "stages": stages_of(table, lang),
    }
    shown = status_of(error) if error else status
    return render(request, "web/portal/request_new.html", page, status=shown)


def _admitted(request: HttpRequest, number: str) -> Applicant | None:
    ref = request.session.get(_OPENED, {}).get(number)
    return None if ref is None else applicants.of_reference(number, ref)


def _step_form(case: Case, found: Applicant, data: Any = None) -> StepForm | None:  # noqa: ANN401  as Django's own
    steps = queries.steps_open_to(case, applicants.actor_of(found))
    if case.closed_at is not None or not steps:
        return None
    return StepForm(
        data,
        steps=steps,
        table=tables.of(case),
        lang=language(),
        initial={"version": case.version},
    )


def _page(
    request: HttpRequest,
    found: Applicant,
    *,
    form: StepForm | None = None,
    error: HuitongError | None = None,
) -> HttpResponse:
    case = queries.case_of(found.case.number)
    lang, table = language(), tables.of(case)
    form = form or _step_form(case, found)
    state, history = table.states[case.state], queries.history_of(case)
    chosen = form.data.get("step") if form is not None and form.is_bound else None
    page = {
        "case": {
            "number": case.number,
            "title": table.names.get(lang),
            "state": state.names.get(lang),
            "version": case.version,
            "closed_at": case.closed_at,
            "received_at": case.received_at,
            "parties": "、".join(department_name(one) for one in queries.parties_of(case).values()),
            "waits_for": "、".join(table.roles[one].names.get(lang) for one in state.owners),
        },
        **_due(case, history),
        "form": form,
        "steps": [
            {
                "name": step.name,
                "label": step.names.get(lang),
                "cite": () if step.practice else step.cite,
                "chosen": step.name == chosen,
                "for": "",
            }
            for step in (form.steps.values() if form is not None else ())
        ],
        "refusal": _refusal(error),
        "timeline": [_event(table, event, lang) for event in history],
    }
    status = status_of(error) if error else 422 if form is not None and form.errors else 200
    return render(request, "web/portal/request.html", page, status=status)


def _event(table: FlatTable, event: CaseEvent, lang: str) -> dict[str, Any]:
    """Return one event: what the applicant said, and what it was answered, in full.

    Words that pass between the offices while they work on it are theirs.
    """
    own = table.roles[event.role].resolver == "anyone_of_public"
    reached = table.states[event.to_state]
    to_applicant = any(
        table.roles[owner].resolver == "anyone_of_public" for owner in reached.owners
    )
    step = table.step_named(event.step)
    return {
        "tone": "done",
        "icon": "check",
        "label": step.names.get(lang) if step else event.step,
        "who": _("本人") if own else event.department_name,
        "for": "",
        "at": event.at,
        "cite": event.cite,
        "entry": "",
        "facts": [
            {
                "label": table.facts[name].names.get(lang),
                "value": evidence.fact_text(table, name, value, lang),
            }
            for name, value in event.facts.items()
            if name in table.facts
            and not (step and name in step.computed)
            and (own or reached.is_end or to_applicant)
        ],
    }


def _due(case: Case, history: Any) -> dict[str, Any]:  # noqa: ANN401  a sequence of events, or none yet
    """Return the last lawful day of the stage that the case is in, and why."""
    due = None if case.closed_at else queries.due_of(case, history or None)
    if due is None:
        return {"due": None}
    return {"due": {"day": due.day, "cite": due.cite, "why": clocks.explain(due, language())}}


def _tie(form: RequestForm, error: HuitongError) -> None:
    """Tie a refusal to the fields that it names."""
    told = sentence(error, language())
    if isinstance(error, FactMissingError):
        for name in error.missing:
            form.named_error(PREFIX + name, told)
    elif isinstance(error, FactInvalidError):
        form.named_error(PREFIX + error.fact, told)


def _refusal(error: HuitongError | None) -> dict[str, Any] | None:
    if error is None:
        return None
    return {"sentence": sentence(error, language()), "cite": error.cite}


def _address(request: HttpRequest) -> str:
    """Return from where somebody calls; behind a trusted proxy, what that saw itself."""
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    if settings.CONFIG.secure and forwarded:
        return forwarded
    return str(request.META.get("REMOTE_ADDR", ""))

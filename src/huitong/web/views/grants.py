"""Grants, given and held; orders to rectify; the department's systems."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huitong.cases.models import Case
from huitong.errors import HuitongError
from huitong.organisations import history as organisations_history
from huitong.organisations import queries as organisations
from huitong.organisations import rules as organisation_rules
from huitong.organisations.errors import NotYourDepartmentError
from huitong.organisations.models import Department
from huitong.regulations import house, saying
from huitong.regulations.types import Lang
from huitong.sharing import queries, rectification, systems
from huitong.sharing.models import Client, Grant
from huitong.sharing.types import NewClient
from huitong.supervision import queries as supervision
from huitong.supervision import records
from huitong.web import ways
from huitong.web.access import StaffRequest, staff
from huitong.web.forms.sharing import ClientForm, RectificationForm
from huitong.web.refusals import sentence, status_of
from huitong.web.templatetags.ht import language
from huitong.web.views.datasets import case_lines
from huitong.web.views.evidence import column_titles, grant_page


@staff
def show_grants(request: StaffRequest) -> HttpResponse:
    """List the grants that the department holds, and those that it gave."""
    me = request.actor.department_id or 0
    mine = organisations.carried_by(me)
    seen = [
        (grant.consumer_id, grant_page(grant, request.at))
        for grant in queries.grants_seen_by(me).order_by("-id")
    ]
    held = [{**page, "other": page["provider"]} for consumer, page in seen if consumer in mine]
    given = [{**page, "other": page["consumer"]} for consumer, page in seen if consumer not in mine]
    groups = (
        {"id": "held", "label": _("本部门可以使用的"), "other": _("提供部门"), "grants": held},
        {"id": "given", "label": _("本部门给出的"), "other": _("使用部门"), "grants": given},
    )
    return render(request, "web/workbench/grants.html", {"groups": groups})


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def show_grant(request: StaffRequest, number: int) -> HttpResponse:
    """Show one grant; whom the law lets order a rectification gets the form (art. 27)."""
    grant = queries.grant(number)
    provider = grant.dataset.provider
    oversees = organisation_rules.oversees(request.actor, provider.jurisdiction.lineage())
    may_order = rectification.may_order(grant, request.actor, request.at)
    # What a department that was merged had is read on by its successor, ended grants too.
    parties = (provider, organisations_history.successor_of(grant.consumer))
    acts = any(organisation_rules.acts_for(request.actor, one) for one in parties)
    # Who decided in the provider's place reads what came of it.
    acts = acts or queries.decided_by(grant, request.actor.department_id)
    if not (acts or oversees or may_order):
        raise NotYourDepartmentError(
            actor=request.actor.name,
            department=grant.consumer.name,
            cite=records.inspection_cites(grant, request.at),
        )
    grounds = rectification.grounds(grant, request.at)
    if request.method != "POST":
        form = RectificationForm(grounds=grounds) if may_order else None
        return _grant(request, grant, form)
    form = RectificationForm(request.POST, grounds=grounds)
    if not form.is_valid():
        return _grant(request, grant, form, status=422)
    try:
        case = rectification.order_rectification(
            grant, actor=request.actor, at=request.at, **form.cleaned_data
        )
    except HuitongError as error:
        return _grant(request, grant, form, error=error)
    messages.success(request, _("已发出整改要求，受理号 %s。") % case.number)
    return redirect("case", case.number)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def show_clients(request: StaffRequest) -> HttpResponse:
    """List the department's systems; register one and show its secret this once."""
    form = ClientForm(request.POST if request.method == "POST" else None)
    made: NewClient | None = None
    status = 200
    if request.method == "POST":
        if form.is_valid():
            mine = Department.objects.get(pk=request.actor.department_id or 0)
            made = systems.register_client(
                department=mine, name=form.cleaned_data["name"], actor=request.actor, at=request.at
            )
            form = ClientForm()
        else:
            status = 422
    page = {
        "form": form,
        "refusal": None,
        "secret": made,
        "clients": queries.clients_of(request.actor.department_id or 0).prefetch_related(
            "handovers__former"
        ),
    }
    return render(request, "web/workbench/clients.html", page, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def stop_client(request: StaffRequest, client_id: str) -> HttpResponse:
    """Ask once more, then stop a system: its tokens end with it."""
    client = Client.objects.select_related("consumer").filter(client_id=client_id).first()
    if client is None:
        raise Http404(client_id)
    organisation_rules.require_acts_for(request.actor, client.consumer, cite=("HL-38.3",))
    if request.method == "POST":
        systems.deactivate_client(client, actor=request.actor, at=request.at)
        messages.success(request, _("已停用“%s”，其令牌全部失效。") % client.name)
        return redirect("clients")
    if not client.active:
        return redirect("clients")
    return render(request, "web/workbench/client_stop.html", {"client": client})


def _grant(
    request: StaffRequest,
    grant: Grant,
    form: RectificationForm | None,
    *,
    status: int = 200,
    error: HuitongError | None = None,
) -> HttpResponse:
    page: dict[str, Any] = {
        "grant": grant_page(grant, request.at, column_titles(grant)),
        "uses": supervision.use_of(grant),
        "records": [_record(one, language()) for one in records.of_use(grant, request.at)],
        "handovers": grant.handovers.select_related("former", "successor"),
        "cases": case_lines(Case.objects.filter(subject=grant.subject)),
        "ways": ways.from_grant(grant, request.actor, request.at, language()),
        "form": form,
        "suspends": form is not None and rectification.suspends_first(grant, request.at),
        "articles": rectification.articles(grant, request.at),
        "refusal": {"sentence": sentence(error, language()), "cite": error.cite} if error else None,
    }
    shown = status_of(error) if error else status
    return render(request, "web/workbench/grant.html", page, status=shown)


def _record(asked: records.Asked, lang: Lang) -> dict[str, Any]:
    """Return a record that the law asks for: what it states, how long it stays, who may look."""
    words, rule = house.words().kept, asked.rule
    word = words.records[rule.name]
    between = "、" if lang == "zh" else ", "
    inspected = rule.inspect
    return {
        "name": word.names.get(lang),
        "text": asked.profile.names.get(lang),
        "states": between.join(word.states[one].get(lang) for one in rule.states),
        "cite": rule.cite,
        "kept": saying.kept(rule.keep)[0].get(lang) if rule.keep else "",
        "kept_cite": rule.keep.cite if rule.keep else (rule.silent["keep"],),
        "inspected": between.join(words.inspectors[one].get(lang) for one in inspected.inspectors)
        if inspected
        else "",
        "inspected_cite": inspected.cite if inspected else (rule.silent["inspect"],),
    }

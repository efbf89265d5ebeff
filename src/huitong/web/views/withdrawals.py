"""Applying for a dataset to leave the catalogue (art. 16) or the open list (art. 35)."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huitong.cases.errors import KindAbsentError
from huitong.cases.models import Case
from huitong.catalogue import queries, withdrawal
from huitong.catalogue.models import Dataset
from huitong.errors import HuitongError
from huitong.opening import actions as opening
from huitong.organisations.rules import require_acts_for
from huitong.regulations.types import FlatTable
from huitong.sharing.models import Grant
from huitong.web import clock
from huitong.web.access import StaffRequest, staff
from huitong.web.forms.steps import FactsForm
from huitong.web.procedures import stages_of
from huitong.web.refusals import sentence, status_of
from huitong.web.templatetags.ht import language
from huitong.web.views.datasets import dataset_line

_CATALOGUE, _OPEN_LIST = "catalogue_withdrawal", "open_withdrawal"
Propose = Callable[[Mapping[str, Any]], Case]


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def withdraw(request: StaffRequest, code: str) -> HttpResponse:
    """Apply for an entry that cannot be kept up to leave the catalogue."""
    dataset = queries.dataset(code)
    require_acts_for(request.actor, dataset.provider, cite=("HL-6.2",))

    def propose(facts: Mapping[str, Any]) -> Case:
        return withdrawal.propose_withdrawal(
            dataset,
            change_source=facts.get("change_source", ""),
            change_reason=facts.get("change_reason", ""),
            actor=request.actor,
            at=request.at,
        )

    return _apply(request, dataset, _CATALOGUE, propose)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def close(request: StaffRequest, code: str) -> HttpResponse:
    """Apply for an open dataset to leave the open list."""
    dataset = queries.dataset(code)
    require_acts_for(request.actor, dataset.provider, cite=("HL-6.3",))

    def propose(facts: Mapping[str, Any]) -> Case:
        return opening.propose_withdrawal(
            dataset, reason=facts.get("reason", ""), actor=request.actor, at=request.at
        )

    return _apply(request, dataset, _OPEN_LIST, propose)


def _apply(request: StaffRequest, dataset: Dataset, kind: str, propose: Propose) -> HttpResponse:
    """Show what the regulation asks of an application, or that it knows none; then apply."""
    posted = request.POST if request.method == "POST" else None
    try:
        table = queries.procedure_of(dataset, kind, clock.day_of(request.at))
    except KindAbsentError as error:
        status = 200 if posted is None else status_of(error)
        return _page(request, dataset, kind, error=error, status=status)
    cases = Case.objects.filter(subject=dataset.subject, kind=kind, closed_at__isnull=True)
    running = cases.first()
    form = FactsForm(posted, steps=table.entry_steps[:1], table=table, lang=language())
    if posted is None or running is not None or not form.is_valid():
        status = 200 if posted is None else 409 if running is not None else 422
        return _page(request, dataset, kind, table=table, form=form, running=running, status=status)
    try:
        case = propose(form.facts())
    except HuitongError as error:
        return _page(
            request, dataset, kind, table=table, form=form, error=error, status=status_of(error)
        )
    messages.success(request, _("已提交撤销申请，受理号 %s。") % case.number)
    return redirect("case", case.number)


def _page(
    request: StaffRequest,
    dataset: Dataset,
    kind: str,
    *,
    status: int,
    table: FlatTable | None = None,
    form: FactsForm | None = None,
    running: Case | None = None,
    error: HuitongError | None = None,
) -> HttpResponse:
    lang = language()
    names = queries.profile_of(dataset).words.kinds[kind].names
    steps = [step for step in table.steps if not step.practice] if table else []
    cited = error.cite if error else [one for step in steps for one in step.cite]
    live = Grant.objects.live(request.at).filter(dataset=dataset)
    page = {
        "dataset": dataset_line(dataset, dataset.current_version),
        "kind": names.get(lang),
        "form": form,
        "running": running,
        "refusal": {"sentence": sentence(error, lang), "cite": error.cite} if error else None,
        "in_use": live.count() if kind == _CATALOGUE else 0,
        "stages": stages_of(table, lang) if table else [],
        "laws": list(dict.fromkeys(cited)),
    }
    return render(request, "web/workbench/withdrawal.html", page, status=status)

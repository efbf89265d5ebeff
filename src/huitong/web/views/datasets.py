"""The catalogue in the workbench: list, entry, submission."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from huitong.cases import tables
from huitong.cases.models import Case
from huitong.catalogue import actions, queries, registers
from huitong.catalogue.errors import CatalogueFieldsMissingError
from huitong.catalogue.models import DataItem, Dataset, DatasetVersion
from huitong.catalogue.types import Status
from huitong.errors import HuitongError
from huitong.opening import actions as opening
from huitong.opening import asking
from huitong.opening.models import OpenEntry
from huitong.organisations import rules as organisation_rules
from huitong.organisations.rules import require_acts_for
from huitong.organisations.types import Actor
from huitong.pool import exemptions
from huitong.pool.models import Batch
from huitong.web import clock, starting, ways
from huitong.web.access import StaffRequest, staff
from huitong.web.forms.steps import FactsForm
from huitong.web.insight import require_sight
from huitong.web.refusals import sentence, status_of
from huitong.web.templatetags.ht import language

_SHOWN = 20


@staff
def show_datasets(request: StaffRequest) -> HttpResponse:
    """List the department's own entries, those it oversees, and what others have published."""
    own = Dataset.objects.of(request.actor.department_id or 0).for_lists()
    others = queries.published().exclude(provider_id=request.actor.department_id)
    groups = (
        {"id": "own", "label": _("本部门的条目"), "datasets": [dataset_line(one) for one in own]},
        {
            "id": "others",
            "label": _("其他部门的条目"),
            "datasets": [dataset_line(one) for one in others],
        },
    )
    return render(request, "web/workbench/datasets.html", {"groups": groups})


@staff
def show_dataset(request: StaffRequest, code: str) -> HttpResponse:
    """Show one entry with its versions, cases and batches."""
    dataset = queries.dataset(code)
    require_sight(request.actor, dataset)
    return _page(request, dataset)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def submit(request: StaffRequest, code: str) -> HttpResponse:
    """Ask for the facts that submitting takes, then submit; what is missing is named by article."""
    dataset = queries.dataset(code)
    require_acts_for(request.actor, dataset.provider, cite=("HL-6.2",))
    try:
        submission = queries.submission_of(dataset, clock.day_of(request.at))
    except HuitongError as error:
        return _page(request, dataset, error)
    posted = request.POST if request.method == "POST" else None
    form = FactsForm(posted, steps=submission.steps, table=submission.table, lang=language())
    if posted is None or not form.is_valid():
        return _submission(request, dataset, submission, form)
    try:
        case = actions.submit_dataset(
            dataset, facts=form.facts(), actor=request.actor, at=request.at
        )
    except HuitongError as error:
        if not form.fields:
            return _page(request, dataset, error)
        return _submission(request, dataset, submission, form, error)
    told = _("目录已更新，受理号 %s。") if case.closed_at else _("已提交审核，受理号 %s。")
    messages.success(request, told % case.number)
    return redirect("case", case.number)


@require_POST
@staff
def propose_open(request: StaffRequest, code: str) -> HttpResponse:
    """Apply for a place on the open list; a refusal names the fields and the article.

    Where the text of the place asks for more than the catalogue knows, its questions come first.
    """
    dataset = queries.dataset(code)
    require_sight(request.actor, dataset)
    asked = asking.questions(dataset, request.at)
    form = None
    if asked is not None:
        posted = request.POST if request.POST.get("act") == "propose" else None
        form = FactsForm(posted, steps=asked[1], table=asked[0], lang=language())
        if posted is None or not form.is_valid():
            return _proposal(request, dataset, form, 200 if posted is None else 422)
    try:
        case = opening.propose_opening(
            dataset, facts=form.facts() if form else None, actor=request.actor, at=request.at
        )
    except HuitongError as error:
        if form is None:
            return _page(request, dataset, error)
        return _proposal(request, dataset, form, status_of(error), error)
    messages.success(request, _("已申请列入开放目录，受理号 %s。") % case.number)
    return redirect("case", case.number)


def _proposal(
    request: StaffRequest,
    dataset: Dataset,
    form: FactsForm,
    status: int,
    error: HuitongError | None = None,
) -> HttpResponse:
    page = {
        "dataset": dataset_line(dataset),
        "form": form,
        "refusal": {"sentence": sentence(error, language()), "cite": error.cite} if error else None,
    }
    return render(request, "web/workbench/dataset_open.html", page, status=status)


def shown_version(actor: Actor, dataset: Dataset) -> DatasetVersion:
    """Return the version in work to those who may see it, the published one to all others."""
    insider = organisation_rules.acts_for(actor, dataset.provider) or organisation_rules.oversees(
        actor, dataset.provider.jurisdiction.lineage()
    )
    published = dataset.current_version
    return dataset.newest if insider or published is None else published


def entry_page(
    dataset: Dataset, version: DatasetVersion, items: Sequence[DataItem] | None = None
) -> dict[str, Any]:
    """Return what the template of an entry shows."""
    return {
        "dataset": dataset_line(dataset, version),
        "version": version,
        "items": queries.items_of(version) if items is None else items,
        "doubts": registers.doubts_about(dataset, clock.now()),
    }


def _page(
    request: StaffRequest, dataset: Dataset, error: HuitongError | None = None
) -> HttpResponse:
    actor, version = request.actor, shown_version(request.actor, dataset)
    own = organisation_rules.acts_for(actor, dataset.provider)
    insider = own or organisation_rules.oversees(actor, dataset.provider.jurisdiction.lineage())
    listed = OpenEntry.objects.listed().filter(dataset=dataset).first()
    home = starting.home_of({"provider": dataset.provider}, actor)
    page = {
        **entry_page(dataset, version),
        "may": _may(dataset, own=own, listed=listed is not None),
        "way": None if own else ways.to_apply(dataset, home, request.at),
        "delegations": [
            {**one, "delegate": department_name(one["delegate"])}
            for one in ways.delegations_of(dataset, request.at)
        ],
        "refusal": _refusal(error),
        "opening": listed,
        "exemption": exemptions.exempted([dataset.subject], request.at).get(dataset.subject),
        "ways": ways.from_dataset(dataset, home, actor, request.at, language())
        if dataset.current_version is not None and dataset.withdrawn_at is None
        else [],
        "versions": dataset.versions.order_by("-number"),
        "cases": case_lines(Case.objects.filter(subject=dataset.subject)[:_SHOWN])
        if insider
        else [],
        "batches": Batch.objects.of(dataset.pk)[:_SHOWN] if insider else None,
    }
    status = status_of(error) if error else 200
    return render(request, "web/workbench/dataset.html", page, status=status)


def _submission(
    request: StaffRequest,
    dataset: Dataset,
    submission: queries.Submission,
    form: FactsForm,
    error: HuitongError | None = None,
) -> HttpResponse:
    english = language() == "en"
    page = {
        "dataset": dataset_line(dataset, dataset.newest),
        "version": dataset.newest,
        "kind": submission.table.names.get(language()),
        "form": form,
        "refusal": _refusal(error),
        "notices": [
            {"sentence": one.en if english else one.zh, "cite": one.cite}
            for one in queries.notices_of(dataset)
        ],
        "laws": list(dict.fromkeys(one for step in submission.steps for one in step.cite)),
    }
    status = status_of(error) if error else 422 if form.errors else 200
    return render(request, "web/workbench/dataset_submit.html", page, status=status)


def _may(dataset: Dataset, *, own: bool, listed: bool) -> dict[str, bool]:
    """Say which buttons the page offers; each action checks its own right again."""
    published = dataset.current_version if dataset.withdrawn_at is None else None
    idle = dataset.status in {Status.DRAFT, Status.RETURNED}
    return {
        "edit": own and dataset.status in {Status.DRAFT, Status.RETURNED, Status.PUBLISHED},
        "submit": own and idle and published is None,
        "update": own and idle and published is not None,
        "deliver": own and published is not None,
        "open": own and published is not None and not listed,
        "close": own and listed,
        "withdraw": own and published is not None,
    }


def _refusal(error: HuitongError | None) -> dict[str, Any] | None:
    if error is None:
        return None
    missing = error.missing if isinstance(error, CatalogueFieldsMissingError) else ()
    english = language() == "en"
    return {
        "sentence": sentence(error, language()),
        "cite": error.cite,
        "missing": [
            {"name": one.name, "label": one.en if english else one.zh, "cite": one.cite}
            for one in missing
        ],
    }


def case_lines(cases: Any) -> list[dict[str, Any]]:  # noqa: ANN401  any iterable of cases
    """Return cases as lists show them: names of kind and state from the case's own table."""
    found: list[Case] = list(cases)
    known = tables.read({case.table_id for case in found})
    lang = language()
    return [
        {
            "number": case.number,
            "title": case.title,
            "kind": known[case.table_id].names.get(lang),
            "state": known[case.table_id].states[case.state].names.get(lang),
            "received_at": case.received_at,
            "closed_at": case.closed_at,
        }
        for case in found
    ]


def dataset_line(dataset: Dataset, version: DatasetVersion | None = None) -> dict[str, Any]:
    """Return an entry as lists and heads of pages show it."""
    shown = version or dataset.current_version or dataset.newest
    return {
        "code": dataset.code,
        "resource_code": dataset.resource_code,
        "title": shown.title_en if language() == "en" and shown.title_en else shown.title,
        "provider": provider_name(dataset),
        "status": dataset.status,
        "withdrawn_at": dataset.withdrawn_at,
        "sharing_type": shown.effective_sharing_type or shown.sharing_type,
        "opening_type": shown.opening_type,
    }


def provider_name(dataset: Dataset) -> str:
    """Return the provider's name in the reader's language."""
    return department_name(dataset.provider)


def department_name(department: Any) -> str:  # noqa: ANN401  Department, or what a page made of it
    """Return a department's name in the reader's language, as far as it has one."""
    english = language() == "en" and department.name_en
    return str(department.name_en if english else department.name)

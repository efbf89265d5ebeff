"""Applying for data of another department: the form, the check of the answers, the PDF."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huitong.cases.errors import FactMissingError
from huitong.cases.models import Case
from huitong.catalogue import queries as catalogue
from huitong.catalogue.models import DataItem, Dataset, DatasetVersion
from huitong.catalogue.types import SharingType
from huitong.errors import HuitongError
from huitong.organisations import rules as organisation_rules
from huitong.organisations.errors import NotYourDepartmentError
from huitong.regulations.types import FlatTable
from huitong.sharing import actions, deciding, queries
from huitong.sharing.errors import NotSharedYetError
from huitong.sharing.forms import application_pdf
from huitong.sharing.models import Application
from huitong.web.access import StaffRequest, staff
from huitong.web.forms.sharing import ANSWERS, ApplicationForm
from huitong.web.forms.steps import PREFIX, FactsForm
from huitong.web.refusals import sentence, status_of
from huitong.web.templatetags.ht import day, language
from huitong.web.views.datasets import provider_name
from huitong.web.views.evidence import fact_text
from huitong.web.wording import label

# The law's names of facts beside the names of the form's fields.
_FIELDS = {"duty_basis": "basis"}
_AFTER = "after"
"""The number of the refused application after which a text has another way."""


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def apply(request: StaffRequest, code: str) -> HttpResponse:
    """Ask, then show the answers, then submit; `act` says which of the three was pressed."""
    dataset = catalogue.dataset(code)
    version = dataset.current_version
    if version is None:
        raise NotSharedYetError(code)
    items = catalogue.items_of(version)
    posted = request.POST if request.method == "POST" else None
    refused = _refused(request)
    table = _table(request, dataset, version, again=refused is not None)
    form = _empty_form(posted, items, table)
    act = request.POST.get("act", "")
    if posted is None or act == "change":
        return _form(request, dataset, version, items, form, table)
    if not form.is_valid():
        return _form(request, dataset, version, items, form, table, status=422)
    if act != "submit":
        return _check(request, dataset, version, items, form, table)
    given = form.cleaned_data
    try:
        application = actions.apply(
            dataset=dataset,
            items=given["columns"],
            scenario=given["scenario"],
            mode=given["mode"],
            scope=given["scope"],
            basis=given["basis"],
            purpose=given["purpose"],
            use_until=given["use_until"],
            facts=form.facts(),
            refused=refused,
            actor=request.actor,
            at=request.at,
        )
    except HuitongError as error:
        if isinstance(error, FactMissingError):
            for name in error.missing:
                field = _FIELDS.get(name, name)
                own = field if field in form.fields else PREFIX + name
                form.named_error(own, sentence(error, language()))
        return _form(request, dataset, version, items, form, table, error=error)
    messages.success(request, _("申请已提交，受理号 %s。") % application.case.number)
    return redirect("case", application.case.number)


@staff
def download_form(request: StaffRequest, number: str) -> HttpResponse:
    """Return the application form as a PDF to those whom the case concerns."""
    found = queries.applications_of(request.actor.department_id or 0).filter(case__number=number)
    application = found.first()
    if application is None:
        case = Case.objects.filter(number=number).first()
        application = queries.application_of_case(case.pk) if case else None
        if application is None:
            raise Http404(number)
        home = application.dataset.provider.jurisdiction
        if not organisation_rules.oversees(request.actor, home.lineage()):
            raise NotYourDepartmentError(
                actor=request.actor.name, department=application.consumer.name, cite=("HL-6.1",)
            )
    answer = HttpResponse(application_pdf(application), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{number}.pdf"'
    return answer


def _refused(request: StaffRequest) -> Application | None:
    number = request.POST.get(_AFTER) or request.GET.get(_AFTER) or ""
    return queries.application_of_number(number, request.actor.department_id or 0)


def _table(
    request: StaffRequest, dataset: Dataset, version: DatasetVersion, *, again: bool
) -> FlatTable | None:
    """Return the procedure that an application would go through; None where the text has none."""
    kind = deciding.KIND_OF[SharingType(version.effective_sharing_type)]
    where = dataset.provider.jurisdiction
    return queries.table_in_force(deciding.THIRD if again else kind, where, request.at)


def _empty_form(
    posted: QueryDict | None, items: list[DataItem], table: FlatTable | None
) -> ApplicationForm:
    """Return the form with the fields that the text asks for beside those of every application."""
    listed = [(item.name, item.title) for item in items]
    if table is None:
        return ApplicationForm(posted, items=listed)
    asked = FactsForm(steps=[deciding.asked_beside(table)], table=table, lang=language())
    return ApplicationForm(posted, items=listed, asked=asked)


def _form(
    request: StaffRequest,
    dataset: Dataset,
    version: DatasetVersion,
    items: list[DataItem],
    form: ApplicationForm,
    table: FlatTable | None,
    *,
    status: int = 200,
    error: HuitongError | None = None,
) -> HttpResponse:
    chosen = set(request.POST.getlist("columns"))
    page = {
        **_about(dataset, version),
        "form": form,
        "cite": table.entry_steps[0].cite if table else (),
        "items": [_choice(item, chosen) for item in items],
        "refusal": {"sentence": sentence(error, language()), "cite": error.cite} if error else None,
    }
    shown = status_of(error) if error else status
    return render(request, "web/workbench/apply.html", page, status=shown)


def _check(
    request: StaffRequest,
    dataset: Dataset,
    version: DatasetVersion,
    items: list[DataItem],
    form: ApplicationForm,
    table: FlatTable | None,
) -> HttpResponse:
    given = form.cleaned_data
    shown = {
        **given,
        "mode": label("mode", given["mode"], language()),
        "use_until": day(given["use_until"]),
    }
    hidden = [("columns", name) for name in given["columns"]]
    hidden += [(name, request.POST.get(name, "")) for name in (*ANSWERS, *form.asked)]
    if _AFTER in request.GET:
        hidden.append((_AFTER, request.GET[_AFTER]))
    answers = [{"label": form.fields[name].label, "value": shown[name]} for name in ANSWERS]
    if table is not None:
        answers += [
            {
                "label": form.fields[PREFIX + name].label,
                "value": fact_text(table, name, value, language()),
            }
            for name, value in form.facts().items()
        ]
    page = {
        **_about(dataset, version),
        "form": form,
        "refusal": None,
        "chosen": [item for item in items if item.name in given["columns"]],
        "answers": answers,
        "hidden": hidden,
    }
    return render(request, "web/workbench/apply_check.html", page)


def _about(dataset: Dataset, version: DatasetVersion) -> dict[str, Any]:
    return {
        "dataset": {"code": dataset.code, "provider": provider_name(dataset)},
        "version": {"title": version.title, "sharing_type": version.effective_sharing_type},
    }


def _choice(item: DataItem, chosen: set[str]) -> dict[str, Any]:
    return {
        "name": item.name,
        "title": item.title,
        "type": item.type,
        "grade": item.grade,
        "sensitive": item.sensitive,
        "personal": item.personal,
        "chosen": item.name in chosen,
    }

"""Merging or abolishing a department: a form, then what would go to whom, then the act."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huitong.errors import HuitongError
from huitong.organisations import actions
from huitong.organisations.actions.guarding import AREA, require_oversight
from huitong.organisations.models import Department
from huitong.web import foreseeing
from huitong.web.access import StaffRequest, staff
from huitong.web.forms.bodies import EndForm
from huitong.web.refusals import sentence, status_of
from huitong.web.templatetags.ht import language
from huitong.web.views.bodies import department_of, overseen


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def end_department(request: StaffRequest, code: str) -> HttpResponse:
    """Ask who carries on, show what goes to whom, and merge or abolish once that is confirmed.

    What is shown was tried: the act is carried out and taken back, so that a refusal is told before
    anybody confirms. The confirmation carries it out anew and may still be refused.
    """
    department = department_of(code)
    require_oversight(request.actor, department.jurisdiction)
    posted = request.method == "POST"
    form = EndForm(request.POST if posted else None, among=_heirs(request, department))
    confirmed = posted and "confirm" in request.POST
    error: HuitongError | None = None
    groups: list[foreseeing.Group] = []
    if posted and form.is_valid():
        groups = foreseeing.of_end(department, form.cleaned_data["successor"], request.at)
        try:
            with transaction.atomic():
                actions.end_department(
                    department, actor=request.actor, at=request.at, **form.cleaned_data
                )
                transaction.set_rollback(not confirmed)
        except HuitongError as refusal:
            error = refusal
        else:
            if confirmed:
                messages.success(request, _("已登记；原名称留在以前的办件、授权和存证上。"))
                return redirect("organisation", department.code)
    page = {
        "department": department,
        "form": form,
        "groups": groups,
        "shown": bool(groups) and error is None and not form.errors,
        "successor": form.cleaned_data.get("successor") if form.is_bound else None,
        "refusal": {"sentence": sentence(error, language()), "cite": error.cite} if error else None,
        "cite": AREA,
    }
    status = status_of(error) if error else 422 if form.errors else 200
    return render(request, "web/workbench/organisation_end.html", page, status=status)


def _heirs(request: StaffRequest, department: Department) -> object:
    standing = Department.objects.filter(ended_on__isnull=True, jurisdiction__in=overseen(request))
    return standing.exclude(pk=department.pk).select_related("jurisdiction")

"""Merging or abolishing a body: a form, then what would go to whom, then the act."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huitong.errors import HuitongError
from huitong.organisations import actions
from huitong.organisations.actions.guarding import AREA
from huitong.organisations.actions.refusing import kept
from huitong.organisations.models import Department, Jurisdiction
from huitong.web import foreseeing
from huitong.web.access import StaffRequest, staff
from huitong.web.forms.bodies import EndForm, EndPlaceForm
from huitong.web.forms.house import HouseForm
from huitong.web.refusals import sentence, status_of
from huitong.web.templatetags.ht import language
from huitong.web.views.bodies import department_of, overseen, place_of, require_keeper


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def end_department(request: StaffRequest, code: str) -> HttpResponse:
    """Ask who carries on, show what goes to whom, and merge or abolish once that is confirmed."""
    department = department_of(code)
    require_keeper(request, department.jurisdiction)
    standing = Department.objects.filter(ended_on__isnull=True, jurisdiction__in=overseen(request))
    heirs = standing.exclude(pk=department.pk).select_related("jurisdiction")
    return _ended(
        request,
        EndForm(request.POST if request.method == "POST" else None, among=heirs),
        department,
        actions.end_department,
        lambda successor: foreseeing.of_end(department, successor, request.at),
        {
            "title": _("合并或撤销"),
            "hint": _(
                "有承接部门的，职责连同在办事项、目录、授权和应用系统一并移交；"
                "规定没有写明部门合并时授权的去向，使用目的和范围按原申请不变。"
            ),
            "trail": [("place", department.jurisdiction), ("organisation", department)],
            "address": "organisation",
            "again": "organisation-end",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def end_place(request: StaffRequest, code: str) -> HttpResponse:
    """Ask into which area this one goes, show what goes along, and merge once confirmed."""
    place = place_of(code)
    require_keeper(request, place)
    heirs = overseen(request).filter(level=place.level).exclude(pk=place.pk)
    return _ended(
        request,
        EndPlaceForm(request.POST if request.method == "POST" else None, among=heirs),
        place,
        actions.merge_jurisdiction,
        lambda successor: foreseeing.of_merged_place(place, successor),
        {
            "title": _("并入其他行政区"),
            "hint": _(
                "部门、下级行政区划入承接的行政区；在办件保留编号和适用规定，由承接行政区的主管部门续办；"
                "新的办件在承接行政区办理。"
            ),
            "trail": [("place", place)],
            "address": "place",
            "again": "place-end",
        },
    )


def _ended(
    request: StaffRequest,
    form: HouseForm,
    body: Department | Jurisdiction,
    verb: Callable[..., Any],
    foresee: Callable[[Any], list[foreseeing.Group]],
    page: dict[str, Any],
) -> HttpResponse:
    """Answer one of the two pages.

    What is shown was tried: the act is carried out and taken back, so that a refusal is told before
    anybody confirms. The confirmation carries it out anew and may still be refused.
    """
    confirmed = "confirm" in request.POST
    error: HuitongError | None = None
    groups: list[foreseeing.Group] = []
    if form.is_bound and form.is_valid():
        groups = foresee(form.cleaned_data["successor"])
        try:
            with kept(), transaction.atomic():
                verb(body, actor=request.actor, at=request.at, **form.cleaned_data)
                transaction.set_rollback(not confirmed)
        except HuitongError as refusal:
            error = refusal
        else:
            if confirmed:
                messages.success(request, _("已登记；原名称留在以前的办件、授权和存证上。"))
                return redirect(page["address"], body.code)
    page |= {
        "body": body,
        "form": form,
        "groups": groups,
        "shown": bool(groups) and error is None and not form.errors,
        "successor": form.cleaned_data.get("successor") if form.is_bound else None,
        "refusal": {"sentence": sentence(error, language()), "cite": error.cite} if error else None,
        "cite": AREA,
    }
    status = status_of(error) if error else 422 if form.errors else 200
    return render(request, "web/workbench/body_end.html", page, status=status)

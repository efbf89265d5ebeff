"""What happens to bodies: founding, renaming, moving, other kinds and codes, guidance.

Each page is one act with its paper and its day of effect; only who oversees the area has it.
"""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from huitong.errors import HuitongError
from huitong.organisations import actions, gaps
from huitong.organisations.actions.guarding import AREA, keeps_bodies, require_oversight
from huitong.organisations.actions.refusing import Attempt, attempting
from huitong.organisations.models import Department, Jurisdiction
from huitong.web.access import StaffRequest, staff
from huitong.web.forms import bodies as forms
from huitong.web.forms.house import HouseForm
from huitong.web.refusals import sentence, status_of
from huitong.web.templatetags.ht import language

_READING = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Act:
    """One act on a body: its title, what it does in words, its form and the action."""

    title: str | Promise
    hint: str | Promise
    make: Callable[..., HouseForm]
    verb: Callable[..., Any]


def _named(form: type[HouseForm]) -> Callable[..., HouseForm]:
    """Return a maker of a form whose first values are those of the body."""

    def made(data: Any, body: Department | Jurisdiction, _request: StaffRequest) -> HouseForm:  # noqa: ANN401
        now = ("name", "name_en", "kind", "authorised_by")
        return form(data, initial={name: getattr(body, name, "") for name in now})

    return made


def _move_department(data: Any, body: Department, request: StaffRequest) -> HouseForm:  # noqa: ANN401
    return forms.MoveDepartmentForm(data, among=overseen(request).exclude(pk=body.jurisdiction_id))


def _move_place(data: Any, body: Jurisdiction, request: StaffRequest) -> HouseForm:  # noqa: ANN401
    return forms.MovePlaceForm(data, among=overseen(request).exclude(pk=body.pk))


def _recode(data: Any, _body: Jurisdiction, _request: StaffRequest) -> HouseForm:  # noqa: ANN401
    return forms.RecodeForm(data)


def _guide(data: Any, body: Department, _request: StaffRequest) -> HouseForm:  # noqa: ANN401
    above = Department.objects.filter(
        ended_on__isnull=True, jurisdiction__in=body.jurisdiction.lineage()[1:]
    )
    initial = {"guide": body.guide_id}
    return forms.GuideForm(data, among=above.select_related("jurisdiction"), initial=initial)


DEPARTMENT_ACTS: Mapping[str, Act] = {
    "rename": Act(
        gettext_lazy("办理部门更名"),
        gettext_lazy("原名称留在生效日以前的办件和存证上。"),
        _named(forms.RenameForm), actions.rename_department,
    ),
    "move": Act(
        gettext_lazy("办理部门划转"),
        gettext_lazy("划入其他行政区；承担主管职责的，先将职责交由其他部门。"),
        _move_department, actions.move_department,
    ),
    "rekind": Act(
        gettext_lazy("办理变更单位类别"),
        gettext_lazy("规定如何适用，随单位类别而定。"),
        _named(forms.KindForm), actions.change_kind,
    ),
    "guide": Act(
        gettext_lazy("办理行业指导关系"),
        gettext_lazy("指导部门须属上级行政区。"),
        _guide, actions.set_guide,
    ),
}  # fmt: skip
PLACE_ACTS: Mapping[str, Act] = {
    "rename": Act(
        gettext_lazy("办理行政区更名"),
        gettext_lazy("原名称留在生效日以前的办件和存证上。"),
        _named(forms.RenameForm), actions.rename_jurisdiction,
    ),
    "move": Act(
        gettext_lazy("办理变更隶属"),
        gettext_lazy("新的上级行政区须由同一主管部门统筹。"),
        _move_place, actions.move_jurisdiction,
    ),
    "recode": Act(
        gettext_lazy("办理变更区划代码"),
        gettext_lazy("例如县改区；原代码不再给其他行政区使用。"),
        _recode, actions.recode_jurisdiction,
    ),
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def change_department(request: StaffRequest, code: str, act: str) -> HttpResponse:
    """Carry out one act on a department, by who oversees its area."""
    department = department_of(code)
    if act not in DEPARTMENT_ACTS:
        raise Http404(act)
    require_keeper(request, department.jurisdiction)
    trail = [("place", department.jurisdiction), ("organisation", department)]
    return _act(request, DEPARTMENT_ACTS[act], department, "organisation", trail)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def change_place(request: StaffRequest, code: str, act: str) -> HttpResponse:
    """Carry out one act on an area, by who oversees it."""
    place = place_of(code)
    if act not in PLACE_ACTS:
        raise Http404(act)
    require_keeper(request, place)
    return _act(request, PLACE_ACTS[act], place, "place", [("place", place)])


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def found_department(request: StaffRequest, code: str) -> HttpResponse:
    """Found a department in an area, by who oversees it."""
    place = place_of(code)
    require_keeper(request, place)
    above = Department.objects.filter(ended_on__isnull=True, jurisdiction__in=place.lineage())
    form = forms.FoundDepartmentForm(
        _data(request),
        parents=above.select_related("jurisdiction"),
        initial={"kind": "government_department"},
    )
    asked = gaps.house_of(place).bodies.values()
    return _founded(
        request, form, place,
        lambda given: actions.found_department(
            jurisdiction=place, actor=request.actor, at=request.at, **given
        ),
        title=_("设立部门"),
        hint=_("填写批准设立的文件和生效日；中央驻地机关和提供公共服务的企业也在此登记。"),
        address="organisation",
        authorised=[one for one in asked if one.authorised],
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def found_place(request: StaffRequest, code: str) -> HttpResponse:
    """Found an area below another, by who oversees that one."""
    place = place_of(code)
    require_keeper(request, place)
    return _founded(
        request, forms.FoundPlaceForm(_data(request), parent=place), place,
        lambda given: actions.found_jurisdiction(
            parent=place, actor=request.actor, at=request.at, **given
        ),
        title=_("设立下级行政区"),
        hint=_("国家标准中没有的代码照样登记，并在存证中注明。"),
        address="place",
    )  # fmt: skip


def department_of(code: str) -> Department:
    """Return a department with all that an act on it asks for. Raises: Http404."""
    related = ("jurisdiction__parent__parent", "guide", "successor")
    found = Department.objects.select_related(*related).filter(code=code).first()
    if found is None:
        raise Http404(code)
    return found


def require_keeper(request: StaffRequest, place: Jurisdiction) -> None:
    """Let pass who keeps the bodies of an area; whoever else tries to change one is on record.

    Raises: NotAuthorityError.
    """
    match = request.resolver_match
    name = match.url_name if match is not None and match.url_name else "page"
    subject = f"jurisdiction:{place.code}"
    tried = Attempt(name, subject, request.actor, request.at, AREA)
    with nullcontext() if request.method in _READING else attempting(tried):
        require_oversight(request.actor, place)


def overseen(request: StaffRequest) -> Any:  # noqa: ANN401  a QuerySet, as forms take it
    """Return the standing areas whose bodies the actor keeps."""
    areas = Jurisdiction.objects.filter(code__in=request.actor.is_authority_of)
    wanted = {area.code for area in areas if keeps_bodies(request.actor, area)}
    rows = Jurisdiction.objects.all()
    known = {row.pk: row for row in rows}
    found = set()
    for row in known.values():
        here: Jurisdiction | None = row
        while here is not None and here.code not in wanted:
            here = known.get(here.parent_id or 0)
        if here is not None:
            found.add(row.pk)
    return Jurisdiction.objects.filter(pk__in=found, ended_on__isnull=True)


def _founded(
    request: StaffRequest,
    form: HouseForm,
    place: Jurisdiction,
    verb: Callable[[Mapping[str, Any]], Department | Jurisdiction],
    *,
    title: str,
    hint: str,
    address: str,
    authorised: Any = (),  # noqa: ANN401
) -> HttpResponse:
    error: HuitongError | None = None
    if request.method not in _READING and form.is_valid():
        try:
            made = verb(form.cleaned_data)
        except HuitongError as refusal:
            error = refusal
        else:
            messages.success(request, _("已登记。"))
            return redirect(address, made.code)
    page = {
        "title": title, "hint": hint, "trail": [("place", place)], "authorised": authorised,
    }  # fmt: skip
    return _shown(request, form, error, page)


def _act(
    request: StaffRequest,
    act: Act,
    body: Department | Jurisdiction,
    address: str,
    trail: Any,  # noqa: ANN401
) -> HttpResponse:
    form = act.make(_data(request), body, request)
    error: HuitongError | None = None
    if request.method not in _READING and form.is_valid():
        try:
            done = act.verb(body, actor=request.actor, at=request.at, **form.cleaned_data)
        except HuitongError as refusal:
            error = refusal
        else:
            messages.success(request, _("已登记。"))
            return redirect(address, done.code)
    page = {"title": act.title, "hint": act.hint, "trail": trail, "authorised": ()}
    return _shown(request, form, error, page)


def _shown(
    request: StaffRequest, form: HouseForm, error: HuitongError | None, page: dict[str, Any]
) -> HttpResponse:
    refusal = {"sentence": sentence(error, language()), "cite": error.cite} if error else None
    status = status_of(error) if error else 422 if form.errors else 200
    page |= {"form": form, "refusal": refusal, "cite": AREA}
    return render(request, "web/workbench/body_act.html", page, status=status)


def _data(request: StaffRequest) -> Any:  # noqa: ANN401
    return None if request.method in _READING else request.POST


def place_of(code: str) -> Jurisdiction:
    """Return an area with all that an act on it asks for. Raises: Http404."""
    related = ("parent__parent__parent", "successor")
    found = Jurisdiction.objects.select_related(*related).filter(code=code).first()
    if found is None:
        raise Http404(code)
    return found

"""Areas and departments: who holds which duty and post, since when, and what is missing."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huitong.cases.models import Waiting
from huitong.errors import HuitongError
from huitong.organisations import actions, books, gaps, history, rules
from huitong.organisations.actions.guarding import NAMING, keeps_bodies, names_people
from huitong.organisations.models import Delegation, Department, Jurisdiction, Person, Post, Unit
from huitong.organisations.types import Actor, Newcomer
from huitong.regulations import house, vocabulary
from huitong.web import clock, wording
from huitong.web.access import StaffRequest, staff
from huitong.web.forms.house import HouseForm
from huitong.web.forms.organisations import (
    AppointmentForm,
    DelegationForm,
    DutyForm,
    StandInForm,
    TreeForm,
    UnitForm,
)
from huitong.web.refusals import sentence, status_of
from huitong.web.templatetags.ht import language
from huitong.web.views.bodies import DEPARTMENT_ACTS, PLACE_ACTS


@require_GET
@staff
def show_organisations(request: StaffRequest) -> HttpResponse:
    """Show the tree of areas as it stood on a day, today unless asked otherwise."""
    today = clock.day_of(request.at)
    form = TreeForm(request.GET if "on" in request.GET else None, initial={"on": today})
    day = form.cleaned_data["on"] if form.is_bound and form.is_valid() else today
    tree = history.tree_on(day)
    standing = Department.objects.filter(ended_on__isnull=True).values_list("jurisdiction")
    counted = dict(standing.annotate(Count("pk")).order_by())
    now = Jurisdiction.objects.in_bulk([one.number for one in tree])
    names = {one.code: one for one in tree}
    rows = [
        {
            "then": one,
            "now": now[one.number],
            "parent": names.get(one.parent or ""),
            "bodies": counted.get(one.number, 0),
        }
        for one in tree
    ]
    page = {
        "places": rows,
        "mine": Department.objects.filter(pk=request.actor.department_id or 0).first(),
        "form": form,
        "day": day,
        "past": day != today,
        "refusal": None,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "web/workbench/organisations.html", page, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def show_place(request: StaffRequest, code: str) -> HttpResponse:
    """Show an area: its duties and who holds them, its departments, and what became of it."""
    place = Jurisdiction.objects.select_related("parent", "successor").filter(code=code).first()
    if place is None:
        raise Http404(code)
    lang = language()
    asked = gaps.duties_of(place)
    names = vocabulary.shared()[0].duties
    options = [(one.name, names[one.name].get(lang)) for one in asked]
    departments = place.departments.filter(ended_on__isnull=True)
    below = Department.objects.filter(
        ended_on__isnull=True, jurisdiction__in=[place, *place.children.all()]
    )
    posted = request.POST.get("act") if request.method == "POST" else None
    duty = DutyForm(
        request.POST if posted == "duty" else None,
        duties=options, departments=departments, prefix="duty",
    )  # fmt: skip
    lend = DelegationForm(
        request.POST if posted == "delegate" else None,
        duties=options, departments=below, prefix="delegate",
    )  # fmt: skip
    today = clock.day_of(request.at)
    refusal: HuitongError | None = None
    form: HouseForm = lend if posted == "delegate" else duty
    who: dict[str, Any] = {"actor": request.actor, "at": request.at}
    try:
        if posted == "end_delegation":
            actions.end_delegation(_delegation(place, request.POST.get("delegation")), **who)
            messages.success(request, _("委托自即日起终止。"))
            return redirect("place", place.code)
        if posted is not None and form.is_valid():
            verb = actions.delegate if posted == "delegate" else actions.assign_duty
            verb(jurisdiction=place, **who, **form.cleaned_data)
            messages.success(request, _("已登记，自即日起生效。"))
            return redirect("place", place.code)
    except HuitongError as error:
        refusal = error
    held = {one.duty: one.department for one in place.duties.select_related("department")}
    lent = place.delegations.held_on(today).select_related("department", "delegator__jurisdiction")
    by_duty: dict[str, Delegation] = {one.duty: one for one in lent}
    page = {
        "place": place,
        "line": place.lineage()[1:],
        "duties": [
            {
                "names": names[one.name],
                "body": one.names,
                "cite": one.cite,
                "holder": held.get(one.name),
                "delegation": by_duty.get(one.name),
                "ends": one.name in by_duty
                and names_people(request.actor, by_duty[one.name].delegator),
            }
            for one in asked
        ],
        "departments": _listed(departments.select_related("jurisdiction"), place),
        "changes": place.changes.all(),
        "acts": PLACE_ACTS,
        "oversees": keeps_bodies(request.actor, place),
        "lends": any(
            rules.acts_for(request.actor, one) and request.actor.posts & NAMING
            for one in held.values()
        ),
        "duty_form": duty,
        "lend_form": lend,
        "form": form,
        "refusal": _refusal(refusal),
    }
    return render(request, "web/workbench/place.html", page, status=_status(form, posted, refusal))


@require_GET
@staff
def show_organisation(request: StaffRequest, code: str) -> HttpResponse:
    """Show a department: what it is, who holds its posts, its books, and what is missing."""
    department = _department(code)
    today = clock.day_of(request.at)
    held = Post.objects.filter(department=department).held_on(today)
    asked = gaps.house_of(department.jurisdiction)
    rule = asked.bodies.get(department.kind)
    page = {
        "department": department,
        "kind": house.words().bodies.get(department.kind),
        "rule": rule,
        "standing": house.words().standings.get(rule.standing) if rule else None,
        "guidance": asked.guidance,
        "gaps": gaps.of_department(department, today),
        "posts": held.select_related("person", "stands_in_for__person").order_by("role", "since"),
        "units": _units(department, today),
        "tasks": _tasks(department, asked, today),
        "papers": [_paper(one, today) for one in books.of_department(department)],
        "received": books.sent_to(department),
        "duties": department.duties.select_related("jurisdiction"),
        "lent": department.delegations_held.held_on(today).select_related("delegator"),
        "changes": department.changes.all(),
        "acts": DEPARTMENT_ACTS if keeps_bodies(request.actor, department.jurisdiction) else {},
        "guided": department.guided.filter(ended_on__isnull=True).select_related("jurisdiction"),
        "names_people": names_people(request.actor, department),
        "files": rules.acts_for(request.actor, department),
        "paper_kinds": house.words().papers.values(),
        "concerned": _concerned(request.actor, department),
        "today": today,
    }
    return render(request, "web/workbench/organisation.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def change_people(request: StaffRequest, code: str) -> HttpResponse:
    """Appoint people, end posts, let somebody stand in, name the units of a department."""
    department = _department(code)
    today = clock.day_of(request.at)
    held = Post.objects.filter(department=department).held_on(today).select_related("person")
    posted = request.POST.get("act") if request.method == "POST" else None

    def data(act: str) -> Any:  # noqa: ANN401  as Django's forms take it
        return request.POST if posted == act else None

    forms: dict[str, HouseForm] = {
        "appoint": AppointmentForm(data("appoint"), prefix="appoint", initial={"since": today}),
        "stand_in": StandInForm(
            data("stand_in"), prefix="stand_in", labels=_post_label,
            posts=held.filter(acting=False),
        ),
        "unit": UnitForm(data("unit"), prefix="unit", language=language()),
    }  # fmt: skip
    refusal: HuitongError | None = None
    form = forms.get(posted or "")
    try:
        if posted == "end":
            post = held.filter(pk=_number(request.POST.get("post"))).first()
            if post is None:
                raise Http404(code)
            actions.end_post(post, actor=request.actor, at=request.at)
        elif form is not None and form.is_valid():
            _carry_out(posted or "", form, department, request)
        if posted == "end" or (form is not None and form.is_valid()):
            messages.success(request, _("已登记。"))
            return redirect("organisation", department.code)
    except HuitongError as error:
        refusal = error
    page = {
        "department": department,
        "posts": held.order_by("role", "since"),
        "forms": forms,
        "form": form or forms["appoint"],
        "refusal": _refusal(refusal),
    }
    status = _status(form, posted, refusal)
    return render(request, "web/workbench/organisation_people.html", page, status=status)


def _carry_out(act: str, form: HouseForm, department: Department, request: StaffRequest) -> None:
    given = dict(form.cleaned_data)
    who: dict[str, Any] = {"actor": request.actor, "at": request.at}
    if act == "unit":
        actions.name_unit(department=department, **given, **who)
        return
    username, name = given.pop("username"), given.pop("name", "")
    person: Person | Newcomer | None = Person.objects.filter(username=username).first()
    if person is None and name:
        person = Newcomer(username, name)
    if person is None:
        form.named_error("username", _("没有这个用户名；新开账号请同时填写姓名。"))
    elif act == "appoint":
        actions.appoint(person=person, department=department, **given, **who)
    else:
        actions.stand_in(given.pop("post"), person=person, **given, **who)


def _number(typed: str | None) -> int:
    """Return the number of a row as a form sent it; 0, which no row has, for anything else."""
    fits = typed is not None and typed.isascii() and typed.isdigit() and len(typed) < 19
    return int(typed) if typed is not None and fits else 0


def _delegation(place: Jurisdiction, number: str | None) -> Delegation:
    found = place.delegations.filter(pk=_number(number)).first()
    if found is None:
        raise Http404(number)
    return found


def _department(code: str) -> Department:
    related = ("jurisdiction__parent__parent", "parent", "guide", "successor")
    found = Department.objects.select_related(*related).filter(code=code).first()
    if found is None:
        raise Http404(code)
    return found


def _concerned(actor: Actor, department: Department) -> bool:
    """Contacts and papers are for the department, its guide and its authority."""
    mine = actor.department_id in {department.pk, department.guide_id} - {None}
    return mine or rules.oversees(actor, department.jurisdiction.lineage())


def _listed(departments: Any, place: Jurisdiction) -> list[dict[str, Any]]:  # noqa: ANN401
    asked, words = gaps.house_of(place), house.words()
    rows = []
    for one in departments:
        rule = asked.bodies.get(one.kind)
        rows.append(
            {
                "department": one,
                "kind": words.bodies.get(one.kind),
                "standing": words.standings[rule.standing] if rule else None,
                "cite": rule.cite if rule else (),
            }
        )
    return rows


def _units(department: Department, today: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    words = house.words().units
    rows = Unit.objects.filter(department=department, since__lte=today, until__isnull=True)
    return [{"kind": words.get(one.kind), "name": one.name, "since": one.since} for one in rows]


def _tasks(department: Department, asked: house.House, today: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    """Return the work that a unit or post answers for, who that is, and how many cases wait."""
    if not asked.tasks:
        return []
    waiting = dict(
        Waiting.objects.filter(department=department)
        .values_list("case__kind")
        .annotate(Count("case", distinct=True))
    )
    words = house.words()
    who: dict[str, list[str]] = {}
    for unit in Unit.objects.filter(department=department, until__isnull=True):
        who.setdefault(unit.kind, []).append(unit.name)
    for post in Post.objects.filter(department=department).held_on(today).select_related("person"):
        who.setdefault(post.role, []).append(post.person.name)
    filed = set(books.in_force(department.papers.all(), today).values_list("kind", flat=True))
    return [
        {
            "names": task.names,
            "office": words.units.get(task.who) or words.posts.get(task.who),
            "who": who.get(task.who, []),
            "waiting": sum(waiting.get(kind, 0) for kind in task.kinds) if task.kinds else None,
            "papers": [(words.papers[kind].names, kind in filed) for kind in task.papers],
            "cite": task.cite,
        }
        for task in asked.tasks.values()
    ]


def _paper(paper: Any, today: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "paper": paper,
        "kind": house.words().papers[paper.kind].names,
        "over": paper.until is not None and paper.until <= today,
        "soon": paper.until is not None and today < paper.until <= today + books.SOON,
    }


def _post_label(post: Post) -> str:
    return f"{wording.label('post', post.role, language())} {post.person.name}"


def _refusal(error: HuitongError | None) -> dict[str, object] | None:
    return {"sentence": sentence(error, language()), "cite": error.cite} if error else None


def _status(form: HouseForm | None, posted: str | None, refusal: HuitongError | None) -> int:
    if refusal is not None:
        return status_of(refusal)
    return 422 if posted is not None and form is not None and form.errors else 200

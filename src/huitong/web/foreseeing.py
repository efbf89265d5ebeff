"""What would go to whom if a body ended today, as a page lists it before anybody confirms."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from huitong.cases.models import Case, Waiting
from huitong.catalogue.models import Dataset
from huitong.organisations.models import Delegation, Department, Duty, Jurisdiction, Post
from huitong.sharing import endings, succession
from huitong.sharing.changes import USE_CHANGE
from huitong.web import clock, wording
from huitong.web.templatetags.ht import duty_name, language

MOST = 50
"""Lines shown of one group; the number of all stands beside its title."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that goes over or ends, and the page on which it stands (empty: none)."""

    text: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Things of one kind, what becomes of them, and the articles that say so (none: silence)."""

    name: str
    title: str
    fate: str
    number: int
    lines: list[Line] = field(default_factory=list)
    cite: tuple[str, ...] = ()


def of_end(department: Department, successor: Department | None, at: dt.datetime) -> list[Group]:
    """Return what a department has, group by group, and what becomes of each; empty groups too."""
    today = clock.day_of(at)
    heir = successor.name if successor else ""
    to_heir = _("移交%s") % heir if successor else _("没有承接部门，不能撤销")
    groups = [
        _group("cases", _("在办事项"), _("由%s续办") % heir if successor else to_heir,
               _cases(department)),
        _group("duties", _("主管职责"), to_heir,
               (Line(f"{one.jurisdiction.name}：{duty_name(one.duty)}",
                     reverse("place", args=[one.jurisdiction.code]))
                for one in department.duties.select_related("jurisdiction"))),
        _group("posts", _("任职"), _("自生效日起免去，不再能以本部门名义办理"),
               _posts(department, today)),
        _group("units", _("工作机构"), _("自生效日起终止"),
               (Line(one.name) for one in department.units.filter(until__isnull=True))),
        _group("delegations", _("委托"), _("自生效日起终止"), _delegations(department, today)),
        _group("guided", _("指导的本行业部门"),
               _("属上级部门的，改由%s指导") % heir if successor else _("不再由其指导"),
               (Line(one.name, reverse("organisation", args=[one.code]))
                for one in department.guided.filter(ended_on__isnull=True))),
        _group("entries", _("目录条目"), to_heir, _entries(department)),
    ]  # fmt: skip
    return groups + _of_sharing(department, successor, at)


def of_merged_place(place: Jurisdiction, successor: Jurisdiction) -> list[Group]:
    """Return what an area has, group by group, and what becomes of each in its successor."""
    there = {
        one.duty: one.department
        for one in Duty.objects.filter(jurisdiction=successor).select_related("department")
    }
    moves = _("划入%s") % successor.name
    running = Case.objects.filter(jurisdiction=place, closed_at__isnull=True)
    return [
        _group("cases", _("在办事项"), _("保留编号和适用规定，由%s的主管部门续办") % successor.name,
               (Line(f"{one.number} {one.title}", reverse("case", args=[one.number]))
                for one in running.order_by("number"))),
        _group("duties", _("主管职责"), _("由承接行政区的承担部门承担；没有的，随原承担部门划入"),
               (Line(f"{duty_name(one.duty)}：{one.department.name} → "
                     f"{there[one.duty].name if one.duty in there else one.department.name}")
                for one in place.duties.select_related("department"))),
        _group("departments", _("部门"), moves,
               (Line(one.name, reverse("organisation", args=[one.code]))
                for one in place.departments.filter(ended_on__isnull=True))),
        _group("below", _("下级行政区"), moves,
               (Line(f"{one.name} {one.code}", reverse("place", args=[one.code]))
                for one in place.children.filter(ended_on__isnull=True))),
    ]  # fmt: skip


def _of_sharing(
    department: Department, successor: Department | None, at: dt.datetime
) -> list[Group]:
    held = succession.held_by(department, at)
    kept = _("以%s名义继续，目的和范围不变") % successor.name if successor else ""
    kind = USE_CHANGE if successor else endings.USE_END
    used, given = list(held.used), list(held.given)
    cite = dict.fromkeys(one for grant in used for one in succession.articles(grant, kind, at))
    return [
        _group("used", _("使用的授权"), kept or _("随之终止"),
               (Line(f"{one.pk} {one.application.version.title}", reverse("grant", args=[one.pk]))
                for one in used), tuple(cite)),
        _group("given", _("给出的授权"),
               _("随目录条目由%s继续提供，调用不中断") % successor.name if successor
               else _("目录条目须先移交或撤销"),
               (Line(f"{one.pk} {one.application.version.title}（{one.consumer.name}）",
                     reverse("grant", args=[one.pk]))
                for one in given)),
        _group("systems", _("应用系统"),
               _("连同密钥归%s，调用不中断") % successor.name if successor
               else _("停用，令牌全部失效"),
               (Line(f"{one.name} {one.client_id}") for one in held.systems), ("HL-38.3",)),
    ]  # fmt: skip


def _group(
    name: str, title: str, fate: str, lines: Iterable[Line], cite: tuple[str, ...] = ()
) -> Group:
    found = list(lines)
    return Group(name, title, fate, len(found), found[:MOST], cite)


def _cases(department: Department) -> list[Line]:
    """Open cases that wait for the department or name it; they go on under the same number."""
    waiting = Waiting.objects.filter(department=department).values("case_id")
    named = Case.objects.filter(closed_at__isnull=True).filter(
        Q(pk__in=waiting)
        | Q(parties__provider=department.pk)
        | Q(parties__consumer=department.pk)
        | Q(parties__department=department.pk)
    )
    return [
        Line(f"{one.number} {one.title}", reverse("case", args=[one.number]))
        for one in named.order_by("number")
    ]


def _posts(department: Department, today: dt.date) -> list[Line]:
    held = Post.objects.filter(department=department).held_on(today).select_related("person")
    return [
        Line(f"{wording.label('post', one.role, language())}：{one.person.name}") for one in held
    ]


def _delegations(department: Department, today: dt.date) -> list[Line]:
    mine = Q(delegator=department) | Q(department=department)
    rows = Delegation.objects.filter(mine).filter(until__gt=today)
    return [
        Line(f"{duty_name(one.duty)}：{one.delegator.name} → {one.department.name}（{one.paper}）")
        for one in rows.select_related("delegator", "department")
    ]


def _entries(department: Department) -> list[Line]:
    rows = Dataset.objects.filter(provider=department, withdrawn_at__isnull=True)
    return [
        Line(
            f"{one.code} {one.current_version.title if one.current_version else ''}".strip(),
            reverse("dataset", args=[one.code]),
        )
        for one in rows.select_related("current_version").order_by("code")
    ]

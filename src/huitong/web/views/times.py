"""Times that people set: the periods of a body, and the calendar that all clocks count by."""

import datetime as dt
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from huitong.cases import calendar_loading, calendars, own_periods, tasks
from huitong.errors import HuitongError
from huitong.organisations import queries as organisations
from huitong.organisations.models import Department
from huitong.regulations import holiday_notices, profiles
from huitong.regulations.calendars import WorkingCalendar
from huitong.web import clock
from huitong.web.access import StaffRequest, staff
from huitong.web.forms.house import HouseForm
from huitong.web.refusals import sentence, status_of
from huitong.web.templatetags.ht import language


class NoticeForm(HouseForm):
    """A holiday notice as text, and whose days off it names."""

    notice = forms.CharField(
        label=gettext_lazy("通知内容"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "year、notice（文号）、days_off（from、to、zh、en）、make_up（调休上班日）。"
        ),
        error_messages={"required": gettext_lazy("请填写通知内容。")},
    )
    only_here = forms.BooleanField(label=gettext_lazy("仅为本行政区自定的放假日"), required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def show_periods(request: StaffRequest) -> HttpResponse:
    """List the stages for which the regulation gives no number; set the department's own."""
    home = Department.objects.select_related("jurisdiction__parent__parent").get(
        pk=request.actor.department_id or 0
    )
    profile = profiles.load(organisations.profile_of(home.jurisdiction, clock.day_of(request.at)))
    refusal: HuitongError | None = None
    if request.method == "POST":
        kind, _dot, stage = request.POST.get("stage", "").partition(".")
        days = request.POST.get("days", "")
        try:
            own_periods.set_days(
                home,
                profile,
                kind=kind,
                stage=stage,
                days=int(days) if days.isascii() and days.isdigit() and len(days) < 6 else 0,
                actor=request.actor,
                at=request.at,
            )
        except HuitongError as error:
            refusal = error
        else:
            messages.success(request, _("已设定，对此后开始的环节适用。"))
            return redirect("periods")
    lang = language()
    page = {
        "title": profile.title.get(lang),
        "periods": [
            {
                "id": f"{one.kind}.{one.stage}",
                "kind": one.kind_names.get(lang),
                "stage": one.stage_names.get(lang),
                "cite": one.cite,
                "days": one.days,
                "since": one.since,
            }
            for one in own_periods.of(home, profile)
        ],
        "most": own_periods.MOST_DAYS,
        "refusal": _refusal(refusal),
    }
    return render(
        request, "web/workbench/periods.html", page, status=status_of(refusal) if refusal else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def show_calendar(request: StaffRequest) -> HttpResponse:
    """Show the calendar of the place by year; its authority loads a notice."""
    home = Department.objects.select_related("jurisdiction__parent__parent").get(
        pk=request.actor.department_id or 0
    )
    form = NoticeForm(request.POST if request.method == "POST" else None)
    refusal: HuitongError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            notice = holiday_notices.parse(form.cleaned_data["notice"], name=_("通知"))
            calendar_loading.load_notice(
                notice,
                jurisdiction=home.jurisdiction if form.cleaned_data["only_here"] else None,
                actor=request.actor,
                at=request.at,
            )
        except HuitongError as error:
            refusal = error
        else:
            moved = tasks.renew_days(request.at)
            messages.success(
                request,
                _("已加载%(year)s年通知（%(number)s），%(moved)s件办件的期限已重算。")
                % {"year": notice.year, "number": notice.number, "moved": moved},
            )
            return redirect("calendar")
    calendar = calendars.of(home.jurisdiction)
    page = {
        "place": home.jurisdiction.name,
        "last": calendar.last_notice_day,
        "years": _years(calendar),
        "form": form if request.actor.duties else None,
        "refusal": _refusal(refusal),
    }
    status = status_of(refusal) if refusal else 422 if form.is_bound and form.errors else 200
    return render(request, "web/workbench/calendar.html", page, status=status)


def _years(calendar: WorkingCalendar) -> list[dict[str, Any]]:
    """Return the years known, the latest first, each with its spans of days off."""
    lang = language()
    years = sorted({day.year for day in (*calendar.off, *calendar.work)}, reverse=True)
    return [
        {
            "year": year,
            "number": calendar.notices.get(year, ""),
            "spans": [
                {"first": days[0], "last": days[-1], "name": name}
                for name, days in _spans(calendar, year, lang)
            ],
            "work": sorted(day for day in calendar.work if day.year == year),
        }
        for year in years
    ]


def _spans(calendar: WorkingCalendar, year: int, lang: str) -> list[tuple[str, list[dt.date]]]:
    days = sorted(day for day in calendar.off if day.year == year)
    # Neighbouring days of one name have one difference between their ordinal and their place.
    runs = groupby(
        enumerate(days), key=lambda at: (at[1].toordinal() - at[0], calendar.off[at[1]].get(lang))
    )
    return [(name, [day for _at, day in run]) for (_difference, name), run in runs]


def _refusal(error: HuitongError | None) -> dict[str, Any] | None:
    if error is None:
        return None
    return {"sentence": sentence(error, language()), "cite": error.cite}

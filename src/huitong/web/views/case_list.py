"""The list of cases: searched, and turned over page by page."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from huitong.cases import search
from huitong.cases.search import Key, Page
from huitong.web.access import StaffRequest, staff
from huitong.web.forms.cases import CaseSearch
from huitong.web.views.datasets import case_lines

_PAGE = 50


@staff
def show_cases(request: StaffRequest) -> HttpResponse:
    """List the cases that the reader may open, the newest first, as far as they are asked for.

    Raises: SearchKeyError, for an address that no page gave out.
    """
    form = CaseSearch(request.GET)
    page = Page([], None)
    if form.is_valid():
        after = request.GET.get("after", "")
        page = search.find(
            form.wanted(request.actor.department_code),
            reader=request.actor,
            at=request.at,
            after=Key.parse(after) if after else None,
            limit=_PAGE,
        )
    asked = {name: value for name in form.fields if (value := request.GET.get(name))}
    return render(
        request,
        "web/workbench/cases.html",
        {
            "form": form,
            "cases": case_lines(page.cases),
            "is_asked": bool(asked),
            "is_first": "after" not in request.GET,
            "first": "?" + urlencode(asked),
            "next": "?" + urlencode({**asked, "after": str(page.after)}) if page.after else "",
        },
        status=200 if form.is_valid() else 422,
    )

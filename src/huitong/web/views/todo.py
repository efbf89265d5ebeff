"""What waits for the department, most urgent first."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huitong.cases import queries
from huitong.cases.types import Todo
from huitong.web import clock
from huitong.web.access import StaffRequest, staff
from huitong.web.templatetags.ht import language


@staff
def show_todos(request: StaffRequest) -> HttpResponse:
    """Show the open cases that wait for the actor: a fixed number of queries."""
    todos = [_line(todo) for todo in queries.todo_for(request.actor, request.at)]
    page = {"todos": todos, "today": clock.day_of(request.at)}
    return render(request, "web/workbench/todo.html", page)


def left(remaining: int | None, *, overdue: bool) -> tuple[str, str]:
    """Return how long is left, in words, and the tone that stands beside the words.

    `remaining` counts working days from tomorrow to the due day, negative when the day is past.
    """
    if remaining is None:
        return _("条款未规定期限"), ""
    if overdue:
        days = -remaining
        if days == 0:
            return _("今天已过办理时点"), "bad"
        return ngettext("已逾期 %d 个工作日", "已逾期 %d 个工作日", days) % days, "bad"
    if remaining == 0:
        return _("今天到期"), "bad"
    words = ngettext("剩余 %d 个工作日", "剩余 %d 个工作日", remaining) % remaining
    return words, "warn" if remaining <= 2 else "ok"


def _line(todo: Todo) -> dict[str, Any]:
    lang = language()
    words, tone = left(todo.remaining, overdue=todo.is_overdue)
    return {
        "url": reverse("case", args=[todo.case.number]),
        "title": todo.case.title,
        "number": todo.case.number,
        "kind": todo.kind_names.get(lang),
        "state": todo.state_names.get(lang),
        "received_at": todo.case.received_at,
        "since": todo.since,
        "left": words,
        "tone": tone,
        "due": todo.due,
        "cite": todo.due.cite if todo.due else (),
    }

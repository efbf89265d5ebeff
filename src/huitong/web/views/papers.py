"""Papers of a case: documents made on demand, issued on record, and the whole file."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huitong.cases.papers import actions, content, letters, sheets
from huitong.web.access import StaffRequest, staff
from huitong.web.templatetags.ht import language
from huitong.web.views.cases import readable

_TYPES: Mapping[str, str] = {"json": "application/json", "pdf": "application/pdf"}


@staff
def download_paper(request: StaffRequest, number: str, paper: str) -> HttpResponse:
    """Return a document of a case as a PDF, in the reader's language.

    Raises: DocumentUnknownError, NotYourDepartmentError.
    """
    case, _parties = readable(request.actor, number)
    found = letters.paper_of(case, paper)
    return attachment(letters.paper_pdf(case, found, language()), f"{number}-{found.id}.pdf")


@require_POST
@staff
def issue_paper(request: StaffRequest, number: str, paper: str) -> HttpResponse:
    """Record the digest of a document in the reader's language.

    Raises: DocumentUnknownError, NotIssuerError, NotYourDepartmentError.
    """
    case, _parties = readable(request.actor, number)
    actions.issue(case, paper, language(), actor=request.actor, at=request.at)
    messages.success(request, _("已写入存证。"))
    return redirect("case", case.number)


@require_POST
@staff
def download_file(request: StaffRequest, number: str, form: str) -> HttpResponse:
    """Give out the whole file, on record; entries that are not sealed yet are said to be so.

    Raises: NotYourDepartmentError.
    """
    if form not in _TYPES:
        raise Http404(form)
    case, _parties = readable(request.actor, number)
    data = content.written(actions.give_out(case, actor=request.actor, at=request.at))
    body = sheets.case_pdf(data, language()) if form == "pdf" else data
    return attachment(body, f"{number}.{form}")


def attachment(body: bytes, name: str) -> HttpResponse:
    """Return bytes as a file to keep, its type by its name."""
    answer = HttpResponse(body, content_type=_TYPES[name.rpartition(".")[2]])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer

"""The books of a department on pages: filing a paper, following it up, fetching its file."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huitong.errors import HuitongError
from huitong.organisations import actions, books, gaps, rules
from huitong.organisations.errors import NotYourDepartmentError
from huitong.organisations.models import Department, Paper
from huitong.organisations.types import Attachment
from huitong.regulations import house
from huitong.web import clock
from huitong.web.access import StaffRequest, staff
from huitong.web.forms.organisations import PaperForm, ReportForm
from huitong.web.refusals import sentence, status_of
from huitong.web.templatetags.ht import language


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def file_paper(request: StaffRequest, code: str, kind: str) -> HttpResponse:
    """Show the form of one kind of paper, or file what was filled in."""
    related = Department.objects.select_related("jurisdiction__parent__parent")
    department = related.filter(code=code).first()
    word = house.words().papers.get(kind)
    if department is None or word is None:
        raise Http404(code)
    rules.require_acts_for(request.actor, department)
    before = _before(request, department, kind)
    others = Department.objects.filter(ended_on__isnull=True).exclude(pk=department.pk)
    posted = request.method == "POST"
    form = PaperForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        word=word,
        language=language(),
        others=others,
        initial={"since": clock.day_of(request.at), "title": before.title if before else ""},
    )
    refusal, status = None, 422 if posted else 200
    if posted and form.is_valid():
        given, sent = form.cleaned_data, form.cleaned_data["file"]
        if sent is not None and sent.size > books.LIMIT:
            form.named_error("file", _("文件超过 20 MiB。"))
            sent = None
        if not form.errors:
            try:
                paper = actions.file_paper(
                    department=department,
                    kind=kind,
                    title=given["title"],
                    number=given["number"],
                    since=given["since"],
                    until=given["until"],
                    due=given.get("due"),
                    stated=form.stated(),
                    addressees=list(given.get("addressees") or ()),
                    attachment=Attachment(sent.name, sent.read()) if sent else None,
                    follows=before,
                    actor=request.actor,
                    at=request.at,
                )
            except HuitongError as error:
                refusal = {"sentence": sentence(error, language()), "cite": error.cite}
                status = status_of(error)
            else:
                messages.success(request, _("已登记入册。"))
                return redirect("book", paper.pk)
    asked = gaps.house_of(department.jurisdiction).papers.values()
    page = {
        "department": department,
        "names": word.names,
        "before": before,
        "cite": [clause for rule in asked if rule.paper == kind for clause in rule.cite],
        "form": form,
        "refusal": refusal,
    }
    return render(request, "web/workbench/book_new.html", page, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def show_paper(request: StaffRequest, number: int) -> HttpResponse:
    """Show a paper to whom it concerns; tasks and matters are reported on and closed here."""
    paper = _readable(request, number)
    word = house.words().papers[paper.kind]
    posted = request.POST.get("act") if request.method == "POST" else None
    form = ReportForm(request.POST if posted == "report" else None)
    refusal, status = None, 422 if posted == "report" else 200
    try:
        if posted == "close":
            actions.close_paper(paper, actor=request.actor, at=request.at)
            messages.success(request, _("已办结。"))
            return redirect("book", paper.pk)
        if posted == "report" and form.is_valid():
            text = form.cleaned_data["text"]
            actions.report_on(paper, text=text, actor=request.actor, at=request.at)
            messages.success(request, _("已登记进展。"))
            return redirect("book", paper.pk)
    except HuitongError as error:
        refusal = {"sentence": sentence(error, language()), "cite": error.cite}
        status = status_of(error)
    page = {
        "paper": paper,
        "names": word.names,
        "stated": [(names, paper.stated.get(name, "")) for name, names in word.fields.items()],
        "follows_up": word.followed and paper.closed_on is None,
        "mine": rules.acts_for(request.actor, paper.department),
        "next": Paper.objects.filter(follows=paper).first(),
        "notes": paper.notes.select_related("department"),
        "form": form,
        "refusal": refusal,
    }
    return render(request, "web/workbench/book.html", page, status=status)


@require_GET
@staff
def fetch_file(request: StaffRequest, number: int) -> HttpResponse:
    """Hand out the kept bytes as a download, whatever they are; a browser shows none of them."""
    paper = _readable(request, number)
    if not paper.file_sha256:
        raise Http404(str(number))
    answer = HttpResponse(
        books.content_of(paper),
        content_type="application/octet-stream",
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"},
    )
    name = f"{paper.pk}-{paper.file_sha256[:12]}"
    suffix = paper.file_name.rpartition(".")[2]
    plain = suffix if suffix.isascii() and suffix.isalnum() and len(suffix) <= 8 else "bin"
    answer["Content-Disposition"] = f'attachment; filename="{name}.{plain}"'
    return answer


def _readable(request: StaffRequest, number: int) -> Paper:
    rows = Paper.objects.select_related("department__jurisdiction__parent__parent", "follows")
    paper = rows.prefetch_related("addressees").filter(pk=number).first()
    if paper is None:
        raise Http404(str(number))
    if not books.may_read(paper, request.actor):
        raise NotYourDepartmentError(
            actor=request.actor.name, department=paper.department.name, cite=tuple(paper.cite)
        )
    return paper


def _before(request: StaffRequest, department: Department, kind: str) -> Paper | None:
    """Return the version that the new paper is to follow, when one was chosen."""
    chosen = request.GET.get("follows", "")
    if not chosen.isdecimal():
        return None
    return Paper.objects.filter(pk=int(chosen[:12]), department=department, kind=kind).first()

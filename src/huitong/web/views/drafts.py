"""Writing an entry: proposed from a file, confirmed line by line, edited later."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huitong.catalogue import actions, drafts, queries
from huitong.catalogue.errors import DraftInvalidError
from huitong.errors import HuitongError
from huitong.organisations import queries as organisations
from huitong.organisations.models import Department
from huitong.organisations.rules import require_acts_for
from huitong.regulations import profiles
from huitong.web import clock
from huitong.web.access import StaffRequest, staff
from huitong.web.forms.datasets import (
    EntryForm,
    ItemFormSet,
    SourceForm,
    initial_items,
    initial_of,
    merged,
)
from huitong.web.refusals import sentence, status_of
from huitong.web.templatetags.ht import language
from huitong.web.views import sampling
from huitong.web.views.layouts import layout_page

_KEPT = "draft"


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def propose(request: StaffRequest) -> HttpResponse:
    """Take a file, propose an entry from a sample of it, and keep the proposal in the session."""
    form = SourceForm(request.POST or None, request.FILES or None)
    refusal = None
    status = 200
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            draft = sampling.propose(upload, on=clock.day_of(request.at))
        except HuitongError as error:
            refusal = {"sentence": sentence(error, language()), "cite": error.cite}
            status = status_of(error)
        else:
            request.session[_KEPT] = {"draft": draft.as_dict(), "source": upload.name}
            return redirect("dataset-confirm")
    page = {"form": form, "refusal": refusal}
    return render(request, "web/workbench/dataset_new.html", page, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def confirm(request: StaffRequest) -> HttpResponse:
    """Show the proposal as a form; what the person confirms becomes the entry."""
    kept = request.session.get(_KEPT)
    if kept is None:
        return redirect("dataset-new")

    def save(code: str, draft: Mapping[str, Any]) -> str:
        provider = Department.objects.get(pk=request.actor.department_id or 0)
        read = drafts.from_dict(draft, source=kept["source"])
        made = actions.add_dataset(
            read, code=code, provider=provider, actor=request.actor, at=request.at
        )
        request.session.pop(_KEPT, None)
        messages.success(request, _("已保存草稿。核对无误后请提交审核。"))
        return made.code

    shown = {
        "heading": _("确认目录条目"),
        "source": kept["source"],
        "back": reverse("datasets"),
        "layout": layout_page(kept["draft"].get("layout") or {}),
    }
    return _edit(request, kept["draft"], "", shown, save)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def edit(request: StaffRequest, code: str) -> HttpResponse:
    """Edit an entry that nobody reviews at the moment; a published one gets a new version."""
    dataset = queries.dataset(code)
    require_acts_for(request.actor, dataset.provider, cite=("HL-6.1",))

    def save(_code: str, draft: Mapping[str, Any]) -> str:
        read = drafts.from_dict(draft, source=code)
        actions.edit_dataset(dataset, read, actor=request.actor, at=request.at)
        messages.success(request, _("已保存修改。"))
        return code

    shown = {
        "heading": _("编辑目录条目"),
        "source": "",
        "back": reverse("dataset", args=[code]),
        "layout": None,
    }
    return _edit(request, queries.draft_of(dataset.newest).as_dict(), code, shown, save)


def _edit(
    request: StaffRequest,
    draft: Mapping[str, Any],
    code: str,
    shown: Mapping[str, Any],
    save: Any,  # noqa: ANN401  (code, plain values) -> code
) -> HttpResponse:
    names = [item["name"] for item in draft["items"]]
    marks = list(draft.get("secret_marks") or ())
    posted = request.POST if request.method == "POST" else None
    entry = EntryForm(
        posted,
        initial=initial_of(draft, code),
        items=names,
        marks=bool(marks),
        ranks=_ranks(request),
    )
    if code:
        entry.fields["code"].disabled = True
    items = ItemFormSet(posted, initial=initial_items(draft), prefix="item")
    refusal = None
    status = 200
    if posted is not None:
        if entry.is_valid() and items.is_valid() and len(items.forms) == len(names):
            try:
                return redirect(
                    "dataset", save(entry.cleaned_data["code"], merged(draft, entry, items))
                )
            except HuitongError as error:
                refusal = _refusal(error)
                status = status_of(error)
        else:
            status = 422
    page = {
        **shown,
        "form": entry,
        "items": items,
        "marks": marks,
        "refusal": refusal,
        "line_errors": _line_errors(items),
    }
    return render(request, "web/workbench/dataset_form.html", page, status=status)


def _ranks(request: StaffRequest) -> list[tuple[str, str]]:
    """Return the ranks of norms that the regulation knows, for the basis of withholding."""
    home = Department.objects.select_related("jurisdiction__parent__parent").get(
        pk=request.actor.department_id or 0
    )
    profile = profiles.load(organisations.profile_of(home.jurisdiction))
    return [(rank, names.get(language())) for rank, names in profile.ranks.items()]


def _refusal(error: HuitongError) -> dict[str, Any]:
    text = sentence(error, language())
    if isinstance(error, DraftInvalidError):
        text = f"{_('请更正：')}{'; '.join(error.faults)}"
    return {"sentence": text, "cite": error.cite}


def _line_errors(items: Any) -> list[dict[str, str]]:  # noqa: ANN401  a bound or unbound formset
    if not items.is_bound:
        return []
    return [
        {
            "target": field.id_for_label,
            "text": _("第 %(line)d 行，%(label)s：%(error)s")
            % {"line": number, "label": field.label, "error": error},
        }
        for number, form in enumerate(items.forms, 1)
        for field in form.visible_fields()
        for error in field.errors
    ]

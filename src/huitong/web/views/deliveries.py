"""Delivering a file: upload, progress, receipt, quarantine."""

import csv
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huitong.catalogue import queries as catalogue
from huitong.catalogue.models import Dataset
from huitong.errors import HuitongError
from huitong.organisations import queries as organisations
from huitong.organisations import rules as organisation_rules
from huitong.organisations.errors import NotYourDepartmentError
from huitong.organisations.models import Department
from huitong.organisations.rules import require_acts_for
from huitong.organisations.types import Actor
from huitong.pool import actions as pool
from huitong.pool.errors import NotPublishedError
from huitong.pool.models import Batch
from huitong.pool.types import Stage
from huitong.regulations import profiles
from huitong.supervision import late
from huitong.web import incoming, tasks
from huitong.web.access import StaffRequest, staff
from huitong.web.forms.sharing import DeliveryForm
from huitong.web.refusals import sentence, status_of
from huitong.web.templatetags.ht import language
from huitong.web.views import quarantine

_SHOWN = 50


@staff
def show_deliveries(request: StaffRequest) -> HttpResponse:
    """List what the department may deliver, and its last batches."""
    mine = catalogue.published().of(request.actor.department_id or 0)
    batches = (
        Batch.objects.filter(dataset__provider_id=request.actor.department_id)
        .select_related("dataset__current_version")
        .order_by("-id")[:_SHOWN]
    )
    page = {
        "datasets": [{"code": one.code, "title": one.newest.title} for one in mine],
        "batches": [_line(batch) for batch in batches],
        "late": late.late_deliveries(
            request.at,
            department_id=request.actor.department_id,
            places=request.actor.is_authority_of,
        ),
        "stated": _stating(request),
    }
    return render(request, "web/workbench/deliveries.html", page)


def _stating(request: StaffRequest) -> tuple[str, ...]:
    """Return the article of the reader's text that has an entry state its frequency, if any."""
    body = Department.objects.select_related("jurisdiction__parent__parent").get(
        pk=request.actor.department_id or 0
    )
    profile = profiles.load(organisations.profile_of(body.jurisdiction))
    found = [one.cite for one in profile.fields if one.name == "update_frequency"]
    return found[0] if found else ()


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def deliver(request: StaffRequest, code: str) -> HttpResponse:
    """Take an upload and hand it to the worker."""
    dataset = catalogue.dataset(code)
    require_acts_for(request.actor, dataset.provider, cite=("HL-6.1",))
    version = dataset.current_version
    if version is None:
        raise NotPublishedError(code)
    form = DeliveryForm(request.POST or None, request.FILES or None)
    page: dict[str, Any] = {
        "dataset": {"code": code},
        "version": {"title": version.title},
        "form": form,
        "refusal": None,
    }
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                made = accept(request, dataset, form)
            except HuitongError as error:
                page["refusal"] = {"sentence": sentence(error, language()), "cite": error.cite}
                status = status_of(error)
            else:
                tasks.receive.defer(delivery_id=made.id)
                return redirect("delivery", made.id)
        else:
            status = 422
    return render(request, "web/workbench/deliver.html", page, status=status)


def accept(request: StaffRequest, dataset: Dataset, form: DeliveryForm) -> incoming.Incoming:
    """Keep the upload of a valid form; its size was asked at the door (`huitong.web.uploads`)."""
    return incoming.take(
        form.cleaned_data["file"],
        code=dataset.code,
        actor=request.actor,
        received_at=request.at.isoformat(),
        rows=form.cleaned_data["rows"],
    )


@staff
def show_delivery(request: StaffRequest, delivery_id: UUID) -> HttpResponse:
    """Show how far a delivery is; without scripts the page is refreshed by hand."""
    return _delivery(request, delivery_id, "web/workbench/delivery.html")


@staff
def delivery_status(request: StaffRequest, delivery_id: UUID) -> HttpResponse:
    """Return the part of the page that htmx puts in its place once a second."""
    return _delivery(request, delivery_id, "web/workbench/_delivery.html")


@staff
def show_batch(request: StaffRequest, number: int) -> HttpResponse:
    """Show the receipt of a batch with reasons, conflicts and the first quarantined rows."""
    batch = _readable(request.actor, number)
    whole = organisation_rules.acts_for(request.actor, batch.dataset.provider)
    if batch.quarantined:
        _note_reading(request, batch, "page", whole=whole)
    titles = quarantine.titles_of(batch)
    page = {
        "batch": batch,
        "dataset": {"code": batch.dataset.code},
        "reasons": [
            *_reasons(batch.reasons, titles, warning=False),
            *_reasons(batch.warnings, titles, warning=True),
        ],
        "statement": [{**line, "what": _what(line["what"], titles)} for line in batch.statement],
        "mended": [one.get(language()) or one.get("zh") for one in batch.mended],
        **quarantine.report(batch, whole=whole),
    }
    return render(request, "web/workbench/batch.html", page)


@staff
def download_quarantine(request: StaffRequest, number: int) -> StreamingHttpResponse:
    """Stream the quarantined rows of a batch with their reasons as CSV."""
    batch = _readable(request.actor, number)
    whole = organisation_rules.acts_for(request.actor, batch.dataset.provider)
    _note_reading(request, batch, "csv", whole=whole)
    answer = StreamingHttpResponse(
        _lines(quarantine.table(batch, whole=whole)), content_type="text/csv; charset=utf-8"
    )
    name = f"quarantine-{batch.dataset.code}-{batch.pk}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _lines(rows: Iterator[list[str]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"  # spreadsheets need the mark to read UTF-8
    for row in rows:
        yield writer.writerow(row)


def _note_reading(request: StaffRequest, batch: Batch, form: str, *, whole: bool) -> None:
    pool.note_quarantine_read(batch, form=form, whole=whole, actor=request.actor, at=request.at)


def _readable(actor: Actor, number: int) -> Batch:
    batch = (
        Batch.objects.select_related("dataset__provider__jurisdiction__parent__parent")
        .filter(pk=number)
        .first()
    )
    if batch is None:
        raise Http404(str(number))
    require_insight(actor, batch.dataset)
    return batch


def require_insight(actor: Actor, dataset: Dataset) -> None:
    """Let the provider and the authorities above it look into deliveries.

    Raises: NotYourDepartmentError.
    """
    overseer = organisation_rules.oversees(actor, dataset.provider.jurisdiction.lineage())
    if not (overseer or organisation_rules.acts_for(actor, dataset.provider)):
        raise NotYourDepartmentError(
            actor=actor.name, department=dataset.provider.name, cite=("HL-6.1",)
        )


def _delivery(request: StaffRequest, delivery_id: UUID, template: str) -> HttpResponse:
    found = incoming.read(delivery_id)
    if found is None:
        raise Http404(str(delivery_id))
    require_insight(request.actor, catalogue.dataset(found.code))
    error = found.error
    english = language() == "en"
    page = {
        "id": found.id,
        "code": found.code,
        "name": found.name,
        "state": found.state,
        "running": found.state in {"todo", "doing"},
        "stages": list(_stages(found)),
        "batch": found.batch,
        "refusal": {"sentence": error["en" if english else "zh"], "cite": error["cite"]}
        if error
        else None,
    }
    return render(request, template, {"delivery": page})


def _stages(found: incoming.Incoming) -> Iterator[dict[str, Any]]:
    order = [stage.value for stage in Stage]
    reached = order.index(found.stage) if found.stage in order else -1
    for position, name in enumerate(order):
        if found.state == "succeeded" or position < reached:
            tense = "done"
        elif position == reached and found.state == "doing":
            tense = "now"
        else:
            tense = "todo"
        yield {"name": name, "tense": tense, "rows": found.rows if position == reached else 0}


def _what(what: str, titles: Mapping[str, str]) -> str:
    """Return what a line of the reconciliation counts: rows of a group, the total of an item."""
    measure, _colon, scope = what.partition(":")
    word = _("行数") if measure == "rows" else _("合计")
    return f"{word} {titles.get(scope, scope)}".strip()


def _line(batch: Batch) -> dict[str, Any]:
    return {
        "id": batch.pk,
        "name": batch.name,
        "title": batch.dataset.newest.title,
        "state": batch.state,
        "rows_read": batch.rows_read,
        "accepted": batch.accepted,
        "quarantined": batch.quarantined,
        "received_at": batch.received_at,
    }


def _reasons(
    counted: Mapping[str, int], titles: Mapping[str, str], *, warning: bool
) -> list[dict[str, Any]]:
    """Return counts by `item:code` (or `code` of the whole row), the most frequent first."""
    listed = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return [
        {
            "item": titles.get(key.rpartition(":")[0], key.rpartition(":")[0]) or _("整行"),
            "code": key.rpartition(":")[2],
            "rows": rows,
            "warning": warning,
        }
        for key, rows in listed
    ]

"""The ledger in the workbench: what was recorded, receipts, and whether all of it holds."""

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from huitong.ledger import queries
from huitong.ledger.models import Entry, Leaf
from huitong.ledger.verification import Verification
from huitong.organisations.errors import NotAuthorityError, NotYourDepartmentError
from huitong.organisations.models import Department
from huitong.organisations.types import Actor
from huitong.web.access import StaffRequest, staff
from huitong.web.insight import readable_entries

_SHOWN = 50


@staff
def show_ledger(request: StaffRequest) -> HttpResponse:
    """List the newest entries that concern the department, and the newest checkpoint."""
    return _page(request, None)


@require_POST
@staff
def verify(request: StaffRequest) -> HttpResponse:
    """Compute the whole ledger again and say what was found; for authorities (HL-5).

    It reads every entry of every department, and takes minutes on a large ledger.

    Raises: NotAuthorityError.
    """
    if not request.actor.duties:
        raise NotAuthorityError(
            actor=request.actor.name, jurisdiction=_area(request.actor), cite=("HL-5",)
        )
    found = queries.verify_all(settings.CONFIG.keys_dir / "ledger.pub")
    return _page(request, found)


@staff
def show_entry(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Show one entry as it stands in the tree."""
    entry = readable(request.actor, uuid)
    leaf = Leaf.objects.filter(entry=entry).first()
    page = {
        "entry": entry,
        "sealed": leaf.index if leaf else None,
        "leaf_hash": bytes(entry.leaf_hash).hex(),
        "facts": json.dumps(entry.facts, ensure_ascii=False, indent=2, sort_keys=True),
    }
    return render(request, "web/workbench/entry.html", page)


@staff
def download_receipt(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Return the receipt, which verifies alone and offline."""
    entry = readable(request.actor, uuid)
    text = json.dumps(queries.receipt(entry.uuid), ensure_ascii=False, indent=1)
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="receipt-{uuid}.json"'
    return answer


def readable(actor: Actor, uuid: UUID) -> Entry:
    """Return an entry that the department may read. Raises: NotYourDepartmentError, Http404."""
    entry = Entry.objects.filter(uuid=uuid).first()
    if entry is None:
        raise Http404(str(uuid))
    if not readable_entries(actor).filter(pk=entry.pk).exists():
        raise NotYourDepartmentError(
            actor=actor.name, department=entry.actor.partition("@")[2] or entry.subject
        )
    return entry


def _area(actor: Actor) -> str:
    home = Department.objects.select_related("jurisdiction").get(pk=actor.department_id or 0)
    return home.jurisdiction.name


def _page(request: StaffRequest, verification: Verification | None) -> HttpResponse:
    page: dict[str, Any] = {
        "entries": readable_entries(request.actor).order_by("-id")[:_SHOWN],
        "checkpoint": queries.latest_checkpoint(),
        "verification": verification,
        "may_verify": bool(request.actor.duties),
    }
    return render(request, "web/workbench/ledger.html", page)

"""The ledger in the workbench: what was recorded, receipts, and whether all of it holds."""

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from huitong.cases.models import Case
from huitong.catalogue.models import Dataset
from huitong.ledger import queries
from huitong.ledger.models import Entry, Leaf
from huitong.ledger.verification import Verification
from huitong.organisations.errors import NotYourDepartmentError
from huitong.organisations.types import Actor
from huitong.sharing.models import Client, Grant
from huitong.web.access import StaffRequest, staff

_SHOWN = 50
_RECENT = 500


@staff
def show_ledger(request: StaffRequest) -> HttpResponse:
    """List the newest entries that concern the department, and the newest checkpoint."""
    return _page(request, None)


@require_POST
@staff
def verify(request: StaffRequest) -> HttpResponse:
    """Compute the whole ledger again and say what was found."""
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


def readable_entries(actor: Actor) -> QuerySet[Entry]:
    """Return the entries that a department may read: its own acts and what they are about.

    An authority reads every entry: it supervises the area (HL-5).
    """
    if actor.duties:
        return Entry.objects.all()
    me = actor.department_id
    cases = Case.objects.filter(Q(parties__provider=me) | Q(parties__consumer=me))
    grants = Grant.objects.seen_by(me or 0).order_by("-id")
    subjects = [f"case:{number}" for number in cases.values_list("number", flat=True)[:_RECENT]]
    subjects += [one.subject for one in Dataset.objects.of(me or 0).only("code")]
    subjects += [f"grant:{pk}" for pk in grants.values_list("pk", flat=True)[:_RECENT]]
    subjects += [
        f"client:{name}"
        for name in Client.objects.filter(consumer_id=me).values_list("client_id", flat=True)
    ]
    own = Q(actor__endswith=f"@{actor.department_code}")
    return Entry.objects.filter(own | Q(subject__in=subjects))


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


def _page(request: StaffRequest, verification: Verification | None) -> HttpResponse:
    page: dict[str, Any] = {
        "entries": readable_entries(request.actor).order_by("-id")[:_SHOWN],
        "checkpoint": queries.latest_checkpoint(),
        "verification": verification,
    }
    return render(request, "web/workbench/ledger.html", page)

"""Deliveries over HTTP: the same keeping, worker and receipt as the page's."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.urls import reverse
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from huitong.catalogue import queries as catalogue
from huitong.organisations.rules import require_acts_for
from huitong.pool import queries
from huitong.pool.errors import NotPublishedError
from huitong.pool.models import Batch
from huitong.web import incoming, tasks
from huitong.web.api.callers import caller
from huitong.web.views.deliveries import require_insight

router = Router(tags=["deliveries"])


class DeliveryState(Schema):
    """How far a delivery is; `state` is todo, doing, succeeded or failed."""

    id: UUID
    state: str
    stage: str
    rows: int
    batch: int | None
    error: dict[str, Any] | None
    status_url: str


@router.post("/datasets/{code}/deliveries", response={202: DeliveryState})
def deliver(
    request: HttpRequest,
    code: str,
    file: File[UploadedFile],
    rows: Form[int | None] = None,
) -> Status[dict[str, Any]]:
    """Take a file; the answer comes before the work, `status_url` says how far it is."""
    actor, at = caller(request)
    dataset = catalogue.dataset(code)
    require_acts_for(actor, dataset.provider, cite=("HL-6.1",))
    if dataset.current_version is None:
        raise NotPublishedError(code)
    made = incoming.take(
        file,
        code=dataset.code,
        actor=actor,
        received_at=at.isoformat(),
        rows=rows,
    )
    tasks.receive.defer(delivery_id=made.id)
    return Status(202, _state(made))


@router.get("/deliveries/{delivery_id}", response=DeliveryState)
def delivery_state(request: HttpRequest, delivery_id: UUID) -> dict[str, Any]:
    """Return how far a delivery is."""
    actor, _at = caller(request)
    found = incoming.read(delivery_id)
    if found is None:
        raise Http404(str(delivery_id))
    require_insight(actor, catalogue.dataset(found.code))
    return _state(found)


@router.get("/batches/{number}", url_name="batch_receipt")
def batch_receipt(request: HttpRequest, number: int) -> dict[str, Any]:
    """Return the receipt of a batch."""
    actor, _at = caller(request)
    batch = (
        Batch.objects.select_related("dataset__provider__jurisdiction__parent__parent")
        .filter(pk=number)
        .first()
    )
    if batch is None:
        raise Http404(str(number))
    require_insight(actor, batch.dataset)
    return dict(queries.receipt_of(batch))


def _state(found: incoming.Incoming) -> dict[str, Any]:
    return {
        "id": found.id,
        "state": found.state,
        "stage": found.stage,
        "rows": found.rows,
        "batch": found.batch,
        "error": found.error,
        "status_url": reverse("api-1:delivery_state", args=[found.id]),
    }

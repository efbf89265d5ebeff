"""Receipts over HTTP."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from huitong.ledger import queries
from huitong.web.api.callers import caller
from huitong.web.views.ledger import readable

router = Router(tags=["ledger"])


@router.get("/entries/{uuid}/receipt")
def get_receipt(request: HttpRequest, uuid: UUID) -> dict[str, Any]:
    """Return the receipt of a sealed entry, which verifies alone and offline."""
    actor, _at = caller(request)
    return dict(queries.receipt(readable(actor, uuid).uuid))

"""Which HTTP status a refusal is: one table for pages and API."""

from http import HTTPStatus

from huitong.errors import HuitongError

# Who: another person or department may do it. Time: somebody was quicker, or the state moved on.
FORBIDDEN = frozenset(
    {
        "calendar_authority",
        "chosen_post_ended",
        "no_post",
        "not_authority",
        "not_party",
        "not_provider",
        "not_consumer",
        "not_issuer",
        "not_your_case",
        "not_your_department",
        "own_period_post",
        "wrong_person",
    }
)
CONFLICT = frozenset(
    {"already_received", "kind_absent", "stale_case", "unknown_step", "wrong_state"}
)
MISSING = frozenset(
    {
        "batch_not_found",
        "body_unknown",
        "clause_unknown",
        "dataset_not_found",
        "document_unknown",
        "format_unknown",
        "grant_not_found",
        "ledger_entry_unknown",
        "request_not_found",
        "not_on_open_list",
        "unknown_register",
    }
)
TOO_LARGE = frozenset({"file_too_large", "form_too_large", "too_large"})
UNAVAILABLE = frozenset({"disk_full", "database_unreachable", "storage_full"})

TOO_MANY = frozenset({"too_many_requests"})

_TABLE = (
    (FORBIDDEN, HTTPStatus.FORBIDDEN),
    (CONFLICT, HTTPStatus.CONFLICT),
    (MISSING, HTTPStatus.NOT_FOUND),
    (TOO_LARGE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (TOO_MANY, HTTPStatus.TOO_MANY_REQUESTS),
    (UNAVAILABLE, HTTPStatus.SERVICE_UNAVAILABLE),
)


def status_of(error: HuitongError) -> HTTPStatus:
    """Return the status: 403, 404, 409, 413, 429, 503, or 422 for every other rule that refused."""
    for codes, status in _TABLE:
        if error.code in codes:
            return status
    return HTTPStatus.UNPROCESSABLE_ENTITY


def sentence(error: HuitongError, language: str | None) -> str:
    """Return what the error says, in Chinese unless English was chosen."""
    return str(error) if (language or "").startswith("en") else error.zh

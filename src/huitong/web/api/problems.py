"""Errors of the API: RFC 9457 problem documents with `code` and `cite`."""

# ruff: noqa: ARG001, ANN401 - ninja names the arguments and hands errors or their classes

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from huitong.cases.errors import FactInvalidError, FactMissingError, PartyMissingError
from huitong.cases.gate_errors import HeadingError
from huitong.cases.seat_errors import SeatsError
from huitong.errors import HuitongError
from huitong.web.refusals import status_of
from huitong.web.starting import StartError

CONTENT_TYPE = "application/problem+json"


def claim(api: NinjaAPI) -> None:
    """Turn every error that the API's views raise into a problem document."""
    api.add_exception_handler(HuitongError, _refused)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(AuthenticationError, _nobody)
    api.add_exception_handler(Http404, _missing)
    api.add_exception_handler(HttpError, _other)


def answer(status: int, body: Mapping[str, Any]) -> HttpResponse:
    """Return a problem document."""
    return HttpResponse(
        orjson.dumps({**body, "status": int(status)}),
        status=int(status),
        content_type=CONTENT_TYPE,
    )


def _plain(status: HTTPStatus, code: str, zh: str, en: str, **more: Any) -> HttpResponse:
    body = {
        "type": f"urn:huitong:error:{code}",
        "code": code,
        "title": zh,
        "detail": en,
        "cite": [],
    }
    return answer(status, {**body, **more})


def _refused(request: HttpRequest, error: Any) -> HttpResponse:
    found: HuitongError = error
    fields = [{"field": name, "cite": list(found.cite)} for name in _fields(found)]
    return answer(status_of(found), found.problem() | ({"fields": fields} if fields else {}))


def _fields(error: HuitongError) -> list[str]:
    """Return the members of the request that a refusal names."""
    if isinstance(error, FactMissingError):
        return [f"facts.{name}" for name in error.missing]
    if isinstance(error, FactInvalidError):
        return [f"facts.{error.fact}"]
    if isinstance(error, PartyMissingError | SeatsError):
        return [f"parties.{error.role}"]
    if isinstance(error, HeadingError):
        return [error.field]
    if isinstance(error, StartError):
        # The page asks for kind and number of the subject apart, the interface for both in one.
        return ["subject" if error.field == "reference" else error.field]
    return []


def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    faults = [
        {"where": ".".join(str(part) for part in one["loc"]), "what": one["msg"]}
        for one in error.errors
    ]
    return _plain(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid_request",
        "请求的内容不符合接口说明：请按 faults 逐项更正。",
        "The request does not fit the interface: correct each of `faults`.",
        faults=faults,
    )


def _nobody(request: HttpRequest, error: Any) -> HttpResponse:
    return _plain(
        HTTPStatus.UNAUTHORIZED,
        "not_logged_in",
        "尚未登录：请先登录工作台，再携带会话 Cookie 调用。",
        "Nobody is logged in: log in to the workbench and send its session cookie.",
    )


def _missing(request: HttpRequest, error: Any) -> HttpResponse:
    return _plain(
        HTTPStatus.NOT_FOUND,
        "not_found",
        "没有这条记录：请核对编号。",
        "There is no such record: check its number.",
    )


def _other(request: HttpRequest, error: Any) -> HttpResponse:
    return _plain(HTTPStatus(error.status_code), "refused", str(error), str(error))

"""Requests whose address, query or form holds what no text holds: refused before any view.

PostgreSQL keeps no NUL, and says so with what stood around it. So such a request is not let through
to it, and what it rejects all the same is neither shown nor logged with its contents.
"""

import json
import logging
from collections.abc import Iterable
from typing import Any

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from ninja.parser import Parser

from huitong.cases import gate
from huitong.errors import HuitongError
from huitong.web.access import refused
from huitong.web.api import problems
from huitong.web.middleware import Answer
from huitong.web.refusals import status_of

log = logging.getLogger(__name__)
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
_BEYOND = (DataError, OverflowError, UnicodeEncodeError)


class NoTextError(HuitongError):
    """A request holds control characters, or half a character."""

    code = "no_text"

    def __init__(self) -> None:
        super().__init__(
            "The request holds control characters: take them out and send it again.",
            zh="请求中含有控制字符：请去掉后重新提交。",
        )


class BeyondError(HuitongError):
    """A request holds a number, a day or a text that cannot be looked up or kept."""

    code = "beyond_range"

    def __init__(self) -> None:
        super().__init__(
            "The request holds a number, day or text beyond what can be handled: correct it and "
            "send it again.",
            zh="请求中有超出可处理范围的数字、日期或者文字：请更正后重新提交。",
        )


class OnlyText:
    """Let only requests through whose texts can be kept; answer 422 to the others."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Return a refusal, or nothing when the request may go on."""
        if gate.is_text(request.path_info) and all(map(gate.is_text, _sent(request))):
            return None
        return _answer(request, NoTextError())

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer what the database or a calendar cannot hold; the log gets the class alone."""
        if not isinstance(error, _BEYOND):
            return None
        match = request.resolver_match
        log.warning("%s at %s", type(error).__name__, match.view_name if match else "")
        return _answer(request, BeyondError())


class OnlyTextParser(Parser):
    """JSON as its standard has it: no NaN; texts that can be kept.

    The facts of a step are left to the engine, which puts a refusal on record.
    """

    def parse_body(self, request: HttpRequest) -> Any:  # noqa: ANN401  as ninja's own
        """Return the body. Raises: ValueError, which the interface answers with 400."""
        body = json.loads(request.body, parse_constant=_no_number)
        if isinstance(body, dict):
            rest = {name: value for name, value in body.items() if name != "facts"}
        else:
            rest = body
        if not all(map(gate.is_text, gate.texts_of(rest))):
            raise ValueError("control characters")
        return body


def _no_number(name: str) -> None:
    raise ValueError(name)


def _sent(request: HttpRequest) -> Iterable[str]:
    lists = [request.GET]
    if request.method == "POST" and request.content_type in _FORMS:
        lists.append(request.POST)
    for sent in lists:
        for name, values in sent.lists():
            yield name
            yield from values


def _answer(request: HttpRequest, error: HuitongError) -> HttpResponse:
    if request.path_info.startswith("/api/"):
        return problems.answer(status_of(error), error.problem())
    return refused(request, error)

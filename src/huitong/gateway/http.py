"""The little of HTTP that the gateway needs, on Granian's RSGI.

RSGI rather than ASGI: an answer is one call that is not awaited, headers are looked up, not listed
(a fifth of a call's cost in Python; measured in ADR 6).
"""

from collections.abc import AsyncIterator
from typing import Protocol, TypeAlias
from urllib.parse import unquote_plus

from huitong.gateway.errors import BadCallError, CallTooLargeError
from huitong.gateway.noting import Answer

Header: TypeAlias = tuple[str, str]


class Headers(Protocol):
    """The headers of a call, by lower-case names."""

    def get(self, name: str) -> str | None:
        """Return the first header of this name."""


class Scope(Protocol):
    """What RSGI tells of a call; `path` is percent-decoded, `query_string` is not."""

    @property
    def proto(self) -> str:
        """Return `http`; web sockets are switched off."""

    @property
    def method(self) -> str:
        """Return the method in capitals."""

    @property
    def path(self) -> str:
        """Return the path."""

    @property
    def query_string(self) -> str:
        """Return what follows the question mark."""

    @property
    def headers(self) -> Headers:
        """Return the headers."""


class Peer(Protocol):
    """The other end: its body, read by parts, and the way back to it."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Return the parts of the body."""

    def response_bytes(self, status: int, headers: list[Header], body: bytes) -> None:
        """Send the answer."""


_JSON = ("content-type", "application/json")
_PROBLEM = ("content-type", "application/problem+json")
# What is answered may be personal data: no cache between here and the caller may keep it.
_PRIVATE = ("cache-control", "no-store")
_CHALLENGE = ("www-authenticate", 'Bearer realm="huitong"')
_RETRY = ("retry-after", "1")


def form(raw: bytes) -> dict[str, str]:
    """Return the parameters of a form. Raises: BadCallError."""
    return query(raw.decode("latin-1"))


def query(raw: str) -> dict[str, str]:
    """Return the parameters of a query string; a name given twice is refused.

    Raises: BadCallError.

    >>> query("key=a%2Bb&columns=x,y")
    {'key': 'a+b', 'columns': 'x,y'}
    """
    found: dict[str, str] = {}
    if not raw:
        return found
    try:
        raw.encode("ascii")
        for part in raw.split("&"):
            name, _, value = part.partition("=")
            if "%" in part or "+" in part:
                name = unquote_plus(name, errors="strict")
                value = unquote_plus(value, errors="strict")
            if name in found:
                raise BadCallError(f"{name} is given twice.", zh=f"参数 {name} 重复。")
            found[name] = value
    except UnicodeError:
        raise BadCallError(
            "The parameters are not percent-encoded UTF-8.", zh="参数不是百分号编码的 UTF-8。"
        ) from None
    return found


async def body(peer: Peer, limit: int) -> bytes:
    """Return the body.

    Raises: CallTooLargeError past `limit` bytes.
    """
    parts, size = [], 0
    async for part in peer:
        size += len(part)
        if size > limit:
            raise CallTooLargeError(
                f"The body is past {limit} bytes: send fewer keys a call.",
                zh=f"请求体超过 {limit} 字节：请减少每次的主键数量。",
            )
        parts.append(part)
    return b"".join(parts)


def answer(peer: Peer, found: Answer) -> None:
    """Send an answer that was noted."""
    status, text, receipt, _ = found
    if status == 200:
        headers = [_JSON, _PRIVATE, ("huitong-receipt", receipt)]
    else:
        headers = [_PROBLEM, _PRIVATE]
        if receipt:
            headers.append(("huitong-receipt", receipt))
        if status == 401:
            headers.append(_CHALLENGE)
        elif status in {429, 503}:
            headers.append(_RETRY)
    peer.response_bytes(status, headers, text)


def plain(peer: Peer, status: int, kind: str, text: bytes) -> None:
    """Send something that says nothing of any dataset and is not noted."""
    peer.response_bytes(status, [("content-type", kind), _PRIVATE], text)

"""The little of HTTP that the gateway needs, on bare ASGI."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias
from urllib.parse import unquote_plus

from huitong.gateway.errors import BadCallError, CallTooLargeError
from huitong.gateway.noting import Answer

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_JSON = (b"content-type", b"application/json")
_PROBLEM = (b"content-type", b"application/problem+json")
# What is answered may be personal data: no cache between here and the caller may keep it.
_PRIVATE = (b"cache-control", b"no-store")
_CHALLENGE = (b"www-authenticate", b'Bearer realm="huitong"')


def header(scope: Scope, name: bytes) -> bytes | None:
    """Return the first header of this (lower-case) name."""
    for key, value in scope["headers"]:
        if key == name:
            return value  # type: ignore[no-any-return]
    return None


def query(raw: bytes) -> dict[str, str]:
    """Return the parameters of a query string or a form; a name given twice is refused.

    Raises: BadCallError.

    >>> query(b"key=a%2Bb&columns=x,y")
    {'key': 'a+b', 'columns': 'x,y'}
    """
    found: dict[str, str] = {}
    if not raw:
        return found
    try:
        for part in raw.decode("ascii").split("&"):
            name, _, value = part.partition("=")
            if "%" in part or "+" in part:
                name = unquote_plus(name, errors="strict")
                value = unquote_plus(value, errors="strict")
            if name in found:
                raise BadCallError(f"{name} is given twice.", zh=f"参数 {name} 重复。")
            found[name] = value
    except UnicodeDecodeError:
        raise BadCallError(
            "The parameters are not percent-encoded UTF-8.", zh="参数不是百分号编码的 UTF-8。"
        ) from None
    return found


async def body(receive: Receive, limit: int) -> bytes:
    """Return the body.

    Raises: CallTooLargeError past `limit` bytes.
    """
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadCallError("The body was cut off.", zh="请求体不完整。")
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise CallTooLargeError(
                f"The body is past {limit} bytes: send fewer keys a call.",
                zh=f"请求体超过 {limit} 字节：请减少每次的主键数量。",
            )
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


async def answer(send: Send, found: Answer) -> None:
    """Send an answer that was noted."""
    if found.status == 200:
        headers = [_JSON, _PRIVATE, (b"huitong-receipt", found.receipt.encode())]
    else:
        headers = [_PROBLEM, _PRIVATE]
        if found.receipt:
            headers.append((b"huitong-receipt", found.receipt.encode()))
        if found.status == 401:
            headers.append(_CHALLENGE)
        elif found.status in {429, 503}:
            headers.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": found.status, "headers": headers})
    await send({"type": "http.response.body", "body": found.body})


async def plain(send: Send, status: int, kind: bytes, text: bytes) -> None:
    """Send something that says nothing of any dataset and is not noted."""
    headers = [(b"content-type", kind), _PRIVATE]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})

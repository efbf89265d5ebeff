"""Who calls: opaque tokens by their SHA-256, and the exchange of a secret for a token."""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus

from huitong.gateway.errors import (
    BadCallError,
    ClientInactiveError,
    TokenExpiredError,
    TokenRevokedError,
    UnknownCallerError,
)
from huitong.gateway.types import Caller

_BEARER = "bearer "
# Compared when the client id is unknown, so that the time taken does not tell who is registered.
# The cost is the one of `sharing.secrets`; the secret behind it was never kept.
DECOY_HASH = (
    "scrypt$16384$8$1$" + b64encode(bytes(16)).decode() + "$" + b64encode(bytes(32)).decode()
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a system sends to `POST /oauth/token`."""

    client: str
    secret: str


def token_digest(authorization: str) -> bytes:
    """Return the SHA-256 of the token in an `Authorization` header.

    Raises: UnknownCallerError, when there is no bearer token.
    """
    if authorization[:7].lower() != _BEARER:
        raise UnknownCallerError
    return hashlib.sha256(authorization[7:].strip().encode()).digest()


def identify(tokens: Mapping[bytes, Caller], digest: bytes, at: float) -> Caller:
    """Return the system to which a token was issued; `at` is Unix time by the database's clock.

    Raises: UnknownCallerError, TokenRevokedError, ClientInactiveError, TokenExpiredError.
    """
    caller = tokens.get(digest)
    if caller is None:
        raise UnknownCallerError
    if at >= caller.expires_at:
        raise TokenExpiredError
    if caller.revoked:
        raise TokenRevokedError
    if not caller.active:
        raise ClientInactiveError
    return caller


def credentials(authorization: str | None, form: Mapping[str, str]) -> Credentials:
    """Return the credentials of a token request (RFC 6749, sections 2.3.1 and 4.4.2).

    Raises: BadCallError, when they are absent, sent twice, or the grant type is another.
    """
    if form.get("grant_type") != "client_credentials":
        raise BadCallError(
            "grant_type must be client_credentials.", zh="grant_type 必须为 client_credentials。"
        )
    if authorization is None:
        client, secret = form.get("client_id", ""), form.get("client_secret", "")
    else:
        if "client_secret" in form:
            raise BadCallError(
                "Send the secret in the header or in the body, not in both.",
                zh="密钥只能放在请求头或请求体之一。",
            )
        client, secret = _basic(authorization)
    if not client or not secret:
        raise BadCallError(
            "Send client_id and client_secret, by HTTP Basic or in the form.",
            zh="请提供 client_id 与 client_secret（HTTP Basic 或表单）。",
        )
    return Credentials(client, secret)


def _basic(authorization: str) -> tuple[str, str]:
    kind, _, text = authorization.partition(" ")
    try:
        client, _, secret = b64decode(text.strip(), validate=True).decode().partition(":")
    except ValueError:  # of Base64 or of UTF-8
        return "", ""
    if kind.lower() != "basic":
        return "", ""
    return unquote_plus(client), unquote_plus(secret)

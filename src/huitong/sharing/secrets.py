"""Secrets of systems: made at random, kept as a hash only. Pure: no Django.

A client secret is stored as `scrypt$n$r$p$salt$hash` (salt and hash in standard base64); a token,
which has 256 random bits, by its SHA-256 alone.
"""

import base64
import hashlib
import hmac
import secrets

N, R, P = 2**14, 8, 1
"""scrypt's cost: about 16 MiB and 40 ms, paid when a system asks for a token."""

_MAX_N, _MAX_R, _MAX_P = 2**17, 16, 4
_PARTS = 6


def new_client_id() -> str:
    """Return an identifier for a system; it is no secret."""
    return "ht-" + secrets.token_hex(8)


def new_secret() -> str:
    """Return a client secret of 256 random bits."""
    return secrets.token_urlsafe(32)


def new_token() -> str:
    """Return an access token of 256 random bits."""
    return secrets.token_urlsafe(32)


def digest(token: str | bytes) -> str:
    """Return the SHA-256 under which a token is known, in lower-case hex."""
    return hashlib.sha256(token.encode() if isinstance(token, str) else token).hexdigest()


def hash_secret(secret: str) -> str:
    """Return what is kept of a client secret."""
    salt = secrets.token_bytes(16)
    made = hashlib.scrypt(secret.encode(), salt=salt, n=N, r=R, p=P)
    return f"scrypt${N}${R}${P}${_text(salt)}${_text(made)}"


def verify_secret(secret: str, kept: str) -> bool:
    """Tell whether a secret is the one that was hashed; a damaged hash fits nothing."""
    parts = kept.split("$")
    if len(parts) != _PARTS or parts[0] != "scrypt":
        return False
    try:
        n, r, p = (int(part) for part in parts[1:4])
        salt, wanted = (base64.b64decode(part, validate=True) for part in parts[4:])
    except ValueError:
        return False
    if not (0 < n <= _MAX_N and 0 < r <= _MAX_R and 0 < p <= _MAX_P and wanted):
        return False
    try:
        made = hashlib.scrypt(
            secret.encode(), salt=salt, n=n, r=r, p=p, dklen=len(wanted), maxmem=300 * n * r * p
        )
    except ValueError:
        return False
    return hmac.compare_digest(made, wanted)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")

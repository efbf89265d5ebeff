"""Page cursors: where a page ended, sealed, because the key may be a column that is masked."""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from huitong.gateway.errors import BadCallError

FIRST = "first"
_NONCE = 12


class Cursors:
    """Seals and opens cursors under a secret of this gateway's machines."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESGCM(hmac.digest(secret, b"huitong page cursor", "sha256"))

    def seal(self, after: str, owner: str) -> str:
        """Return the cursor that continues after this key; `owner` alone can open it."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._cipher.encrypt(nonce, after.encode(), owner.encode())
        return urlsafe_b64encode(nonce + sealed).decode().rstrip("=")

    def open(self, cursor: str, owner: str) -> str:
        """Return the key after which the page begins.

        Raises: BadCallError, when the cursor is not one that was given to this owner.
        """
        if cursor == FIRST:
            return ""
        try:
            data = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            found = self._cipher.decrypt(data[:_NONCE], data[_NONCE:], owner.encode())
        except (Base64Error, ValueError, InvalidTag):
            raise BadCallError(
                "This page is unknown: begin with page=first and follow `next`.",
                zh="页码标记无效：请从 page=first 开始，按 next 逐页获取。",
            ) from None
        return found.decode()

"""Signed tree heads in text: C2SP tlog-checkpoint within a C2SP signed-note (Ed25519).

    huitong.example/ledger
    2919
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — huitong.example/ledger Az3grlgtzPICa5OS8npVmf1Myq/5IZ…

Sources: c2sp.org/tlog-checkpoint, c2sp.org/signed-note; the key texts are those of Go's sumdb/note.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from huitong.ledger import merkle
from huitong.ledger.errors import CheckpointInvalidError

ED25519 = b"\x01"
KEY_ID_BYTES = 4
PUBLIC_BYTES = 32
# Verifiers must take at least 16 signatures, and should stop somewhere.
MOST_SIGNATURES = 64
LARGEST_NOTE = 1_000_000

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SIGNATURE = re.compile(r"— (\S+) ([A-Za-z0-9+/]+={0,2})")
_ASK = "ask whoever gave it to you for the unchanged text"


@dataclass(frozen=True)
class Checkpoint:
    """A head of the log: its name, how many entries, and the root over them."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the text that is signed; it ends with a newline."""
        lines = (self.origin, str(self.size), _base64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True)
class PublicKey:
    """A key that is trusted to sign for a name."""

    name: str
    key: Ed25519PublicKey

    @property
    def key_id(self) -> bytes:
        """Return the four bytes by which a signature names its key."""
        return _key_id(self.name, self.key.public_bytes_raw())

    def vkey(self) -> str:
        """Return the key as one line: name+key id in hex+base64(type, public key)."""
        encoded = _base64(ED25519 + self.key.public_bytes_raw())
        return f"{self.name}+{self.key_id.hex()}+{encoded}"


@dataclass(frozen=True)
class Signer:
    """The log's own key."""

    name: str
    key: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        """Return the half that verifies."""
        return PublicKey(self.name, self.key.public_key())

    def sign(self, checkpoint: Checkpoint) -> str:
        """Return the checkpoint as a signed note."""
        text = checkpoint.text()
        if parse(text) != checkpoint:
            raise CheckpointInvalidError("its text would say something else", "mend the origin")
        signature = self.public.key_id + self.key.sign(text.encode("utf-8"))
        return f"{text}\n— {self.name} {_base64(signature)}\n"


def parse_vkey(text: str) -> PublicKey:
    """Return the key of a vkey line; one newline after it is allowed.

    Raises: CheckpointInvalidError.
    """
    mend = "use the ledger.pub of the installation that issued it"
    parts = text.removesuffix("\n").split("+", 2)
    if len(parts) != 3:
        raise CheckpointInvalidError("the public key is not name+id+key", mend)
    name, key_id, encoded = parts
    data = _bytes(encoded)
    if not good_name(name) or data is None or len(data) != 1 + PUBLIC_BYTES:
        raise CheckpointInvalidError("the public key is not name+id+key", mend)
    if data[:1] != ED25519:
        raise CheckpointInvalidError("the public key is not of type Ed25519", mend)
    if key_id != _key_id(name, data[1:]).hex():
        raise CheckpointInvalidError("the public key does not have the id that it states", mend)
    return PublicKey(name, Ed25519PublicKey.from_public_bytes(data[1:]))


def parse(text: str) -> Checkpoint:
    """Return the checkpoint of a note's text. What it says is not trusted yet: see `open_note`.

    Raises: CheckpointInvalidError.
    """
    if not text.endswith("\n") or _CONTROL.search(text):
        raise CheckpointInvalidError("its text has a control character or is cut off", _ASK)
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise CheckpointInvalidError("it has fewer than three lines or an empty one", _ASK)
    origin, size, encoded, *extensions = lines
    if not _SIZE.fullmatch(size):
        raise CheckpointInvalidError(f"its size {size[:30]!r} is not a plain number", _ASK)
    root = _bytes(encoded)
    if root is None or len(root) != merkle.HASH_BYTES:
        raise CheckpointInvalidError("its root is not 32 bytes in base64", _ASK)
    return Checkpoint(origin, int(size), root, tuple(extensions))


def open_note(note: str, key: PublicKey) -> Checkpoint:
    """Return the checkpoint of a signed note, its signature by `key` verified.

    Signatures by other keys are passed over, as the form demands (witnesses, older keys). The
    origin must be the key's name: a key signs for one log.

    Raises: CheckpointInvalidError.
    """
    if len(note) > LARGEST_NOTE or _CONTROL.search(note):
        raise CheckpointInvalidError("it is too long or has a control character", _ASK)
    body, gap, tail = note.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise CheckpointInvalidError("it has no signature lines or is cut off", _ASK)
    text = body + "\n"
    try:
        signed = text.encode("utf-8")
    except UnicodeEncodeError:
        raise CheckpointInvalidError("it is not UTF-8", _ASK) from None
    lines = tail[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise CheckpointInvalidError(f"it has more than {MOST_SIGNATURES} signatures", _ASK)
    # Each one that names the key must hold; a list, so that none escapes by the first success.
    verified = [_verify(line, signed, key) for line in lines]
    if not any(verified):
        raise CheckpointInvalidError(
            f"no signature of it is by {key.name} (key {key.key_id.hex()})",
            "check that the public key belongs to this ledger",
        )
    checkpoint = parse(text)
    if checkpoint.origin != key.name:
        raise CheckpointInvalidError(f"it speaks for {checkpoint.origin}, not {key.name}", _ASK)
    return checkpoint


def good_name(name: str) -> bool:
    """Say whether a key may have this name: not empty, no space of any kind, no plus sign."""
    return bool(name) and name.isprintable() and "+" not in name and not re.search(r"\s", name)


def _verify(line: str, signed: bytes, key: PublicKey) -> bool:
    found = _SIGNATURE.fullmatch(line)
    data = _bytes(found[2]) if found else None
    if found is None or data is None or len(data) <= KEY_ID_BYTES or not good_name(found[1]):
        raise CheckpointInvalidError("a signature line is not in its form", _ASK)
    if found[1] != key.name or data[:KEY_ID_BYTES] != key.key_id:
        return False
    try:
        key.key.verify(data[KEY_ID_BYTES:], signed)
    except InvalidSignature:
        raise CheckpointInvalidError(
            f"the signature by {key.name} does not fit its text", _ASK
        ) from None
    return True


def _key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode("utf-8") + b"\n" + ED25519 + public).digest()[:KEY_ID_BYTES]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes | None:
    """Return the bytes of base64 text, or None when it is not the one way to write them."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if _base64(data) == text else None

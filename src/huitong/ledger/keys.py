"""The log's key pair: two files of one line each in `HUITONG_HOME/keys`.

`ledger.key` (0600) is `PRIVATE+KEY+name+id+base64(type, seed)`, `ledger.pub` the vkey that is given
to anyone: both as in Go's sumdb/note. The name is the origin of the log's checkpoints.
"""

import base64
import binascii
import contextlib
import os
import secrets
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from huitong.ledger import checkpoints
from huitong.ledger.checkpoints import PublicKey, Signer
from huitong.ledger.errors import CheckpointInvalidError, KeyExistsError, KeyFileError

PRIVATE_NAME = "ledger.key"
PUBLIC_NAME = "ledger.pub"
DEFAULT_ORIGIN = "huitong.example/ledger"
_PREFIX = "PRIVATE+KEY+"


def make(directory: Path, *, name: str = DEFAULT_ORIGIN) -> Signer:
    """Make a key pair and write both files; never over a key that is there, nor over half of one.

    Raises: KeyExistsError; KeyFileError for a name that no key may have.
    """
    if not checkpoints.good_name(name):
        raise KeyFileError(
            f"A ledger cannot be named {name!r}: leave out spaces and plus signs.",
            zh=f"存证库名称 {name!r} 不可用：不得含空白或加号。",
        )
    if (directory / PUBLIC_NAME).exists():
        raise _exists(directory / PUBLIC_NAME)
    signer = Signer(name, Ed25519PrivateKey.generate())
    seed = base64.b64encode(checkpoints.ED25519 + signer.key.private_bytes_raw()).decode("ascii")
    text = f"{_PREFIX}{name}+{signer.public.key_id.hex()}+{seed}\n"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(directory / PRIVATE_NAME, text, 0o600)
    _write(directory / PUBLIC_NAME, f"{signer.public.vkey()}\n", 0o644)
    return signer


def ensure(directory: Path, *, name: str = DEFAULT_ORIGIN) -> Signer:
    """Return the key of the directory, made when there never was one.

    Raises: KeyFileError, also when the private file is gone and the public one is there.
    """
    private, public = directory / PRIVATE_NAME, directory / PUBLIC_NAME
    if not private.exists() and not public.exists():
        try:
            return make(directory, name=name)
        except KeyExistsError:
            pass  # another process was faster
    signer = load_private(directory)
    if not public.exists():
        with contextlib.suppress(KeyExistsError):
            _write(public, f"{signer.public.vkey()}\n", 0o644)
    return signer


def load_private(directory: Path) -> Signer:
    """Return the signing key.

    Raises: KeyFileError, also when group or others may read the file.
    """
    path = directory / PRIVATE_NAME
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise KeyFileError(
            f"The ledger's key {path} cannot be read ({error.strerror}): run `huitong init`, or "
            "put the key back from your backup.",
            zh=f"无法读取存证签名密钥 {path}：请运行 huitong init，或从备份恢复。",
        ) from error
    with os.fdopen(descriptor, encoding="utf-8", errors="replace") as file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        if mode & 0o077:
            raise KeyFileError(
                f"The ledger's key {path} has mode {mode:04o}, others may read it: chmod 600 it, "
                "and consider whether it has been copied.",
                zh=f"存证签名密钥 {path} 权限为 {mode:04o}，他人可读：请改为 600，并排查是否泄露。",
            )
        return _parse_private(file.read(), path)


def load_public(path: Path) -> PublicKey:
    """Return the public key of a vkey file.

    Raises: KeyFileError.
    """
    try:
        return checkpoints.parse_vkey(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, CheckpointInvalidError) as error:
        raise KeyFileError(
            f"The public key {path} cannot be used ({error}): take ledger.pub from the "
            "installation that runs the ledger.",
            zh=f"公钥文件 {path} 无法使用：请从运行存证库的系统取得 ledger.pub。",
        ) from error


def _parse_private(text: str, path: Path) -> Signer:
    try:
        name, key_id, encoded = text.removesuffix("\n").removeprefix(_PREFIX).split("+", 2)
        data = base64.b64decode(encoded, validate=True)
        signer = Signer(name, Ed25519PrivateKey.from_private_bytes(data[1:]))
    except (ValueError, binascii.Error) as error:
        raise _damaged(path) from error
    named = checkpoints.good_name(name) and signer.public.key_id.hex() == key_id
    if not named or not text.startswith(_PREFIX) or data[:1] != checkpoints.ED25519:
        raise _damaged(path)
    return signer


def _damaged(path: Path) -> KeyFileError:
    return KeyFileError(
        f"The ledger's key {path} is damaged: put it back from your backup.",
        zh=f"存证签名密钥 {path} 已损坏：请从备份恢复。",
    )


def _exists(path: Path) -> KeyExistsError:
    return KeyExistsError(
        f"There is a key at {path}: keep it, or move it away before you make another.",
        zh=f"{path} 已有密钥：请保留，或先移走再新建。",
    )


def _write(path: Path, text: str, mode: int) -> None:
    """Write a file that must not be there yet; nobody ever sees half of it."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(partial, path)
    except FileExistsError:
        raise _exists(path) from None
    finally:
        partial.unlink()

"""Bytes kept as they came, by their digest. Pure: no Django."""

import hashlib
import io
import os
import uuid
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from huitong.pool.errors import TooLargeError
from huitong.pool.types import KeptBytes

_BLOCK = 4 * 2**20


def keep(source: Path | BinaryIO, *, folder: Path, limit: int) -> KeptBytes:
    """Copy a delivery into `folder` under its SHA-256; what is there already is not replaced.

    The bytes are on the disk, and so is the name, before this returns. `limit` is in bytes.

    Raises: TooLargeError above the limit, OSError when the disk refuses; both leave nothing behind.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    incoming = folder / f".incoming-{uuid.uuid4().hex}"
    digest, size = hashlib.sha256(), 0
    reader = source.open("rb", buffering=0) if isinstance(source, Path) else source
    try:
        descriptor = os.open(incoming, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb", buffering=0) as writer:
            while block := reader.read(_BLOCK):
                size += len(block)
                if size > limit:
                    raise TooLargeError(limit)
                digest.update(block)
                _write_all(writer, block)
            os.fsync(writer.fileno())
        kept = folder / digest.hexdigest()
        incoming.replace(kept)  # the same digest is the same bytes
        sync_folder(folder)
    finally:
        incoming.unlink(missing_ok=True)
        if isinstance(source, Path):
            reader.close()
    return KeptBytes(digest.hexdigest(), size, kept)


def _write_all(writer: io.RawIOBase, block: bytes) -> None:
    """Write all of a block: a disk that is nearly full takes a part of it without an error."""
    rest = memoryview(block)
    while rest:
        rest = rest[writer.write(rest) or 0 :]


def sync_file(path: Path) -> None:
    """Wait until a file's bytes are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    with closing(os.fdopen(descriptor, "rb")) as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""The local spool: what was used is written here before an answer leaves.

A segment is one file, allocated at full length when it is begun, so that a full disk is met there
and never inside a record. Its writer holds a lock on it; a reader that gets the lock knows that no
more will come. Records in the page cache survive the death of the process, not that of the power:
`sync` waits for the disk.
"""

import fcntl
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from huitong.gateway import records
from huitong.gateway.errors import SpoolFullError
from huitong.gateway.types import Fields

SUFFIX = ".spool"
DAMAGED = ".damaged"


@dataclass(frozen=True, slots=True)
class Held:
    """What lies in a spool folder; `age` is of its oldest segment, in seconds."""

    segments: int
    bytes: int
    age: float


class Spool:
    """The segments of one writer.

    A segment's name is `<node>-<start in hexadecimal>-<process>-<number>`: no other writer has it,
    on this machine or another.
    """

    def __init__(
        self,
        folder: Path,
        *,
        node: str,
        segment_bytes: int = 16 * 1024 * 1024,
        max_bytes: int = 0,
        sync: bool = False,
    ) -> None:
        self._folder = folder
        self._stem = f"{node}-{time.time_ns():x}-{os.getpid():x}"
        self._room = max(segment_bytes // records.SIZE, 1)
        self._max_bytes = max_bytes
        self._sync = sync
        self._number = 0
        self._file = -1
        self._position = 0
        self._seed = 0
        self.segment = ""
        self.noted = 0
        folder.mkdir(parents=True, exist_ok=True)

    def note_one(self, use: Fields) -> str:
        """Write one use; return its receipt.

        Raises: SpoolFullError; nothing is noted then.
        """
        if self._file < 0 or self._position >= self._room:
            self._begin()
        position = self._position
        self._write(records.encode(use, position, self._seed), position * records.SIZE)
        self._position = position + 1
        self.noted += 1
        return f"{self.segment}.{position}"

    def note(self, uses: Sequence[Fields]) -> list[str]:
        """Write the uses by one write; return their receipts (`segment.position`).

        A batch lies in one segment: one that has no room for it is left, and a new one is begun.

        Raises: SpoolFullError, when there is no room; nothing is noted then.
        """
        count = len(uses)
        if self._file < 0 or self._position + count > self._room:
            if count > self._room:
                return [
                    receipt
                    for start in range(0, count, self._room)
                    for receipt in self.note(uses[start : start + self._room])
                ]
            self._begin()
        first, crc_seed, segment = self._position, self._seed, self.segment
        encoded = [
            records.encode(use, position, crc_seed) for position, use in enumerate(uses, first)
        ]
        self._write(b"".join(encoded), first * records.SIZE)
        self._position = first + count
        self.noted += count
        return [f"{segment}.{position}" for position in range(first, first + count)]

    def close(self) -> None:
        """Give up the segment: its reader then takes it to its end."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _write(self, data: bytes, offset: int) -> None:
        try:
            written = os.pwrite(self._file, data, offset)
            while written < len(data):
                written += os.pwrite(self._file, data[written:], offset + written)
            if self._sync:
                os.fdatasync(self._file)
        except OSError as error:
            # Nothing that follows an uncertain record may be answered as if it stood.
            self.close()
            raise SpoolFullError(os.strerror(error.errno or 0)) from error

    def _begin(self) -> None:
        size = self._room * records.SIZE
        if self._max_bytes and _size_of(self._folder, self._stem) + size > self._max_bytes:
            raise SpoolFullError("spool_max_bytes")
        name = f"{self._stem}-{self._number:x}"
        partial = self._folder / f"{name}.new"
        file = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            # Locked before it has the name under which the shipper would look at it.
            fcntl.flock(file, fcntl.LOCK_EX)
            os.posix_fallocate(file, 0, size)
            partial.rename(self._folder / f"{name}{SUFFIX}")
            if self._sync:
                _sync_folder(self._folder)
        except OSError as error:
            os.close(file)
            partial.unlink(missing_ok=True)
            raise SpoolFullError(os.strerror(error.errno or 0)) from error
        self.close()
        self._number += 1
        self._file, self._position = file, 0
        self.segment, self._seed = name, records.seed(name)


def held(folder: Path, now: float) -> Held:
    """Return what lies in the folder unshipped or half shipped; `now` is Unix time."""
    count, size, oldest = 0, 0, now
    for status in _statuses(folder, ""):
        count += 1
        size += status.st_size
        oldest = min(oldest, status.st_mtime)
    return Held(count, size, now - oldest)


def _size_of(folder: Path, stem: str) -> int:
    return sum(status.st_size for status in _statuses(folder, stem))


def _statuses(folder: Path, stem: str) -> list[os.stat_result]:
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(stem) and entry.name.endswith((SUFFIX, DAMAGED)):
                try:
                    found.append(entry.stat())
                except FileNotFoundError:  # shipped meanwhile
                    continue
    return found


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

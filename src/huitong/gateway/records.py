"""A use as bytes in the spool, as a row for COPY, and as the ledger hashes it.

A record has 136 bytes: the use, its place in the segment, and a CRC-32 that begins with the
segment's name, so that neither zeros, nor a torn write, nor a record of another segment passes.
"""

import struct
from binascii import crc32
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from huitong.gateway.types import NO_DIGEST, NO_SHAPE, Fields, Outcome, Use

# The position, then the members of Use in their order, then the CRC.
_FIELDS = struct.Struct("<IqqqqqII16s32s32s")
_CRC = struct.Struct("<I")
_pack_fields, _pack_crc = _FIELDS.pack, _CRC.pack
SIZE = _FIELDS.size + _CRC.size
_LABELS = {int(outcome): outcome.label for outcome in Outcome}


class Noted(NamedTuple):
    """A use read back from a segment."""

    position: int
    use: Use


def seed(segment: str) -> int:
    """Return what the CRC of each record of this segment begins with."""
    return crc32(segment.encode("ascii"))


def encode(use: Fields, position: int, crc_seed: int) -> bytes:
    """Return the record of a use, given as such or as the plain tuple of its members."""
    data = _pack_fields(position, *use)
    return data + _pack_crc(crc32(data, crc_seed))


def decode(data: bytes | memoryview, position: int, crc_seed: int) -> Noted | None:
    """Return the record, or None when these are not `SIZE` bytes of a whole one at its place."""
    if len(data) != SIZE:
        return None
    body = data[:-4]
    if crc32(body, crc_seed) != _CRC.unpack(data[-4:])[0]:
        return None
    place, *members = _FIELDS.unpack(body)
    use = Use._make(members)
    if place != position or use.outcome not in _LABELS:
        return None
    return Noted(position, use)


def read(data: bytes, first: int, crc_seed: int) -> Iterator[Noted]:
    """Yield the records of `data`, which begins at position `first`, up to the first bad one."""
    view = memoryview(data)
    for place in range(len(data) // SIZE):
        noted = decode(view[place * SIZE : (place + 1) * SIZE], first + place, crc_seed)
        if noted is None:
            return
        yield noted


COLUMNS = (
    "segment, position, at, client_id, consumer_id, grant_id, dataset_id, shape, outcome, rows, "
    "key_mac, body_digest"
)


def copy_line(segment: str, noted: Noted) -> str:
    r"""Return the record as a line for COPY in text form; `\N` is NULL."""
    position, use = noted
    at, client, consumer, grant, dataset, outcome, rows, shape, key, body = use
    return (
        f"{segment}\t{position}\t{_time(at)}\t{client or _NULL}\t{consumer or _NULL}\t"
        f"{grant or _NULL}\t{dataset or _NULL}\t"
        f"{_NULL if shape == NO_SHAPE else shape.hex()}\t{_LABELS[outcome]}\t{rows}\t"
        f"{_NULL if key == NO_DIGEST else _HEX + key.hex()}\t"
        f"{_NULL if body == NO_DIGEST else _HEX + body.hex()}\n"
    )


def canonical(segment: str, noted: Noted) -> bytes:
    """Return the bytes of the record that the ledger hashes.

    They are `ledger.leaves.canonical_object` of `as_json`, written at once: every member is a
    number, null, or a text of ASCII that needs no escape.
    """
    position, use = noted
    at, client, consumer, grant, dataset, outcome, rows, shape, key, body = use
    return (
        f'{{"at":"{_time(at)}","body":{_quoted(body)},"client":{client or "null"},'
        f'"consumer":{consumer or "null"},"dataset":{dataset or "null"},'
        f'"grant":{grant or "null"},"key":{_quoted(key)},"outcome":"{_LABELS[outcome]}",'
        f'"position":{position},"rows":{rows},"segment":"{segment}",'
        f'"shape":{"null" if shape == NO_SHAPE else chr(34) + shape.hex() + chr(34)}}}'
    ).encode("ascii")


def as_json(segment: str, noted: Noted) -> dict[str, str | int | None]:
    """Return the record as the object that a receipt of the second level carries."""
    position, use = noted
    return {
        "at": _time(use.at),
        "body": None if use.body_digest == NO_DIGEST else use.body_digest.hex(),
        "client": use.client_id or None,
        "consumer": use.consumer_id or None,
        "dataset": use.dataset_id or None,
        "grant": use.grant_id or None,
        "key": None if use.key_mac == NO_DIGEST else use.key_mac.hex(),
        "outcome": _LABELS[use.outcome],
        "position": position,
        "rows": use.rows,
        "segment": segment,
        "shape": None if use.shape == NO_SHAPE else use.shape.hex(),
    }


_NULL = r"\N"
_HEX = r"\\x"


def _time(at: int) -> str:
    second, rest = divmod(at, 1_000_000)
    return f"{_second(second)}.{rest:06d}Z"


@lru_cache(maxsize=256)
def _second(second: int) -> str:
    # Thousands of records share a second, and writing it costs more than the rest of their line.
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _quoted(digest: bytes) -> str:
    return "null" if digest == NO_DIGEST else f'"{digest.hex()}"'

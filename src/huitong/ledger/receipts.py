"""Receipts: one entry with all that is needed to check it, offline, against the public key alone.

A receipt is a JSON object:

    format       "huitong-receipt/1"
    entry        the entry, as `leaves.entry` makes it
    leaf_index   its place in the log, from 0
    proof        inclusion proof, base64 hashes from the leaf upward (RFC 9162, 2.1.3)
    checkpoint   the signed head that the proof leads to (C2SP tlog-checkpoint)
    use          only for one use within a `gateway.uses` entry: {record, index, proof}
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from huitong.ledger import checkpoints, leaves, merkle, uses
from huitong.ledger.checkpoints import Checkpoint, PublicKey
from huitong.ledger.errors import (
    CheckpointInvalidError,
    NotCanonicalError,
    ProofInvalidError,
    ReceiptInvalidError,
)
from huitong.ledger.leaves import Json

FORMAT = "huitong-receipt/1"
_MEMBERS = {"format", "entry", "leaf_index", "proof", "checkpoint"}
_USE_MEMBERS = {"record", "index", "proof"}
_TEXTS = ("actor", "at", "kind", "subject", "uuid")


@dataclass(frozen=True)
class VerifiedReceipt:
    """What a receipt has proved: the entry stood at `index` of the log at `checkpoint`."""

    entry: dict[str, Json]
    index: int
    checkpoint: Checkpoint
    use: dict[str, Json] | None = None


def issue(
    *, entry: Mapping[str, Json], index: int, proof: Sequence[bytes], note: str
) -> dict[str, Json]:
    """Return the receipt of an entry."""
    return {
        "format": FORMAT,
        "entry": dict(entry),
        "leaf_index": index,
        "proof": _texts(proof),
        "checkpoint": note,
    }


def with_use(
    receipt: Mapping[str, Json], *, records: Sequence[Mapping[str, Json]], index: int
) -> dict[str, Json]:
    """Return the receipt of one use, made from the receipt of its `gateway.uses` entry.

    `records` are all records of that entry, in order.
    """
    use: dict[str, Json] = {
        "record": dict(records[index]),
        "index": index,
        "proof": _texts(uses.proof(records, index)),
    }
    return {**receipt, "use": use}


def verify(receipt: object, key: PublicKey | str) -> VerifiedReceipt:
    """Check a receipt against a public key, or its vkey line. Reads nothing else.

    Raises: ReceiptInvalidError, saying which part does not hold; CheckpointInvalidError, when the
    vkey line itself is none.
    """
    if isinstance(key, str):
        key = checkpoints.parse_vkey(key)
    try:
        return _verify(receipt, key)
    except (NotCanonicalError, ProofInvalidError, CheckpointInvalidError) as error:
        raise ReceiptInvalidError(str(error).removesuffix(".")) from error


def _verify(receipt: object, key: PublicKey) -> VerifiedReceipt:
    receipt = _object(receipt, "the receipt", _MEMBERS, optional={"use"})
    if receipt["format"] != FORMAT:
        raise ReceiptInvalidError(f"its format is not {FORMAT}")
    entry = _object(receipt["entry"], "its entry", leaves.MEMBERS)
    if not all(isinstance(entry[name], str) for name in _TEXTS):
        raise ReceiptInvalidError(f"one of {', '.join(_TEXTS)} in its entry is not text")
    facts = _object(entry["facts"], "the entry's facts", None)
    note = receipt["checkpoint"]
    if not isinstance(note, str):
        raise ReceiptInvalidError("its checkpoint is not text")
    checkpoint = checkpoints.open_note(note, key)
    index = _number(receipt["leaf_index"], "leaf_index")
    leaf = merkle.leaf_hash(leaves.canonical(entry))
    proof = _hashes(receipt["proof"], "proof")
    merkle.verify_inclusion(leaf, index, checkpoint.size, proof, checkpoint.root)
    use = _verify_use(receipt["use"], entry, facts) if "use" in receipt else None
    return VerifiedReceipt(entry, index, checkpoint, use)


def _verify_use(
    value: object, entry: Mapping[str, Json], facts: Mapping[str, Json]
) -> dict[str, Json]:
    if entry["kind"] != uses.KIND:
        raise ReceiptInvalidError(f"it shows a use, but its entry is not of kind {uses.KIND}")
    use = _object(value, "its use", _USE_MEMBERS)
    record = _object(use["record"], "its use record", None)
    count = _number(facts.get(uses.COUNT_FACT), uses.COUNT_FACT)
    stated = facts.get(uses.ROOT_FACT)
    try:
        root = bytes.fromhex(stated) if isinstance(stated, str) else b""
    except ValueError:
        root = b""
    index, proof = _number(use["index"], "use.index"), _hashes(use["proof"], "use.proof")
    merkle.verify_inclusion(uses.use_hash(record), index, count, proof, root)
    return record


def _object(
    value: object,
    where: str,
    members: AbstractSet[str] | None,
    *,
    optional: AbstractSet[str] = frozenset(),
) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise ReceiptInvalidError(f"{where} is not a JSON object")
    if members is not None and (odd := (value.keys() ^ members) - optional):
        named = ", ".join(sorted(map(str, odd)))
        raise ReceiptInvalidError(f"{where} has missing or unknown members ({named})")
    return value


def _number(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ReceiptInvalidError(f"its {where} is not a whole number")
    return value


def _texts(hashes: Sequence[bytes]) -> list[Json]:
    return [base64.b64encode(value).decode("ascii") for value in hashes]


def _hashes(value: object, where: str) -> list[bytes]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise ReceiptInvalidError(f"its {where} is not a list of texts")
    try:
        return [base64.b64decode(text, validate=True) for text in value]
    except (binascii.Error, ValueError) as error:
        raise ReceiptInvalidError(f"its {where} is not base64") from error

"""What the ledger tells: entries, receipts, proofs, and whether all of it still holds."""

import uuid as uuids
from collections.abc import Sequence
from pathlib import Path

from django.db import connection, transaction
from django.db.models import QuerySet

from huitong.ledger import keys, leaves, merkle, receipts, sealing, verification
from huitong.ledger.errors import EntryUnknownError, NotSealedError, SizeUnknownError
from huitong.ledger.leaves import Json
from huitong.ledger.models import Checkpoint, Entry, Leaf
from huitong.ledger.sessions import plain_connection
from huitong.ledger.verification import Verification


def entries_of(subject: str) -> QuerySet[Entry]:
    """Return what was recorded about a subject, oldest first."""
    return Entry.objects.filter(subject=subject).order_by("id")


def latest_checkpoint() -> Checkpoint | None:
    """Return the newest signed head; save its `note` elsewhere to find a log that is cut back."""
    return Checkpoint.objects.order_by("-size").first()


def receipt(entry_uuid: uuids.UUID | str) -> dict[str, Json]:
    """Return the receipt of a sealed entry, up to the newest checkpoint (format: `receipts`).

    Raises: EntryUnknownError, NotSealedError.
    """
    try:
        entry = Entry.objects.get(uuid=uuids.UUID(str(entry_uuid)))
    except (Entry.DoesNotExist, ValueError):
        raise EntryUnknownError(entry_uuid) from None
    leaf = Leaf.objects.filter(entry=entry).first()
    head = latest_checkpoint()
    if leaf is None or head is None or leaf.index >= head.size:
        raise NotSealedError(entry.uuid)
    return receipts.issue(
        entry=leaves.entry(
            uuid=entry.uuid,
            kind=entry.kind,
            subject=entry.subject,
            actor=entry.actor,
            at=entry.at,
            cite=entry.cite,
            facts=entry.facts,
        ),
        index=leaf.index,
        proof=inclusion_proof(leaf.index, head.size),
        note=head.note,
    )


def inclusion_proof(index: int, size: int) -> list[bytes]:
    """Return the proof that leaf `index` is in the tree of `size` entries: one SQL query.

    Raises: SizeUnknownError.
    """
    if not 0 <= index < size:
        raise SizeUnknownError(size, index)
    return _assemble(merkle.inclusion_plan(index, size), size)


def consistency_proof(old: int, new: int) -> list[bytes]:
    """Return the proof that the log of `old` entries is the beginning of that of `new`.

    Raises: SizeUnknownError.
    """
    if old in (0, new):
        return []
    if not 0 < old <= new:
        raise SizeUnknownError(old, new)
    return _assemble(merkle.consistency_plan(old, new), new)


def verify_all(public_key: Path, *, saved_checkpoints: Sequence[str] = ()) -> Verification:
    """Compute everything again from the entries (see `verification`).

    `public_key` is the vkey file (`HUITONG_HOME/keys/ledger.pub`), `saved_checkpoints` the texts of
    checkpoints kept elsewhere: without one, a log that was cut back and signed again looks whole.

    Raises: KeyFileError.
    """
    key = keys.load_public(public_key)
    alone = not connection.in_atomic_block
    with transaction.atomic():
        if alone:
            # One view of all tables, whoever seals meanwhile.
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return verification.verify(plain_connection(), key=key, saved=saved_checkpoints)


def _assemble(plan: merkle.Plan, size: int) -> list[bytes]:
    hashes = sealing.nodes(plain_connection(), {node for step in plan for node in step})
    try:
        return merkle.assemble(plan, hashes)
    except KeyError:
        found = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first()
        raise SizeUnknownError(size, found or 0) from None

"""The two writes of the ledger: record an act, seal what was recorded."""

import uuid as uuids
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from huitong.ledger import keys, leaves, sealing
from huitong.ledger.errors import NoTransactionError
from huitong.ledger.models import Checkpoint, Entry
from huitong.ledger.sessions import plain_connection


def record(
    *,
    kind: str,
    subject: str,
    actor: str,
    at: datetime,
    cite: Sequence[str] = (),
    facts: Mapping[str, object] | None = None,
) -> Entry:
    """Write one entry into the transaction of the act that it records.

    `kind` is a dotted verb (`grant.issue`), `subject` what it was done to (`dataset:ABC`), `actor`
    who did it (`Actor.ledger_name`), `cite` clause ids. `facts` may hold text, whole numbers up to
    2^53 - 1, true, false, null, lists and mappings of these, and dates, datetimes (with a zone),
    UUIDs and Decimals, which are kept as text. It must not hold floats, nor personal data: nothing
    here can be taken back.

    Raises: NoTransactionError outside a transaction; NotCanonicalError for a value that has no
    single written form.
    """
    if not connection.in_atomic_block:
        raise NoTransactionError(kind)
    row = leaves.row(
        leaves.entry(
            uuid=uuids.uuid4(),
            kind=kind,
            subject=subject,
            actor=actor,
            at=at,
            cite=cite,
            facts=facts or {},
        )
    )
    with connection.cursor() as cursor:
        cursor.execute(f"{leaves.INSERT_STATEMENT} RETURNING id", row)
        (entry_id,) = cursor.fetchone()
    return Entry(
        id=entry_id,
        uuid=row.uuid,
        kind=row.kind,
        subject=row.subject,
        actor=row.actor,
        at=row.at,
        cite=row.cite,
        facts=leaves.facts_of(facts or {}),
        leaf_hash=row.leaf_hash,
    )


def seal(*, at: datetime) -> Checkpoint | None:
    """Put every committed entry that is not in the tree into it and sign the new head.

    Returns the checkpoint, or None when there was nothing to seal. Sealers queue on a lock; entries
    that are committed meanwhile are left for the next sealing.

    The signing key in `HUITONG_HOME/keys` is made when there never was one.

    Raises: KeyFileError, when the key is missing, damaged or too open; DamagedError, when the
    stored tree is not what this key signed last.
    """
    signer = keys.ensure(settings.CONFIG.keys_dir)
    with transaction.atomic():
        head = sealing.seal(plain_connection(), signer=signer, at=at)
    return None if head is None else Checkpoint.objects.get(size=head.size)

"""How often each clause was relied on: each sealed entry counted once, in the order of the tree.

Sealed entries never change, so each process keeps its count and adds what was sealed since. A call
reads at most so many entries; a reader is told how far the count has come.
"""

import threading
from collections import Counter
from dataclasses import dataclass, field

from django.db import connection

from huitong.ledger.models import Leaf

AT_ONCE = 50_000
"""Entries that one call counts, about a tenth of a second."""

_COUNT = """
SELECT one, count(*), count(*) FILTER (WHERE entry.kind = 'case.step')
FROM ledger_leaf AS leaf
JOIN ledger_entry AS entry ON entry.id = leaf.entry_id
CROSS JOIN LATERAL unnest(entry.cite) AS one
WHERE leaf.index >= %s AND leaf.index < %s
GROUP BY one
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """Entries and steps of cases by clause, over the first `counted` of `sealed` entries."""

    counted: int
    sealed: int
    entries: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)

    @property
    def is_whole(self) -> bool:
        """Say whether every sealed entry is in it."""
        return self.counted == self.sealed


_lock = threading.Lock()
_kept: list[tuple[Tally, bytes]] = []


def tally(at_once: int = AT_ONCE) -> Tally:
    """Return the count so far, after adding at most `at_once` entries: three queries."""
    with _lock:
        newest = Leaf.objects.order_by("-index").values_list("index", flat=True).first()
        sealed = 0 if newest is None else newest + 1
        before = _known(sealed)
        until = min(sealed, before.counted + at_once)
        entries, steps = Counter(before.entries), Counter(before.steps)
        if until > before.counted:
            with connection.cursor() as cursor:
                cursor.execute(_COUNT, [before.counted, until])
                for clause, number, taken in cursor.fetchall():
                    entries[clause] += number
                    steps[clause] += taken
        found = Tally(until, sealed, entries, steps)
        _kept[:] = [(found, _hash_of(until - 1))] if until else []
        return found


def _known(sealed: int) -> Tally:
    """Return what was counted before, or nothing where the tree is another one by now."""
    for found, last in _kept:
        if found.counted <= sealed and _hash_of(found.counted - 1) == last:
            return found
    return Tally(0, sealed)


def _hash_of(index: int) -> bytes:
    found = Leaf.objects.filter(index=index).values_list("leaf_hash", flat=True).first()
    return bytes(found) if found is not None else b""

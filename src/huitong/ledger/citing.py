"""How often each clause was relied on, and by which entries: counted where the tree is sealed.

The rows are written in the transaction that gives the entries their places, so every process
reads the same numbers, and a reader pays for the clauses that it asks about and not for the ledger.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import QuerySet

from huitong.ledger.models import Citation, Entry, Leaf

_LAST = """
SELECT wanted.clause, last.number, last.steps
FROM unnest(%s::text[]) AS wanted(clause)
CROSS JOIN LATERAL (
    SELECT number, steps FROM ledger_citation AS one
    WHERE one.clause = wanted.clause ORDER BY number DESC LIMIT 1
) AS last
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """Entries and steps of cases by clause, over all `sealed` entries."""

    sealed: int
    entries: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)


def tally(clauses: Iterable[str]) -> Tally:
    """Return how often each of some clauses was relied on: two queries, one probe a clause."""
    newest = Leaf.objects.order_by("-index").values_list("index", flat=True).first()
    found = Tally(0 if newest is None else newest + 1)
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [list(clauses)])
        for clause, number, steps in cursor.fetchall():
            found.entries[clause] = number
            found.steps[clause] = steps
    return found


def newest(entries: QuerySet[Entry], clause: str, most: int) -> list[Entry]:
    """Return the newest sealed ones of some entries that rest on a clause, at most so many.

    The citations of the clause are walked backwards until enough of them are among the entries.
    """
    cited = Citation.objects.filter(clause=clause, entry__in=entries.order_by().values("pk"))
    rows = cited.order_by("-number").select_related("entry")[:most]
    return [row.entry for row in rows]

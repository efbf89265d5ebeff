"""The second level: use records under a root of their own, which one `gateway.uses` entry carries.

A record is a JSON object, written by the same rule as an entry (`leaves.canonical_object`); its
leaf hash is RFC 9162's. The entry's facts hold `use_root` (hex) and `use_count`; the records stay
where they are, and one of them can be proved without showing the others.
"""

from collections.abc import Iterable, Mapping, Sequence

from huitong.ledger import leaves, merkle
from huitong.ledger.leaves import Json

KIND = "gateway.uses"
ROOT_FACT = "use_root"
COUNT_FACT = "use_count"


def use_hash(record: Mapping[str, Json]) -> bytes:
    """Return the leaf hash of a use record.

    Raises: NotCanonicalError.
    """
    return merkle.leaf_hash(leaves.canonical_object(record))


def facts(records: Iterable[Mapping[str, Json]]) -> dict[str, Json]:
    """Return the facts by which an entry of kind `gateway.uses` vouches for the records."""
    frontier = merkle.Frontier()
    for record in records:
        frontier.push(use_hash(record))
    return {ROOT_FACT: frontier.root().hex(), COUNT_FACT: frontier.size}


def proof(records: Sequence[Mapping[str, Json]], index: int) -> list[bytes]:
    """Return the proof that record `index` is among the records of its entry, all of them given."""
    hashes: dict[merkle.NodeId, bytes] = {}
    frontier = merkle.Frontier()
    for position, record in enumerate(records):
        leaf = use_hash(record)
        hashes[merkle.NodeId(0, position)] = leaf
        hashes.update(frontier.push(leaf))
    return merkle.assemble(merkle.inclusion_plan(index, len(records)), hashes)

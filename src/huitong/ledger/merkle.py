"""The Merkle tree of RFC 9162, section 2.1: hashes, growth, proofs and their verification.

Trees grow by `Frontier`, which yields each complete subtree once; stored by (level, index), these
nodes are all that a proof needs. Proofs are made by the recursive definitions and verified by the
iterative algorithms of the RFC, so that one checks the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple, TypeAlias

from huitong.ledger.errors import ProofInvalidError

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


class NodeId(NamedTuple):
    """A complete subtree: the 2^level leaves from place x 2^level on."""

    level: int
    place: int


# Each element of a proof is the root of a range of leaves, folded from its complete subtrees.
Plan: TypeAlias = tuple[tuple[NodeId, ...], ...]


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf's bytes."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: its size and the roots of its complete subtrees."""

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        if len(peaks) != size.bit_count():
            raise ValueError(f"A tree of {size} leaves has {size.bit_count()} peaks.")
        self.size = size
        self._peaks = list(peaks)

    def push(self, leaf: bytes) -> list[tuple[NodeId, bytes]]:
        """Append a leaf hash; return the subtrees that it completed, lowest first, no leaf."""
        index, level = self.size, 0
        self.size += 1
        found = []
        while index & 1:
            leaf = sha256(b"\x01" + self._peaks.pop() + leaf).digest()
            index >>= 1
            level += 1
            found.append((NodeId(level, index), leaf))
        self._peaks.append(leaf)
        return found

    def root(self) -> bytes:
        """Return the root of the tree as it stands."""
        return _fold(self._peaks) if self._peaks else EMPTY_ROOT


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes.

    >>> root([]).hex()[:16]
    'e3b0c44298fc1c14'
    """
    frontier = Frontier()
    for leaf in leaf_hashes:
        frontier.push(leaf)
    return frontier.root()


def peaks(size: int) -> tuple[NodeId, ...]:
    """Return the complete subtrees of a tree, left to right: what a Frontier resumes from."""
    return _cover(0, size)


def inclusion_plan(index: int, size: int) -> Plan:
    """Return the nodes whose hashes prove that leaf `index` is in the tree (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"A tree of {size} leaves has no leaf {index}.")
    steps, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            steps.append(_cover(middle, end))
            end = middle
        else:
            steps.append(_cover(start, middle))
            start = middle
    return tuple(reversed(steps))


def consistency_plan(old: int, new: int) -> Plan:
    """Return the nodes that prove the tree of `old` leaves a beginning of `new` (2.1.4.1)."""
    if not 0 < old <= new:
        raise ValueError(f"No tree of {new} leaves begins with one of {old} that needs a proof.")
    steps, start, end, known = [], 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            steps.append(_cover(middle, end))
            end = middle
        else:
            steps.append(_cover(start, middle))
            start, known = middle, False
    if not known:
        steps.append(_cover(start, end))
    return tuple(reversed(steps))


def assemble(plan: Plan, hashes: Mapping[NodeId, bytes]) -> list[bytes]:
    """Return the proof of a plan from the stored hashes of its nodes.

    Raises: KeyError, when a node is not among them.
    """
    return [_fold([hashes[node] for node in step]) for step in plan]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that the leaf hash stands at `index` under the root (RFC 9162, 2.1.3.2).

    Raises: ProofInvalidError.
    """
    if not 0 <= index < size:
        raise ProofInvalidError(f"leaf {index} lies outside a tree of {size}")
    _check_widths([leaf, root, *proof])
    first, second, found = index, size - 1, leaf
    for step in proof:
        if second == 0:
            raise ProofInvalidError("it has too many hashes")
        if first & 1 or first == second:
            found = node_hash(step, found)
            while not first & 1 and first:
                first, second = first >> 1, second >> 1
        else:
            found = node_hash(found, step)
        first, second = first >> 1, second >> 1
    if second != 0:
        raise ProofInvalidError("it has too few hashes")
    if found != root:
        raise ProofInvalidError("it leads to another root")


def verify_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Check that the tree of `old` leaves is the beginning of that of `new` (RFC 9162, 2.1.4.2).

    Raises: ProofInvalidError.
    """
    _check_widths([old_root, new_root, *proof])
    if not 0 <= old <= new:
        raise ProofInvalidError(f"a log of {new} entries cannot continue one of {old}")
    if old in (0, new):
        if proof:
            raise ProofInvalidError("it should be empty")
        if old_root != (new_root if old else EMPTY_ROOT):
            raise ProofInvalidError("two roots are named for one size")
    elif not proof:
        raise ProofInvalidError("it is empty")
    elif _climb(old, new, proof, old_root) != (old_root, new_root):
        raise ProofInvalidError("it leads to another old or new root")


def _climb(old: int, new: int, proof: Sequence[bytes], old_root: bytes) -> tuple[bytes, bytes]:
    """Return the old and the new root that a consistency proof leads to."""
    # A whole power of two is its own first hash (step 2).
    start, *steps = [old_root, *proof] if old & (old - 1) == 0 else proof
    first, second = old - 1, new - 1
    while first & 1:
        first, second = first >> 1, second >> 1
    found_old = found_new = start
    for step in steps:
        if second == 0:
            raise ProofInvalidError("it has too many hashes")
        if first & 1 or first == second:
            found_old, found_new = node_hash(step, found_old), node_hash(step, found_new)
            while not first & 1 and first:
                first, second = first >> 1, second >> 1
        else:
            found_new = node_hash(found_new, step)
        first, second = first >> 1, second >> 1
    if second != 0:
        raise ProofInvalidError("it has too few hashes")
    return found_old, found_new


def _split(width: int) -> int:
    """Return the largest power of two below the width."""
    return 1 << ((width - 1).bit_length() - 1)


def _cover(start: int, end: int) -> tuple[NodeId, ...]:
    """Return the complete subtrees of a range that itself is a subtree of some tree."""
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append(NodeId(level, start >> level))
        start += 1 << level
    return tuple(nodes)


def _fold(hashes: Sequence[bytes]) -> bytes:
    found = hashes[-1]
    for left in reversed(hashes[:-1]):
        found = node_hash(left, found)
    return found


def _check_widths(hashes: Iterable[bytes]) -> None:
    if any(len(value) != HASH_BYTES for value in hashes):
        raise ProofInvalidError(f"a hash is not {HASH_BYTES} bytes")

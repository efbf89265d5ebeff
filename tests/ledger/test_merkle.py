"""The tree against the published vectors of RFC 6962/9162 and against its recursive definition."""

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitong.ledger import merkle
from huitong.ledger.errors import ProofInvalidError
from huitong.ledger.merkle import Frontier, NodeId

# The leaves and roots that Certificate Transparency's implementations all test against.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
# (leaf, size, proof) as published with them.
INCLUSION = (
    (0, 8, ("96a296d2", "5f083f0a", "6b47aaf2")),
    (5, 8, ("bc1a0643", "ca854ea1", "d37ee418")),
    (2, 3, ("fac54203",)),
    (1, 5, ("6e340b9c", "5f083f0a", "bc1a0643")),
)
CONSISTENCY = (
    (1, 8, ("96a296d2", "5f083f0a", "6b47aaf2")),
    (6, 8, ("0ebc5d34", "ca854ea1", "d37ee418")),
    (2, 5, ("5f083f0a", "bc1a0643")),
)


def tree(leaves: Sequence[bytes]) -> tuple[Frontier, dict[NodeId, bytes]]:
    frontier, stored = Frontier(), {}
    for index, leaf in enumerate(leaves):
        stored[NodeId(0, index)] = leaf
        stored.update(frontier.push(leaf))
    return frontier, stored


def oracle_root(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + oracle_root(leaves[:k]) + oracle_root(leaves[k:])).digest()


def hashes(count: int) -> list[bytes]:
    return [merkle.leaf_hash(str(number).encode()) for number in range(count)]


def test_roots_are_the_published_ones() -> None:
    leaves = [merkle.leaf_hash(data) for data in LEAVES]

    assert [merkle.root(leaves[: size + 1]).hex() for size in range(8)] == list(ROOTS)
    assert merkle.root([]).hex() == sha256(b"").hexdigest()


@pytest.mark.parametrize(("index", "size", "published"), INCLUSION)
def test_inclusion_proofs_are_the_published_ones(
    index: int, size: int, published: tuple[str, ...]
) -> None:
    _, stored = tree([merkle.leaf_hash(data) for data in LEAVES])

    proof = merkle.assemble(merkle.inclusion_plan(index, size), stored)

    assert tuple(step.hex()[:8] for step in proof) == published


@pytest.mark.parametrize(("old", "new", "published"), CONSISTENCY)
def test_consistency_proofs_are_the_published_ones(
    old: int, new: int, published: tuple[str, ...]
) -> None:
    _, stored = tree([merkle.leaf_hash(data) for data in LEAVES])

    proof = merkle.assemble(merkle.consistency_plan(old, new), stored)

    assert tuple(step.hex()[:8] for step in proof) == published


def test_every_tree_up_to_70_leaves_proves_every_leaf_and_every_beginning() -> None:
    leaves = hashes(70)
    _, stored = tree(leaves)
    roots = [oracle_root(leaves[:size]) for size in range(71)]
    for size in range(1, 71):
        assert merkle.root(leaves[:size]) == roots[size]
        for index in range(size):
            proof = merkle.assemble(merkle.inclusion_plan(index, size), stored)
            merkle.verify_inclusion(leaves[index], index, size, proof, roots[size])
        for old in range(1, size + 1):
            proof = merkle.assemble(merkle.consistency_plan(old, size), stored)
            merkle.verify_consistency(old, size, proof, roots[old], roots[size])


@given(st.integers(1, 400), st.data())
def test_a_frontier_resumed_from_stored_nodes_grows_the_same_tree(
    size: int, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, size))
    leaves = hashes(size)
    whole, stored = tree(leaves)

    resumed = Frontier(cut, [stored[node] for node in merkle.peaks(cut)])
    later = {node: value for leaf in leaves[cut:] for node, value in resumed.push(leaf)}

    assert resumed.root() == whole.root() == oracle_root(leaves)
    assert later.items() <= stored.items()


@given(st.integers(1, 300), st.data())
def test_nothing_but_the_leaf_at_its_place_is_proved(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = hashes(size)
    frontier, stored = tree(leaves)
    proof = merkle.assemble(merkle.inclusion_plan(index, size), stored)
    wrong = data.draw(
        st.sampled_from(["leaf", "root", "index", "shorter", "longer"] + ["step"] * bool(proof))
    )
    leaf, root, place, changed = leaves[index], frontier.root(), index, list(proof)
    if wrong == "leaf":
        leaf = merkle.leaf_hash(b"another")
    elif wrong == "root":
        root = merkle.leaf_hash(b"another")
    elif wrong == "index":
        place = data.draw(st.integers(-1, size).filter(lambda other: other != index))
    elif wrong == "shorter":
        changed = changed[:-1] if changed else [root]
    elif wrong == "longer":
        changed.append(root)
    else:
        changed[data.draw(st.integers(0, len(proof) - 1))] = merkle.leaf_hash(b"another")

    with pytest.raises(ProofInvalidError):
        merkle.verify_inclusion(leaf, place, size, changed, root)


@given(st.integers(2, 300), st.data())
def test_a_log_that_was_changed_has_no_consistency_proof(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size - 1))
    changed_at = data.draw(st.integers(0, old - 1))
    leaves = hashes(size)
    old_root = merkle.root(leaves[:old])
    leaves[changed_at] = merkle.leaf_hash(b"another")
    frontier, stored = tree(leaves)
    proof = merkle.assemble(merkle.consistency_plan(old, size), stored)

    with pytest.raises(ProofInvalidError):
        merkle.verify_consistency(old, size, proof, old_root, frontier.root())


@pytest.mark.parametrize(
    ("old", "new", "proof"),
    [(-1, 3, 0), (4, 3, 0), (3, 3, 1), (0, 3, 1), (2, 3, 0), (2, 3, 2), (3, 5, 2), (3, 5, 4)],
)
def test_consistency_proofs_of_the_wrong_shape_are_refused(old: int, new: int, proof: int) -> None:
    leaves = hashes(5)
    roots = [merkle.root(leaves[: max(size, 0)]) for size in (old, new)]

    with pytest.raises(ProofInvalidError):
        merkle.verify_consistency(old, new, [leaves[0]] * proof, *roots)


def test_an_empty_log_begins_every_log() -> None:
    merkle.verify_consistency(0, 3, [], merkle.EMPTY_ROOT, merkle.root(hashes(3)))

    with pytest.raises(ProofInvalidError, match="two roots"):
        merkle.verify_consistency(0, 3, [], hashes(1)[0], merkle.root(hashes(3)))


def test_hashes_of_another_width_are_refused() -> None:
    with pytest.raises(ProofInvalidError, match="32 bytes"):
        merkle.verify_inclusion(b"short", 0, 1, [], b"short")


def test_a_proof_needs_a_logarithm_of_the_stored_nodes() -> None:
    for index in (0, 1, 524_287, 999_999):
        plan = merkle.inclusion_plan(index, 1_000_000)
        assert len(plan) <= 20
        assert sum(len(step) for step in plan) <= 40

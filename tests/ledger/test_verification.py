"""Whatever is changed in the database, by whomever, verification finds it and says where."""

# ruff: noqa: S608 - the statements that tamper are put together from the tests' own constants

from collections.abc import Mapping
from pathlib import Path

import psycopg
import pytest

from huitong.ledger import keys, merkle, uses, verification
from huitong.ledger.checkpoints import Checkpoint
from huitong.ledger.leaves import Json
from ledger.logs import AT, Log


def codes(found: verification.Verification) -> set[str]:
    return {problem.code for problem in found.problems}


@pytest.fixture
def sealed(log: Log) -> Log:
    """Thirteen entries under three checkpoints, one more unsealed."""
    for size in (4, 5, 4):
        log.append(size)
        log.seal()
    log.append(1)
    return log


def uuid_at(log: Log, index: int) -> str:
    ((found,),) = log.rows(
        "SELECT e.uuid FROM ledger_leaf l JOIN ledger_entry e ON e.id = l.entry_id"
        f" WHERE l.index = {index}"
    )
    return str(found)


def test_an_untouched_ledger_is_proved_whole(sealed: Log) -> None:
    found = sealed.verify()

    assert (found.ok, found.problems) == (True, [])
    assert (found.entries, found.checkpoints, found.unsealed) == (13, 3, 1)


def test_an_empty_ledger_is_proved_too(log: Log) -> None:
    assert log.verify().ok


@pytest.mark.parametrize(
    "change",
    [
        "facts = facts || '{\"number\": 99}'",
        "facts = '{}'",
        "facts = facts || '{\"number\": 1.5}'",
        "actor = 'person:other@1'",
        "kind = 'test.other'",
        "subject = 'thing:other'",
        "cite = '{}'",
        "cite = '{HL-22.3,HL-22.4}'",
        "at = at + interval '1 microsecond'",
        "leaf_hash = sha256('other')",
    ],
)
def test_a_changed_column_is_found_and_the_entry_named(sealed: Log, change: str) -> None:
    uuid = uuid_at(sealed, 6)
    sealed.tamper(f"UPDATE ledger_entry SET {change} WHERE uuid = '{uuid}'")

    found = sealed.verify()

    assert [(problem.code, problem.entry) for problem in found.problems] == [
        ("entry_altered", uuid)
    ]


def test_a_changed_uuid_is_found(sealed: Log) -> None:
    sealed.tamper(
        "UPDATE ledger_entry SET uuid = gen_random_uuid() WHERE id = "
        "(SELECT entry_id FROM ledger_leaf WHERE index = 6)"
    )

    assert [problem.entry for problem in sealed.verify().problems] == [uuid_at(sealed, 6)]


def test_a_change_before_sealing_is_found_too(sealed: Log) -> None:
    sealed.tamper(
        "UPDATE ledger_entry SET facts = '{}' WHERE id = (SELECT max(id) FROM ledger_entry)"
    )

    assert codes(sealed.verify()) == {"entry_altered"}


def test_a_change_with_its_leaf_hashes_mended_is_found_and_the_pair_named(sealed: Log) -> None:
    target, neighbour = uuid_at(sealed, 6), uuid_at(sealed, 7)
    other = sealed.append(1, forged=True)[0]
    sealed.tamper(
        f"UPDATE ledger_leaf SET leaf_hash = '\\x{other.leaf_hash.hex()}', entry_id ="
        f" (SELECT id FROM ledger_entry WHERE uuid = '{other.uuid}') WHERE index = 6"
    )

    found = sealed.verify()

    assert "root_mismatch" in codes(found)
    named = {problem.entry for problem in found.problems if problem.code == "node_altered"}
    assert named == {str(other.uuid), neighbour}
    assert target not in named


def test_a_change_with_every_hash_mended_up_to_the_signature_is_found(sealed: Log) -> None:
    other = sealed.append(1, forged=True)[0]
    sealed.tamper(
        f"UPDATE ledger_leaf SET leaf_hash = '\\x{other.leaf_hash.hex()}', entry_id ="
        f" (SELECT id FROM ledger_entry WHERE uuid = '{other.uuid}') WHERE index = 6"
    )
    frontier, mended = merkle.Frontier(), []
    for (leaf,) in sealed.rows("SELECT leaf_hash FROM ledger_leaf ORDER BY index"):
        mended += [
            f"UPDATE ledger_node SET hash = '\\x{value.hex()}'"
            f" WHERE level = {node.level} AND index = {node.place}"
            for node, value in frontier.push(leaf)
        ]
    sealed.tamper(*mended)

    found = sealed.verify()

    assert codes(found) == {"root_mismatch"}
    # Two of the three heads cover it; the first says between which entries it lies.
    assert found.problem_count == 2
    assert "entries 4 to 8 hold a change" in found.problems[0].detail


def test_a_deleted_entry_is_found(sealed: Log) -> None:
    sealed.tamper(
        "DELETE FROM ledger_entry WHERE id = (SELECT entry_id FROM ledger_leaf WHERE index = 3)"
    )

    found = sealed.verify()

    assert [problem.code for problem in found.problems] == ["entry_missing"]
    assert found.problems[0].detail.startswith("leaf 3:")


@pytest.mark.parametrize("index", [0, 3, 12])
def test_a_deleted_leaf_is_found(sealed: Log, index: int) -> None:
    sealed.tamper(f"DELETE FROM ledger_leaf WHERE index = {index}")

    found = sealed.verify()

    assert not found.ok
    assert "leaves_missing" in codes(found)


def test_two_entries_that_changed_places_are_found(sealed: Log) -> None:
    uuids = {uuid_at(sealed, 2), uuid_at(sealed, 3)}
    sealed.tamper(
        "UPDATE ledger_leaf SET index = -index WHERE index IN (2, 3)",
        "UPDATE ledger_leaf SET index = 5 + index WHERE index IN (-2, -3)",
    )

    found = sealed.verify()

    assert codes(found) == {"node_altered", "root_mismatch"}
    assert {problem.entry for problem in found.problems if problem.entry} == uuids


def test_two_entries_whose_leaves_were_exchanged_are_found_and_named(sealed: Log) -> None:
    uuids = {uuid_at(sealed, 1), uuid_at(sealed, 9)}
    sealed.tamper(
        "UPDATE ledger_leaf SET entry_id = -entry_id WHERE index IN (1, 9)",
        "UPDATE ledger_leaf l SET entry_id = -o.entry_id FROM ledger_leaf o"
        " WHERE l.index IN (1, 9) AND o.index = 10 - l.index",
    )

    found = sealed.verify()

    assert codes(found) == {"entry_altered"}
    assert {problem.entry for problem in found.problems} == uuids


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        (
            "UPDATE ledger_node SET hash = sha256('') WHERE level = {} AND index = {}",
            "node_altered",
        ),
        ("DELETE FROM ledger_node WHERE level = {} AND index = {}", "node_missing"),
    ],
)
@pytest.mark.parametrize(("level", "place"), [(1, 0), (1, 5), (2, 2), (3, 0)])
def test_a_node_that_is_wrong_or_gone_is_found(
    sealed: Log, statement: str, code: str, level: int, place: int
) -> None:
    sealed.tamper(statement.format(level, place))

    found = sealed.verify()

    assert codes(found) == {code}
    assert f"node {level}/{place} over leaves" in found.problems[0].detail


def test_nodes_are_compared_in_every_chunk(sealed: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "CHUNK", 4)
    assert sealed.verify().ok
    pair = {uuid_at(sealed, 10), uuid_at(sealed, 11)}
    sealed.tamper("UPDATE ledger_node SET hash = sha256('') WHERE level = 1 AND index = 5")

    found = sealed.verify()

    assert {problem.entry for problem in found.problems} == pair


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("INSERT INTO ledger_node VALUES (0, 0, sha256('')), (9, 0, sha256(''))", "node_stray"),
        (
            "INSERT INTO ledger_leaf (index, entry_id, leaf_hash) VALUES (13, 0, sha256(''))",
            "leaf_stray",
        ),
    ],
)
def test_rows_that_no_checkpoint_covers_are_found(sealed: Log, statement: str, code: str) -> None:
    # The application may insert: a bug of it, or a thief of its password, can do this.
    sealed.tamper(statement)

    assert codes(sealed.verify()) == {code}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("root = sha256('')", "checkpoint_altered"),
        ("size = 8", "checkpoint_altered"),
        ("note = replace(note, E'\\n9\\n', E'\\n8\\n')", "checkpoint_forged"),
        ("note = ''", "checkpoint_forged"),
    ],
)
def test_a_changed_checkpoint_is_found(sealed: Log, change: str, code: str) -> None:
    sealed.tamper(f"UPDATE ledger_checkpoint SET {change} WHERE size = 9")

    assert codes(sealed.verify()) == {code}


def test_a_checkpoint_signed_by_another_key_is_found(sealed: Log, tmp_path: Path) -> None:
    forger = keys.make(tmp_path / "forger", name=sealed.signer.name)
    ((root,),) = sealed.rows("SELECT root FROM ledger_checkpoint WHERE size = 13")
    note = forger.sign(Checkpoint(forger.name, 13, root))
    sealed.tamper(f"UPDATE ledger_checkpoint SET note = '{note}' WHERE size = 13")

    assert codes(sealed.verify()) == {"checkpoint_forged"}


def cut_back(log: Log, size: int) -> None:
    log.tamper(
        "DELETE FROM ledger_entry e USING ledger_leaf l"
        f" WHERE l.entry_id = e.id AND l.index >= {size}",
        f"DELETE FROM ledger_leaf WHERE index >= {size}",
        f"DELETE FROM ledger_node WHERE (index + 1) << level > {size}",
        f"DELETE FROM ledger_checkpoint WHERE size > {size}",
    )


def test_a_log_that_was_cut_back_is_found_by_a_saved_checkpoint(sealed: Log) -> None:
    ((saved,),) = sealed.rows("SELECT note FROM ledger_checkpoint WHERE size = 13")
    cut_back(sealed, 9)

    assert codes(sealed.verify(saved)) == {"rolled_back"}
    # Without one nothing contradicts it: the reason to save checkpoints elsewhere.
    assert sealed.verify().ok


def test_a_log_that_was_cut_back_and_continued_otherwise_is_found(sealed: Log) -> None:
    ((early,), (saved,)) = sealed.rows(
        "SELECT note FROM ledger_checkpoint WHERE size IN (9, 13) ORDER BY size"
    )
    cut_back(sealed, 9)
    sealed.append(6, forged=True)
    sealed.seal()

    assert codes(sealed.verify(early, saved)) == {"history_changed"}


def test_a_saved_checkpoint_that_nobody_signed_is_no_witness(sealed: Log) -> None:
    assert codes(sealed.verify("example.com/log\n99\nAAAA\n")) == {"saved_checkpoint_invalid"}


def test_problems_are_all_counted_and_the_first_kept(
    sealed: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "MOST_PROBLEMS", 3)
    sealed.tamper("UPDATE ledger_entry SET actor = 'nobody'")

    found = sealed.verify()

    assert (found.problem_count, len(found.problems)) == (14, 3)


def test_use_records_are_computed_again_by_the_room_that_keeps_them(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "_RECOMPUTE", {})
    kept: dict[str, list[dict[str, Json]]] = {
        segment: [{"segment": segment, "position": number} for number in range(3)]
        for segment in ("a", "b")
    }
    for segment, records in kept.items():
        log.append(1, kind=uses.KIND, subject=segment, **uses.facts(records))
    log.append(1, kind=uses.KIND, subject="gone", **uses.facts([]))
    log.seal()
    found = log.verify()
    assert (found.ok, found.uses_checked, found.uses_unchecked) == (True, 0, 3)

    def recompute(connection: psycopg.Connection, entry: Mapping[str, Json]) -> bytes | None:
        records = kept.get(str(entry["subject"]))
        return None if records is None else merkle.root(map(uses.use_hash, records))

    verification.register_recompute(uses.KIND, recompute)
    found = log.verify()
    assert (found.ok, found.uses_checked, found.uses_unchecked) == (True, 2, 1)

    kept["b"][1]["position"] = 7
    found = log.verify()
    assert [(problem.code, problem.entry) for problem in found.problems] == [
        ("uses_altered", uuid_at(log, 1))
    ]


def test_the_time_of_an_entry_is_the_same_in_any_session_zone(sealed: Log) -> None:
    sealed.connection.execute("SET TIME ZONE 'Asia/Shanghai'")

    assert sealed.rows(f"SELECT count(*) FROM ledger_entry WHERE at = '{AT.isoformat()}'") == [
        (14,)
    ]
    assert sealed.verify().ok

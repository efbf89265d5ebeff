"""Receipts prove alone: no database, no network, no trust in who hands them over."""

import copy
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from huitong.ledger import keys, leaves, merkle, receipts, uses, verify
from huitong.ledger.checkpoints import Checkpoint, Signer
from huitong.ledger.errors import KeyFileError, ReceiptInvalidError
from huitong.ledger.leaves import Json

SRC = Path(receipts.__file__).parents[2]
RECORDS: list[dict[str, Json]] = [
    {"segment": "n1-7", "position": number, "outcome": "answered"} for number in range(5)
]


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return keys.make(tmp_path_factory.mktemp("keys"), name="example.com/log")


def entry(number: int) -> dict[str, Json]:
    return leaves.entry(
        uuid=uuid.UUID(int=number),
        kind="gateway.uses",
        subject="segment:n1-7",
        actor="system",
        at=datetime(2026, 11, 2, tzinfo=UTC),
        cite=["HL-27.1"],
        facts=dict(uses.facts(RECORDS)),
    )


@pytest.fixture
def receipt(signer: Signer) -> dict[str, Json]:
    entries = [entry(number) for number in range(11)]
    frontier, stored = merkle.Frontier(), {}
    for place, content in enumerate(entries):
        leaf = leaves.row(content).leaf_hash
        stored[merkle.NodeId(0, place)] = leaf
        stored.update(frontier.push(leaf))
    return receipts.issue(
        entry=entries[6],
        index=6,
        proof=merkle.assemble(merkle.inclusion_plan(6, 11), stored),
        note=signer.sign(Checkpoint(signer.name, 11, frontier.root())),
    )


def test_a_receipt_proves_its_entry_after_a_trip_through_json(
    receipt: dict[str, Json], signer: Signer
) -> None:
    verified = receipts.verify(json.loads(json.dumps(receipt)), signer.public.vkey())

    assert verified.entry == entry(6)
    assert (verified.index, verified.checkpoint.size, verified.use) == (6, 11, None)


def test_a_receipt_of_one_use_proves_it_without_showing_the_others(
    receipt: dict[str, Json], signer: Signer
) -> None:
    of_use = receipts.with_use(receipt, records=RECORDS, index=3)

    assert receipts.verify(of_use, signer.public).use == RECORDS[3]
    assert '"position": 2' not in json.dumps(of_use)


def test_uses_of_no_record_have_the_empty_root() -> None:
    assert uses.facts([]) == {"use_root": merkle.EMPTY_ROOT.hex(), "use_count": 0}


def change(path: str, value: object) -> Callable[[dict[str, Json]], None]:
    def apply(receipt: dict[str, Json]) -> None:
        *way, last = path.split(".")
        target: object = receipt
        for step in way:
            target = target[int(step) if step.isdigit() else step]  # type: ignore[index]
        target[int(last) if last.isdigit() else last] = value  # type: ignore[index]

    return apply


@pytest.mark.parametrize(
    "tamper",
    [
        change("format", "huitong-receipt/2"),
        change("entry.actor", "person:other@1"),
        change("entry.at", "2026-11-02T00:00:00.000001Z"),
        change("entry.cite", []),
        change("entry.facts.use_count", 6),
        change("entry.facts.more", None),
        change("entry.v", 2),
        change("entry.kind", 5),
        change("entry.facts", [1]),
        change("entry", None),
        change("leaf_index", 5),
        change("leaf_index", True),
        change("leaf_index", -1),
        change("leaf_index", "6"),
        change("proof", []),
        change("proof.0", "AAAA"),
        change("proof.0", 7),
        change("proof.0", "*"),
        change("proof", {"0": 1}),
        change("checkpoint", 5),
        change("checkpoint", "example.com/log\n11\n"),
        change("more", 1),
        change("use.record.outcome", "refused"),
        change("use.record", [1]),
        change("use.index", 2),
        change("use.index", 5),
        change("use.proof", []),
        change("use.more", 1),
        change("use", None),
        lambda receipt: receipt.pop("proof"),
        lambda receipt: receipt["entry"].pop("actor"),
    ],
)
def test_a_tampered_receipt_proves_nothing(
    receipt: dict[str, Json], signer: Signer, tamper: Callable[[dict[str, Json]], object]
) -> None:
    forged = copy.deepcopy(receipts.with_use(receipt, records=RECORDS, index=3))
    tamper(forged)

    with pytest.raises(ReceiptInvalidError):
        receipts.verify(forged, signer.public)


def test_a_receipt_by_another_key_proves_nothing(receipt: dict[str, Json], tmp_path: Path) -> None:
    stranger = keys.make(tmp_path, name="example.com/log")

    with pytest.raises(ReceiptInvalidError, match="no signature of it is by"):
        receipts.verify(receipt, stranger.public)


def test_a_use_within_an_entry_of_another_kind_proves_nothing(signer: Signer) -> None:
    content = {**entry(1), "kind": "grant.issue"}
    leaf = leaves.row(content).leaf_hash
    note = signer.sign(Checkpoint(signer.name, 1, leaf))
    made = receipts.issue(entry=content, index=0, proof=[], note=note)

    with pytest.raises(ReceiptInvalidError, match="not of kind"):
        receipts.verify(receipts.with_use(made, records=RECORDS, index=0), signer.public)


@pytest.mark.parametrize("value", [None, [], "text", 5, {}])
def test_what_is_no_receipt_at_all_is_said_to_be_none(value: object, signer: Signer) -> None:
    with pytest.raises(ReceiptInvalidError):
        receipts.verify(value, signer.public)


# Refuses what an offline verifier must not do, then verifies.
OFFLINE = """
import runpy, sys
def refuse(event, args):
    if event.startswith("socket.") or event == "subprocess.Popen":
        raise SystemExit(f"tried {event}")
sys.addaudithook(refuse)
sys.argv = ["verify", *sys.argv[1:]]
try:
    runpy.run_module("huitong.ledger.verify", run_name="__main__")
finally:
    heavy = {"django", "psycopg", "asyncpg", "httpx", "sqlalchemy"} & set(sys.modules)
    if heavy:
        raise SystemExit(f"imported {heavy}")
"""


def run_offline(receipt: Path, key: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", OFFLINE, str(receipt), "--key", str(key)],
        env={"PYTHONPATH": str(SRC), "PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_saved_receipt_verifies_in_a_process_with_no_database_and_no_network(
    receipt: dict[str, Json], signer: Signer, tmp_path: Path
) -> None:
    key, good, bad = tmp_path / "ledger.pub", tmp_path / "good.json", tmp_path / "bad.json"
    key.write_text(signer.public.vkey() + "\n", "utf-8")
    text = json.dumps(receipts.with_use(receipt, records=RECORDS, index=1))
    good.write_text(text, "utf-8")
    bad.write_text(text.replace("segment:n1-7", "segment:n1-8"), "utf-8")

    passed, failed = run_offline(good, key), run_offline(bad, key)

    assert passed.returncode == 0, passed.stderr
    shown = json.loads(passed.stdout)
    assert shown["ok"] is True
    assert shown["use"] == RECORDS[1]
    assert failed.returncode == 1
    assert "leads to another root" in failed.stderr
    assert failed.stdout == ""


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[" * 200_000, b'{"a":1,"a":2}'],
    ids=["empty", "cut", "not utf-8", "too deep", "a member twice"],
)
def test_a_file_that_is_no_receipt_is_an_error_that_says_so(
    content: bytes, signer: Signer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, key = tmp_path / "receipt.json", tmp_path / "ledger.pub"
    path.write_bytes(content)
    key.write_text(signer.public.vkey(), "utf-8")

    assert verify.main([str(path), "--key", str(key)]) == 1
    assert "is not JSON" in capsys.readouterr().err


def test_a_missing_receipt_or_key_is_an_error_that_says_so(signer: Signer, tmp_path: Path) -> None:
    key = tmp_path / "ledger.pub"
    with pytest.raises(KeyFileError, match=r"ledger\.pub"):
        verify.verify_file(tmp_path / "no.json", key)
    key.write_text(signer.public.vkey(), "utf-8")
    with pytest.raises(ReceiptInvalidError, match="cannot be read"):
        verify.verify_file(tmp_path / "no.json", key)

"""The guide's recipe is followed here with the standard library alone: what it says is enough."""

import base64
import hashlib
import json
import re
import uuid
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from huitong.ledger import keys, leaves, merkle, receipts, uses, verify
from huitong.ledger.checkpoints import Checkpoint
from ledger.logs import AT

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs/guides/verify-a-receipt.md").read_text("utf-8")


def make(tmp_path: Path) -> tuple[dict[str, leaves.Json], str]:
    signer = keys.make(tmp_path / "keys", name="example.com/log")
    records: list[dict[str, leaves.Json]] = [{"position": number} for number in range(4)]
    content = leaves.entry(
        uuid=uuid.UUID(int=1),
        kind=uses.KIND,
        subject="segment:1",
        actor="system",
        at=AT,
        cite=[],
        facts={**uses.facts(records), "说明": "中文"},
    )
    leaf, other = leaves.row(content).leaf_hash, merkle.leaf_hash(b"other")
    note = signer.sign(Checkpoint(signer.name, 2, merkle.root([leaf, other])))
    receipt = receipts.issue(entry=content, index=0, proof=[other], note=note)
    return receipts.with_use(receipt, records=records, index=2), signer.public.vkey()


def test_the_recipe_of_the_guide_verifies_without_any_code_of_huitong(tmp_path: Path) -> None:
    made, vkey = make(tmp_path)
    receipt = json.loads(json.dumps(made))

    name, _, encoded = vkey.split("+", 2)
    text, _, signature_line = receipt["checkpoint"].partition("\n\n")
    signature = base64.b64decode(signature_line.split(" ")[2])[4:]
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(encoded)[1:])
    key.verify(signature, f"{text}\n".encode())
    origin, size, root = text.split("\n")
    assert (origin, size) == (name, "2")

    def jcs_hash(value: object) -> bytes:
        written = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(b"\x00" + written.encode()).digest()

    def node(left: bytes, right: bytes) -> bytes:
        return hashlib.sha256(b"\x01" + left + right).digest()

    (sibling,) = (base64.b64decode(step) for step in receipt["proof"])
    assert node(jcs_hash(receipt["entry"]), sibling) == base64.b64decode(root)
    right, left = (base64.b64decode(step) for step in receipt["use"]["proof"])
    facts = receipt["entry"]["facts"]
    assert facts["use_count"] == 4
    assert node(left, node(jcs_hash(receipt["use"]["record"]), right)).hex() == facts["use_root"]


def test_the_commands_of_the_guide_are_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, vkey = make(tmp_path)
    (tmp_path / "receipt.json").write_text(json.dumps(made), "utf-8")
    (tmp_path / "ledger.pub").write_text(vkey, "utf-8")
    monkeypatch.chdir(tmp_path)

    (arguments,) = re.findall(r"^\$ python -m huitong\.ledger\.verify (.+)$", GUIDE, re.MULTILINE)

    assert verify.main(arguments.split()) == 0
    assert json.loads(capsys.readouterr().out)["entry"] == made["entry"]
    with pytest.raises(SystemExit, match="2"):
        verify.main([])


def test_the_guide_names_the_members_of_a_receipt(tmp_path: Path) -> None:
    made, _ = make(tmp_path)

    table = re.findall(r"^\| `(\w+)` \|", GUIDE, re.MULTILINE)

    assert table == list(made)

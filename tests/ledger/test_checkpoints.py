"""Checkpoints and keys in the C2SP forms, read strictly."""

import base64
from pathlib import Path

import pytest

from huitong.ledger import checkpoints, keys, merkle
from huitong.ledger.checkpoints import Checkpoint, Signer
from huitong.ledger.errors import CheckpointInvalidError, KeyExistsError, KeyFileError

# The example key and note that golang.org/x/mod/sumdb/note documents.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZ"
    "b6KE6RyyBwJnAM=\n"
)
ROOT = merkle.leaf_hash(b"")


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return keys.make(tmp_path / "keys", name="example.com/log")


def note(signer: Signer, text: str) -> str:
    """Sign any text, well formed or not."""
    raw = signer.public.key_id + signer.key.sign(text.encode())
    return f"{text}\n— {signer.name} {base64.b64encode(raw).decode()}\n"


def test_a_key_id_is_the_one_that_go_gives() -> None:
    key = checkpoints.parse_vkey(GO_VKEY)

    assert key.key_id.hex() == "c74f20a3"
    assert key.vkey() == GO_VKEY


def test_a_note_that_go_signed_has_a_good_signature_and_is_still_no_checkpoint() -> None:
    key = checkpoints.parse_vkey(GO_VKEY)

    # Past the signature: it is the text that is refused.
    with pytest.raises(CheckpointInvalidError, match="fewer than three lines"):
        checkpoints.open_note(GO_NOTE, key)
    with pytest.raises(CheckpointInvalidError, match="does not fit its text"):
        checkpoints.open_note(GO_NOTE.replace("answer", "cause"), key)


def test_a_checkpoint_is_written_as_c2sp_writes_it(signer: Signer) -> None:
    signed = signer.sign(Checkpoint("example.com/log", 20852163, ROOT))

    head, signature = signed.split("\n\n")
    assert head == f"example.com/log\n20852163\n{base64.b64encode(ROOT).decode()}"
    dash, name, encoded = signature.removesuffix("\n").split(" ")
    assert (dash, name) == ("—", "example.com/log")
    assert base64.b64decode(encoded)[:4] == signer.public.key_id
    assert len(base64.b64decode(encoded)) == 68


def test_a_signed_checkpoint_opens_with_its_key(signer: Signer) -> None:
    checkpoint = Checkpoint("example.com/log", 3, ROOT)

    assert checkpoints.open_note(signer.sign(checkpoint), signer.public) == checkpoint


def test_signatures_of_witnesses_are_passed_over(signer: Signer, tmp_path: Path) -> None:
    witness = keys.make(tmp_path / "witness", name="witness.example/w")
    signed = signer.sign(Checkpoint("example.com/log", 3, ROOT))
    text = signed.split("\n\n")[0] + "\n"
    other = note(witness, text).split("\n\n")[1]

    assert checkpoints.open_note(signed + other, signer.public).size == 3
    with pytest.raises(CheckpointInvalidError, match=r"no signature of it is by example\.com/log"):
        checkpoints.open_note(f"{text}\n{other}", signer.public)


def test_one_bad_signature_of_the_key_spoils_the_note(signer: Signer) -> None:
    signed = signer.sign(Checkpoint("example.com/log", 3, ROOT))
    other = signer.sign(Checkpoint("example.com/log", 4, ROOT)).split("\n\n")[1]

    with pytest.raises(CheckpointInvalidError, match="does not fit"):
        checkpoints.open_note(signed + other, signer.public)


def test_a_key_signs_for_its_own_log_only(signer: Signer) -> None:
    signed = note(signer, Checkpoint("example.com/other", 3, ROOT).text())

    with pytest.raises(CheckpointInvalidError, match="speaks for"):
        checkpoints.open_note(signed, signer.public)


@pytest.mark.parametrize(
    "text",
    [
        "example.com/log\n03\n{root}\n",
        "example.com/log\n+3\n{root}\n",
        "example.com/log\n-3\n{root}\n",
        "example.com/log\n3 \n{root}\n",
        "example.com/log\n٣\n{root}\n",
        "example.com/log\n3\n{short}\n",
        "example.com/log\n3\n{root}=\n",
        "example.com/log\n3\n",
        "example.com/log\n3\n{root}\n\nmore\n",
        "\n3\n{root}\n",
        "example.com/log\r\n3\n{root}\n",
    ],
)
def test_a_text_in_any_other_form_is_refused_though_signed(signer: Signer, text: str) -> None:
    filled = text.format(
        root=base64.b64encode(ROOT).decode(), short=base64.b64encode(ROOT[:31]).decode()
    )

    with pytest.raises(CheckpointInvalidError):
        checkpoints.open_note(note(signer, filled), signer.public)


@pytest.mark.parametrize("change", ["\r", "cut", "nodash", "nosig", "base64", "many"])
def test_a_note_in_any_other_form_is_refused(signer: Signer, change: str) -> None:
    good = signer.sign(Checkpoint("example.com/log", 3, ROOT))
    line = good.split("\n\n")[1]
    changed = {
        "\r": good.replace("\n", "\r\n"),
        "cut": good[:-1],
        "nodash": good.replace("—", "-"),
        "nosig": good.split("\n\n")[0] + "\n\n",
        "base64": good[:-2] + "*\n",
        "many": good + line * 64,
    }[change]

    with pytest.raises(CheckpointInvalidError):
        checkpoints.open_note(changed, signer.public)


def test_an_origin_that_would_frame_another_checkpoint_is_never_signed(signer: Signer) -> None:
    framed = f"example.com/log\n999\n{base64.b64encode(ROOT).decode()}"

    with pytest.raises(CheckpointInvalidError, match="something else"):
        signer.sign(Checkpoint(framed, 3, ROOT))


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "PeterNeumann",
        GO_VKEY.replace("c74f20a3", "c74f20a4"),
        GO_VKEY.replace("+AR", "+BR"),
        GO_VKEY.replace("Peter", "Peter "),
        GO_VKEY[:-1],
        GO_VKEY + "\n\n",
    ],
)
def test_a_key_line_in_any_other_form_is_refused(vkey: str) -> None:
    with pytest.raises(CheckpointInvalidError):
        checkpoints.parse_vkey(vkey)


def test_a_key_pair_is_kept_in_two_files_and_comes_back(tmp_path: Path) -> None:
    made = keys.make(tmp_path, name="example.com/log")

    assert (tmp_path / "ledger.key").stat().st_mode & 0o777 == 0o600
    assert keys.load_private(tmp_path).public.vkey() == made.public.vkey()
    assert keys.load_public(tmp_path / "ledger.pub").vkey() == made.public.vkey()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ledger.key", "ledger.pub"]


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    made = keys.ensure(tmp_path)

    with pytest.raises(KeyExistsError):
        keys.make(tmp_path)
    assert keys.ensure(tmp_path).public.vkey() == made.public.vkey()


def test_a_lost_private_key_is_not_replaced_by_another(tmp_path: Path) -> None:
    keys.make(tmp_path)
    (tmp_path / "ledger.key").unlink()

    with pytest.raises(KeyFileError, match="backup"):
        keys.ensure(tmp_path)


def test_a_lost_public_key_is_written_again(tmp_path: Path) -> None:
    made = keys.make(tmp_path)
    (tmp_path / "ledger.pub").unlink()

    keys.ensure(tmp_path)

    assert keys.load_public(tmp_path / "ledger.pub").vkey() == made.public.vkey()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o602])
def test_a_private_key_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    keys.make(tmp_path)
    (tmp_path / "ledger.key").chmod(mode)

    with pytest.raises(KeyFileError, match="chmod 600"):
        keys.load_private(tmp_path)


@pytest.mark.parametrize("text", ["", "x", "PRIVATE+KEY+a+00000000+AQ==", "\xff"])
def test_a_damaged_private_key_is_refused(tmp_path: Path, text: str) -> None:
    keys.make(tmp_path)
    (tmp_path / "ledger.key").write_text(text, "utf-8")

    with pytest.raises(KeyFileError, match="damaged"):
        keys.load_private(tmp_path)


def test_a_name_that_no_key_may_have_is_refused(tmp_path: Path) -> None:
    for name in ("", "a b", "a+b", "a\u3000b", "a\nb"):
        with pytest.raises(KeyFileError, match="named"):
            keys.make(tmp_path, name=name)

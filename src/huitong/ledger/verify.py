"""The verifier that needs no Huitong installation: one receipt, one public key, yes or no.

Call it as `python -m huitong.ledger.verify RECEIPT.json --key ledger.pub`.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from huitong.errors import HuitongError
from huitong.ledger import keys, receipts
from huitong.ledger.errors import ReceiptInvalidError
from huitong.ledger.receipts import VerifiedReceipt

LARGEST_RECEIPT = 16 * 1024 * 1024


def verify_file(receipt: Path, key: Path) -> VerifiedReceipt:
    """Check the receipt in a file against the public key in another.

    Raises: ReceiptInvalidError; KeyFileError.
    """
    public = keys.load_public(key)
    try:
        with receipt.open("rb") as file:
            data = file.read(LARGEST_RECEIPT + 1)
        if len(data) > LARGEST_RECEIPT:
            raise ReceiptInvalidError(f"{receipt} is larger than {LARGEST_RECEIPT} bytes")
        content = json.loads(data, object_pairs_hook=_once)
    except OSError as error:
        raise ReceiptInvalidError(f"{receipt} cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise ReceiptInvalidError(f"{receipt} is not JSON ({error})") from error
    return receipts.verify(content, public)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what a receipt proves; return 0, or 1 when it proves nothing (2: usage)."""
    parser = argparse.ArgumentParser(prog="python -m huitong.ledger.verify", description=__doc__)
    parser.add_argument("receipt", type=Path, help="the receipt, a JSON file")
    parser.add_argument("--key", type=Path, required=True, help="the ledger's public key file")
    options = parser.parse_args(arguments)
    try:
        verified = verify_file(options.receipt, options.key)
    except HuitongError as error:
        sys.stderr.write(f"{error}\n{error.zh}\n")
        return 1
    head = verified.checkpoint
    shown = {
        "ok": True,
        "entry": verified.entry,
        "leaf_index": verified.index,
        "checkpoint": {"origin": head.origin, "size": head.size, "root": head.root.hex()},
    }
    if verified.use is not None:
        shown["use"] = verified.use
    sys.stdout.write(json.dumps(shown, ensure_ascii=False, indent=1) + "\n")
    return 0


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    # Two members of one name: readers differ on which one counts, so neither does.
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice in one object")
    return found


if __name__ == "__main__":
    sys.exit(main())

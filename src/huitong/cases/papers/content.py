"""What a case file is, as far as it needs no database: its format, its digest, its bytes.

    format          "huitong-case/1"
    …               what the case says of itself: see `files.case_file`
    entries         every ledger entry about the case, steps and refusals and overdue notes alike
    content_sha256  of all the above: keys sorted, no spaces, UTF-8
    statement       uuid of the ledger entry that records this digest, None before it is recorded
    receipts        uuid of an entry → its receipt, None until the entry is sealed

The ledger holds digests of facts and no facts; names of parties, the title and the deadlines are
in no entry of a step. The `statement` is what binds them: it is recorded when a file is given out.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import TypeAlias

FORMAT = "huitong-case/1"
EXPORTED = "case.exported"
"""Kind of the ledger entry that records the digest of a case file."""
PAPER = "case.document"
"""Kind of the ledger entry that records the digest of an issued document."""
UNSIGNED = frozenset({"content_sha256", "statement", "receipts"})

CaseFile: TypeAlias = "dict[str, object]"


def content_digest(file: Mapping[str, object]) -> str:
    """Return the SHA-256, in hex, of what a file says: all but its digest and its receipts."""
    said = {name: value for name, value in file.items() if name not in UNSIGNED}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def written(file: Mapping[str, object]) -> bytes:
    """Return the bytes of the JSON file that is given out; the same file, the same bytes."""
    return (json.dumps(file, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()

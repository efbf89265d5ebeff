"""The whole record proved: entries, tree, checkpoints, and the uses that entries vouch for."""

import datetime as dt
import threading
import time
from typing import Any

import psycopg

from huitong.config import Config, load
from huitong.ledger import actions, queries
from huitong.ledger.models import Checkpoint

_SHIP_SECONDS = 20.0
_KEPT = 50


def seal(*, at: dt.datetime) -> Checkpoint | None:
    """Seal what is not sealed, and keep the signed head in a file outside the database.

    Without such a file a log that was cut back and signed again would look whole.
    """
    checkpoint = actions.seal(at=at)
    if checkpoint is not None:
        folder = load().home / "checkpoints"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{checkpoint.size:012d}.txt").write_text(checkpoint.note, "utf-8")
        for old in sorted(folder.glob("*.txt"))[:-_KEPT]:
            old.unlink()
    return checkpoint


def _saved_checkpoints() -> list[str]:
    folder = load().home / "checkpoints"
    return [path.read_text("utf-8") for path in sorted(folder.glob("*.txt"))]


def verify_ledger(*, at: dt.datetime) -> dict[str, Any]:
    """Seal what is not sealed, then compute everything again, trusting no stored hash."""
    seal(at=at)
    result = queries.verify_all(
        load().keys_dir / "ledger.pub", saved_checkpoints=_saved_checkpoints()
    )
    return {
        "ok": result.ok,
        "entries": result.entries,
        "checkpoints": result.checkpoints,
        "uses_checked": result.uses_checked,
        "uses_unchecked": result.uses_unchecked,
        "problems": [str(problem) for problem in result.problems],
    }


def wait_for_uses(config: Config) -> None:
    """Return when the shipper has brought the spool's uses into the database."""
    deadline = time.monotonic() + _SHIP_SECONDS
    with psycopg.connect(config.address("app").url, autocommit=True) as connection:
        while time.monotonic() < deadline:
            row = connection.execute("SELECT count(*) FROM gateway.use_by_grant").fetchone()
            if row and row[0] >= 3:
                return
            threading.Event().wait(0.05)

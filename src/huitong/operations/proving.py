"""The whole record proved: entries, tree, checkpoints, and the uses that entries vouch for."""

import datetime as dt
import threading
import time
from typing import Any

import psycopg

from huitong.config import Config, load
from huitong.ledger import actions, queries

_SHIP_SECONDS = 20.0


def verify_ledger(*, at: dt.datetime) -> dict[str, Any]:
    """Seal what is not sealed, then compute everything again, trusting no stored hash."""
    actions.seal(at=at)
    result = queries.verify_all(load().keys_dir / "ledger.pub")
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

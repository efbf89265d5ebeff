"""A ledger of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from huitong.ledger import keys
from ledger.logs import Databases, Log


@pytest.fixture
def log(fresh_database: Databases, tmp_path: Path) -> Iterator[Log]:
    with psycopg.connect(fresh_database.app_dsn, autocommit=True) as connection:
        signer = keys.make(tmp_path / "keys", name="example.com/log")
        yield Log(connection, signer, fresh_database.owner_dsn)

"""A home made for one command and removed after it: benches and faults touch no other."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from huitong.config import Config
from huitong.operations import postgres, preparing


@contextlib.contextmanager
def home() -> Iterator[Config]:
    """Yield the settings of an empty, running home; its database is stopped at the end.

    With `HUITONG_DATABASE_URL` the server given there is used, with a database of its own.
    """
    folder = Path(tempfile.mkdtemp(prefix="huitong-scratch-"))
    folder.chmod(0o711)  # PostgreSQL's own account must be able to enter
    os.environ["HUITONG_HOME"] = str(folder)
    os.environ["HUITONG_DATABASE"] = "huitong_scratch"
    config = preparing.prepare()
    try:
        yield config
    finally:
        from django.db import connections  # noqa: PLC0415

        connections.close_all()
        if not config.database_url:
            postgres.stop(config, mode="immediate")
        shutil.rmtree(folder, ignore_errors=True)

"""One PostgreSQL for all children that try the engine of cases: the tests' own, started once."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from mutants import ROOT

# In a process of its own: this one must not import what the mutants change.
_START = """
from huitong import config
from huitong.operations import postgres
settings = config.load()
config.found_secrets(settings)
if not settings.database_url:
    postgres.ensure_running(settings, fast_and_unsafe=True)
"""
_STOP = """
from huitong import config
from huitong.operations import postgres
settings = config.load()
if not settings.database_url:
    postgres.stop(settings, mode="immediate")
"""


@contextlib.contextmanager
def running() -> Iterator[None]:
    """Start the server, show the children where it is as xdist shows its workers, stop it."""
    home = Path(tempfile.mkdtemp(prefix="huitong-mutate-"))
    home.chmod(0o711)  # PostgreSQL's own account must be able to enter
    os.environ["HUITONG_TEST_HOME"] = os.environ["HUITONG_HOME"] = str(home)
    os.environ.setdefault("HUITONG_ROLE_PREFIX", "huitong_")
    command = [sys.executable, "-c"]
    try:
        subprocess.run([*command, _START], cwd=ROOT, check=True)
        yield
    finally:
        os.environ["HUITONG_HOME"] = str(home)
        subprocess.run([*command, _STOP], cwd=ROOT, check=False)
        shutil.rmtree(home, ignore_errors=True)

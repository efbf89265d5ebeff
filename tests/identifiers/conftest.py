"""The real files that are not part of the project."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real files, or say that tests on them did not run."""
    folder = Path(os.environ.get("HUITONG_SHARED") or ROOT.parent / "shared") / "data"
    if not folder.is_dir():
        pytest.skip(f"DID NOT RUN: the real files are not in {folder} (set HUITONG_SHARED)")
    return folder

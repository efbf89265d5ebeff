"""The shared material on the law; a test that needs it says so when it is not there."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def shared_law() -> Path:
    """Return the folder with the texts and the clause matrix."""
    folder = Path(os.environ.get("HUITONG_SHARED") or ROOT.parent / "shared") / "regulations"
    if not folder.is_dir():
        pytest.skip(f"DID NOT RUN: the texts are not in {folder} (set HUITONG_SHARED)")
    return folder

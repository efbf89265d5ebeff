"""Fixtures of the pool: real commits in a test's own database, files in a home of its own."""

from pathlib import Path

import pytest

from pool.stage import Stage, make_stage


@pytest.fixture
def stage(fresh_django: object, huitong_home: Path) -> Stage:
    return make_stage(huitong_home)

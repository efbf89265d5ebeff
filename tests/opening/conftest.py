"""The province that these tests play in, and one whose files are really delivered."""

from pathlib import Path

import pytest

from catalogue.world import World, make_world, world

__all__ = ["world"]


@pytest.fixture
def committed(fresh_django: object, huitong_home: Path) -> World:
    """Return the province in a database of its own, where deliveries may commit."""
    return make_world()

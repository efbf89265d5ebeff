"""The province that these tests play in."""

from catalogue.world import world

__all__ = ["world"]

"""Supervision: compares the use that was noted with grant and law."""

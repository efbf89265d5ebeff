"""Fault loops: processes are killed under load and what was promised is counted."""

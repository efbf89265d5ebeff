"""Benchmarks: each measures its baseline in the same run and states a ratio and a target."""

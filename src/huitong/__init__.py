"""Huitong 汇通: the whole life of government data, by the book."""

"""Identifiers of persons, organisations and divisions: one value or a whole Arrow column.

Pure Python: no Django, no database, no clock. The scalar and the column checks read the same tables
(`tables`), so they cannot drift apart.
"""

"""The gateway's tables, views, functions and rights: the files of `sql/`, in the order of names."""

import re
from importlib.resources import files
from typing import Any

import psycopg

from huitong.config import role_prefix

_ROLE = re.compile("@([a-z]+)@")


def apply(connection: psycopg.Connection[Any]) -> None:
    """Bring the schema to what this version needs, in one transaction; again does no harm.

    Runs as the owner, after the tables of sharing, catalogue and ledger are there.
    """
    with connection.transaction():
        # Two starts at once would both replace the same function, which PostgreSQL refuses.
        connection.execute("SELECT pg_advisory_xact_lock(7002)")
        for statements in scripts():
            connection.execute(statements.encode())


def scripts() -> list[str]:
    """Return the text of each file with the roles' full names put in."""
    found = sorted(
        (file for file in files("huitong.gateway").joinpath("sql").iterdir()),
        key=lambda file: file.name,
    )
    return [
        _ROLE.sub(lambda match: f'"{role_prefix()}{match[1]}"', file.read_text("utf-8"))
        for file in found
        if file.name.endswith(".sql")
    ]

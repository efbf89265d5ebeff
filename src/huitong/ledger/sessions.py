"""Django's own connection as the psycopg connection that the pure SQL modules speak to."""

import psycopg
from django.db import connection


def plain_connection() -> psycopg.Connection:
    """Return the connection under Django's `default` alias, in Django's own transaction."""
    connection.ensure_connection()
    found = connection.connection
    if not isinstance(found, psycopg.Connection):
        raise TypeError(f"The ledger needs psycopg 3, Django has {type(found)}.")
    return found

"""Joins rooms that may not import each other: what one names, another here does."""


def join() -> None:
    """Register every hook."""
    from huitong.sharing import hooks  # noqa: PLC0415

    hooks.on_grant_issued(make_shape)


def make_shape(grant: object) -> None:
    """Make the gateway's function for a new grant, in the transaction that grants it."""
    from django.db import connection  # noqa: PLC0415

    from huitong.gateway import shapes  # noqa: PLC0415

    connection.ensure_connection()
    shapes.ensure(connection.connection, grant)

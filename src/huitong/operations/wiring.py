"""Joins rooms that may not import each other: what one names, another here does."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huitong.sharing.models import Grant


def join() -> None:
    """Register every hook.

    Raises: EffectUnclaimedError, FactUnclaimedError.
    """
    from huitong.cases import computed, effects  # noqa: PLC0415
    from huitong.gateway import bindings, evidence  # noqa: PLC0415
    from huitong.ledger import uses, verification  # noqa: PLC0415
    from huitong.pool import hooks as pool  # noqa: PLC0415
    from huitong.sharing import hooks as sharing  # noqa: PLC0415

    sharing.on_grant_issued(make_shape)
    pool.before_swap(bindings.rebind)
    verification.register_recompute(uses.KIND, evidence.recompute_root)
    # A procedure that names an effect nobody does, or a fact nobody finds out, must not run for
    # one request.
    effects.check_claimed()
    computed.check_claimed()


def make_shape(grant: "Grant") -> None:
    """Make the gateway's function for a new grant, in the transaction that grants it."""
    from django.db import connection  # noqa: PLC0415

    from huitong.gateway import bindings  # noqa: PLC0415

    connection.ensure_connection()
    bindings.ensure(connection.connection, grant)

"""The pool as a Django application."""

from django.apps import AppConfig


class PoolConfig(AppConfig):
    """Registers the pool's models and claims what the pool knows."""

    name = "huitong.pool"
    label = "pool"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Claim the facts that the pool knows."""
        from huitong.pool import exemptions, standing  # noqa: F401, PLC0415 - after models

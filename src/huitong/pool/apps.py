"""The pool as a Django application."""

from django.apps import AppConfig


class PoolConfig(AppConfig):
    """Register the pool's models."""

    name = "huitong.pool"
    label = "pool"
    default_auto_field = "django.db.models.BigAutoField"

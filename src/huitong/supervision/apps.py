"""Supervision as a Django application; it has no tables, what it records stands on registers."""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """Claim the effects that statutory procedures leave to supervision."""

    name = "huitong.supervision"
    label = "supervision"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import what claims effects with the cases: registers, and filings of people."""
        from huitong.supervision import (  # noqa: PLC0415 - models must be loaded first
            people,  # noqa: F401
            registers,  # noqa: F401
        )

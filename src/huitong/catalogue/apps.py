"""The catalogue as a Django application."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """Claim the effects that statutory procedures leave to the catalogue."""

    name = "huitong.catalogue"
    label = "catalogue"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import the actions, which register their effects with the cases."""
        from huitong.catalogue import (  # noqa: PLC0415 - models must be loaded first
            actions,  # noqa: F401
            registers,  # noqa: F401
            standing,  # noqa: F401
            succession,  # noqa: F401
            withdrawal,  # noqa: F401
        )

"""Opening as a Django application."""

from django.apps import AppConfig


class OpeningConfig(AppConfig):
    """Claim the effects that statutory procedures leave to opening."""

    name = "huitong.opening"
    label = "opening"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import the actions, which register their effects with the cases."""
        from huitong.opening import access, actions, registers  # noqa: F401, PLC0415 - after models

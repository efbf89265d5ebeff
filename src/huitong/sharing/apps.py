"""Sharing as a Django application."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    """Claim the effects and facts that statutory procedures leave to sharing."""

    name = "huitong.sharing"
    label = "sharing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import what registers effects, computed facts and words with the cases."""
        from huitong.sharing import (  # noqa: PLC0415 - models must be loaded first
            actions,  # noqa: F401
            changes,  # noqa: F401
            delegations,  # noqa: F401
            endings,  # noqa: F401
            rectification,  # noqa: F401
            return_flow,  # noqa: F401
            succession,  # noqa: F401
            systems,  # noqa: F401
            words,  # noqa: F401
        )

"""Django's entry to the room."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The ledger."""

    name = "huitong.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

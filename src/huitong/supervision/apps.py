"""Supervision as a Django application; it has no tables yet."""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """Supervision reads what the other rooms keep."""

    name = "huitong.supervision"
    label = "supervision"
    default_auto_field = "django.db.models.BigAutoField"

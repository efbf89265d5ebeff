"""The Django application of the room `cases`."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Runs statutory procedures."""

    name = "huitong.cases"
    label = "cases"
    verbose_name = "办件"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the check that every effect and computed fact has been claimed."""
        from huitong.cases import checks  # noqa: F401, PLC0415 - after the apps are loaded

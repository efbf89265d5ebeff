"""The Django application of the room `cases`."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Runs statutory procedures."""

    name = "huitong.cases"
    label = "cases"
    verbose_name = "办件"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Claim the facts that cases know of themselves; check that all others are claimed."""
        from huitong.cases import checks, standing, succession  # noqa: F401, PLC0415 - after models

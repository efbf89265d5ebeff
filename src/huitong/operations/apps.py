"""Django's view of the operations floor: here the rooms that may not know each other are joined."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Joins at start what the floors below only name."""

    name = "huitong.operations"
    label = "operations"

    def ready(self) -> None:
        """Register the hooks; a hook that is missing stops the program, not the first call."""
        from huitong.operations import wiring  # noqa: PLC0415

        wiring.join()

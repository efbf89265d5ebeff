"""Django system checks of the engine."""

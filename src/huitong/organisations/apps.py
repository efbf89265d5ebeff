"""The Django application of the room `organisations`."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    """Jurisdictions, departments, duties, posts and people."""

    name = "huitong.organisations"
    label = "organisations"
    verbose_name = "机构与人员"
    default_auto_field = "django.db.models.BigAutoField"

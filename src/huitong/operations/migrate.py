"""Bring a database to the state that this version needs."""

import os

import django
from django.core.management import call_command

from huitong.config import Config, load
from huitong.operations import postgres, roles


def migrate(config: Config) -> None:
    """Create database, roles, schemas and tables, or bring them up to date."""
    roles.ensure(config)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huitong.settings")
    django.setup()
    call_command("migrate", database="owner", interactive=False, verbosity=0)
    _gateway_schema(config)


def _gateway_schema(config: Config) -> None:
    import psycopg  # noqa: PLC0415

    from huitong.gateway import bindings, schema  # noqa: PLC0415

    with psycopg.connect(config.address("owner").url) as connection:
        schema.apply(connection)
    # An upgrade may define a mask otherwise: grants that live get their functions anew.
    with psycopg.connect(config.address("app").url) as connection:
        bindings.ensure_all(connection)


if __name__ == "__main__":
    settings = load()
    if not settings.database_url:
        postgres.ensure_running(settings)
    migrate(settings)

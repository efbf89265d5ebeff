"""The database, its roles and its schemas, with the least rights that each part needs.

Run by the administrator's role, again and again without harm: what is there is kept, passwords are
set to those of this home.
"""

import psycopg
from psycopg import sql

from huitong.config import ROLES, Config, found_secrets, role_prefix
from huitong.operations import postgres

SCHEMAS = {"serving": "pool", "gateway": "owner", "lake": "app"}


def ensure(config: Config) -> None:
    """Create the roles, the database and the schemas that are missing.

    Raises: DatabaseUnavailableError, when the server does not answer or the URL's role may not
    create roles.
    """
    secrets = found_secrets(config)
    dsn = postgres.admin_dsn(config)
    postgres.wait_ready(dsn)
    try:
        with psycopg.connect(dsn, autocommit=True) as connection:
            _roles(connection, secrets)
            _database(connection, config.database_name())
        with psycopg.connect(postgres.admin_dsn(config, config.database_name())) as connection:
            _schemas(connection, config.database_name())
    except psycopg.errors.InsufficientPrivilege as error:
        raise postgres.DatabaseUnavailableError(
            "The role of HUITONG_DATABASE_URL may not do what is needed "
            f"({error.diag.message_primary}): "
            "give it CREATEROLE and CREATEDB.",
            zh="HUITONG_DATABASE_URL 的数据库角色权限不足：请授予 CREATEROLE 与 CREATEDB。",
        ) from None


def name(role: str) -> str:
    """Return the full name of a role: `app` → `huitong_app`."""
    return f"{role_prefix()}{role}"


def _roles(connection: psycopg.Connection[tuple[object, ...]], secrets: dict[str, str]) -> None:
    for role in ROLES:
        _role(connection, name(role), login=True)
        # Each home has its own passwords; the last one that ran `ensure` is the one that logs in.
        connection.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                sql.Identifier(name(role)), sql.Literal(secrets[f"database_{role}"])
            )
        )
    _role(connection, name("pool"), login=False)
    # The worker may act as the pool, but has none of its rights until it says so.
    connection.execute(
        sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(
            sql.Identifier(name("pool")), sql.Identifier(name("app"))
        )
    )
    for member in ("owner", "app", "pool"):
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(name(member))))
    connection.execute(
        sql.SQL("ALTER ROLE {} SET lock_timeout = '30s'").format(sql.Identifier(name("app")))
    )


def _role(connection: psycopg.Connection[tuple[object, ...]], role: str, *, login: bool) -> None:
    found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
    if not found:
        options = sql.SQL("LOGIN" if login else "NOLOGIN")
        connection.execute(sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(role), options))


def _database(connection: psycopg.Connection[tuple[object, ...]], database: str) -> None:
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,))
    if not found.fetchone():
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
                sql.Identifier(database), sql.Identifier(name("owner"))
            )
        )


def _schemas(connection: psycopg.Connection[tuple[object, ...]], database: str) -> None:
    def run(statement: str, **names: str) -> None:
        parts = {key: sql.Identifier(value) for key, value in names.items()}
        connection.execute(sql.SQL(statement).format(**parts))

    owner, app = name("owner"), name("app")
    run("REVOKE ALL ON DATABASE {db} FROM PUBLIC", db=database)
    for role in ROLES:
        run("GRANT CONNECT ON DATABASE {db} TO {role}", db=database, role=name(role))
    run("GRANT CREATE, TEMPORARY ON DATABASE {db} TO {role}", db=database, role=owner)
    run("GRANT TEMPORARY ON DATABASE {db} TO {role}", db=database, role=app)
    run("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    run("GRANT USAGE, CREATE ON SCHEMA public TO {role}", role=owner)
    for role in ("app", "shipper"):
        run("GRANT USAGE ON SCHEMA public TO {role}", role=name(role))
    for schema, holder in SCHEMAS.items():
        run(
            "CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {role}",
            schema=schema,
            role=name(holder),
        )
    for role in ("gateway", "grants", "shipper", "pool", "app"):
        run("GRANT USAGE ON SCHEMA gateway TO {role}", role=name(role))
    # The pool writes the shape functions there, which read its own tables.
    run("GRANT CREATE ON SCHEMA gateway TO {role}", role=name("pool"))
    for rights, objects in (
        ("SELECT, INSERT, UPDATE, DELETE", "TABLES"),
        ("USAGE, SELECT", "SEQUENCES"),
    ):
        run(
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {{owner}} IN SCHEMA public "
            f"GRANT {rights} ON {objects} TO {{app}}",
            owner=owner,
            app=app,
        )

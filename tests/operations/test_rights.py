"""A bug above must not be enough: the database refuses too."""

import psycopg
import pytest
from psycopg import errors

from conftest import Databases


@pytest.mark.clause("HL-11")
@pytest.mark.parametrize(
    "verb",
    [
        "UPDATE ledger_entry SET kind = 'x'",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_citation SET number = 9",
        "DELETE FROM ledger_citation",
        "TRUNCATE ledger_citation",
    ],
)
def test_the_application_cannot_change_the_ledger(fresh_database: Databases, verb: str) -> None:
    with (
        psycopg.connect(fresh_database.app_dsn) as connection,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        connection.execute(verb)


@pytest.mark.clause("HL-38.3", "NA-35.1")
@pytest.mark.parametrize(
    "table",
    ["ledger_entry", "organisations_person", "sharing_client", "sharing_grant", "pool_batch"],
)
def test_the_gateway_reads_no_table(fresh_database: Databases, table: str) -> None:
    with (
        psycopg.connect(fresh_database.gateway_dsn) as connection,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        connection.execute(f"SELECT 1 FROM public.{table} LIMIT 1")  # noqa: S608 - from the list above


def test_the_shipper_appends_and_reads_nothing_of_people(fresh_database: Databases) -> None:
    with (
        psycopg.connect(fresh_database.shipper_dsn) as connection,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT 1 FROM public.organisations_person LIMIT 1")


def test_the_application_has_none_of_the_pools_rights_until_it_says_so(
    fresh_database: Databases,
) -> None:
    with psycopg.connect(fresh_database.app_dsn, autocommit=True) as connection:
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE serving.mine (n int)")
        connection.execute("SET ROLE huitong_pool")
        connection.execute("CREATE TABLE serving.mine (n int)")


@pytest.mark.clause("NA-35.1")
@pytest.mark.parametrize("role", ["app", "gateway", "grants", "shipper"])
def test_no_part_but_the_owner_makes_tables(fresh_database: Databases, role: str) -> None:
    dsn = getattr(fresh_database, f"{role}_dsn")
    with psycopg.connect(dsn) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute("CREATE TABLE public.mine (n int)")

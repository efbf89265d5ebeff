"""The database refuses too: inserts only, whoever asks."""

from django.db import migrations

from huitong.config import role_prefix

TABLES = ("ledger_entry", "ledger_leaf", "ledger_node", "ledger_checkpoint")
APP = f"{role_prefix()}app"

FUNCTIONS = """
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% takes inserts only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege',
              HINT = 'Record another entry that says what was wrong.';
END $$;

-- A transaction has its number before it has an id: sealing relies on it (huitong.ledger.sealing).
CREATE FUNCTION ledger_number_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_catalog.pg_current_xact_id();
    RETURN NULL;
END $$;
"""
DROP_FUNCTIONS = """
DROP FUNCTION ledger_number_first();
DROP FUNCTION ledger_refuse_change();
"""

TRIGGERS = (
    "".join(
        f"""
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""
        for table in TABLES
    )
    + f"""
CREATE TRIGGER ledger_number_first BEFORE INSERT ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_number_first();
"""
)
DROP_TRIGGERS = """
DROP TRIGGER ledger_number_first ON ledger_entry;
""" + "".join(f"DROP TRIGGER ledger_append_only ON {table};\n" for table in TABLES)

WIDTHS = (
    ("ledger_entry", "leaf_hash"),
    ("ledger_leaf", "leaf_hash"),
    ("ledger_node", "hash"),
    ("ledger_checkpoint", "root"),
)
CHECKS = "".join(
    f"ALTER TABLE {table} ADD CONSTRAINT {table}_width CHECK (octet_length({column}) = 32);\n"
    for table, column in WIDTHS
)
DROP_CHECKS = "".join(
    f"ALTER TABLE {table} DROP CONSTRAINT {table}_width;\n" for table, _ in WIDTHS
)

# Roles are made by huitong.operations.roles; a database without them still migrates.
RIGHTS = f"""
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP}') THEN
        REVOKE ALL ON {", ".join(TABLES)} FROM "{APP}";
        GRANT SELECT, INSERT ON {", ".join(TABLES)} TO "{APP}";
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        migrations.RunSQL(TRIGGERS, DROP_TRIGGERS),
        migrations.RunSQL(CHECKS, DROP_CHECKS),
        # Backwards the tables go away, and their rights with them.
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
    ]

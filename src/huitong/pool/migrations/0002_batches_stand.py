"""Batches, mounts and swaps stand as they were written: the database refuses changes too."""

from django.db import migrations

from huitong.config import role_prefix

APP = f'"{role_prefix()}app"'

FUNCTION = """
CREATE FUNCTION pool_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% takes inserts only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege',
              HINT = 'A batch, a mount or a swap is a fact of the past; make another one.';
END $$;
"""
TABLES = ("pool_mount", "pool_batch", "pool_servingcopy")
TRIGGERS = "".join(
    f"""
CREATE TRIGGER pool_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION pool_refuse_change();
REVOKE UPDATE, DELETE ON {table} FROM {APP};
"""
    for table in TABLES
)
DROP_TRIGGERS = "".join(
    f"""
GRANT UPDATE, DELETE ON {table} TO {APP};
DROP TRIGGER pool_stands ON {table};
"""
    for table in TABLES
)


class Migration(migrations.Migration):
    dependencies = [("pool", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION pool_refuse_change();"),
        migrations.RunSQL(TRIGGERS, DROP_TRIGGERS),
    ]

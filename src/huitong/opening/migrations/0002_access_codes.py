"""Hashes of the codes that fetch conditional open data: inserted, never changed or removed."""

import django.db.models.deletion
from django.db import migrations, models


from huitong.config import role_prefix

APP = f'"{role_prefix()}app"'

STANDS = f"""
CREATE FUNCTION opening_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% takes inserts only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER opening_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON opening_accesscode
    FOR EACH STATEMENT EXECUTE FUNCTION opening_refuse_change();
REVOKE UPDATE, DELETE ON opening_accesscode FROM {APP};
"""
STANDS_UNDO = f"""
GRANT UPDATE, DELETE ON opening_accesscode TO {APP};
DROP TRIGGER opening_stands ON opening_accesscode;
DROP FUNCTION opening_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_registers"),
        ("opening", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code_sha256", models.CharField(max_length=64, unique=True)),
                ("issued_at", models.DateTimeField()),
                (
                    "access",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="access_codes",
                        to="cases.registerentry",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.RunSQL(STANDS, STANDS_UNDO),
    ]

"""Who opened a case from outside, in a table of its own: erased it can be, but not rewritten."""

import django.db.models.deletion
from django.db import migrations, models

from huitong.config import role_prefix

APPLICANT_KEPT = """
CREATE FUNCTION cases_applicant_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.case_id, NEW.ref, NEW.code_sha256)
       IS DISTINCT FROM (OLD.id, OLD.case_id, OLD.ref, OLD.code_sha256)
       OR NEW.name <> '' OR NEW.contact <> '' OR NEW.erased_at IS NULL THEN
        RAISE EXCEPTION 'the applicant of case % is only ever erased', OLD.case_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER applicant_kept BEFORE UPDATE ON cases_applicant
    FOR EACH ROW EXECUTE FUNCTION cases_applicant_kept();
"""
APPLICANT_KEPT_UNDO = """
DROP TRIGGER applicant_kept ON cases_applicant;
DROP FUNCTION cases_applicant_kept();
"""


def _for_app(verb: str, link: str) -> str:
    """Return a block that gives or takes rights where the application's role exists."""
    role = f"{role_prefix()}app"
    return (
        "DO $$ BEGIN\n"
        f"    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN\n"
        f"        EXECUTE format('{verb} DELETE ON cases_applicant {link} %I', '{role}');\n"
        "    END IF;\n"
        "END $$;"
    )


class Migration(migrations.Migration):
    """Applicants and the counts of what the public does, with their guards."""

    dependencies = [
        ("cases", "0006_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="Applicant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ref", models.CharField(max_length=32, unique=True)),
                ("code_sha256", models.CharField(max_length=64)),
                ("name", models.CharField(blank=True, max_length=100, verbose_name="申请人")),
                ("contact", models.CharField(blank=True, max_length=200, verbose_name="联系方式")),
                ("erased_at", models.DateTimeField(blank=True, null=True, verbose_name="删除时间")),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applicant",
                        to="cases.case",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PublicAct",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=64, unique=True)),
                ("day", models.DateField()),
                ("count", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["day"], name="public_act_of_a_day")],
            },
        ),
        migrations.RunSQL(APPLICANT_KEPT, APPLICANT_KEPT_UNDO),
        migrations.RunSQL(_for_app("REVOKE", "FROM"), _for_app("GRANT", "TO")),
    ]

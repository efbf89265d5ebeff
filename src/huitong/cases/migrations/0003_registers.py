"""Registers: what the law has put on record by a case, and the database's guard of it."""

import django.db.models.deletion
from django.db import migrations, models

from huitong.config import role_prefix

# Made and ended only in the transaction of a step; nothing but the end is ever written again.
ENTRY_MADE = """
CREATE FUNCTION cases_registerentry_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.ended_at IS NOT NULL OR NOT EXISTS (
        SELECT 1 FROM cases_caseevent e
        WHERE e.id = NEW.made_by_id AND e.xact = txid_current()
    ) THEN
        RAISE EXCEPTION 'an entry of the register % is made only together with its event',
            NEW.register USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registerentry_made BEFORE INSERT ON cases_registerentry
    FOR EACH ROW EXECUTE FUNCTION cases_registerentry_made();
"""
ENTRY_MADE_UNDO = """
DROP TRIGGER registerentry_made ON cases_registerentry;
DROP FUNCTION cases_registerentry_made();
"""

ENTRY_ENDED = """
CREATE FUNCTION cases_registerentry_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.register, NEW.subject, NEW.key, NEW.holder_id, NEW.jurisdiction_id, NEW.title,
        NEW.facts, NEW.since, NEW.until, NEW.made_by_id, NEW.entry_uuid)
       IS DISTINCT FROM
       (OLD.id, OLD.register, OLD.subject, OLD.key, OLD.holder_id, OLD.jurisdiction_id, OLD.title,
        OLD.facts, OLD.since, OLD.until, OLD.made_by_id, OLD.entry_uuid)
       OR OLD.ended_at IS NOT NULL THEN
        RAISE EXCEPTION 'entry % of the register % never changes, it is only ended',
            OLD.id, OLD.register USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM cases_caseevent e
        WHERE e.id = NEW.ended_by_id AND e.xact = txid_current()
    ) THEN
        RAISE EXCEPTION 'entry % of the register % is ended only together with an event',
            OLD.id, OLD.register USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registerentry_ended BEFORE UPDATE ON cases_registerentry
    FOR EACH ROW EXECUTE FUNCTION cases_registerentry_ended();
CREATE TRIGGER registerentry_kept BEFORE DELETE ON cases_registerentry
    FOR EACH ROW EXECUTE FUNCTION cases_kept();
"""
ENTRY_ENDED_UNDO = """
DROP TRIGGER registerentry_kept ON cases_registerentry;
DROP TRIGGER registerentry_ended ON cases_registerentry;
DROP FUNCTION cases_registerentry_ended();
"""


def _for_app(*statements: str) -> str:
    """Return a block that sets the application's rights where its role exists."""
    role = f"{role_prefix()}app"
    lines = "\n".join(f"        EXECUTE format('{each}', '{role}');" for each in statements)
    return (
        "DO $$ BEGIN\n"
        f"    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN\n"
        f"{lines}\n"
        "    END IF;\n"
        "END $$;"
    )


RIGHTS = _for_app(
    "REVOKE UPDATE, DELETE ON cases_registerentry FROM %I",
    "GRANT UPDATE (ended_at, ended_by_id) ON cases_registerentry TO %I",
)
RIGHTS_UNDO = _for_app("GRANT UPDATE, DELETE ON cases_registerentry TO %I")


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_guards"),
        ("organisations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="RegisterEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("register", models.CharField(max_length=40, verbose_name="登记簿")),
                ("subject", models.CharField(max_length=200, verbose_name="对象")),
                ("key", models.CharField(blank=True, default="", max_length=200)),
                ("title", models.CharField(max_length=300, verbose_name="名称")),
                ("facts", models.JSONField(verbose_name="登记内容")),
                ("since", models.DateTimeField(verbose_name="登记时间")),
                ("until", models.DateField(blank=True, null=True, verbose_name="有效期至")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="终止时间")),
                ("entry_uuid", models.UUIDField()),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="register_entries_ended",
                        to="cases.caseevent",
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="register_entries",
                        to="organisations.department",
                    ),
                ),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="register_entries",
                        to="organisations.jurisdiction",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="register_entries",
                        to="cases.caseevent",
                    ),
                ),
            ],
            options={
                "ordering": ["-since", "-id"],
                "indexes": [
                    models.Index(
                        fields=["register", "jurisdiction", "-since"], name="register_of_a_place"
                    ),
                    models.Index(fields=["subject", "register"], name="register_of_a_subject"),
                    models.Index(fields=["holder", "register"], name="register_of_a_holder"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", True), models.Q(("key", ""), _negated=True)
                        ),
                        fields=("register", "jurisdiction", "key"),
                        name="one_living_entry_of_a_key",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                            models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="register_entry_ended_by_an_event",
                    ),
                ],
            },
        ),
        migrations.RunSQL(ENTRY_MADE, ENTRY_MADE_UNDO),
        migrations.RunSQL(ENTRY_ENDED, ENTRY_ENDED_UNDO),
        migrations.RunSQL(RIGHTS, RIGHTS_UNDO),
    ]

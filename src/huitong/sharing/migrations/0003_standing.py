import django.db.models.deletion
from django.db import migrations, models

# What a grant says may change only under the name of a case that had not changed it before; it is
# suspended and resumed at will, revoked once, and never made longer.
FORWARD = """
CREATE OR REPLACE FUNCTION sharing_grant_guard() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    stops text[] := ARRAY['revoked_at', 'suspended_at', 'ended_at', 'ends_at', 'stop_cite',
                          'version'];
    says text[] := ARRAY['purpose', 'scope', 'further_uses', 'columns'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'grant % stands: a grant is revoked, never deleted', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF NEW.changed_by_id IS DISTINCT FROM OLD.changed_by_id AND NEW.changed_by_id IS NOT NULL
        THEN
            stops := stops || says || ARRAY['changed_by_id'];
        END IF;
        IF to_jsonb(NEW) - stops <> to_jsonb(OLD) - stops
           OR NEW.ends_at > OLD.ends_at
           OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at)
           OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at)
        THEN
            RAISE EXCEPTION 'grant % may be suspended, revoked or shortened, and changed by a case '
                'that decided so, nothing else: apply again', OLD.id
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    NEW.version := (SELECT version FROM sharing_snapshotversion WHERE id = 1);
    RETURN NEW;
END $$;
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION sharing_grant_guard() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'grant % stands: a grant is revoked, never deleted', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - ARRAY['revoked_at', 'ends_at', 'version']
           <> to_jsonb(OLD) - ARRAY['revoked_at', 'ends_at', 'version']
           OR NEW.ends_at > OLD.ends_at
           OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at)
        THEN
            RAISE EXCEPTION 'grant % may be revoked or shortened, nothing else: apply again', OLD.id
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    NEW.version := (SELECT version FROM sharing_snapshotversion WHERE id = 1);
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("sharing", "0002_snapshot")]
    operations = [
        migrations.AddField("grant", "scope", models.TextField(default="")),
        migrations.AddField("grant", "further_uses", models.JSONField(default=list)),
        migrations.AddField(
            "grant",
            "changed_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.case",
            ),
        ),
        migrations.AddField("grant", "suspended_at", models.DateTimeField(default=None, null=True)),
        migrations.AddField("grant", "ended_at", models.DateTimeField(default=None, null=True)),
        migrations.AddField("grant", "stop_cite", models.JSONField(default=list)),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]

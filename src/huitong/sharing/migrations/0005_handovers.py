import django.db.models.deletion
from django.db import migrations, models

from huitong.config import role_prefix

# A grant changes its user, and a system its department, only where a department has ended, to its
# successor, and with the row that says so. The row itself is checked when the transaction ends:
# rooms above are told before the department's own row says that it ended.
FORWARD = """
CREATE FUNCTION sharing_handed_over(grant_id bigint, client_id bigint, former bigint, heir bigint)
    RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM sharing_handover h
        WHERE (h.grant_id = $1 OR h.client_id = $2) AND h.side IN ('consumer', 'system')
          AND h.former_id = $3 AND h.successor_id = $4)
$$;

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
        IF NEW.consumer_id <> OLD.consumer_id
           AND sharing_handed_over(OLD.id, NULL, OLD.consumer_id, NEW.consumer_id) THEN
            stops := stops || ARRAY['consumer_id'];
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

CREATE FUNCTION sharing_client_guard() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.client_id <> OLD.client_id OR (NEW.consumer_id <> OLD.consumer_id
       AND NOT sharing_handed_over(NULL, OLD.id, OLD.consumer_id, NEW.consumer_id)) THEN
        RAISE EXCEPTION 'system % stays with its department: register another', OLD.client_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER client_guard BEFORE UPDATE ON sharing_client
    FOR EACH ROW EXECUTE FUNCTION sharing_client_guard();

CREATE FUNCTION sharing_handover_guard() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'handover % stays on record', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM organisations_department d
                   WHERE d.id = NEW.former_id AND d.ended_on IS NOT NULL
                     AND d.successor_id = NEW.successor_id) THEN
        RAISE EXCEPTION 'department % has not ended with % as its successor: nothing goes over',
            NEW.former_id, NEW.successor_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER handover_true AFTER INSERT ON sharing_handover
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sharing_handover_guard();
CREATE TRIGGER handover_kept BEFORE UPDATE OR DELETE ON sharing_handover
    FOR EACH ROW EXECUTE FUNCTION sharing_handover_guard();
"""
BACKWARD = """
DROP TRIGGER handover_kept ON sharing_handover;
DROP TRIGGER handover_true ON sharing_handover;
DROP FUNCTION sharing_handover_guard();
DROP TRIGGER client_guard ON sharing_client;
DROP FUNCTION sharing_client_guard();
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
DROP FUNCTION sharing_handed_over(bigint, bigint, bigint, bigint);
"""


def _for_app(verb: str, link: str) -> str:
    """Return a block that gives or takes rights where the application's role exists."""
    role = f"{role_prefix()}app"
    return (
        "DO $$ BEGIN\n"
        f"    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN\n"
        f"        EXECUTE format('{verb} UPDATE, DELETE ON sharing_handover {link} %I', '{role}');\n"
        "    END IF;\n"
        "END $$;"
    )


class Migration(migrations.Migration):
    dependencies = [("organisations", "0006_acts"), ("sharing", "0004_admission")]
    operations = [
        migrations.CreateModel(
            name="Handover",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("consumer", "consumer"),
                            ("provider", "provider"),
                            ("system", "system"),
                        ],
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "client",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers",
                        to="sharing.client",
                    ),
                ),
                (
                    "former",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.department",
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers",
                        to="sharing.grant",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.department",
                    ),
                ),
            ],
            options={
                "ordering": ("at", "id"),
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(
                            client__isnull=True,
                            grant__isnull=False,
                            side__in=["consumer", "provider"],
                        )
                        | models.Q(client__isnull=False, grant__isnull=True, side="system"),
                        name="handover_of_a_grant_or_a_system",
                    ),
                ),
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunSQL(_for_app("REVOKE", "FROM"), _for_app("GRANT", "TO")),
    ]

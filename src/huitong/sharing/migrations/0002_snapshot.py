from django.db import migrations

# One counter row: transactions that change what the gateway must see take its lock in turn, so
# numbers rise in the order of commits. NOTIFY is only a wake-up.
FORWARD = """
INSERT INTO sharing_snapshotversion (id, version) VALUES (1, 0);

CREATE FUNCTION sharing_raise_snapshot() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    raised bigint;
BEGIN
    INSERT INTO sharing_snapshotversion AS s (id, version) VALUES (1, 1)
        ON CONFLICT (id) DO UPDATE SET version = s.version + 1 RETURNING version INTO raised;
    PERFORM pg_notify('huitong_grants', raised::text);
    RETURN NULL;
END $$;
CREATE TRIGGER raise_snapshot BEFORE INSERT OR UPDATE OR DELETE ON sharing_grant
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_raise_snapshot();
CREATE TRIGGER raise_snapshot BEFORE INSERT OR UPDATE OR DELETE ON sharing_client
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_raise_snapshot();
CREATE TRIGGER raise_snapshot BEFORE INSERT OR UPDATE OR DELETE ON sharing_token
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_raise_snapshot();

CREATE FUNCTION sharing_grant_guard() RETURNS trigger LANGUAGE plpgsql
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
CREATE TRIGGER grant_guard BEFORE INSERT OR UPDATE OR DELETE ON sharing_grant
    FOR EACH ROW EXECUTE FUNCTION sharing_grant_guard();
"""
BACKWARD = """
DROP TRIGGER grant_guard ON sharing_grant;
DROP FUNCTION sharing_grant_guard();
DROP TRIGGER raise_snapshot ON sharing_token;
DROP TRIGGER raise_snapshot ON sharing_client;
DROP TRIGGER raise_snapshot ON sharing_grant;
DROP FUNCTION sharing_raise_snapshot();
DELETE FROM sharing_snapshotversion;
"""


class Migration(migrations.Migration):
    dependencies = [("sharing", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

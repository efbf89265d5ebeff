from django.db import migrations

# A published version is what was reviewed: only its search column, which is derived, may be
# written again. Items stand and fall with their version.
FORWARD = """
CREATE FUNCTION catalogue_version_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NULL THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'search' = to_jsonb(OLD) - 'search' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'version % of dataset % is published and stands: edit opens a new version',
        OLD.number, OLD.dataset_id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER version_stands BEFORE UPDATE OR DELETE ON catalogue_datasetversion
    FOR EACH ROW EXECUTE FUNCTION catalogue_version_stands();

CREATE FUNCTION catalogue_item_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[] := ARRAY[]::bigint[];
BEGIN
    IF TG_OP <> 'INSERT' THEN touched := touched || OLD.version_id; END IF;
    IF TG_OP <> 'DELETE' THEN touched := touched || NEW.version_id; END IF;
    IF EXISTS (SELECT FROM catalogue_datasetversion
               WHERE id = ANY (touched) AND published_at IS NOT NULL) THEN
        RAISE EXCEPTION 'data items of a published version stand: edit opens a new version'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER item_stands BEFORE INSERT OR UPDATE OR DELETE ON catalogue_dataitem
    FOR EACH ROW EXECUTE FUNCTION catalogue_item_stands();
"""
BACKWARD = """
DROP TRIGGER item_stands ON catalogue_dataitem;
DROP FUNCTION catalogue_item_stands();
DROP TRIGGER version_stands ON catalogue_datasetversion;
DROP FUNCTION catalogue_version_stands();
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

"""The database's own guard: history is only added to, spells only end, no body is removed."""

from django.db import migrations

from huitong.config import role_prefix

KEPT = """
CREATE FUNCTION organisations_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: what became of a body stays on record', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER placechange_kept BEFORE UPDATE OR DELETE ON organisations_placechange
    FOR EACH ROW EXECUTE FUNCTION organisations_kept();
CREATE TRIGGER departmentchange_kept BEFORE UPDATE OR DELETE ON organisations_departmentchange
    FOR EACH ROW EXECUTE FUNCTION organisations_kept();
CREATE TRIGGER department_kept BEFORE DELETE ON organisations_department
    FOR EACH ROW EXECUTE FUNCTION organisations_kept();
CREATE TRIGGER jurisdiction_kept BEFORE DELETE ON organisations_jurisdiction
    FOR EACH ROW EXECUTE FUNCTION organisations_kept();
CREATE TRIGGER post_kept BEFORE DELETE ON organisations_post
    FOR EACH ROW EXECUTE FUNCTION organisations_kept();
CREATE TRIGGER delegation_kept BEFORE DELETE ON organisations_delegation
    FOR EACH ROW EXECUTE FUNCTION organisations_kept();
CREATE TRIGGER unit_kept BEFORE DELETE ON organisations_unit
    FOR EACH ROW EXECUTE FUNCTION organisations_kept();
"""
KEPT_UNDO = """
DROP TRIGGER unit_kept ON organisations_unit;
DROP TRIGGER delegation_kept ON organisations_delegation;
DROP TRIGGER post_kept ON organisations_post;
DROP TRIGGER jurisdiction_kept ON organisations_jurisdiction;
DROP TRIGGER department_kept ON organisations_department;
DROP TRIGGER departmentchange_kept ON organisations_departmentchange;
DROP TRIGGER placechange_kept ON organisations_placechange;
DROP FUNCTION organisations_kept();
"""

# A post may end, and its contact be erased or mended; who held what since when never changes.
SPELLS = """
CREATE FUNCTION organisations_spell_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - ARRAY['until', 'contact'] <> to_jsonb(OLD) - ARRAY['until', 'contact']
       OR (OLD.until IS NOT NULL AND (NEW.until IS NULL OR NEW.until > OLD.until)) THEN
        RAISE EXCEPTION '% % may end earlier, nothing else: begin another', TG_TABLE_NAME, OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER post_ends BEFORE UPDATE ON organisations_post
    FOR EACH ROW EXECUTE FUNCTION organisations_spell_ends();
CREATE TRIGGER delegation_ends BEFORE UPDATE ON organisations_delegation
    FOR EACH ROW EXECUTE FUNCTION organisations_spell_ends();
CREATE TRIGGER unit_ends BEFORE UPDATE ON organisations_unit
    FOR EACH ROW EXECUTE FUNCTION organisations_spell_ends();
"""
SPELLS_UNDO = """
DROP TRIGGER unit_ends ON organisations_unit;
DROP TRIGGER delegation_ends ON organisations_delegation;
DROP TRIGGER post_ends ON organisations_post;
DROP FUNCTION organisations_spell_ends();
"""

# A name, a code or a place changes only with the act that is its history, in one transaction.
TOLD = """
CREATE FUNCTION organisations_department_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.name, NEW.kind, NEW.jurisdiction_id, NEW.ended_on, NEW.successor_id)
       IS DISTINCT FROM (OLD.name, OLD.kind, OLD.jurisdiction_id, OLD.ended_on, OLD.successor_id)
       AND NOT EXISTS (
           SELECT 1 FROM organisations_departmentchange c
           WHERE c.department_id = NEW.id AND c.before ->> 'name' = OLD.name
             AND c.after ->> 'name' = NEW.name AND c.after ->> 'kind' = NEW.kind) THEN
        RAISE EXCEPTION 'department % changes only together with its history', NEW.code
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER department_told AFTER UPDATE ON organisations_department
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION organisations_department_told();

CREATE FUNCTION organisations_jurisdiction_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.code, NEW.name, NEW.level, NEW.parent_id, NEW.ended_on, NEW.successor_id)
       IS DISTINCT FROM
       (OLD.code, OLD.name, OLD.level, OLD.parent_id, OLD.ended_on, OLD.successor_id)
       AND NOT EXISTS (
           SELECT 1 FROM organisations_placechange c
           WHERE c.jurisdiction_id = NEW.id AND c.before ->> 'code' = OLD.code
             AND c.before ->> 'name' = OLD.name AND c.after ->> 'code' = NEW.code
             AND c.after ->> 'name' = NEW.name) THEN
        RAISE EXCEPTION 'jurisdiction % changes only together with its history', NEW.code
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER jurisdiction_told AFTER UPDATE ON organisations_jurisdiction
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION organisations_jurisdiction_told();
"""
TOLD_UNDO = """
DROP TRIGGER jurisdiction_told ON organisations_jurisdiction;
DROP FUNCTION organisations_jurisdiction_told();
DROP TRIGGER department_told ON organisations_department;
DROP FUNCTION organisations_department_told();
"""


def _for_app(verb: str, link: str) -> str:
    """Return a block that gives or takes rights where the application's role exists."""
    role = f"{role_prefix()}app"
    tables = (
        ("UPDATE, DELETE", "organisations_placechange"),
        ("UPDATE, DELETE", "organisations_departmentchange"),
        ("DELETE", "organisations_department"),
        ("DELETE", "organisations_jurisdiction"),
        ("DELETE", "organisations_post"),
        ("DELETE", "organisations_delegation"),
        ("DELETE", "organisations_unit"),
    )
    lines = "\n".join(
        f"        EXECUTE format('{verb} {rights} ON {table} {link} %I', '{role}');"
        for rights, table in tables
    )
    return (
        "DO $$ BEGIN\n"
        f"    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN\n"
        f"{lines}\n"
        "    END IF;\n"
        "END $$;"
    )


class Migration(migrations.Migration):
    """Triggers and rights of the bodies' tables."""

    dependencies = [("organisations", "0002_houses")]

    operations = [
        migrations.RunSQL(KEPT, KEPT_UNDO),
        migrations.RunSQL(SPELLS, SPELLS_UNDO),
        migrations.RunSQL(TOLD, TOLD_UNDO),
        migrations.RunSQL(_for_app("REVOKE", "FROM"), _for_app("GRANT", "TO")),
    ]

"""The database's own guard of the books: a paper ends or is closed, and is never rewritten."""

from django.db import migrations

from huitong.config import role_prefix

STANDS = """
CREATE FUNCTION organisations_paper_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - ARRAY['until', 'closed_on'] <> to_jsonb(OLD) - ARRAY['until', 'closed_on']
       OR (OLD.until IS NOT NULL AND (NEW.until IS NULL OR NEW.until > OLD.until))
       OR (OLD.closed_on IS NOT NULL AND NEW.closed_on IS DISTINCT FROM OLD.closed_on) THEN
        RAISE EXCEPTION 'paper % stands: file another version', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER paper_stands BEFORE UPDATE ON organisations_paper
    FOR EACH ROW EXECUTE FUNCTION organisations_paper_stands();
CREATE TRIGGER paper_kept BEFORE DELETE ON organisations_paper
    FOR EACH ROW EXECUTE FUNCTION organisations_kept();
CREATE TRIGGER papernote_kept BEFORE UPDATE OR DELETE ON organisations_papernote
    FOR EACH ROW EXECUTE FUNCTION organisations_kept();
"""
STANDS_UNDO = """
DROP TRIGGER papernote_kept ON organisations_papernote;
DROP TRIGGER paper_kept ON organisations_paper;
DROP TRIGGER paper_stands ON organisations_paper;
DROP FUNCTION organisations_paper_stands();
"""


def _for_app(verb: str, link: str) -> str:
    """Return a block that gives or takes rights where the application's role exists."""
    role = f"{role_prefix()}app"
    tables = (
        ("DELETE", "organisations_paper"),
        ("UPDATE, DELETE", "organisations_papernote"),
        ("UPDATE, DELETE", "organisations_paper_addressees"),
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
    """Triggers and rights of the tables of the books."""

    dependencies = [("organisations", "0004_books")]

    operations = [
        migrations.RunSQL(STANDS, STANDS_UNDO),
        migrations.RunSQL(_for_app("REVOKE", "FROM"), _for_app("GRANT", "TO")),
    ]

"""What the database lets be written without an event: columns that follow from the events.

And what it keeps as it was written: own periods, loaded calendars; of a notice only that it was
seen may be added.
"""

from django.db import migrations

from huitong.config import role_prefix

# As `0002_guards` made it, but for the first question.
CASE_MOVED = """
CREATE OR REPLACE FUNCTION cases_case_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.number, NEW.kind, NEW.profile_id, NEW.table_id, NEW.jurisdiction_id,
        NEW.subject, NEW.title, NEW.parties, NEW.received_at)
       IS DISTINCT FROM
       (OLD.id, OLD.number, OLD.kind, OLD.profile_id, OLD.table_id, OLD.jurisdiction_id,
        OLD.subject, OLD.title, OLD.parties, OLD.received_at) THEN
        RAISE EXCEPTION 'case %: number, table, parties and receipt never change', OLD.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.state, NEW.version, NEW.closed_at)
       IS NOT DISTINCT FROM (OLD.state, OLD.version, OLD.closed_at) THEN
        -- due_at, calendar and noticed alone: they follow from the events and from the calendar.
        RETURN NEW;
    END IF;
    IF NEW.version <> OLD.version + 1 OR NOT EXISTS (
        SELECT 1 FROM cases_caseevent e
        WHERE e.case_id = NEW.id AND e.seq = NEW.version AND e.xact = txid_current()
          AND e.from_state = OLD.state AND e.to_state = NEW.state
    ) THEN
        RAISE EXCEPTION 'case % changes only together with its event', OLD.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""

NOTICE_SEEN = """
CREATE FUNCTION cases_notice_seen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.seen_at IS NOT NULL
       OR to_jsonb(NEW) - 'seen_at' - 'seen_by' IS DISTINCT FROM
          to_jsonb(OLD) - 'seen_at' - 'seen_by' THEN
        RAISE EXCEPTION '% of a notice is refused: it can be seen once and stays as given', TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER notice_seen BEFORE UPDATE OR DELETE ON cases_notice
    FOR EACH ROW EXECUTE FUNCTION cases_notice_seen();
"""
NOTICE_SEEN_UNDO = """
DROP TRIGGER notice_seen ON cases_notice;
DROP FUNCTION cases_notice_seen();
"""

KEPT = """
CREATE TRIGGER ownperiod_kept BEFORE UPDATE OR DELETE ON cases_ownperiod
    FOR EACH ROW EXECUTE FUNCTION cases_kept();
CREATE TRIGGER calendarnotice_kept BEFORE UPDATE OR DELETE ON cases_calendarnotice
    FOR EACH ROW EXECUTE FUNCTION cases_kept();
"""
KEPT_UNDO = """
DROP TRIGGER calendarnotice_kept ON cases_calendarnotice;
DROP TRIGGER ownperiod_kept ON cases_ownperiod;
"""

_RIGHTS = (
    ("UPDATE, DELETE", "cases_ownperiod"),
    ("UPDATE, DELETE", "cases_calendarnotice"),
    ("DELETE", "cases_notice"),
)


def _for_app(verb: str, link: str) -> str:
    """Return a block that gives or takes rights where the application's role exists."""
    role = f"{role_prefix()}app"
    lines = "\n".join(
        f"        EXECUTE format('{verb} {rights} ON {table} {link} %I', '{role}');"
        for rights, table in _RIGHTS
    )
    return (
        "DO $$ BEGIN\n"
        f"    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN\n"
        f"{lines}\n"
        "    END IF;\n"
        "END $$;"
    )


class Migration(migrations.Migration):
    """Guards of the columns and tables of `0004`."""

    dependencies = [("cases", "0004_stays_and_notices")]

    operations = [
        migrations.RunSQL(CASE_MOVED, migrations.RunSQL.noop),
        migrations.RunSQL(NOTICE_SEEN, NOTICE_SEEN_UNDO),
        migrations.RunSQL(KEPT, KEPT_UNDO),
        migrations.RunSQL(_for_app("REVOKE", "FROM"), _for_app("GRANT", "TO")),
    ]

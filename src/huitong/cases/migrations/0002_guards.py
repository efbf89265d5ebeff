"""The database's own guard: no state without an event, no event changed, no case removed.

`txid_current()` and not the row's `xmin`, which is that of a savepoint; and the function of that
name because openGauss has no `pg_current_xact_id()`.
"""

from django.db import migrations

from huitong.config import role_prefix

EVENT_STAMP = """
CREATE FUNCTION cases_caseevent_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.xact := txid_current();
    RETURN NEW;
END $$;
CREATE TRIGGER caseevent_stamp BEFORE INSERT ON cases_caseevent
    FOR EACH ROW EXECUTE FUNCTION cases_caseevent_stamp();
"""
EVENT_STAMP_UNDO = """
DROP TRIGGER caseevent_stamp ON cases_caseevent;
DROP FUNCTION cases_caseevent_stamp();
"""

# At commit every event must be the case's own: an event without its change of state is a lie too.
EVENT_LANDED = """
CREATE FUNCTION cases_caseevent_landed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM cases_case WHERE id = NEW.case_id AND version >= NEW.seq) THEN
        RAISE EXCEPTION 'event % of case % did not change the case', NEW.seq, NEW.case_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER caseevent_landed AFTER INSERT ON cases_caseevent
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION cases_caseevent_landed();
"""
EVENT_LANDED_UNDO = """
DROP TRIGGER caseevent_landed ON cases_caseevent;
DROP FUNCTION cases_caseevent_landed();
"""

CASE_BORN = """
CREATE FUNCTION cases_case_born() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.version <> 0 OR NEW.state <> '' OR NEW.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'case % must begin without a state; its first event gives it one',
            NEW.number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER case_born BEFORE INSERT ON cases_case
    FOR EACH ROW EXECUTE FUNCTION cases_case_born();

CREATE FUNCTION cases_case_opened() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM cases_case WHERE id = NEW.id AND version >= 1) THEN
        RAISE EXCEPTION 'case % was made without its first event', NEW.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER case_opened AFTER INSERT ON cases_case
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION cases_case_opened();
"""
CASE_BORN_UNDO = """
DROP TRIGGER case_opened ON cases_case;
DROP FUNCTION cases_case_opened();
DROP TRIGGER case_born ON cases_case;
DROP FUNCTION cases_case_born();
"""

CASE_MOVED = """
CREATE FUNCTION cases_case_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.number, NEW.kind, NEW.profile_id, NEW.table_id, NEW.jurisdiction_id,
        NEW.subject, NEW.title, NEW.parties, NEW.received_at)
       IS DISTINCT FROM
       (OLD.id, OLD.number, OLD.kind, OLD.profile_id, OLD.table_id, OLD.jurisdiction_id,
        OLD.subject, OLD.title, OLD.parties, OLD.received_at) THEN
        RAISE EXCEPTION 'case %: number, table, parties and receipt never change', OLD.number
            USING ERRCODE = 'integrity_constraint_violation';
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
CREATE TRIGGER case_moved BEFORE UPDATE ON cases_case
    FOR EACH ROW EXECUTE FUNCTION cases_case_moved();
"""
CASE_MOVED_UNDO = """
DROP TRIGGER case_moved ON cases_case;
DROP FUNCTION cases_case_moved();
"""

KEPT = """
CREATE FUNCTION cases_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: what was done stays on record', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER caseevent_kept BEFORE UPDATE OR DELETE ON cases_caseevent
    FOR EACH ROW EXECUTE FUNCTION cases_kept();
CREATE TRIGGER storedtable_kept BEFORE UPDATE OR DELETE ON cases_storedtable
    FOR EACH ROW EXECUTE FUNCTION cases_kept();
CREATE TRIGGER case_kept BEFORE DELETE ON cases_case
    FOR EACH ROW EXECUTE FUNCTION cases_kept();
"""
KEPT_UNDO = """
DROP TRIGGER case_kept ON cases_case;
DROP TRIGGER storedtable_kept ON cases_storedtable;
DROP TRIGGER caseevent_kept ON cases_caseevent;
DROP FUNCTION cases_kept();
"""


def _for_app(verb: str, link: str) -> str:
    """Return a block that gives or takes rights where the application's role exists."""
    role = f"{role_prefix()}app"
    tables = (
        ("UPDATE, DELETE", "cases_caseevent"),
        ("UPDATE, DELETE", "cases_storedtable"),
        ("DELETE", "cases_case"),
        ("DELETE", "cases_casenumber"),
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
    """Triggers and rights of the engine's tables."""

    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.RunSQL(EVENT_STAMP, EVENT_STAMP_UNDO),
        migrations.RunSQL(EVENT_LANDED, EVENT_LANDED_UNDO),
        migrations.RunSQL(CASE_BORN, CASE_BORN_UNDO),
        migrations.RunSQL(CASE_MOVED, CASE_MOVED_UNDO),
        migrations.RunSQL(KEPT, KEPT_UNDO),
        migrations.RunSQL(_for_app("REVOKE", "FROM"), _for_app("GRANT", "TO")),
    ]

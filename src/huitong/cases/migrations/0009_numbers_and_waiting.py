"""Numbers only grow, and whom a case waits for changes only with the case or with a merger."""

from django.db import migrations

from huitong.config import role_prefix

GROWS = """
CREATE FUNCTION cases_number_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'the numbers of % go on', OLD.prefix
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.id, NEW.jurisdiction_id, NEW.year, NEW.prefix)
       IS DISTINCT FROM (OLD.id, OLD.jurisdiction_id, OLD.year, OLD.prefix)
       OR NEW.last <= OLD.last THEN
        RAISE EXCEPTION 'case numbers of % only grow', OLD.prefix
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER casenumber_grows BEFORE UPDATE OR DELETE ON cases_casenumber
    FOR EACH ROW EXECUTE FUNCTION cases_number_grows();
"""
GROWS_UNDO = """
DROP TRIGGER casenumber_grows ON cases_casenumber;
DROP FUNCTION cases_number_grows();
"""

WAITS = """
CREATE FUNCTION cases_waiting_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.case_id, NEW.role, NEW.seat, NEW.jurisdiction_id, NEW.duty, NEW.department_id)
           IS NOT DISTINCT FROM
           (OLD.case_id, OLD.role, OLD.seat, OLD.jurisdiction_id, OLD.duty, OLD.department_id) THEN
            RETURN NULL;
        END IF;
        IF (NEW.case_id, NEW.role, NEW.seat, NEW.jurisdiction_id, NEW.duty)
           IS NOT DISTINCT FROM (OLD.case_id, OLD.role, OLD.seat, OLD.jurisdiction_id, OLD.duty)
           AND EXISTS (SELECT 1 FROM organisations_department d WHERE d.id = OLD.department_id
                       AND d.ended_on IS NOT NULL AND d.successor_id = NEW.department_id) THEN
            RETURN NULL;
        END IF;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM cases_caseevent e
                   WHERE e.case_id = OLD.case_id AND e.xact = txid_current()) THEN
        RAISE EXCEPTION 'whom case % waits for changes only with a step', OLD.case_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER waiting_told AFTER UPDATE OR DELETE ON cases_waiting
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION cases_waiting_told();
"""
WAITS_UNDO = """
DROP TRIGGER waiting_told ON cases_waiting;
DROP FUNCTION cases_waiting_told();
"""


def _for_app(lines: tuple[str, ...]) -> str:
    """Return a block that runs lines where the application's role, their `%I`, exists."""
    role = f"{role_prefix()}app"
    body = "\n".join(f"        EXECUTE format('{line}', '{role}');" for line in lines)
    return (
        f"DO $$ BEGIN\n    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN\n"
        f"{body}\n    END IF;\nEND $$;"
    )


NARROW = (
    "REVOKE UPDATE ON cases_casenumber FROM %I",
    "GRANT UPDATE (last) ON cases_casenumber TO %I",
    "REVOKE UPDATE ON cases_applicant FROM %I",
    "GRANT UPDATE (name, contact, erased_at) ON cases_applicant TO %I",
)
WIDE = ("GRANT UPDATE ON cases_casenumber TO %I", "GRANT UPDATE ON cases_applicant TO %I")


class Migration(migrations.Migration):
    """Guards of case numbers, waiting rows and the hash of a receipt's code."""

    dependencies = [
        ("cases", "0008_seats"),
        ("organisations", "0007_told_whole"),
    ]

    operations = [
        migrations.RunSQL(GROWS, GROWS_UNDO),
        migrations.RunSQL(WAITS, WAITS_UNDO),
        migrations.RunSQL(_for_app(NARROW), _for_app(WIDE)),
    ]

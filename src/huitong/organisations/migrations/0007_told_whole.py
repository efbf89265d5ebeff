"""The guard compares every column, and only with history of the same transaction.

What 0003 asked for was some row of history whose names fit: one act on a body let every later
change through. Each row now bears the number of its transaction, written by the database.
"""

from django.db import migrations, models
from django.db.models import Q

from huitong.config import role_prefix

STAMP = """
CREATE FUNCTION organisations_change_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.xact := txid_current();
    RETURN NEW;
END $$;
CREATE TRIGGER placechange_stamp BEFORE INSERT ON organisations_placechange
    FOR EACH ROW EXECUTE FUNCTION organisations_change_stamp();
CREATE TRIGGER departmentchange_stamp BEFORE INSERT ON organisations_departmentchange
    FOR EACH ROW EXECUTE FUNCTION organisations_change_stamp();
"""
STAMP_UNDO = """
DROP TRIGGER departmentchange_stamp ON organisations_departmentchange;
DROP TRIGGER placechange_stamp ON organisations_placechange;
DROP FUNCTION organisations_change_stamp();
"""

# An area may get another code in the transaction that moved something into it.
CODED = """
CREATE FUNCTION organisations_coded(place bigint, said text) RETURNS boolean LANGUAGE sql AS $$
    SELECT CASE WHEN place IS NULL THEN said IS NULL ELSE said IS NOT NULL AND (
        EXISTS (SELECT 1 FROM organisations_jurisdiction WHERE id = place AND code = said)
        OR EXISTS (SELECT 1 FROM organisations_placechange WHERE jurisdiction_id = place
                   AND said IN (before ->> 'code', after ->> 'code'))) END
$$;
CREATE FUNCTION organisations_bodied(body bigint, said text) RETURNS boolean LANGUAGE sql AS $$
    SELECT (SELECT code FROM organisations_department WHERE id = body) IS NOT DISTINCT FROM said
$$;
"""
CODED_UNDO = """
DROP FUNCTION organisations_bodied(bigint, text);
DROP FUNCTION organisations_coded(bigint, text);
"""

TOLD = """
CREATE OR REPLACE FUNCTION organisations_department_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.code, NEW.credit_code) IS DISTINCT FROM (OLD.id, OLD.code, OLD.credit_code) THEN
        RAISE EXCEPTION 'department %: its codes never change', OLD.code
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.parent_id IS DISTINCT FROM OLD.parent_id AND NOT EXISTS (
        SELECT 1 FROM organisations_department p WHERE p.id = OLD.parent_id
          AND p.ended_on IS NOT NULL AND p.successor_id IS NOT DISTINCT FROM NEW.parent_id) THEN
        RAISE EXCEPTION 'department % goes only to the successor of its parent', NEW.code
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.name, NEW.name_en, NEW.kind, NEW.authorised_by, NEW.jurisdiction_id, NEW.guide_id,
        NEW.ended_on, NEW.successor_id)
       IS DISTINCT FROM
       (OLD.name, OLD.name_en, OLD.kind, OLD.authorised_by, OLD.jurisdiction_id, OLD.guide_id,
        OLD.ended_on, OLD.successor_id)
       AND NOT EXISTS (
           SELECT 1 FROM organisations_departmentchange c
           WHERE c.department_id = NEW.id AND c.xact = txid_current()
             AND (c.before ->> 'name', c.before ->> 'name_en', c.before ->> 'kind',
                  c.before ->> 'authorised_by')
                 = (OLD.name, OLD.name_en, OLD.kind, OLD.authorised_by)
             AND (c.after ->> 'name', c.after ->> 'name_en', c.after ->> 'kind',
                  c.after ->> 'authorised_by')
                 = (NEW.name, NEW.name_en, NEW.kind, NEW.authorised_by)
             AND organisations_coded(OLD.jurisdiction_id, c.before ->> 'jurisdiction')
             AND organisations_coded(NEW.jurisdiction_id, c.after ->> 'jurisdiction')
             AND organisations_bodied(OLD.guide_id, c.before ->> 'guide')
             AND organisations_bodied(NEW.guide_id, c.after ->> 'guide')
             AND organisations_bodied(OLD.successor_id, c.before ->> 'successor')
             AND organisations_bodied(NEW.successor_id, c.after ->> 'successor')
             AND (NEW.ended_on IS NOT DISTINCT FROM OLD.ended_on
                  OR (OLD.ended_on IS NULL AND NEW.ended_on = c.day
                      AND c.act IN ('merged', 'abolished')))) THEN
        RAISE EXCEPTION 'department % changes only together with its history', NEW.code
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION organisations_jurisdiction_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id IS DISTINCT FROM OLD.id THEN
        RAISE EXCEPTION 'jurisdiction %: its number never changes', OLD.code
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.code, NEW.name, NEW.name_en, NEW.level, NEW.parent_id, NEW.ended_on, NEW.successor_id)
       IS DISTINCT FROM
       (OLD.code, OLD.name, OLD.name_en, OLD.level, OLD.parent_id, OLD.ended_on, OLD.successor_id)
       AND NOT EXISTS (
           SELECT 1 FROM organisations_placechange c
           WHERE c.jurisdiction_id = NEW.id AND c.xact = txid_current()
             AND (c.before ->> 'code', c.before ->> 'name', c.before ->> 'name_en',
                  c.before ->> 'level') = (OLD.code, OLD.name, OLD.name_en, OLD.level)
             AND (c.after ->> 'code', c.after ->> 'name', c.after ->> 'name_en',
                  c.after ->> 'level') = (NEW.code, NEW.name, NEW.name_en, NEW.level)
             AND organisations_coded(OLD.parent_id, c.before ->> 'parent')
             AND organisations_coded(NEW.parent_id, c.after ->> 'parent')
             AND organisations_coded(OLD.successor_id, c.before ->> 'successor')
             AND organisations_coded(NEW.successor_id, c.after ->> 'successor')
             AND (NEW.ended_on IS NOT DISTINCT FROM OLD.ended_on
                  OR (OLD.ended_on IS NULL AND NEW.ended_on = c.day AND c.act = 'merged'))) THEN
        RAISE EXCEPTION 'jurisdiction % changes only together with its history', NEW.code
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
"""

# Which regulation applies is in the ledger first: the last entry says from which to which.
LAW = """
CREATE FUNCTION organisations_law_told() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    said jsonb;
BEGIN
    IF NEW.profile_id IS DISTINCT FROM OLD.profile_id THEN
        SELECT facts INTO said FROM ledger_entry
            WHERE kind = 'jurisdiction.regulation' AND subject = 'jurisdiction:' || OLD.code
            ORDER BY id DESC LIMIT 1;
        IF said IS NULL OR said ->> 'profile' IS DISTINCT FROM NEW.profile_id
           OR said ->> 'before' IS DISTINCT FROM OLD.profile_id THEN
            RAISE EXCEPTION 'the regulation of % changes only after its entry', OLD.code
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER jurisdiction_law_told AFTER UPDATE ON organisations_jurisdiction
    FOR EACH ROW EXECUTE FUNCTION organisations_law_told();
"""
LAW_UNDO = """
DROP TRIGGER jurisdiction_law_told ON organisations_jurisdiction;
DROP FUNCTION organisations_law_told();
"""

# Ranges of one number, as plain GiST has no equality of numbers and the extension may be missing.
ONCE = """
ALTER TABLE organisations_delegation ADD CONSTRAINT delegated_once_at_a_time EXCLUDE USING gist (
    int8range(jurisdiction_id, jurisdiction_id, '[]') WITH &&,
    int8range(hashtext(duty)::bigint, hashtext(duty)::bigint, '[]') WITH &&,
    daterange(since, until) WITH &&
);
"""
ONCE_UNDO = "ALTER TABLE organisations_delegation DROP CONSTRAINT delegated_once_at_a_time;"

_COLUMNS = {
    "organisations_department": (
        "name, name_en, kind, authorised_by, jurisdiction_id, parent_id, guide_id, ended_on, "
        "successor_id"
    ),
    "organisations_jurisdiction": (
        "code, name, name_en, parent_id, profile_id, ended_on, successor_id"
    ),
    "organisations_delegation": "until",
    "organisations_post": "until, contact",
    "organisations_unit": "until",
}


def _for_app(lines: list[str]) -> str:
    """Return a block that runs lines where the application's role, their `%I`, exists."""
    role = f"{role_prefix()}app"
    body = "\n".join(f"        EXECUTE format('{line}', '{role}');" for line in lines)
    return (
        f"DO $$ BEGIN\n    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN\n"
        f"{body}\n    END IF;\nEND $$;"
    )


NARROW = [
    line
    for table, columns in _COLUMNS.items()
    for line in (
        f"REVOKE UPDATE ON {table} FROM %I",
        f"GRANT UPDATE ({columns}) ON {table} TO %I",
    )
]
WIDE = [f"GRANT UPDATE ON {table} TO %I" for table in _COLUMNS]


class Migration(migrations.Migration):
    """Stamps, whole comparisons, rights by column, and delegations that exclude each other."""

    dependencies = [
        ("organisations", "0006_acts"),
        ("ledger", "0003_citations"),
    ]

    operations = [
        migrations.AddField(
            model_name="placechange",
            name="xact",
            field=models.BigIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="departmentchange",
            name="xact",
            field=models.BigIntegerField(default=0, editable=False),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=~Q(paper=""), name="delegation_rests_on_a_paper"
            ),
        ),
        migrations.RunSQL(STAMP, STAMP_UNDO),
        migrations.RunSQL(CODED, CODED_UNDO),
        migrations.RunSQL(TOLD, migrations.RunSQL.noop),
        migrations.RunSQL(LAW, LAW_UNDO),
        migrations.RunSQL(ONCE, ONCE_UNDO),
        migrations.RunSQL(_for_app(NARROW), _for_app(WIDE)),
    ]

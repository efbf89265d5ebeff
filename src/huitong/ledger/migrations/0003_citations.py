"""Where each clause was relied on: one row a clause and sealed entry, numbered within the clause.

The last number of a clause is how often it was relied on, over millions of entries too. The rows
follow from the tree, so they take inserts only, like it, and only sealing writes them.
"""

import django.db.models.deletion
from django.db import migrations, models

from huitong.config import role_prefix

TABLE = "ledger_citation"
APP = f"{role_prefix()}app"

GUARDS = f"""
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""
DROP_GUARDS = f"DROP TRIGGER ledger_append_only ON {TABLE};"

# What was sealed before; from now on sealing goes on from the last number of each clause.
FILL = f"""
INSERT INTO {TABLE} (clause, number, entry_id, steps)
SELECT found.clause, row_number() OVER upto, found.entry_id,
       count(*) FILTER (WHERE found.kind = 'case.step') OVER upto
FROM (
    SELECT DISTINCT one AS clause, leaf.index, leaf.entry_id, entry.kind
    FROM ledger_leaf AS leaf JOIN ledger_entry AS entry ON entry.id = leaf.entry_id
    CROSS JOIN LATERAL unnest(entry.cite) AS one
) AS found
WINDOW upto AS (PARTITION BY found.clause ORDER BY found.index ROWS UNBOUNDED PRECEDING);
"""
RIGHTS = f"""
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP}') THEN
        REVOKE ALL ON {TABLE} FROM "{APP}";
        GRANT SELECT, INSERT ON {TABLE} TO "{APP}";
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]
    operations = [
        migrations.CreateModel(
            name="Citation",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "clause",
                        "number",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("clause", models.TextField()),
                ("number", models.BigIntegerField()),
                ("steps", models.BigIntegerField()),
                (
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="citations",
                        to="ledger.entry",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(GUARDS, DROP_GUARDS),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
    ]

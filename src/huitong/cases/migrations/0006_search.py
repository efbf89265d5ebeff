"""Search: what plain PostgreSQL can index of a title without spaces, and of all parties at once."""

import django.contrib.postgres.indexes
from django.db import migrations, models


# Pairs of neighbouring characters, small letters: `search.pairs_of` makes the same ones.
WORDS = """
CREATE FUNCTION cases_words(title text, subject text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT substr(word, place, 2)), '{}')
    FROM unnest(ARRAY[lower(title), lower(subject)]) AS word,
         generate_series(1, length(word) - 1) AS place
$$;
"""
BODIES = """
CREATE FUNCTION cases_bodies(parties jsonb) RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(value::text::bigint), '{}')
    FROM jsonb_each(parties) WHERE jsonb_typeof(value) = 'number'
$$;
"""


class Migration(migrations.Migration):
    """Functions and indexes of `huitong.cases.search`."""

    dependencies = [
        ("cases", "0005_derived_columns"),
        ("organisations", "0003_guards"),
    ]

    operations = [
        migrations.RunSQL(WORDS, "DROP FUNCTION cases_words(text, text)"),
        migrations.RunSQL(BODIES, "DROP FUNCTION cases_bodies(jsonb)"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["received_at", "id"], name="case_newest"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["jurisdiction", "received_at", "id"], name="case_of_an_area"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["kind", "received_at", "id"], name="case_of_a_kind"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func("parties", function="cases_bodies"), name="case_bodies"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func("title", "subject", function="cases_words"), name="case_words"
            ),
        ),
    ]

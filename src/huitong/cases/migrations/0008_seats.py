"""Several departments in one role: each answers once in a stage, and each has its own line."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_applicants")]

    operations = [
        migrations.AddField(
            model_name="caseevent",
            name="seat",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AddField(
            model_name="caseevent",
            name="stay",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="waiting",
            name="seat",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AddField(
            model_name="waiting",
            name="since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RemoveConstraint(model_name="waiting", name="a_case_waits_once_for_a_role"),
        migrations.AddConstraint(
            model_name="waiting",
            constraint=models.UniqueConstraint(
                fields=("case", "role", "seat"), name="a_case_waits_once_for_a_seat"
            ),
        ),
        migrations.AddConstraint(
            model_name="caseevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("seat", ""), _negated=True),
                fields=("case", "stay", "step", "seat"),
                name="a_department_answers_once_in_a_stage",
            ),
        ),
    ]

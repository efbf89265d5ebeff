from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sharing", "0003_standing")]
    operations = [
        migrations.AddField(
            "client", "admitted", models.BooleanField(db_default=True, default=True)
        ),
    ]

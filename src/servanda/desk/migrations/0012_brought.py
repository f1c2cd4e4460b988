"""Files that a form brought, until it is known whether it was recorded; and the reports that were written of a letter."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the table of what was brought, and to a letter what was written of it."""

    dependencies = [("desk", "0011_returned")]

    operations = [
        migrations.CreateModel(
            "Brought",
            [
                ("content", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.AddField("arrival", "written", models.JSONField(default=list)),
    ]

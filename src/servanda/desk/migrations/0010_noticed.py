"""Which comments of guarantors somebody has looked at."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the table, and the index by which comments are found."""

    dependencies = [("desk", "0009_endorser")]

    operations = [
        migrations.CreateModel(
            "Noticed",
            [
                ("comment", models.CharField(max_length=16, primary_key=True, serialize=False)),
                ("person", models.CharField(max_length=32)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddIndex("decided", models.Index(fields=["step", "incident"], name="desk_by_step")),
    ]

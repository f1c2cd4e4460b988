"""Packages that the worker makes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the table of what was asked for."""

    dependencies = [("desk", "0012_brought")]

    operations = [
        migrations.CreateModel(
            "Making",
            [
                ("tier", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("person", models.CharField(max_length=32)),
                ("at", models.DateTimeField()),
                ("begun", models.DateTimeField(null=True)),
                ("told", models.TextField(default="")),
            ],
        ),
    ]

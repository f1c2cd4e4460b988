"""The bodies that a determination passes before it is signed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the column, empty: no mission had a route before."""

    dependencies = [("desk", "0007_arrivals")]

    operations = [migrations.AddField("head", "route", models.JSONField(default=list))]

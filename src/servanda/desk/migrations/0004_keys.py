"""The name of each person's key, and offices of parties."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds it; nobody has one yet. The office of a party is longer."""

    dependencies = [("desk", "0003_screens")]

    operations = [
        migrations.AddField("person", "key", models.TextField(default="")),
        migrations.AlterField("person", "role", models.CharField(max_length=40)),
    ]

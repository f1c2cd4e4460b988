"""Indexes for what pages ask at 100,000 incidents."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the indexes, empty."""

    dependencies = [("desk", "0005_doors")]

    operations = [
        migrations.AddIndex("incident", models.Index(fields=["start", "id"], name="desk_by_start")),
        migrations.AddIndex("entry", models.Index(fields=["kind", "index"], name="desk_by_kind")),
        migrations.AlterField("decided", "entry", models.BigIntegerField(db_index=True)),
    ]

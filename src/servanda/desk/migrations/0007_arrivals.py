"""What comes in and is not on the record yet; what documents say; which attachments an entry says belong to it."""

from typing import Any

from django.db import migrations, models


def read_again(apps: Any, schema_editor: Any) -> None:
    """The projection is made again at the next look: entries now say what belongs to them."""
    apps.get_model("desk", "Head").objects.update(size=0, root="")


class Migration(migrations.Migration):
    """Adds the tables, empty, and the column."""

    dependencies = [("desk", "0006_counted")]

    operations = [
        migrations.AddField("entry", "attached", models.JSONField(default=list)),
        migrations.CreateModel(
            "Arrival",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.CharField(max_length=64)),
                ("source", models.CharField(max_length=200)),
                ("way", models.CharField(max_length=10)),
                ("name", models.CharField(max_length=200)),
                ("letter", models.BooleanField(default=False)),
                ("beside", models.JSONField(default=list)),
                ("size", models.BigIntegerField(default=0)),
                ("state", models.CharField(db_index=True, default="waiting", max_length=10)),
                ("protect", models.BooleanField(default=False)),
                ("answers", models.JSONField(default=list)),
                ("told", models.TextField(blank=True, default="")),
                ("rows", models.JSONField(default=list)),
                ("reports", models.IntegerField(default=0)),
                ("person", models.CharField(blank=True, default="", max_length=32)),
                ("at", models.DateTimeField(db_index=True)),
                ("done_by", models.CharField(blank=True, default="", max_length=32)),
                ("done_at", models.DateTimeField(null=True)),
                ("note", models.TextField(blank=True, default="")),
            ],
        ),
        migrations.AddConstraint("arrival", models.UniqueConstraint(fields=("content", "source"), name="one_arrival")),
        migrations.CreateModel(
            "Unsealing",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.CharField(db_index=True, max_length=64)),
                ("incident", models.CharField(max_length=200)),
                ("why", models.TextField()),
                ("asked_by", models.CharField(max_length=32)),
                ("asked_at", models.DateTimeField()),
                ("agreed_by", models.CharField(blank=True, default="", max_length=32)),
                ("agreed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            "Said",
            [
                ("of", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("tables", models.JSONField(default=dict)),
                ("told", models.TextField(blank=True, default="")),
            ],
        ),
        migrations.RunPython(read_again, migrations.RunPython.noop),
    ]

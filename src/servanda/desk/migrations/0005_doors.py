"""Tokens, what was handed in with them, texts that wait for a signature, and by which the browser finds a hardware key."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds them; there are none yet."""

    dependencies = [
        ("desk", "0004_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("person", models.CharField(max_length=32)),
                ("incident", models.CharField(max_length=200)),
                ("says", models.JSONField()),
                ("entry", models.JSONField()),
                ("name", models.CharField(max_length=120)),
                ("kept", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                ("id", models.CharField(max_length=12, primary_key=True, serialize=False)),
                ("source", models.CharField(max_length=200)),
                ("side", models.CharField(default="none", max_length=60)),
                ("scope", models.JSONField(default=list)),
                ("rate", models.IntegerField(default=60)),
                ("digest", models.CharField(max_length=64)),
                ("person", models.CharField(default="", max_length=32)),
                ("at", models.DateTimeField()),
                ("revoked", models.DateTimeField(null=True)),
                ("minute", models.BigIntegerField(default=0)),
                ("used", models.IntegerField(default=0)),
                ("last", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="person",
            name="credential",
            field=models.TextField(default=""),
        ),
        migrations.CreateModel(
            name="Handed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=200)),
                ("report_id", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("token", models.CharField(max_length=12)),
                ("file", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["source", "id"], name="handed_by_source")],
                "constraints": [models.UniqueConstraint(fields=("source", "report_id"), name="one_handed")],
            },
        ),
    ]

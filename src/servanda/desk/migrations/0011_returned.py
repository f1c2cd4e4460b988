"""A mission report that a reviewer sends back, and the draft that answers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds who sent a draft back, why, what was answered, and when it was reviewed."""

    dependencies = [("desk", "0010_noticed")]

    operations = [
        migrations.AddField("paper", "reviewed_at", models.DateTimeField(null=True)),
        migrations.AddField("paper", "returned_by", models.CharField(max_length=32, default="")),
        migrations.AddField("paper", "returned_at", models.DateTimeField(null=True)),
        migrations.AddField("paper", "objection", models.TextField(default="")),
        migrations.AddField("paper", "answer", models.TextField(default="")),
        migrations.AddField(
            "paper",
            "after",
            models.ForeignKey("desk.paper", null=True, on_delete=models.PROTECT, related_name="following"),
        ),
    ]

"""Reports that came into an incident after it was determined."""

from typing import Any

from django.db import migrations, models

_BESIDE = (
    "ALTER TABLE desk_incident ADD COLUMN newer text NOT NULL DEFAULT ''",
    "ALTER TABLE desk_incident ADD COLUMN newer_key varchar(16) NOT NULL DEFAULT ''",
)
"""On SQLite Django would make the table anew, and the triggers by which words are found would be lost with the old one."""


def read_again(apps: Any, schema_editor: Any) -> None:
    """The projection is made again at the next look: incidents now say what came after their determination."""
    apps.get_model("desk", "Head").objects.update(size=0, root="")


class Migration(migrations.Migration):
    """Adds the columns, and has everything made anew, so that they are filled."""

    dependencies = [("desk", "0013_packages")]

    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(statement) for statement in _BESIDE],
            [
                migrations.AddField("incident", "newer", models.TextField(default="")),
                migrations.AddField("incident", "newer_key", models.CharField(default="", max_length=16)),
            ],
        ),
        migrations.AddField("arrival", "files", models.JSONField(default=list)),
        migrations.AddIndex("incident", models.Index(fields=["newer_key"], name="desk_by_newer")),
        migrations.RunPython(read_again, migrations.RunPython.noop),
    ]

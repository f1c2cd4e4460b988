"""Whose turn it is to endorse a determination; why no term counts what was determined."""

from typing import Any

from django.db import migrations, models

_BESIDE = (
    "ALTER TABLE desk_incident ADD COLUMN endorser varchar(80) NOT NULL DEFAULT ''",
    "ALTER TABLE desk_incident ADD COLUMN endorses varchar(40) NOT NULL DEFAULT ''",
)
"""On SQLite Django would make the table anew, and the triggers by which words are found would be lost with the old one."""


def read_again(apps: Any, schema_editor: Any) -> None:
    """The projection is made again at the next look: incidents now say whose turn it is; and so are the verdicts."""
    apps.get_model("desk", "Head").objects.update(size=0, root="")
    apps.get_model("desk", "Standing").objects.all().delete()


class Migration(migrations.Migration):
    """Adds the columns, and has everything made anew, so that they are filled."""

    dependencies = [("desk", "0008_route")]

    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(statement) for statement in _BESIDE],
            [
                migrations.AddField("incident", "endorser", models.CharField(default="", max_length=80)),
                migrations.AddField("incident", "endorses", models.CharField(default="", max_length=40)),
            ],
        ),
        migrations.AddField("standing", "unfound", models.JSONField(default=dict)),
        migrations.RunPython(read_again, migrations.RunPython.noop),
    ]

"""Where clocks end together, incidents stand by the numbers in their ids: I-2 before I-10."""

from typing import Any

from django.db import migrations, models

_BESIDE = "ALTER TABLE desk_incident ADD COLUMN rank text NOT NULL DEFAULT ''"
"""On SQLite Django would make the table anew, and the triggers by which words are found would be lost with the old one."""
_ORDERS = {
    "desk_by_turn": ["turn", "rank", "id"],
    "desk_by_state": ["state", "turn", "rank", "id"],
    "desk_by_start": ["start", "rank", "id"],
}


def read_again(apps: Any, schema_editor: Any) -> None:
    """The projection is made again at the next look: incidents now have a rank."""
    apps.get_model("desk", "Head").objects.update(size=0, root="")


class Migration(migrations.Migration):
    """Adds the column, has it filled, and makes the orders of the queue anew."""

    dependencies = [("desk", "0014_newer")]

    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(_BESIDE)], [migrations.AddField("incident", "rank", models.TextField(default=""))]
        ),
        *(migrations.RemoveIndex("incident", name) for name in _ORDERS),
        *(migrations.AddIndex("incident", models.Index(fields=by, name=name)) for name, by in _ORDERS.items()),
        migrations.RunPython(read_again, migrations.RunPython.noop),
    ]

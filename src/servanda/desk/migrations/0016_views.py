"""A saved view holds its whole address, and each of somebody's views has a name of its own. Incidents say who may still reply, wherever they stand."""

from typing import Any

from django.db import migrations, models

_TWICE = "DELETE FROM desk_view WHERE id NOT IN (SELECT MAX(id) FROM desk_view GROUP BY user_id, name)"


def read_again(apps: Any, schema_editor: Any) -> None:
    """The projection is made again at the next look."""
    apps.get_model("desk", "Head").objects.update(size=0, root="")


class Migration(migrations.Migration):
    """Of two views of one name the last stays."""

    dependencies = [("desk", "0015_rank")]

    operations = [
        migrations.RunSQL(_TWICE, migrations.RunSQL.noop),
        migrations.AlterField("view", "query", models.TextField()),
        migrations.AddConstraint("view", models.UniqueConstraint(fields=["user", "name"], name="one_view")),
        migrations.RunPython(read_again, migrations.RunPython.noop),
    ]

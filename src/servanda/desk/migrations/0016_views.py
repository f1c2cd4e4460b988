"""A saved view holds its whole address, and each of somebody's views has a name of its own."""

from django.db import migrations, models

_TWICE = "DELETE FROM desk_view WHERE id NOT IN (SELECT MAX(id) FROM desk_view GROUP BY user_id, name)"


class Migration(migrations.Migration):
    """Of two views of one name the last stays."""

    dependencies = [("desk", "0015_rank")]

    operations = [
        migrations.RunSQL(_TWICE, migrations.RunSQL.noop),
        migrations.AlterField("view", "query", models.TextField()),
        migrations.AddConstraint("view", models.UniqueConstraint(fields=["user", "name"], name="one_view")),
    ]

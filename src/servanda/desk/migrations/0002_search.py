"""The order of the queue, tallies, and the index of words."""

import datetime
from typing import Any

from django.db import migrations, models

from servanda.desk.places import number_of, tally_rows
from servanda.desk.search import COLUMNS, VECTOR

_NAMES = ", ".join(COLUMNS)
_GO = f"INSERT INTO desk_words(desk_words, rowid, {_NAMES}) VALUES ('delete', old.number, {', '.join(f'old.{n}' for n in COLUMNS)});"
_COME = f"INSERT INTO desk_words(rowid, {_NAMES}) VALUES (new.number, {', '.join(f'new.{n}' for n in COLUMNS)});"
_SQLITE = (
    f"CREATE VIRTUAL TABLE desk_words USING fts5({_NAMES}, content='desk_incident', content_rowid='number', "
    "tokenize='unicode61 remove_diacritics 2', prefix='2 3')",
    f"CREATE TRIGGER desk_words_come AFTER INSERT ON desk_incident BEGIN {_COME} END",
    f"CREATE TRIGGER desk_words_go AFTER DELETE ON desk_incident BEGIN {_GO} END",
    f"CREATE TRIGGER desk_words_change AFTER UPDATE OF {_NAMES}, number ON desk_incident BEGIN {_GO} {_COME} END",
    "INSERT INTO desk_words(desk_words) VALUES ('rebuild')",
)


def _fill(apps: Any, editor: Any) -> None:
    """What was projected before gets its number and its place; everything is counted."""
    incidents, tallies = apps.get_model("desk", "Incident"), apps.get_model("desk", "Tally")
    for row in incidents.objects.all():
        row.number, row.turn = number_of(row.pk), row.due or row.turn
        row.save(update_fields=["number", "turn"])
    tallies.objects.bulk_create([tallies(**row) for row in tally_rows(incidents.objects.values())])


def _index(apps: Any, editor: Any) -> None:
    """Each database has its own way to find words."""
    if editor.connection.vendor == "postgresql":
        editor.execute(f"CREATE INDEX desk_words ON desk_incident USING gin ({VECTOR})", params=None)
        return
    for statement in _SQLITE:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    """Adds them, and fills them from what was projected."""

    dependencies = [("desk", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("kind", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("n", models.IntegerField()),
            ],
        ),
        migrations.AddField("incident", "number", models.BigIntegerField(default=0)),
        migrations.AddField(
            "incident",
            "turn",
            models.DateTimeField(default=datetime.datetime(9000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)),
        ),
        migrations.RemoveIndex("incident", "desk_incide_due_1892bd_idx"),
        migrations.RemoveIndex("incident", "desk_incide_state_89cd67_idx"),
        migrations.AddIndex("incident", models.Index(fields=["turn", "id"], name="desk_by_turn")),
        migrations.AddIndex("incident", models.Index(fields=["state", "turn", "id"], name="desk_by_state")),
        migrations.RunPython(_fill),
        migrations.RunPython(_index),
    ]

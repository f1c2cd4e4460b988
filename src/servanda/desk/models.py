"""The tables. Those under *projection* are what the record holds, and can be thrown away; the others are no evidence."""

from __future__ import annotations

from django.conf import settings
from django.db import models

# --- projection ---


class Head(models.Model):
    """How far the record is projected: its size and root then, and what of the agreement the pages need."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    root = models.CharField(max_length=64, default="")
    mission = models.TextField(default="")
    office = models.TextField(default="")
    title = models.TextField(default="")
    agreement = models.TextField(default="")
    zone = models.CharField(max_length=64, default="UTC")
    parties = models.JSONField(default=dict)
    bodies = models.JSONField(default=dict)
    severity = models.JSONField(default=list)
    terms = models.JSONField(default=dict)
    clocks = models.JSONField(default=dict)
    quarantined = models.IntegerField(default=0)


class Entry(models.Model):
    """A signed statement on the record."""

    index = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=20)
    name = models.TextField()
    signer = models.TextField()
    known_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(null=True)
    note = models.TextField(default="")
    counts = models.BooleanField(default=True)


class Person(models.Model):
    """Somebody who works here, as the register on the record has him."""

    id = models.CharField(max_length=32, primary_key=True)
    name = models.TextField()
    role = models.CharField(max_length=20)
    login = models.CharField(max_length=64, unique=True)


class Report(models.Model):
    """A report under its incident; ``base``: the one before anybody decided."""

    id = models.CharField(max_length=400, primary_key=True)
    entry = models.BigIntegerField()
    report_id = models.TextField(default="")
    base = models.CharField(max_length=200)
    incident = models.CharField(max_length=200, db_index=True)
    known_at = models.DateTimeField(null=True)
    start = models.DateTimeField(null=True)
    end = models.DateTimeField(null=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    precision_m = models.FloatField(null=True)
    said = models.JSONField(default=dict)
    """All that it says else, as text, by column."""


class Incident(models.Model):
    """Where an incident stands."""

    id = models.CharField(max_length=200, primary_key=True)
    state = models.CharField(max_length=20)
    since = models.DateTimeField(null=True)
    due = models.DateTimeField(null=True)
    paused = models.BooleanField(default=False)
    waiting = models.CharField(max_length=200, default="")
    """Who may still reply: short names, each between commas."""
    outcome = models.CharField(max_length=30, default="")
    severity = models.CharField(max_length=60, default="")
    duplicate_of = models.CharField(max_length=200, default="")
    last = models.CharField(max_length=16, default="")
    """The last decision about it."""
    version = models.CharField(max_length=16, default="")
    received = models.DateTimeField(null=True)
    start = models.DateTimeField(null=True)
    act = models.TextField(default="")
    target = models.TextField(default="")
    accused = models.TextField(default="")
    place = models.TextField(default="")
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    summary = models.TextField(default="")
    reports = models.IntegerField(default=0)
    origins = models.IntegerField(default=0)
    casualties = models.BooleanField(default=False)
    protected = models.BooleanField(default=False)
    told = models.JSONField(default=list)
    """What a reader must know of where its decisions were found."""

    class Meta:
        """Orders of the queue."""

        indexes = (models.Index(fields=["due", "id"]), models.Index(fields=["state", "due", "id"]))


class Gone(models.Model):
    """An id that was given up, and the incident in which its reports lie now."""

    id = models.CharField(max_length=200, primary_key=True)
    into = models.CharField(max_length=200)


class Decided(models.Model):
    """A decision, whoever made it."""

    id = models.CharField(max_length=16, primary_key=True)
    entry = models.BigIntegerField()
    kind = models.CharField(max_length=10)
    incident = models.CharField(max_length=200, db_index=True)
    """Where its incident lies now; of a grade, nothing."""
    incidents = models.JSONField(default=list)
    step = models.CharField(max_length=20, default="")
    outcome = models.CharField(max_length=30, default="")
    by = models.TextField()
    person = models.CharField(max_length=32, default="")
    at = models.DateTimeField()
    known_at = models.DateTimeField()
    why = models.TextField()
    says = models.JSONField(default=dict)
    position = models.BooleanField(default=False)
    """A party signed the file in which it stands."""


class Published(models.Model):
    """A run of verdicts that was signed."""

    entry = models.BigIntegerField(primary_key=True)
    as_of = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64)
    verdicts = models.JSONField(default=list)
    """Term, party, reading and verdict of each."""


PROJECTION = (Head, Entry, Person, Report, Incident, Gone, Decided, Published)
"""The tables that are made again from the record."""

# --- what is no evidence ---


class Standing(models.Model):
    """The verdicts as they stood when the record had a size; the newest is shown."""

    size = models.BigIntegerField(primary_key=True)
    made_at = models.DateTimeField()
    seconds = models.FloatField()
    verdicts = models.JSONField()
    error = models.TextField(default="")


class Presence(models.Model):
    """Who has an incident open."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    incident = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        """One row for each pair."""

        constraints = (models.UniqueConstraint(fields=["user", "incident"], name="one_presence"),)


class View(models.Model):
    """A saved view: a name for an address of the queue."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=400)


class WasRead(models.Model):
    """Somebody read something of a protected source."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    login = models.CharField(max_length=64)
    incident = models.CharField(max_length=200)
    page = models.CharField(max_length=40)
    at = models.DateTimeField(db_index=True)

"""The tables. Those under *projection* are what the record holds, and can be thrown away; the others are no evidence."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models

from servanda.desk.configure import desk
from servanda.desk.hours import says_when
from servanda.desk.places import NEVER
from servanda.desk.tables import Draft, Handed, Noticed, Token

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
    route = models.JSONField(default=list)
    """The bodies that a determination passes before it is signed, each with the office that acts for it."""
    quarantined = models.IntegerField(default=0)

    @property
    def name(self) -> str:
        """What the mission is called: as its file says, else as its agreement."""
        return str(self.mission or self.title)


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
    attached = models.JSONField(default=list)
    """The names of the attachments that it says belong to it."""

    class Meta:
        """Pages ask for the last of a kind."""

        indexes = (models.Index(fields=["kind", "index"], name="desk_by_kind"),)

    @property
    def came(self) -> datetime | None:
        """When it was recorded, by the mission's clock."""
        moment: datetime | None = getattr(self, says_when(demo=desk().demo))
        return moment


class Person(models.Model):
    """Somebody who works here, as the register on the record has him."""

    id = models.CharField(max_length=32, primary_key=True)
    name = models.TextField()
    role = models.CharField(max_length=40)
    login = models.CharField(max_length=64, unique=True)
    key = models.TextField(default="")
    """The name of the key by which this person signs; nothing where the mission's signs for him."""
    credential = models.TextField(default="")
    """Of a hardware key: by which the browser finds it."""


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
    turn = models.DateTimeField(default=NEVER)
    """When it is due, or the end of time: by this the queue is in order."""
    rank = models.TextField(default="")
    """Of its id: where clocks end together, by this."""
    number = models.BigIntegerField(default=0)
    """Of its id: by this the index of words knows it."""
    paused = models.BooleanField(default=False)
    waiting = models.CharField(max_length=200, default="")
    """Who may still reply: short names, each between commas."""
    endorser = models.CharField(max_length=80, default="")
    """Of what is determined: the body whose turn it is to endorse it, and the office that acts for it."""
    endorses = models.CharField(max_length=40, default="")
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
    newer = models.TextField(default="")
    """The reports that came into it after it was determined, one a line; and what tells them from others, by which somebody has looked at them."""
    newer_key = models.CharField(max_length=16, default="")

    class Meta:
        """Orders of the queue."""

        indexes = (
            models.Index(fields=["turn", "rank", "id"], name="desk_by_turn"),
            models.Index(fields=["state", "turn", "rank", "id"], name="desk_by_state"),
            models.Index(fields=["start", "rank", "id"], name="desk_by_start"),
            models.Index(fields=["newer_key"], name="desk_by_newer"),
        )

    @property
    def later(self) -> list[str]:
        """The reports that came into it after it was determined."""
        return str(self.newer).splitlines()


class Tally(models.Model):
    """How many incidents there are of a kind: kept, for counting them takes longer than showing them."""

    kind = models.CharField(max_length=60, primary_key=True)
    n = models.IntegerField()


class Gone(models.Model):
    """An id that was given up, and the incident in which its reports lie now."""

    id = models.CharField(max_length=200, primary_key=True)
    into = models.CharField(max_length=200)


class Decided(models.Model):
    """A decision, whoever made it."""

    id = models.CharField(max_length=16, primary_key=True)
    entry = models.BigIntegerField(db_index=True)
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

    class Meta:
        """Comments are looked for by their step."""

        indexes = (models.Index(fields=["step", "incident"], name="desk_by_step"),)


class Published(models.Model):
    """A run of verdicts that was signed."""

    entry = models.BigIntegerField(primary_key=True)
    as_of = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64)
    verdicts = models.JSONField(default=list)
    """Term, party, reading and verdict of each."""


PROJECTION = (Head, Entry, Person, Report, Incident, Tally, Gone, Decided, Published)
"""The tables that are made again from the record."""

# --- what is no evidence ---

DOORS = (Token, Handed, Draft, Noticed)
"""The tables of :mod:`~servanda.desk.tables`."""


class Standing(models.Model):
    """The verdicts as they stood when the record had a size; the newest is shown."""

    size = models.BigIntegerField(primary_key=True)
    made_at = models.DateTimeField()
    seconds = models.FloatField()
    verdicts = models.JSONField()
    unfound = models.JSONField(default=dict)
    """By incident that no term counts, how many of its reports have which of the judge's reasons."""
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
    query = models.TextField()

    class Meta:
        """One of each name."""

        constraints = (models.UniqueConstraint(fields=["user", "name"], name="one_view"),)


class WasRead(models.Model):
    """Somebody read something of a protected source, or was handed out what came as it came, or what holds many rows."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    login = models.CharField(max_length=64)
    incident = models.CharField(max_length=200)
    page = models.CharField(max_length=40)
    at = models.DateTimeField(db_index=True)


class Preference(models.Model):
    """The language of somebody's pages; without a user, that of the mission."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE)
    language = models.CharField(max_length=8, default="en")


class Apart(models.Model):
    """Somebody has said that two incidents are not one, so that they are not offered again. It changes no count and no verdict."""

    one = models.CharField(max_length=200)
    other = models.CharField(max_length=200)
    person = models.CharField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        """One row for each pair, the lesser id first."""

        constraints = (models.UniqueConstraint(fields=["one", "other"], name="one_apart"),)


class Patrol(models.Model):
    """A patrol that is planned. What came of it (it went, or access was denied) is on the record; a plan is no evidence, and is kept from the parties."""

    team = models.CharField(max_length=80)
    people = models.JSONField(default=list)
    """Ids of those who go: they see their own patrols, and no others."""
    incident = models.CharField(max_length=200, blank=True, default="")
    place = models.CharField(max_length=200, blank=True, default="")
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    radius_km = models.FloatField(default=3.0)
    start = models.DateTimeField()
    end = models.DateTimeField()
    route = models.TextField(blank=True, default="")
    asked_of = models.CharField(max_length=60, blank=True, default="")
    """The party that was asked for access; nothing where nobody has to be."""
    asked_at = models.DateTimeField(null=True)
    answer_by = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, default="planned")
    """planned, asked, granted, denied, went, cancelled"""
    person = models.CharField(max_length=32)
    note = models.TextField(blank=True, default="")
    file = models.CharField(max_length=60, unique=True)
    """Of the file on the record that says what came of it, without its ending."""


class Paper(models.Model):
    """A mission report on its way: drafted, reviewed by somebody else, signed and recorded by the chief."""

    kind = models.CharField(max_length=20)
    asked = models.JSONField(default=dict)
    language = models.CharField(max_length=8, default="en")
    state = models.CharField(max_length=12, default="draft")
    """draft, reviewed, published, withdrawn, returned"""
    name = models.CharField(max_length=120, default="")
    text = models.TextField(default="")
    size = models.BigIntegerField(default=0)
    """The size of the record of which it was made."""
    note = models.TextField(blank=True, default="")
    """What is said in front of it: of a correction, what was wrong."""
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")
    number = models.IntegerField(default=0)
    made_by = models.CharField(max_length=32)
    made_at = models.DateTimeField()
    after = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="following")
    """The draft that was sent back, which this one answers."""
    answer = models.TextField(default="")
    reviewed_by = models.CharField(max_length=32, default="")
    reviewed_at = models.DateTimeField(null=True)
    returned_by = models.CharField(max_length=32, default="")
    returned_at = models.DateTimeField(null=True)
    objection = models.TextField(default="")
    published_by = models.CharField(max_length=32, default="")
    published_at = models.DateTimeField(null=True)


class PaperFile(models.Model):
    """A file of a mission report as it was drafted: what was reviewed is what is signed."""

    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    data = models.BinaryField()


from servanda.desk.inbox import Arrival, Brought, Making, Said, Unsealing  # noqa: E402, F401  Django finds tables in this module

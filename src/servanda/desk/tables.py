"""Tables of what comes through other doors than a page: tokens, what was handed in with them, and texts that wait for a signature. None is evidence."""

from __future__ import annotations

from django.db import models


class Token(models.Model):
    """Leave for a sensor or a partner to hand in reports as one source. The secret itself is kept nowhere."""

    id = models.CharField(max_length=12, primary_key=True)
    source = models.CharField(max_length=200)
    side = models.CharField(max_length=60, default="none")
    scope = models.JSONField(default=list)
    rate = models.IntegerField(default=60)
    """Requests in a minute, at most."""
    digest = models.CharField(max_length=64)
    """SHA-256 of the secret, which is 32 random bytes: nothing is gained by trying."""
    person = models.CharField(max_length=32, default="")
    """Who issued it; nothing where that was the command line."""
    at = models.DateTimeField()
    revoked = models.DateTimeField(null=True)
    minute = models.BigIntegerField(default=0)
    used = models.IntegerField(default=0)
    """Requests in that minute."""
    last = models.DateTimeField(null=True)


class Handed(models.Model):
    """A report that came through the interface: under which id, and what it said, as a digest. What it says is on the record."""

    source = models.CharField(max_length=200)
    report_id = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    token = models.CharField(max_length=12)
    file = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        """A source gives an id once."""

        constraints = (models.UniqueConstraint(fields=["source", "report_id"], name="one_handed"),)
        indexes = (models.Index(fields=["source", "id"], name="handed_by_source"),)


class Draft(models.Model):
    """A text that somebody was shown to sign with his own key: exactly the bytes that will be kept."""

    id = models.CharField(max_length=32, primary_key=True)
    person = models.CharField(max_length=32)
    incident = models.CharField(max_length=200)
    says = models.JSONField()
    entry = models.JSONField()
    """The decision as it stands in the text."""
    name = models.CharField(max_length=120)
    kept = models.BinaryField()
    """The salt and the text."""
    at = models.DateTimeField()


class Noticed(models.Model):
    """Somebody for whose office it waits has looked: at the decisions among which a guarantor's comment stands, or at reports that came after a determination."""

    comment = models.CharField(max_length=16, primary_key=True)
    """The id of the decision; of reports, what tells them from others (``Incident.newer_key``)."""
    person = models.CharField(max_length=32)
    at = models.DateTimeField()

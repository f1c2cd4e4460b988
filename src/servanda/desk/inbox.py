"""The tables of what came in and is not on the record yet, or not whole. They are no evidence: what was taken is on the record."""

from __future__ import annotations

from django.db import models


class Arrival(models.Model):
    """A file or a letter that came: by whose hand, and what became of it. Its content lies sealed beside the record."""

    content = models.CharField(max_length=64)
    """The SHA-256 of what it holds."""
    source = models.CharField(max_length=200)
    """Who reports by it."""
    way = models.CharField(max_length=10)
    """upload, folder, mailbox"""
    name = models.CharField(max_length=200)
    letter = models.BooleanField(default=False)
    """Words, of which a person writes a report; else a table."""
    beside = models.JSONField(default=list)
    """What came in the same letter: SHA-256, name, kind and size of each."""
    size = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, default="waiting", db_index=True)
    """waiting (for answers, or to be confirmed), aside (cannot be read as it is), taken, dismissed"""
    protect = models.BooleanField(default=False)
    answers = models.JSONField(default=list)
    """Pairs of a question's key and what was answered."""
    told = models.TextField(blank=True, default="")
    """Why it could not be read."""
    rows = models.JSONField(default=list)
    """The rows that were set aside when the others were taken, with their reasons."""
    reports = models.IntegerField(default=0)
    person = models.CharField(max_length=32, blank=True, default="")
    """Who brought it; nothing for what came by itself."""
    at = models.DateTimeField(db_index=True)
    done_by = models.CharField(max_length=32, blank=True, default="")
    done_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True, default="")
    """Why it was dismissed."""
    files = models.JSONField(default=list)
    """Of a table: the files of reports that were made of it, as the record names them."""
    written = models.JSONField(default=list)
    """Of a letter: the form and the incident of each report that was written of it."""

    class Meta:
        """What came once is one row, however often it comes."""

        constraints = (models.UniqueConstraint(fields=["content", "source"], name="one_arrival"),)


class Brought(models.Model):
    """A content that a form brought; it stays in the vault where it is named on the record, or waits, by the time that the form counts no more."""

    content = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField(db_index=True)


class Making(models.Model):
    """Packages of a tier that somebody asked for and the worker makes; it is gone when they are made."""

    tier = models.CharField(max_length=40, primary_key=True)
    person = models.CharField(max_length=32)
    at = models.DateTimeField()
    begun = models.DateTimeField(null=True)
    """When the worker began, by the machine's clock."""
    told = models.TextField(default="")
    """Why they could not be made."""


class Unsealing(models.Model):
    """Somebody asks to be handed out a file of a protected source as it came; a second person agrees, or does not."""

    content = models.CharField(max_length=64, db_index=True)
    incident = models.CharField(max_length=200)
    why = models.TextField()
    asked_by = models.CharField(max_length=32)
    asked_at = models.DateTimeField()
    agreed_by = models.CharField(max_length=32, blank=True, default="")
    agreed_at = models.DateTimeField(null=True)


class Said(models.Model):
    """What the documents of the mission say, as it was read of them last."""

    of = models.CharField(max_length=64, primary_key=True)
    """The SHA-256 of which documents and agreement were read."""
    at = models.DateTimeField()
    tables = models.JSONField(default=dict)
    """By name: columns and rows."""
    told = models.TextField(blank=True, default="")


def waiting() -> models.QuerySet[Arrival]:
    """What came and waits for somebody: to be confirmed, answered or read, or with rows that were set aside."""
    return Arrival.objects.filter(state__in=("waiting", "aside")) | Arrival.objects.exclude(rows=[])

"""Words in incidents: FTS5 in SQLite, tsvector in PostgreSQL, behind one function. Migration 0002 makes both indexes.

Every word must begin a word of the incident, and what is written without a space (``I-77``) stands so: of its id, summary, place, act, target or accused. Names of protected sources are never
in it, for they were pseudonyms before anything was recorded.
"""

from __future__ import annotations

import re
from typing import Any

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

COLUMNS = ("id", "summary", "place", "act", "target", "accused")
_WORD = re.compile(r"[^\W_]{1,60}")
_JOINED = re.compile(r"\S+")
_MOST = 8
VECTOR = "to_tsvector('simple', regexp_replace({}, '[^[:alnum:]]+', ' ', 'g'))".format(
    " || ' ' || ".join(f"coalesce({name}, '')" for name in COLUMNS)
)
"""What PostgreSQL keeps in its index; a query must say it in the same words."""
_HAS = f"{VECTOR} @@ to_tsquery('simple', %s)"
MANY = 4000
"""So many incidents are many, of which a page of the queue is soon full."""
_ARE_MANY = f"SELECT 1 FROM desk_incident WHERE {_HAS} OFFSET %s LIMIT 1"  # noqa: S608
_THE_FEW = f"WITH found AS MATERIALIZED (SELECT id FROM desk_incident WHERE {_HAS}) SELECT id FROM found"  # noqa: S608


def found(rows: Any, text: str) -> Any:
    """Those incidents in which words stand.

    Args:
        rows: incidents.
        text: words as somebody wrote them; all must be there.

    Returns:
        The incidents; all of them where no word was written, and one alone where it is the id of one.
    """
    if not text.strip():
        return rows
    if (alone := rows.filter(pk=text.strip())).exists():
        return alone
    words = [parts for one in _JOINED.findall(text)[:_MOST] if (parts := _WORD.findall(one)[:_MOST])]
    if not words:
        return rows.none()
    if connection.vendor == "postgresql":
        asked = " & ".join(f"({' <-> '.join(parts)}:*)" for parts in words)
        return _in_postgresql(rows, asked)
    asked = " ".join(f'"{" ".join(parts)}"*' for parts in words)
    return rows.filter(number__in=RawSQL("SELECT rowid FROM desk_words WHERE desk_words MATCH %s", [asked]))


def _in_postgresql(rows: Any, asked: str) -> Any:
    """It cannot tell how rare words are: left alone it makes the words of every row anew, in the order of the queue, until a page is full. So
    it is asked whether many have them; few are found by the index first, and of many a page is soon full.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ARE_MANY, [asked, MANY])
        many = cursor.fetchone() is not None
    if many:
        return rows.filter(RawSQL(_HAS, [asked], output_field=BooleanField()))  # noqa: S611  words are letters and digits, and are passed beside it
    return rows.filter(pk__in=RawSQL(_THE_FEW, [asked]))  # noqa: S611

"""Words in incidents: FTS5 in SQLite, tsvector in PostgreSQL, behind one function. Migration 0002 makes both indexes.

Every word must begin a word of the incident, and what is written without a space (``I-77``) stands so: of its id, summary, place, act, target or accused. Names of protected sources are never
in it, for they were pseudonyms before anything was recorded.
"""

from __future__ import annotations

import re
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

COLUMNS = ("id", "summary", "place", "act", "target", "accused")
_WORD = re.compile(r"[^\W_]{1,60}")
_JOINED = re.compile(r"\S+")
_MOST = 8
VECTOR = "to_tsvector('simple', regexp_replace({}, '[^[:alnum:]]+', ' ', 'g'))".format(
    " || ' ' || ".join(f"coalesce({name}, '')" for name in COLUMNS)
)
"""What PostgreSQL keeps in its index; a query must say it in the same words."""
_IN_POSTGRESQL = f"SELECT id FROM desk_incident WHERE {VECTOR} @@ to_tsquery('simple', %s)"  # noqa: S608


def found(rows: Any, text: str) -> Any:
    """Those incidents in which words stand.

    Args:
        rows: incidents.
        text: words as somebody wrote them; all must be there.

    Returns:
        The incidents; all of them where no word was written, and one alone where it is the id of one.
    """
    if (alone := rows.filter(pk=text.strip())).exists():
        return alone
    words = [parts for one in _JOINED.findall(text)[:_MOST] if (parts := _WORD.findall(one)[:_MOST])]
    if not words:
        return rows if not text.strip() else rows.none()
    if connection.vendor == "postgresql":
        asked = " & ".join(f"({' <-> '.join(parts)}:*)" for parts in words)
        having = RawSQL(_IN_POSTGRESQL, [asked])  # noqa: S611  words are letters and digits, and are passed beside it
        return rows.filter(pk__in=having)
    asked = " ".join(f'"{" ".join(parts)}"*' for parts in words)
    return rows.filter(number__in=RawSQL("SELECT rowid FROM desk_words WHERE desk_words MATCH %s", [asked]))

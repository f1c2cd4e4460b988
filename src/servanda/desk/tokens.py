"""Tokens: leave for a sensor or a partner to hand in reports as one source, so many in a minute. Who has one reads nobody else's rows."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Collection

from django.db import transaction

from servanda.desk import decide, hours, tables
from servanda.values.names import is_name, name_key, names_of

SCOPES = ("report", "status")
"""``report``: hand in, and see that it is on the record; ``status``: also under which incident it lies and where that stands."""
RATES = (1, 6000)
_WRITTEN = re.compile(r"sv_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


def issue(
    source: str,
    *,
    side: str = "none",
    scope: Collection[str] = ("report",),
    rate: int = 60,
    person: str = "",
    nonce: str = "",
) -> str:
    """Issue a token; for the same click that comes twice, the same one.

    Args:
        source: the name of the source as which its bearer reports.
        side: the party for which the source speaks, or ``none`` or ``unknown``.
        scope: some of :data:`SCOPES`.
        rate: requests in a minute, at most.
        person: who issues it.
        nonce: of the form; left out, it is a click of its own.

    Returns:
        What the bearer sends; it is kept nowhere, and shown only now.

    Raises:
        Refused: the source has no name, or scope, side or rate cannot be, or the token of this form was revoked.
    """
    from servanda.desk.configure import desk
    from servanda.desk.kept import agreement_of
    from servanda.desk.projection import head

    source, parties = source.strip(), head().parties
    agreement = agreement_of(desk(), head())
    if len(source) > 200 or not is_name(source):
        raise decide.refused("a token is for a source with a name", "name the sensor or partner", "DSK065")
    if side not in ("none", "unknown", *parties):
        raise decide.refused(f"{side[:40]!r} is no side", f"none, unknown, or one of {', '.join(parties)}", "DSK065")
    of = names_of(agreement.parties if agreement else parties).get(name_key(source))
    if of is not None and side != of:
        hint = f"name {of} as its side, or the sensor by a name of its own"
        raise decide.refused(f"{source} is the party {of}: its source speaks for that side", hint, "DSK065")
    if not scope or not set(scope) <= set(SCOPES):
        raise decide.refused("a token has a scope that cannot be", f"some of {', '.join(SCOPES)}", "DSK065")
    if side in parties and "status" in scope:
        hint = "a party is told in its room what it is asked, and nothing else"
        raise decide.refused("a source of a party is not told where incidents stand", hint, "DSK065")
    if not RATES[0] <= rate <= RATES[1]:
        raise decide.refused(f"{rate:,} requests in a minute cannot be", f"from {RATES[0]} to {RATES[1]:,}", "DSK065")
    says = {"source": source, "side": side, "scope": sorted(set(scope)), "rate": rate, "person": person}
    drawn = desk().drawn(json.dumps(["token", nonce or secrets.token_hex(16), says]))
    ident, secret = drawn[:6].hex(), base64.urlsafe_b64encode(drawn[6:38]).decode().rstrip("=")
    first = {**says, "digest": _digest(secret), "at": decide.clock()}
    token, _ = tables.Token.objects.get_or_create(id=ident, defaults=first)
    if token.revoked:
        raise decide.refused(f"the token {ident} of this form was revoked", "load the page again", "DSK065")
    return f"sv_{ident}_{secret}"


def revoke(ident: str) -> None:
    """Let a token count no more; what was handed in with it stays.

    Args:
        ident: its id.

    Raises:
        Refused: there is none that counts.
    """
    if not tables.Token.objects.filter(pk=ident, revoked=None).update(revoked=decide.clock()):
        raise decide.refused(f"there is no token {ident[:40]!r} that counts", "see the list of tokens", "DSK065")


def bearer(written: str) -> tables.Token | None:
    """The token that somebody shows.

    Args:
        written: the header ``Authorization``.

    Returns:
        The token; nothing where it is none, or counts no more.
    """
    kind, _, shown = written.strip().partition(" ")
    found = _WRITTEN.fullmatch(shown.strip()) if kind.lower() == "bearer" else None
    if found is None:
        return None
    token = tables.Token.objects.filter(pk=found[1], revoked=None).first()
    same = hmac.compare_digest(_digest(found[2]), token.digest if token else "0" * 64)
    return token if token is not None and same else None


def spend(token: tables.Token) -> int:
    """Count a request.

    Args:
        token: of who asks.

    Returns:
        0 where it may be answered; else in how many seconds the next may be.
    """
    now = hours.machine()  # of a demonstration's clock no minute need pass
    minute = int(now.timestamp()) // 60
    with transaction.atomic():
        mine = tables.Token.objects.select_for_update().get(pk=token.pk)
        used = mine.used if mine.minute == minute else 0
        if used >= mine.rate:
            return 60 - int(now.timestamp()) % 60
        tables.Token.objects.filter(pk=token.pk).update(minute=minute, used=used + 1, last=decide.clock())
    return 0


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

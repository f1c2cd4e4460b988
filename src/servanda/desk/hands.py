"""Signing with a key of one's own at the page: made in the browser and kept there, taken from a file, or a hardware key.

What is signed is the very file that will be kept, salt and all: it is drafted, sealed and shown; the browser makes the digest itself and signs the lines
of :func:`~servanda.record.hands.text_of`; the record keeps the signature in the entry (``hands``), and ``servanda record verify`` checks it
without the desk. The desk never sees a private key.
"""

from __future__ import annotations

import dataclasses
import json
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import yaml
from django.db import transaction

from servanda.desk import decide, finding, models, tables
from servanda.desk.compose import decisions_file
from servanda.desk.folder import Desk
from servanda.desk.own import ByHand, is_own
from servanda.desk.projection import catch_up, lock
from servanda.record import File, Record, Signer
from servanda.record.files import all_ready
from servanda.record.hands import holds, own_text, sound, text_of
from servanda.record.log import digest_of
from servanda.record.vault import OBJECT_SALT

KEPT = timedelta(minutes=30)
"""How long a text waits for a signature."""
_CREDENTIAL = re.compile(r"[A-Za-z0-9_-]{1,1400}")
_SITE = re.compile(r"[a-z0-9.-]{1,253}")


def needs(record: Record, person: models.Person, click: decide.Click) -> bool:
    """Whether a click is somebody's own word, who signs at the page.

    Args:
        record: the record.
        person: who clicks.
        click: what.

    Returns:
        Whether it is drafted for his signature, and not recorded at once.
    """
    return is_own(person, click.says.get("step"), click.by) and person.key in record.hands()


def draft(desk: Desk, person: models.Person, click: decide.Click) -> tables.Draft:
    """The text of a decision, as it will be kept, for its author to sign.

    Args:
        desk: the mission.
        person: who decides.
        click: what, and what he had seen.

    Returns:
        The draft; it is kept for half an hour.

    Raises:
        Refused: a guard says no now.
    """
    now = decide.clock()
    with transaction.atomic():
        at = lock()
        record = desk.record()
        catch_up(record, at)
        at.refresh_from_db()
        made = decide.guarded(at, person, click, now, record.id_key())
        if isinstance(made, decide.Done):
            raise decide.refused("this has been decided already", "look at the case", "DSK012")
        if "finding" in made:  # signed later, it must still be what is shown now
            click = dataclasses.replace(click, read=finding.digest(made["finding"]))
        sealed = seal(record, decisions_file([made]))
        entry = yaml.safe_load(sealed.data)["decisions"][0]
        tables.Draft.objects.filter(at__lt=now - KEPT).delete()
        return tables.Draft.objects.create(
            id=secrets.token_hex(16),
            person=person.pk,
            incident=click.incident,
            says={**dataclasses.asdict(click), "says": _plain(click.says), "why": entry["why"]},  # no protected name
            entry=entry,
            name=sealed.name,
            kept=sealed.sealed,
            at=now,
        )


def seal(record: Record, file: File) -> File:
    """A file as it would be kept now, its salt with it.

    Args:
        record: the record.
        file: the file.

    Returns:
        The same without protected names, sealed.

    Raises:
        RecordError: it cannot be kept.
    """
    (ready,) = all_ready([file], record.vault, record.protected_names())
    return dataclasses.replace(ready.file, sealed=ready.kept)


def waiting(person: models.Person, ident: str) -> tables.Draft | None:
    """A draft of somebody's own that still waits."""
    mine = tables.Draft.objects.filter(pk=ident, person=person.pk).first()
    return mine if mine is not None and decide.clock() - mine.at <= KEPT else None


def sign(desk: Desk, person: models.Person, waits: tables.Draft, hand: Mapping[str, str]) -> decide.Done:
    """Record what was drafted, with its author's signature.

    Args:
        desk: the mission.
        person: its author.
        waits: the draft.
        hand: the signature, as :func:`~servanda.record.hands.holds` takes it.

    Returns:
        What became of it; the same draft signed twice is one decision.

    Raises:
        Refused: the signature does not hold, or a guard says no by now.
    """
    record, kept = desk.record(), bytes(waits.kept)
    key = record.hands().get(person.key, {})
    text = text_of(record.log.head.origin, person.key, "decisions", waits.name, digest_of(kept))
    given = {name: hand[name] for name in ("sig", "authenticator", "client") if hand.get(name)}
    if not holds(key, text, given):
        hint = "sign it with the key that stands under your name"
        raise decide.refused("the signature is not one of your key over this text", hint, "DSK070")
    says = dict(waits.says)
    click = decide.Click(**{**says, "says": _read(says["says"])})
    file = File(waits.name, "decisions", kept[OBJECT_SALT:], sealed=kept, hands=({"by": person.key, **given},))
    (done,) = decide.decide(desk, person, [click], ByHand(person.key, waits.entry, file))
    return done


def _plain(says: Mapping[str, Any]) -> dict[str, Any]:
    return {k: {"at": v.isoformat()} if isinstance(v, datetime) else v for k, v in says.items()}


def _read(says: Mapping[str, Any]) -> dict[str, Any]:
    return {k: datetime.fromisoformat(v["at"]) if isinstance(v, dict) else v for k, v in says.items()}


# --- whose key counts ---


def next_name(record: Record, ident: str) -> str:
    """The name of the next key of a person: no name is given twice."""
    there = record.index.hands_ever() | set(record.signers().values())
    names = (f"{ident}{f'-{n}' if n > 1 else ''}.{record.log.head.origin}" for n in range(1, 1000))
    return next(name for name in names if name not in there)


def key_of(said: Mapping[str, str], site: str) -> dict[str, str]:
    """A public key as a browser tells it.

    Args:
        said: ``kind``; and ``key`` in base64: of Ed25519 its bytes, else the compressed point.
        site: the host for which a hardware key was made.

    Returns:
        The key as the record has it.

    Raises:
        Refused: it is none.
    """
    kind = said.get("kind", "")
    key = {"kind": kind, "key": said.get("key", ""), **({"site": site} if kind == "webauthn" else {})}
    if not sound(key) or not _SITE.fullmatch(site):
        hint = "make it anew; a hardware key must sign with ES256 (ECDSA on P-256)"
        raise decide.refused("this is no key that the record can check", hint, "DSK071")
    return key


def give(
    desk: Desk, person: models.Person, key: Mapping[str, str], hand: Mapping[str, str], credential: str = ""
) -> str:
    """Name a key on the record with which somebody signs from now on.

    Args:
        desk: the mission.
        person: whose it is; he has none yet: one that is lost, the administrator takes back first.
        key: its public half.
        hand: a signature with it, over :func:`~servanda.record.hands.own_text`.
        credential: of a hardware key, by which the browser finds it.

    Returns:
        The name of the key.

    Raises:
        Refused: he has one, the signature does not hold, or it is the key of somebody else.
    """
    record = desk.record()
    if person.key:
        hint = "servanda desk key DIR ID --take"
        raise decide.refused(f"your key is {person.key}; the administrator takes it back first", hint, "DSK071")
    name = next_name(record, person.pk)
    given = {part: hand[part] for part in ("sig", "authenticator", "client") if hand.get(part)}
    if not holds(key, own_text(record.log.head.origin, name, key), given):
        raise decide.refused("the key did not sign its own name", "load the page again, and try again", "DSK071")
    used = {other["key"] for other in record.hands().values()}
    if key["key"] in used or (credential and not _CREDENTIAL.fullmatch(credential)):
        raise decide.refused("this key is on the record already", "make a new one", "DSK071")
    name_hands(record, desk.signer, {**record.hands(), name: dict(key)}, name)
    decide.change_register(desk, lambda register: register.with_key(person.pk, name, credential))
    return name


def name_hands(record: Record, signer: Signer, hands: Mapping[str, Mapping[str, str]], about: str) -> None:
    """Say on the record with which keys people sign by their own hands from now on.

    Args:
        record: the record.
        signer: who keeps it.
        hands: all that count, by name.
        about: the one that is new, or counts no more.

    Raises:
        RecordError: it cannot be written.
    """
    digest = digest_of(json.dumps(dict(hands.get(about, {})), sort_keys=True).encode())
    record.state(signer, "gives", {f"own hand of {about}": digest}, {"gives": record.gives(), "hands": dict(hands)})

"""Mission reports on their way: drafted of what is recorded, reviewed by somebody else, signed by the chief and recorded; corrected by a further number. A mission counts the reports of each kind from 1, as they stand on the record.
Whoever reviews or signs may send it back: his objection is on the record, and the next draft, which answers it, says how.

The files are made once, when the report is drafted, and kept: what was reviewed is what is signed. A published report is a file on the record and is
never written over; what was wrong in it is said by a correction, which is a report of its own with a number and a note.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from django.db import transaction
from django.db.models import Q, QuerySet

from servanda.app.brief import brief_of_record
from servanda.app.given import instant_of
from servanda.briefs import KINDS, LANGUAGES, Asked, Unplaced
from servanda.desk import decide, models
from servanda.desk.decide import refused
from servanda.desk.folder import Desk
from servanda.desk.given import given
from servanda.desk.projection import lock
from servanda.record import File
from servanda.record.log import digest_of
from servanda.record.names import hide
from servanda.store import RecordStore
from servanda.values.time import iso

PREFIX, SENT_BACK = "reports/", "desk/reports/"
ABOUT = ("date", "incident", "to", "until", "source")
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)\.", re.ASCII)
REVIEWERS = ("verification", "legal", "chief")
DRAFTERS = (*REVIEWERS, "operations", "duty")


def draft(
    desk: Desk,
    head: models.Head,
    person: str,
    said: Mapping[str, str],
    corrects: models.Paper | None = None,
    after: models.Paper | None = None,
) -> models.Paper:
    """Draft a report of everything that is recorded now.

    Args:
        desk: the mission.
        head: how far its record is projected.
        person: who drafts it.
        said: ``kind``, ``language``, ``note``, ``answer`` and, where they are given, ``date``, ``incident``, ``to``, ``until`` and ``source``.
        corrects: the published report that it corrects.
        after: the draft that was sent back, which it answers.

    Returns:
        The draft with its files.

    Raises:
        ServandaError: the report cannot be about what was asked, or something is missing.
    """
    from servanda.report.briefs import brief_files, plain_text

    kind, language = said.get("kind", ""), said.get("language", "en")
    if kind not in KINDS or language not in LANGUAGES:
        raise refused("no report is of this kind, or in this language", "choose from the lists", "DSK033")
    note = said.get("note", "").strip()[:4000]
    if corrects is not None and not note:
        raise refused("a correction says what was wrong", "write it", "DSK033")
    answer = _nameless(desk, said.get("answer", "").strip()[:4000])
    if after is not None and not answer:
        raise refused("the next draft says what became of the objection", "write it", "DSK033")
    asked = {k: said[k].strip() for k in ABOUT if said.get(k, "").strip()}
    _refuse_past(asked.get("until"), ZoneInfo(head.zone))
    store, size = RecordStore(desk.record()), desk.record().log.head.size
    same = {"made_by": person, "kind": kind, "language": language, "asked": asked, "note": note, "size": size}
    same |= {"corrects": corrects, "state": "draft", "after": after, "answer": answer if after else ""}
    twice = {k: v for k, v in same.items() if k != "size" or after is None}  # the answer itself is an entry
    if (there := models.Paper.objects.filter(**twice).first()) is not None:
        return there  # the same form, sent twice
    number = 0 if corrects is None else 1 + corrects.corrections.filter(state="published").count()
    about = Asked(
        date=asked.get("date"),
        incident=asked.get("incident"),
        to=asked.get("to"),
        until=asked.get("until"),
        source=asked.get("source"),
        numbers=numbers(kind),
        cuts=_cuts(kind),
        known=decide.clock(),
        newer=_newer(),
        unplaced=_unplaced(),
        packages=[(g.tier, g.at) for g in given(desk) if g.at is not None],
        correction=number,
        wrong=note if number else "",
    )
    written = brief_of_record(store, agreement=head.agreement, of=kind, asked=about, language=language)
    files = brief_files(written.brief, written.words, traced=True)
    stem = f"{written.brief.file}.{language}" + (f".correction-{number}" if number else "")
    if note:
        files["NOTE.txt"] = f"{note}\n".encode()
    text = plain_text(written.brief, written.words)
    with transaction.atomic():
        lock()
        if (there := models.Paper.objects.filter(**twice).first()) is not None:
            return there
        if after is not None and not unanswered().filter(pk=after.pk).exists():
            raise refused("the objection is answered by another draft already", "look at that one", "DSK033")
        made = models.Paper.objects.create(**same, name=stem, text=text, number=number, made_at=decide.clock())
        models.PaperFile.objects.bulk_create(models.PaperFile(paper=made, name=n, data=d) for n, d in files.items())
        if after is not None:
            _say(desk, made, {"answers": digest_of(after.text.encode()), "answer": answer}, person)
    return made


def _refuse_past(until: str | None, zone: ZoneInfo) -> None:
    """Raises ``Refused`` where an answer is asked for by a time that is over."""
    by = instant_of(until, zone, "--until")
    if by is not None and by <= decide.clock():
        raise refused("the time for the reply would be over before it began", "name a later one", "DSK033")


def _cuts(kind: str) -> dict[date, datetime]:
    """By the days of the published reports of a kind, when they were made."""
    made = models.Paper.objects.filter(kind=kind, state="published").order_by("made_at").values_list("name", "made_at")
    found = ((_DAY.match(f"{name}.", len(kind) + 1), at) for name, at in made)
    return {date.fromisoformat(day[1]): at for day, at in found if day}


def _newer() -> dict[str, list[str]]:
    """By incident the ids of the reports that came after it was determined."""
    late = {row.pk: row.later for row in models.Incident.objects.filter(newer_key__gt="")}
    wanted = [one for many in late.values() for one in many]
    named = dict(models.Report.objects.filter(pk__in=wanted).values_list("id", "report_id"))
    return {incident: [named[one] for one in many if named.get(one)] for incident, many in late.items()}


def _unplaced() -> list[Unplaced]:
    """The reports that say no place on the map, as a complaint may that names a village alone; of a protected source neither place nor hour."""
    found = list(models.Report.objects.filter(lat__isnull=True).order_by("known_at", "id")[:1000])
    of = {r.incident for r in found}
    kept = set(models.Incident.objects.filter(pk__in=of, protected=True).values_list("pk", flat=True))
    out = []
    for r in found:
        place, start, end = ("", None, None) if r.incident in kept else (r.said.get("place_name", ""), r.start, r.end)
        out.append(Unplaced(r.incident, r.report_id, r.said.get("source", ""), place, start, end, r.known_at))
    return out


def to_sign(person: models.Person) -> QuerySet[models.Paper]:
    """The reports that were reviewed and wait for this person's signature; none for who does not sign."""
    if person.role != "chief":
        return models.Paper.objects.none()
    return models.Paper.objects.filter(state="reviewed").exclude(made_by=person.pk).exclude(reviewed_by=person.pk)


def _say(desk: Desk, paper: models.Paper, says: Mapping[str, str], person: str) -> None:
    """Record what is said of a draft, for the mission alone."""
    about = {"report": paper.name, "draft": digest_of(paper.text.encode())}
    about |= {"by": person, "at": str(iso(decide.clock().replace(microsecond=0))), **says}
    data = yaml.safe_dump(about, sort_keys=False, allow_unicode=True, width=1000).encode()
    name = f"{SENT_BACK}{desk.drawn(digest_of(data))[:8].hex()}.yaml"  # a digest would tell who guesses a name that gave way
    decide._record(desk, [File(name, "attachment", data, own=True)], once=True)  # noqa: SLF001  the same way as every entry


def _nameless(desk: Desk, words: str) -> str:
    """Words of which everybody reads what the record holds: names of protected sources have given way to their pseudonyms."""
    return hide(words, desk.record().protected_names())[0]


def came_since(paper: models.Paper, size: int) -> int:
    """How many entries came since a report was drafted, but for what was said of drafts."""
    own = models.Entry.objects.filter(index__gte=paper.size, name__startswith=SENT_BACK).count()
    return max(0, size - paper.size - own)


def unanswered() -> QuerySet[models.Paper]:
    """The drafts that were sent back and that no further draft answers."""
    answered = models.Paper.objects.exclude(after=None).exclude(state="withdrawn").values("after")
    return models.Paper.objects.filter(state="returned").exclude(pk__in=answered)


def numbers(kind: str, before: int | None = None) -> dict[date, int]:
    """The numbers of the published reports of a kind by their day: as they stand on the record one after another, a day's report in another language
    with the same number.

    Args:
        kind: of report.
        before: counted in so many entries of the record; left out, in all.

    Returns:
        From 1 on, without a gap.
    """
    entries = models.Entry.objects.filter(name__startswith=f"{PREFIX}{kind}-").order_by("index")
    if before is not None:
        entries = entries.filter(index__lt=before)
    found = (_DAY.match(name, len(PREFIX) + len(kind) + 1) for name in entries.values_list("name", flat=True))
    days = dict.fromkeys(date.fromisoformat(one[1]) for one in found if one)
    return {day: n for n, day in enumerate(days, 1)}


def _number_is_taken(paper: models.Paper) -> bool:
    """Whether a report of another day was published under the number that this one bears since it was drafted."""
    found = _DAY.match(paper.name, len(paper.kind) + 1)
    if found is None or paper.corrects_id is not None:
        return False
    day, counts = date.fromisoformat(found[1]), (numbers(paper.kind, paper.size), numbers(paper.kind))
    then, now = (count.get(day, len(count) + 1) for count in counts)
    return then != now


def allowed(paper: models.Paper, person: models.Person) -> tuple[str, ...]:
    """What somebody may do with a report now: ``review``, ``publish``, ``return``, ``again`` (draft anew what was sent back), ``withdraw``, ``correct``. Four eyes: nobody reviews what he drafted, or signs what he drafted or reviewed."""
    own = paper.made_by == person.pk
    out = []
    if paper.state == "draft" and person.role in REVIEWERS and not own:
        out.append("review")
    if paper.state == "reviewed" and person.role == "chief" and person.pk not in (paper.made_by, paper.reviewed_by):
        out.append("publish")
    if out or (paper.state == "reviewed" and paper.reviewed_by == person.pk):
        out.append("return")
    if paper.state == "returned" and person.role in DRAFTERS and unanswered().filter(pk=paper.pk).exists():
        out.append("again")
    if paper.state in ("draft", "reviewed") and (own or person.role == "chief"):
        out.append("withdraw")
    if paper.state == "published" and paper.corrects_id is None and person.role in DRAFTERS:
        out.append("correct")
    return tuple(out)


def act(desk: Desk, paper: models.Paper, person: models.Person, what: str, why: str = "") -> None:
    """Review, send back, sign and publish, or withdraw a report.

    Args:
        desk: the mission.
        paper: the report.
        person: who does it.
        what: ``review``, ``return``, ``publish`` or ``withdraw``.
        why: the objection with which it is sent back.

    Raises:
        ServandaError: it may not be done now, or not by this person; nothing was recorded.
    """
    if what in ("correct", "again") or what not in allowed(paper, person):
        raise refused("the report has changed, or this is for somebody else", "look again", "DSK033")
    why, now = _nameless(desk, why.strip()[:4000]), decide.clock()
    if what == "return" and not why:
        raise refused("whoever sends a report back says what is wrong with it", "write it", "DSK033")
    new: dict[str, Any] = {
        "review": {"state": "reviewed", "reviewed_by": person.pk, "reviewed_at": now},
        "return": {"state": "returned", "returned_by": person.pk, "returned_at": now, "objection": why},
        "withdraw": {"state": "withdrawn"},
    }.get(what, {})
    if what == "publish":
        new = {"state": "published", "published_by": person.pk, "published_at": now}
    with transaction.atomic():
        as_seen = models.Paper.objects.filter(pk=paper.pk, state=paper.state, reviewed_by=paper.reviewed_by)
        if not as_seen.update(**new):
            raise refused("the report has changed since it was shown", "look again", "DSK033")
        if what == "return":
            _say(desk, paper, {"returned": why}, person.pk)
        if what == "publish":
            if recorded(desk, paper).exists():
                raise refused("a report of this name is published already", "correct that one", "DSK033")
            if _number_is_taken(paper):
                raise refused("a report of another day was published with its number", "draft it anew", "DSK033")
            files = _files(desk, paper, list(paper.files.order_by("name")))
            who = f"{paper.reviewed_by} {person.pk}"
            decide._record(desk, files, note="reviewed by {}, signed by {}", by=who)  # noqa: SLF001  the same way as every entry


def incidents_of(paper: models.Paper) -> set[str]:
    """The incidents that a report tells of, by its tables and by what its sentences are made of."""
    found: set[str] = set()
    for file in paper.files.all():
        words = bytes(file.data).decode("utf-8", "replace") if file.name.endswith((".csv", ".json")) else ""
        if file.name.endswith(".csv"):
            found |= {cell for row in csv.reader(io.StringIO(words)) for cell in row}
        elif words:
            made_of = (of for sentence in json.loads(words)["sentences"] for of in sentence["of"])
            found |= {of.partition("/")[2] for of in made_of}
    return found


def recorded(desk: Desk, paper: models.Paper) -> QuerySet[models.Entry]:
    """The entries of a published report's files, also of one whose name the record still told."""
    names = (f"{PREFIX}{paper.name}/", _folder(desk, paper))
    return models.Entry.objects.filter(Q(name__startswith=names[0]) | Q(name__startswith=names[1])).order_by("index")


def _folder(desk: Desk, paper: models.Paper) -> str:
    """Under which name its files are recorded: everybody reads names, so that of whom or what a report tells stands in none."""
    told = _DAY.match(f"{paper.name}.", len(paper.kind) + 1)
    return PREFIX + (paper.name if told else desk.drawn(f"report {paper.name}")[:8].hex()) + "/"


def _files(desk: Desk, paper: models.Paper, written: Sequence[models.PaperFile]) -> list[File]:
    """The files of a report, for the mission alone: to whom it goes is decided by who hands it out. A PDF comes after the texts out of whose words it was made."""
    folder = _folder(desk, paper)
    plain = folder.removeprefix(PREFIX) == f"{paper.name}/"
    called = {f.name: folder + (f.name if plain else f"{n}.{f.name.rpartition('.')[2]}") for n, f in enumerate(written)}
    made = [f for f in written if f.name.endswith(".pdf")]
    texts = [f for f in written if f not in made]
    of = tuple(called[f.name] for f in texts)
    out = [File(called[f.name], "attachment", bytes(f.data), own=True) for f in texts]
    return out + [File(called[f.name], "attachment", bytes(f.data), made_of=of, own=True) for f in made]

"""Whether all of a mission's folder is sound; and the record in a folder that travels."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterator
from contextlib import suppress
from importlib.resources import as_file, files
from pathlib import Path

from django.contrib.auth import get_user_model
from django.db.utils import DatabaseError

from servanda.desk import arrivals, attached, decide, hours, models
from servanda.desk.folder import CONFIG, Desk
from servanda.desk.given import FOLDER
from servanda.desk.inbox import Arrival, waiting
from servanda.desk.kept import kept, own_words_protected
from servanda.desk.own import OWN, is_own, no_office
from servanda.desk.picture import fingerprint, read_picture
from servanda.desk.projection import head, live_rows, refuse_another
from servanda.desk.setup import migrate, of_version
from servanda.errors import Fault, ServandaError
from servanda.incidents.guards import FORMER
from servanda.record import File, Record
from servanda.record.log import Appending
from servanda.wording import plural


def examine(desk: Desk) -> Iterator[tuple[bool, str]]:
    """Look at everything that a desk rests on.

    Args:
        desk: the mission.

    Yields:
        Whether something holds, and what was looked at.
    """
    try:
        yield True, f"key {desk.key.name} of {desk.signer.name}; secret of {len(desk.secret)} characters"
        record = desk.record()
        record.verify(record.log.policy, quorum=False)
        yield True, f"record of {plural(record.log.head.size, 'entry', 'entries')}; every step holds"
        record.log.refuse_stranger(desk.signer)
        yield True, "the desk's key is that of the record's keeper"
        yield _clock(desk, record)
        yield record.vault_folder.is_dir(), f"vault {record.vault_folder}"
        yield _closed(desk, record)
        named, lost = attached.lost(desk)
        yield (
            not lost,
            f"files that came with reports: {named}, sealed{f'; {len(lost)} NOT as they came: {lost[0][:16]}' if lost else ''}",
        )
    except ServandaError as error:
        yield False, str(error)
        return
    except DatabaseError as error:
        yield False, _database(error)
        return
    yield from _disks(desk, record)
    yield from _tables(desk, record)


def _closed(desk: Desk, record: Record) -> tuple[bool, str]:
    """Whether nobody else on the machine opens the folder: its record holds every file whole, with the names of sources."""
    apart = [f for f in (record.folder, record.vault_folder) if not f.resolve().is_relative_to(desk.folder.resolve())]
    found = [str(f) for f in (desk.folder, *apart) if f.is_dir() and f.stat().st_mode & 0o077]
    told = f"other users of this machine may open it, with the names of sources: chmod 700 {shlex.join(found)}"
    return not found, told if found else "nobody else on this machine opens the folder"


def _disks(desk: Desk, record: Record) -> Iterator[tuple[bool, str]]:
    """Whether whatever the desk writes into takes it, and has room: each disk once."""
    seen: dict[int, str] = {}
    for folder in filter(Path.is_dir, (desk.folder, record.folder, record.vault_folder)):
        if not os.access(folder, os.W_OK):
            yield False, f"{folder}: the desk may not write there, or the disk takes nothing: nothing is recorded"
        free = shutil.disk_usage(folder).free // 2**20
        if seen.setdefault(folder.stat().st_dev, str(folder)) == str(folder):
            where = "the disk" if folder == desk.folder else f"the disk of {folder}"
            yield free > 500, f"{free:,} MB free on {where}"
    if desk.tiles is not None and not desk.tiles.is_file():  # no backup holds it
        yield False, f"{desk.tiles} is not there, which desk.yaml names for the maps"


def _tables(desk: Desk, record: Record) -> Iterator[tuple[bool, str]]:
    """Look at what the database holds."""
    try:
        if version := of_version():
            brought = {"older": ": the next 'servanda desk serve' brings it up to this one", "newer": " than this one"}
            yield (
                False,
                f"database: of {'an' if version == 'older' else 'a'} {version} version of Servanda{brought[version]}",
            )
            return
        at = head()
        behind = record.log.head.size - at.size
        try:
            refuse_another(record, at)
        except ServandaError as error:
            yield False, str(error)
            return
        yield True, f"database: {plural(at.size, 'entry', 'entries')} projected, {behind} to come"
        same = fingerprint(live_rows()) == fingerprint(read_picture(record).rows)
        yield (
            same or behind > 0,
            "the tables are those of the record"
            if same
            else "the tables follow the record at the next look"
            if behind
            else "the tables are not those of the record: servanda desk rebuild",
        )
        yield (
            not at.quarantined,
            f"rows of reports that cannot be read: {at.quarantined}"
            + (f"; which, and why: servanda verify --record {desk.record_folder} --out NEW" if at.quarantined else ""),
        )
        yield bool(at.agreement), f"agreement: {at.agreement or 'none yet: servanda record add'}"
        vain = no_office(at.office, at.parties, at.bodies) if at.agreement else ""
        yield not vain, vain or f"decides in the name of {at.office}"
        words = own_words_protected(desk, at)
        yield (
            not words,
            f"names that are protected and words of the record itself: {', '.join(words) or 'none'}"
            + (
                "; what was recorded since lacks them: servanda record shred RECORD PSEUDONYM --forget" if words else ""
            ),
        )
        old = guessable(desk)
        yield (
            not old,
            f"names by which a source can be guessed: {len(old)} {', '.join(old)}; servanda desk doctor --mend names them anew"
            if old
            else "no file's name tells who guesses a source that it is one",
        )
        alone = unsigned(record)
        yield (
            not alone,
            f"own words of who has a key at the page: {'; '.join(alone) if alone else 'each signed by him'}",
        )
        yield _accounts()
    except (DatabaseError, ServandaError) as error:
        yield False, _database(error)


def _clock(desk: Desk, record: Record) -> tuple[bool, str]:
    """Whether the record takes entries by the machine's clock."""
    try:
        Appending(record.log, record.log.last_dated(), clock_is_right=record.clock_is_right)
    except ServandaError as error:
        what = error.faults[0].what.removesuffix("; nothing was added")
        return (
            False,
            f"clock: {what}: nothing is recorded; where the clock is right: servanda desk doctor DIR --clock-is-right",
        )
    told = " (somebody has said so)" if record.clock_is_right else ""
    return True, f"clock {hours.machine():%Y-%m-%dT%H:%M:%SZ}{told}"


def _accounts() -> tuple[bool, str]:
    """Whether every account is somebody's; and who has none, as after a database was lost."""
    known = set(models.Person.objects.values_list("login", flat=True))
    there = set(get_user_model().objects.filter(is_active=True).values_list("username", flat=True))
    strange = there - known
    without = set(models.Person.objects.exclude(role=FORMER).values_list("login", flat=True)) - there
    told = f"accounts: {len(known)} people; {plural(len(strange), 'account')} of nobody in the register"
    return not strange, told + (f"; nobody signs in yet as {', '.join(sorted(without)[:20])}" if without else "")


def _database(error: Exception) -> str:
    """What is wrong with the database, in one line, and what helps."""
    what = str(error).splitlines()[0]
    hint = "check its address, and that it runs; where it is lost: servanda desk rebuild"
    return str(Fault("database", what, hint, code="DSK008"))


def unsigned(record: Record) -> list[str]:
    """Own words of people that the log recorded without their signature, though they had a key to sign with at the page.

    Args:
        record: the record, which is projected.

    Returns:
        Each decision with its entry.
    """
    had: set[str] = set()
    out = []
    people = {p.pk: p for p in models.Person.objects.exclude(key="")}
    for entry in record.statements():
        if "hands" in entry.says and entry.kind == "gives":
            had = {name.partition(".")[0] for name in entry.says["hands"]}
        elif entry.kind == "decisions" and "hands" not in entry.says and entry.signer == record.log.head.origin:
            for d in models.Decided.objects.filter(entry=entry.index, person__in=list(people), step__in=OWN):
                by = d.by if d.step == "replied" else None
                if is_own(people[d.person], d.step, by) and people[d.person].key.partition(".")[0] in had:
                    out.append(f"{d.pk} ({d.step}, entry {entry.index}) bears no signature of {d.person}")
    return out


def guessable(desk: Desk) -> dict[str, str]:
    """Sources of which the record says how their tables are read under no other name than one from before, by which who guesses a source knows it.

    Args:
        desk: the mission.

    Returns:
        The sources by those names, which stay in the log.
    """
    there = set(models.Entry.objects.filter(name__startswith=arrivals.MAPPINGS).values_list("name", flat=True))
    known = {w.source for w in desk.ways.watch} | set(Arrival.objects.values_list("source", flat=True))
    return {
        old: s
        for s in sorted(known)
        if (old := arrivals.guessed_name(s)) in there and arrivals.mapping_name(desk, s) not in there
    }


def mend_names(desk: Desk) -> list[str]:
    """Record anew, under names that nobody can guess, how the tables of such sources are read; what stands on the record stays.

    Args:
        desk: the mission.

    Returns:
        The names from before.

    Raises:
        ServandaError: it cannot be recorded.
    """
    found = guessable(desk)
    files = [
        File(arrivals.mapping_name(desk, source), "attachment", kept(desk, old, 1)[0].data, own=True)
        for old, source in found.items()
    ]
    if files:
        decide._record(desk, files)  # noqa: SLF001  the same way as every entry
    return list(found)


def alone(desk: Desk) -> list[str]:
    """What the database alone holds, so that it is in no copy of the record, and nothing makes it again.

    Args:
        desk: the mission.

    Returns:
        What waits, with how many; at the end what every mission has.
    """
    migrate(desk)
    going = models.Paper.objects.filter(state__in=("draft", "reviewed", "returned"))
    counts = (
        (waiting().count(), "arrival that waits", "arrivals that wait"),
        (going.count(), "mission report on its way", "mission reports on their way"),
        (models.Patrol.objects.filter(state="planned").count(), "planned patrol", "planned patrols"),
    )
    return [*(plural(n, one, many) for n, one, many in counts if n), "accounts", "tokens", "who read what"]


def export(desk: Desk, out: Path, *, backup: bool = False) -> int:
    """Copy the record, whole and checked, beside its checkers; neither keys nor vault nor database.

    Args:
        desk: the mission.
        out: a new folder.
        backup: with vault, keys and settings, from which the desk is made again by ``rebuild``: as secret as the mission's own folder.

    Returns:
        How many entries there are.

    Raises:
        ServandaError: the folder is there, it cannot be written, the record does not hold, or it is not the one that the desk has worked on; nothing is left then.
    """
    if out.exists():
        raise ServandaError(Fault(str(out), "is there already", "name a new folder", code="DSK003"))
    record, made = desk.record(), out.with_name(f".{out.name}.new")
    if all(desk.stands().values()):  # else the database is lost, and says nothing of what the record was
        with suppress(DatabaseError):
            refuse_another(record, head())
    try:
        shutil.rmtree(made, ignore_errors=True)  # of one that was ended on its way
        made.mkdir(mode=0o700, parents=True)
        with record.log.reading():
            shutil.copytree(record.folder, made / "record", ignore=shutil.ignore_patterns("lock", ".*"))
            if backup:
                vault = record.folder.with_name(f"{record.folder.name}.vault")
                for kept, name in (
                    (vault, "record.vault"),
                    (desk.folder / "keys", "keys"),
                    (desk.folder / CONFIG, CONFIG),
                    (desk.folder / FOLDER, FOLDER),
                ):
                    if kept.exists():
                        (shutil.copytree if kept.is_dir() else shutil.copy2)(kept, made / name)
        for name in ("verifier.py", "hands.py"):
            with as_file(files("servanda.record") / name) as checker:
                shutil.copy(checker, made / name)
        copy = type(record)(made / "record")
        copy.verify(record.log.policy, quorum=False)
        made.replace(out)
    except OSError as error:
        several = error.args[0] if isinstance(error, shutil.Error) and isinstance(error.args[0], list) else ()
        why = str(several[0][2]) if several else error.strerror or str(error)
        hint = "check permissions and free disk space"
        raise ServandaError(Fault(str(out), f"cannot be written: {why}", hint, code="OUT004")) from None
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return int(copy.log.head.size)

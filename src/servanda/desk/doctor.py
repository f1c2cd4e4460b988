"""Whether all of a mission's folder is sound; and the record in a folder that travels."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

from django.contrib.auth import get_user_model
from django.db.utils import DatabaseError

from servanda.desk import models
from servanda.desk.folder import Desk
from servanda.desk.picture import fingerprint, read_picture
from servanda.desk.projection import head, live_rows
from servanda.errors import Fault, ServandaError
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
        yield record.vault_folder.is_dir(), f"vault {record.vault_folder}"
    except ServandaError as error:
        yield False, str(error)
        return
    try:
        at = head()
        behind = record.log.head.size - at.size
        yield behind >= 0, f"database: {plural(at.size, 'entry', 'entries')} projected, {behind} to come"
        same = fingerprint(live_rows()) == fingerprint(read_picture(record).rows)
        yield (
            same or behind > 0,
            "the tables are those of the record"
            if same
            else "the tables are not those of the record: servanda desk rebuild",
        )
        yield bool(at.agreement), f"agreement: {at.agreement or 'none yet: servanda record add'}"
        known = set(models.Person.objects.values_list("login", flat=True))
        strange = set(get_user_model().objects.filter(is_active=True).values_list("username", flat=True)) - known
        yield not strange, f"accounts: {len(known)} people; {plural(len(strange), 'account')} of nobody in the register"
    except (DatabaseError, ServandaError) as error:
        yield False, f"database: {error}"
    free = shutil.disk_usage(desk.folder).free // 2**20
    yield free > 500, f"{free:,} MB free on the disk"


def export(desk: Desk, out: Path) -> int:
    """Copy the record, whole and checked, beside its checker; neither keys nor vault nor database.

    Args:
        desk: the mission.
        out: a new folder.

    Returns:
        How many entries there are.

    Raises:
        ServandaError: the folder is there, or the record does not hold.
    """
    if out.exists():
        raise ServandaError(Fault(str(out), "is there already", "name a new folder", code="DSK003"))
    record = desk.record()
    try:
        with record.log.reading():
            shutil.copytree(record.folder, out / "record", ignore=shutil.ignore_patterns("lock", ".*"))
        with as_file(files("servanda.record") / "verifier.py") as checker:
            shutil.copy(checker, out / "verifier.py")
        copy = type(record)(out / "record")
        copy.verify(record.log.policy, quorum=False)
    except (OSError, ServandaError):
        shutil.rmtree(out, ignore_errors=True)
        raise
    return int(copy.log.head.size)

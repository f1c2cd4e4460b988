"""Tables that come in, by hand or by themselves: read as ``servanda import`` reads them, shown before they are recorded, recorded at once or not at all.

What nobody can tell from a file is asked once for each source: how its tables are read is a file on the record (:data:`MAPPINGS`), and the table of
tomorrow needs no question. Whatever cannot be read waits with its reason until a person mends or dismisses it. Nothing is left out unasked: a row
whose place or target nobody knows is set aside until a person chooses, and so is a column that is not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl
from django.db import IntegrityError, transaction

from servanda.app.importing import ImportResult, import_tables
from servanda.desk import attached, becoming, decide, models, standing
from servanda.desk.decide import refused
from servanda.desk.folder import Desk
from servanda.desk.inbox import Arrival
from servanda.desk.kept import agreement_of, kept
from servanda.desk.projection import catch_up, head, lock
from servanda.errors import ServandaError
from servanda.evidence.importing import Choice, read_mapping, write_mapping
from servanda.evidence.importing.mapping import LEFT, NONE
from servanda.record import File
from servanda.record.log import digest_of
from servanda.store import text_rows
from servanda.values.files import FileLike, NamedBytes
from servanda.values.names import name_key
from servanda.values.time import iso
from servanda.wording import plural

MAPPINGS = "desk/mapping/"
AS_BEFORE = "as in an earlier table of this source"
_SHOWN = 20
_PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"BZh", b"\xfd7zXZ", b"(\xb5/\xfd")
"""How packed files begin: their bytes hold line ends that end no row."""
SPOILED = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    EOFError,
    RecursionError,
    pl.exceptions.PolarsError,
)
"""What libraries raise at the files of strangers beside faults of our own: such a file cannot be read."""


@dataclass
class Preview:
    """What a table was understood as, before anything is recorded."""

    result: ImportResult | None = None
    told: str = ""
    """Why it cannot be recorded as it is; nothing where it can."""
    known: list[int] = field(default_factory=list)
    """The rows (from 0) that are on the record already, word for word."""
    before: dict[str, str] = field(default_factory=dict)
    """Where names were placed in the last tables of this source: it is offered, not taken."""

    @property
    def ready(self) -> bool:
        """Whether it can be recorded."""
        return self.result is not None and not self.told and not self.result.questions

    @property
    def rows_aside(self) -> int:
        """How many rows would be set aside."""
        return self.result.quarantine.select("file", "row").unique().height if self.result is not None else 0

    @property
    def unread(self) -> list[Choice]:
        """The columns that are not read, and of which nobody has said that they are left out."""
        return [c for c in self.choices if c.key[0] == LEFT]

    @property
    def choices(self) -> list[Choice]:
        """What a person is to choose: names of places with what was chosen for them before in front, words for targets, columns."""
        out = []
        for one in self.result.choices if self.result is not None else ():
            last = self.before.get(one.key[1]) if one.key[0] == "places" else None
            more = (
                ((last, AS_BEFORE), *(o for o in one.options if o[0] != last))
                if last not in (None, NONE)
                else one.options
            )
            out.append(replace(one, options=more))
        return out

    def first(self) -> list[dict[str, Any]]:
        """The first reports, by column."""
        return self.result.reports.head(_SHOWN).to_dicts() if self.result is not None else []


def arrive(desk: Desk, source: str, way: str, name: str, data: bytes, **more: Any) -> Arrival:
    """Keep what came, once: the same content of the same source is the same arrival.

    Args:
        desk: the mission.
        source: who reports by it.
        way: ``upload``, ``folder`` or ``mailbox``.
        name: as it was called.
        data: what it holds.
        more: other columns of :class:`~servanda.desk.inbox.Arrival`.

    Returns:
        Its row; one that was dismissed waits again when a person brings it anew.

    Raises:
        ServandaError: it is empty or too large, or cannot be kept.
    """
    if not source.strip():
        raise refused("does not say who reports", "name the source", "DSK035")
    one = attached.keep(desk, name, data)
    key = {"content": one.sha256, "source": source.strip()[:200]}
    first = {"way": way, "name": one.name, "size": one.size, "at": decide.clock(), **more}
    try:
        with transaction.atomic():
            row, new = Arrival.objects.get_or_create(**key, defaults=first)
    except IntegrityError:  # another has just kept it
        row, new = Arrival.objects.get(**key), False
    if not new and more.get("protect") and not row.protect:
        becoming.protected(row)
    if not new and row.state == "dismissed" and way == "upload":
        becoming.again(row)
    return row


def too_large(desk: Desk, source: str, way: str, name: str, sha256: str, size: int) -> Arrival:
    """Show that something came that is too large to be taken; nothing of it is kept.

    Args:
        desk: the mission.
        source: who reports by it.
        way: ``folder`` or ``mailbox``.
        name: as it was called.
        sha256: of what it holds.
        size: how many bytes it has.

    Returns:
        Its row, which waits until somebody dismisses it.
    """
    told = attached.too_large(desk, name).faults[0].what
    first = {"way": way, "name": attached.safe_name(name), "size": size, "at": decide.clock()}
    row, _ = Arrival.objects.get_or_create(
        content=sha256, source=source.strip()[:200], defaults={**first, "state": "aside", "told": told}
    )
    return row


def mapping_of(desk: Desk, source: str) -> bytes | None:
    """How the tables of a source are read; nothing where nobody has said so yet."""
    names = mapping_name(desk, source), guessed_name(source)
    found = [
        one for name in names for one in kept(desk, name, 1)
    ]  # the second, which can be guessed, as these files were called before
    return found[0].data if found else None


def guessed_name(source: str) -> str:
    """How an older version named the file that says how a source's tables are read: whoever guesses the source knows it."""
    return f"{MAPPINGS}{digest_of(name_key(source).encode())[:16]}.yaml"


def mapping_name(desk: Desk, source: str) -> str:
    """How that file is named, by a secret of the vault."""
    return f"{MAPPINGS}{desk.record().vault.label(name_key(source))}.yaml"


def read(desk: Desk, row: Arrival, mapping: FileLike | None = None) -> Preview:
    """Read a table that came; nothing is recorded.

    Args:
        desk: the mission.
        row: what came.
        mapping: how it is read; left out, as this source's tables were read before.

    Returns:
        What it was understood as.

    Raises:
        ServandaError: its content is not there any more.
    """
    store = attached.sealed(desk)
    if not store.holds(row.content):
        return Preview(told=row.told or "its content is not kept")
    data = store.open(row.content)
    lines = 0 if data.startswith(_PACKED) else data.count(b"\n")
    if lines > 4 * desk.ways.rows:
        return Preview(told=_too_many(desk, lines))
    known = mapping_of(desk, row.source) if mapping is None else None
    answers = {tuple(key): value for key, value in row.answers} | {("values", "source"): row.source}
    try:
        if known:  # what was chosen for a name held for that file: for this one it is offered
            tables = read_mapping(NamedBytes("mapping.yaml", known))
            mapping = NamedBytes("mapping.yaml", write_mapping((replace(t, places={}), []) for t in tables).encode())
        files = [NamedBytes(_called(desk, row), data)]
        result = import_tables(files, agreement_of(desk, head()), mapping, answers=answers, strict=True)
    except ServandaError as error:
        return Preview(told="; ".join(f.what + (f" ({f.hint})" if f.hint else "") for f in error.faults))
    if result.reports.height > desk.ways.rows:
        return Preview(told=_too_many(desk, result.reports.height))
    if row.state == "taken":  # what was set aside when the others were recorded
        aside = {(r.get("file", ""), r["row"]) for r in row.rows}
        result = _only(result, [at in aside or ("", at[1]) in aside for at in result.rows])
    elif not result.questions and not result.reports.height and not result.choices:
        none = "no row can be read as a report" if result.quarantine.height else "holds no row of a report"
        return Preview(result, none)
    return Preview(result, known=_known(result.reports), before=_placed_before(row))


def _placed_before(row: Arrival) -> dict[str, str]:
    """Where names were placed in the last tables of this source."""
    others = (
        Arrival.objects.filter(source=row.source).exclude(pk=row.pk).exclude(answers=[]).order_by("-at", "-id")[:_SHOWN]
    )
    return {key[-1]: at for one in reversed(others) for key, at in one.answers if key[0] == "places"}


def _only(result: ImportResult, mask: Sequence[bool]) -> ImportResult:
    """Some of what was read."""
    reports = result.reports.filter(pl.Series(mask, dtype=pl.Boolean))
    return replace(result, reports=reports, rows=[at for at, one in zip(result.rows, mask, strict=True) if one])


def _names(desk: Desk, row: Arrival) -> list[tuple[str, str]]:
    """The protected names, and that which is to be protected with what came."""
    return [*desk.record().protected_names(), *([(row.source, "")] if row.protect else [])]


def _called(desk: Desk, row: Arrival) -> str:
    """Its name with a part of what it holds: rows without ids are called after their file, and the log of tomorrow bears the name of today's."""
    path = Path(attached.called(row.name, _names(desk, row)))
    return f"{path.stem}-{row.content[:8]}{path.suffix}"


def _too_many(desk: Desk, rows: int) -> str:
    return f"has some {rows:,} rows; {desk.ways.rows:,} at most are taken at once: divide it, or record it by 'servanda record add'"


def _known(reports: pl.DataFrame) -> list[int]:
    """The rows whose source has told the very same before."""
    sources = {str(s) for s in reports["source"].drop_nulls().unique().to_list()}
    there = models.Report.objects.filter(said__source__in=sources) if len(sources) < 50 else models.Report.objects.all()
    told = {_same(r.said, iso(r.start) if r.start else "") for r in there.only("said", "start").iterator()}
    return [n for n, r in enumerate(reports.iter_rows(named=True)) if _same(r, _instant(r["start"])) in told]


def _instant(text: str | None) -> str:
    from servanda.values.time import parse_instant

    try:
        from zoneinfo import ZoneInfo

        return iso(parse_instant(text or "", ZoneInfo(head().zone))) or ""
    except ValueError:
        return text or ""


def _same(said: Any, start: str | None) -> tuple[str, ...]:
    return (
        start or "",
        *(str(said.get(k) or "").casefold() for k in ("source", "act", "actor", "summary", "place_name")),
    )


def record(desk: Desk, row: Arrival, person: str, preview: Preview, *, leave_out: bool = False) -> None:
    """Record a table that can be read, with what it was read of and how, in one step.

    Args:
        desk: the mission.
        row: what came; of one that was recorded, the rows that were set aside then and can be read now.
        person: who confirms it; nothing for what came by itself.
        preview: what it is understood as.
        leave_out: the rows that are on the record already are not recorded again.

    Raises:
        ServandaError: it cannot be recorded; nothing was.
    """
    result = preview.result
    if result is None or not preview.ready:
        raise refused(preview.told or "asks something that must be answered first", "answer it, then confirm", "DSK035")
    if preview.unread:
        names = ", ".join(repr(c.key[1]) for c in preview.unread[:5])
        what = f"has columns that are not read: {names}"
        raise refused(what, "say what each is, or that it is left out", "DSK035")
    if leave_out:
        known = set(preview.known)
        result = _only(result, [n not in known for n in range(result.reports.height)])
    reports = result.reports
    if not reports.height:
        none = "none of its rows can be recorded yet" if result.choices else "all its rows are on the record already"
        raise refused(none, "choose what is asked, or dismiss it", "DSK035")
    part = f"\n{'; '.join(map(str, result.rows))}" if row.state == "taken" or leave_out else ""
    files = _files(desk, row, reports, result, part)
    hidden = sorted({str(s) for s in reports["source"].drop_nulls().unique().to_list()}) if row.protect else []
    note = f"{'brought' if person else 'came'} by {row.way}{', confirmed by {}' if person else ''}"
    with transaction.atomic():
        now = becoming.held(row)
        if not _there(
            desk, [files[-1].name, f"import-{digest_of(_ident(row, part).encode())[:12]}.csv"], reports.height
        ):
            decide._record(desk, files, note=note, by=person, protect=hidden)  # noqa: SLF001  the same way as every entry
        becoming.take(now, reports.height, _aside(result), person, files[-1].name)
    row.refresh_from_db()


def _there(desk: Desk, names: Sequence[str], rows: int) -> bool:
    """Whether the very same stands on the record, which the database has lost; raises :class:`Refused` where other rows of it do."""
    catch_up(desk.record(), lock())
    entry = models.Entry.objects.filter(kind="evidence", name__in=names).first()
    count = models.Report.objects.filter(entry=entry.index).count() if entry is not None else 0
    if entry is not None and count != rows:
        what = f"reports of this table that are on the record already: {count}"
        raise refused(what, "leave out what is on the record already, then record the others", "DSK035")
    return entry is not None


def _ident(row: Arrival, part: str) -> str:
    return f"{row.content}\n{row.source}{part}"


def _files(desk: Desk, row: Arrival, reports: pl.DataFrame, result: ImportResult, part: str) -> list[File]:
    """The table of reports, the list that says of which file it was made, and how it was read."""
    ident = desk.record().vault.label(_ident(row, part))[:12]
    name, known = f"import-{ident}.csv", iso(row.at.replace(microsecond=0))
    filled = reports.with_columns(known_at=pl.coalesce(pl.col("known_at"), pl.lit(known)))
    data = filled.write_csv().encode()
    whole = attached.Attached(row.content, row.name, "", row.size)
    beside = attached.list_file([whole, *(attached.Attached(**one) for one in row.beside)], name, _names(desk, row))
    how = File(mapping_name(desk, row.source), "attachment", result.mapping.encode(), own=True)
    table = File(name, "evidence", data, lambda d: text_rows(NamedBytes(name, d)), needs=(beside.name, how.name))
    return [beside, how, table]


def _aside(result: ImportResult) -> list[dict[str, Any]]:
    """Rows that were set aside, with their reasons."""
    kept = ("file", "row", "field", "reason", "value")
    return [{k: r[k] for k in kept} for r in result.quarantine.iter_rows(named=True)]


def by_itself(desk: Desk, row: Arrival, mapping: Path | None) -> str:
    """Take what came by itself, or set it aside with its reason.

    Args:
        desk: the mission.
        row: what came.
        mapping: how it is read, where the settings name a file.

    Returns:
        A line that says what became of it.
    """
    standing.stamp(desk).touch()  # open pages hear of it, also where nothing is recorded
    if row.letter:
        becoming.set_aside(row, "words, and no table: a person writes the report from them")
        return f"{row.source}: a letter waits: {row.name}"
    try:
        preview = read(desk, row, mapping if mapping is not None and mapping.is_file() else None)
    except SPOILED as error:
        preview = Preview(told=f"cannot be read ({type(error).__name__})")
    try:
        record(desk, row, "", preview)
    except ServandaError as error:
        asks = preview.result.questions if preview.result is not None else []
        if not becoming.set_aside(row, "; ".join(q.what for _, q in asks[:3]) or error.faults[0].what):
            return f"{row.source}: {row.name}: {becoming.happened(row)}"
        return f"{row.source}: {row.name} is set aside: {row.told}"
    aside = f", {plural(len({r['row'] for r in row.rows}), 'row')} set aside" if row.rows else ""
    return f"{row.source}: {row.name}: {plural(row.reports, 'report')} recorded{aside}"


def beside(came: Sequence[attached.Attached]) -> list[dict[str, Any]]:
    """What came in the same letter, as a row holds it."""
    return [asdict(one) for one in came]

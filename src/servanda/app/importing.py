"""Tables that people already have, to one table of reports: what is asked is asked once, and the answers are kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import polars as pl

from servanda.agreement import Agreement
from servanda.app.context import context_of, outlines_of
from servanda.app.given import agreement_of
from servanda.evidence import Context, read_evidence
from servanda.evidence.importing import (
    Choice,
    How,
    Imported,
    Question,
    Reading,
    TableMapping,
    import_files,
    places_of,
    read_again,
    read_mapping,
    read_places,
    track_table,
    write_mapping,
)
from servanda.evidence.importing.reading import COLUMNS
from servanda.evidence.importing.work import Doubt
from servanda.evidence.importing.zones import zone_of
from servanda.evidence.model import QUARANTINE, IngestResult, empty
from servanda.values.files import FileLike

Ask = Callable[[Reading, Question], str]
"""Gives the answer to a question; nothing leaves it open."""
_ROUNDS = 12
_AS_IT_IS = "'servanda verify' takes it as it is, and with a register knows its actors too"
_AGAIN = "a spreadsheet has saved it again: give 'servanda verify' the table that is written here, or the file as it was downloaded, whose actors a register knows"
_TEXT = dict.fromkeys(COLUMNS, pl.String)


@dataclass
class ImportResult:
    """What became of the files: reports as text, what was set aside, what was doubtful, and the mapping to keep."""

    reports: pl.DataFrame
    quarantine: pl.DataFrame
    doubts: list[Doubt]
    told: list[str]
    questions: list[tuple[str, Question]]
    mapping: str
    asked: bool = False
    """Whether the mapping holds anything that was not in the one that was given."""
    known: list[str] = field(default_factory=list)
    """The tables that were read by a reader of their format."""
    tracks: pl.DataFrame = field(default_factory=lambda: track_table([]))
    """Where somebody was, which is no report."""
    choices: list[Choice] = field(default_factory=list)
    """What a person is to choose, where nothing may be left out unasked."""
    rows: list[tuple[str, int]] = field(default_factory=list)
    """Of each report the table and the row that it was read of, as the quarantine names them."""


def import_tables(
    files: Sequence[FileLike],
    agreement: Agreement | FileLike | None = None,
    mapping: FileLike | None = None,
    *,
    ask: Ask | None = None,
    answers: Mapping[tuple[str, ...], str] | None = None,
    places: Sequence[FileLike] = (),
    strict: bool = False,
) -> ImportResult:
    """Read tables as reports.

    Args:
        files: spreadsheets, tables in text, JSON, maps, archives of them.
        agreement: takes parties, time zone, codes and places from it.
        mapping: how tables are read, as an earlier run wrote it.
        ask: is asked what must be decided; left out, it stays open.
        answers: answers that hold for all tables, by the key of the question.
        places: tables of places with their names, for rows without coordinates.
        strict: whether nothing may be left out unasked: rows whose place or target is not known are set aside, and columns that are not
            read are told, as ``choices``; ``answers`` by their keys choose.

    Returns:
        The reports, and everything else; where questions are open, there are no reports.

    Raises:
        ServandaError: a file cannot be read, or holds no table of reports.
    """
    read = agreement_of(agreement) if agreement is not None else None
    context = context_of(read) if read is not None else Context(ZoneInfo("UTC"))
    offer = read.zone.key if read is not None else ""
    given = read_mapping(mapping) if mapping is not None else []
    named = read_places(places, context, places_of(outlines_of(read), context))
    order = (answers or {}).get(("order",), "") or next((m.setting("order") for m in given if m.setting("order")), "")
    how = How(read is not None, offer, (answers or {}).get(("zone",), ""), named, strict, order)
    imported = import_files(files, context, given, how)
    if said := (answers or {}).get(("order",), ""):
        for reading in imported.readings:  # also where the cells of this file show it: those of the next may not
            reading.mapping.settings.setdefault("order", said)
        read_again(imported, context, how)
    asked = _decide(files, imported, context, given, ask, answers or {}, how)
    asked = asked or any(reading.answered for reading in imported.readings)
    if _choose(imported, context, answers or {}, how):
        asked = _decide(files, imported, context, given, ask, answers or {}, how) or True
    told = [
        *imported.told,
        *(f"{reading.table.sheet.label}: {what}" for reading in imported.readings for what in reading.told),
    ]
    doubts = [doubt for reading in imported.readings for doubt in reading.doubts]
    questions = [(reading.table.sheet.label, question) for reading, question in imported.questions]
    idle = [m for m in given if not any(m is reading.mapping for reading in imported.readings)]
    """What was answered of other tables, or of this one with a slip in a column's name: it is not lost where the file is written again."""
    text = write_mapping([*((m, []) for m in idle), *((r.mapping, r.questions) for r in imported.readings)])
    new = asked or any(not reading.mapping.given for reading in imported.readings)
    known = [
        f"{one.table.sheet.label}: read as {one.reader.title}; {_AGAIN if one.saved_again else _AS_IT_IS}"
        for one in imported.known
    ]
    zone_given = zone_of((answers or {}).get(("zone",), "") or "-")
    local = [one for one in imported.known if one.reader.local_time]
    if local and read is None:
        if isinstance(zone_given, ZoneInfo):
            context = dataclasses.replace(context, zone=zone_given)
        else:
            what = "its days are days at the place; in which time zone? Give --agreement, or --zone with its name, as Africa/Khartoum"
            questions += [(one.table.sheet.label, Question(("zone",), what)) for one in local]
    tracks = track_table(imported.tracks, zone_given)
    if questions:
        return ImportResult(pl.DataFrame(schema=_TEXT), empty(QUARANTINE), doubts, told, questions, text, new, known)
    reports, rows, ingest = _checked(imported, context, agreed=read is not None)
    choices = _together(choice for reading in imported.readings for choice in reading.choices)
    told += [f"{text}: {n}" for text, n in sorted(ingest.notes.items())]
    aside = [reading.quarantine for reading in imported.readings] + [ingest.quarantine]
    return ImportResult(
        reports, pl.concat([empty(QUARANTINE), *aside]), doubts, told, [], text, new, known, tracks, choices, rows
    )


def _decide(
    files: Sequence[FileLike],
    imported: Imported,
    context: Context,
    given: list[TableMapping],
    ask: Ask | None,
    answers: Mapping[tuple[str, ...], str],
    how: How,
) -> bool:
    """Put what is answered into the mappings until nothing more is; whether anything was."""
    changed, refused = False, set()
    for _ in range(_ROUNDS):
        fresh = []
        for reading, question in imported.questions:
            where = (id(reading.table), question.key)
            answer = answers.get(question.key, "")
            if not answer and ask is not None and where not in refused:
                answer = ask(reading, question)
                if not answer:
                    refused.add(where)
            if answer and reading.mapping.settings.get(question.key[0]) != answer:
                reading.mapping.answer(question.key, answer)
                fresh.append(question)
        if not fresh:
            return changed
        changed = True
        if any(question.key == ("encoding",) for question in fresh):
            mappings = [*given, *(reading.mapping for reading in imported.readings)]
            again = import_files(
                files, context, [dataclasses.replace(m, columns={}) if not m.given else m for m in mappings], how
            )
            for reading in again.readings:
                reading.mapping.settings |= {
                    "encoding": next(m.setting("encoding") for m in mappings if m.setting("encoding"))
                }
            imported.readings, imported.known, imported.told = again.readings, again.known, again.told
        read_again(imported, context, how)
    return changed


def _choose(imported: Imported, context: Context, answers: Mapping[tuple[str, ...], str], how: How) -> bool:
    """Put into the mappings what was chosen of columns, words and places, each where it is open; whether anything was."""
    found = [(r.mapping, c.key, answers[c.key]) for r in imported.readings for c in r.choices if answers.get(c.key)]
    for mapping, key, answer in found:
        mapping.answer(key, answer)
    if found:
        read_again(imported, context, how)
    return bool(found)


def _together(choices: Iterable[Choice]) -> list[Choice]:
    """Each choice once: it holds for all tables of the file."""
    out: dict[tuple[str, ...], Choice] = {}
    for one in choices:
        known = out.get(one.key)
        out[one.key] = dataclasses.replace(known, rows=known.rows + one.rows) if known else one
    return [*out.values()]


def _checked(
    imported: Imported, context: Context, *, agreed: bool
) -> tuple[pl.DataFrame, list[tuple[str, int]], IngestResult]:
    """The rows that pass all checks of evidence, as text, with the table and row of each; what does not is in quarantine."""
    kept, aside, of = [], IngestResult(), list[tuple[str, int]]()
    for reading in imported.readings:
        rows = reading.rows
        if not rows.height:
            continue
        parties = context.parties if agreed else {name: name for name in sorted(set(_names(rows)))}
        label = f"{reading.table.sheet.file}#{reading.table.sheet.name}".rstrip("#")
        source = read_evidence(
            [rows.drop("row")], dataclasses.replace(context, parties=parties), reader="servanda-reports", names=[label]
        )
        for _ in source.batches():
            pass
        numbers = rows["row"]
        at = source.ingest.quarantine["row"].to_list()
        aside.quarantine = pl.concat([aside.quarantine, _of_the_file(source.ingest.quarantine, numbers)])
        good = pl.int_range(1, rows.height + 1, eager=True).is_in(at)
        kept.append(rows.filter(~good).select(COLUMNS))
        of += [(label, n) for n in rows.filter(~good)["row"].to_list()]
        aside.notes.update(source.ingest.notes)
    for one in imported.known:
        source = read_evidence([one.rows.drop("row")], context, reader=one.reader.name, names=[one.table.sheet.label])
        batches = list(source.batches())
        kept += [as_written(batch) for batch in batches]
        numbers = one.rows["row"]
        of += [(one.table.sheet.label, numbers[n - 1]) for batch in batches for n in batch["row"].to_list()]
        aside.quarantine = pl.concat([aside.quarantine, _of_the_file(source.ingest.quarantine, numbers)])
        aside.notes.update(source.ingest.notes)
        others = sum(file.figures + file.statements + file.items for file in source.ingest.files)
        if others:
            aside.notes[
                "rows that are no reports but counts, statements or items, and are not written: give their file to 'verify' as it is"
            ] += others
    return pl.concat(kept) if kept else pl.DataFrame(schema=_TEXT), of, aside


def _of_the_file(quarantine: pl.DataFrame, numbers: pl.Series) -> pl.DataFrame:
    """Faults with the numbers that their rows have in the file, in place of those in the frame that was read."""
    return quarantine.with_columns(
        pl.Series("row", [numbers[n - 1] for n in quarantine["row"].to_list()], dtype=pl.Int64)
    )


def _names(rows: pl.DataFrame) -> Iterable[str]:
    for column in ("actor", "side", "toward", "speaks_for"):
        yield from (name for name in rows[column].drop_nulls().unique().to_list() if name not in ("unknown", "none"))


def as_written(reports: pl.DataFrame) -> pl.DataFrame:
    """Reports that were read, as the text of Servanda's own table."""
    instant = [pl.col(c).dt.strftime("%Y-%m-%dT%H:%M:%SZ").alias(c) for c in ("start", "end", "known_at")]
    km = (pl.col("precision_m") / 1000).cast(pl.String).alias("precision_km")
    return reports.with_columns(*instant, km).select(pl.col(c).cast(pl.String) for c in COLUMNS)

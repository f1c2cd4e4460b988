"""A table of a stranger to rows of Servanda's report table; with what was asked, what was doubtful, and what was set aside."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath

import polars as pl

from servanda.evidence.importing.coding import Coding
from servanda.evidence.importing.columns import DAYS, Guess, guess_columns, roles_left
from servanda.evidence.importing.crossed import NAMES
from servanda.evidence.importing.fields import (
    areas,
    ids,
    kinds,
    numbered,
    quantities,
    stances,
    targets,
    tell_several_sources,
    together,
    units,
    weapons,
)
from servanda.evidence.importing.forms import form_columns, is_form, is_of_the_whole, zone_of_phones
from servanda.evidence.importing.header import Table
from servanda.evidence.importing.headings import TITLE, day_of_title
from servanda.evidence.importing.known import known_when
from servanda.evidence.importing.mapping import LEFT, NONE, OPEN, Choice, Question, TableMapping
from servanda.evidence.importing.marks import flags
from servanda.evidence.importing.moments import Moments
from servanda.evidence.importing.noted import note_cells
from servanda.evidence.importing.places import Places
from servanda.evidence.importing.said_days import SENT
from servanda.evidence.importing.set_aside import set_rows_aside
from servanda.evidence.importing.sheets import is_blank, letters, shown
from servanda.evidence.importing.stamps import leave_ends
from servanda.evidence.importing.words import acts_in, words
from servanda.evidence.importing.work import Doubt, How, RowFault, Work, text_of
from servanda.evidence.model import QUARANTINE, Context, empty
from servanda.wording import plural

COLUMNS = (
    *(
        "report_id",
        "source",
        "origin",
        "via",
        "side",
        "speaks_for",
        "reliability",
        "credibility",
        "means",
        "kind",
        "stance",
        "start",
        "end",
    ),
    *(
        "known_at",
        "lat",
        "lon",
        "precision_km",
        "place_name",
        "admin1",
        "act",
        "target",
        "weapon",
        "actor",
        "attributes",
        "basis",
        "imputation",
    ),
    *(
        "toward",
        "quantity",
        "unit",
        "area",
        "nationality",
        "command",
        "payroll",
        "label",
        "incident_id",
        "answers",
        "shows",
        "effect",
        "summary",
        "url",
    ),
)
"""The columns of what is written, in their order."""
_AS_TEXT = (
    *(
        "source",
        "origin",
        "via",
        "side",
        "speaks_for",
        "reliability",
        "credibility",
        "means",
        "admin1",
        "attributes",
        "basis",
    ),
    *("imputation", "toward", "nationality", "command", "payroll", "label", "incident_id", "answers", "shows", "url"),
)


@dataclass
class Reading:
    """All that one table gave."""

    table: Table
    mapping: TableMapping
    rows: pl.DataFrame
    quarantine: pl.DataFrame
    questions: list[Question] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    columns: dict[str, list[str]] = field(default_factory=dict)
    """The columns by their roles."""
    answered: bool = False
    """Whether the zone was asked for, and had been named beforehand."""
    choices: list[Choice] = field(default_factory=list)
    """What a person is to choose, where nothing may be left out unasked."""

    @property
    def doubtful(self) -> bool:
        """Whether anything was asked, or read in one of several ways."""
        return bool(self.questions or self.doubts or self.quarantine.height)


def read_table(table: Table, mapping: TableMapping, context: Context, how: How | None = None) -> Reading:
    """Read one table.

    Args:
        table: its names and cells.
        mapping: what is known of it; what is decided here is put into it.
        context: the codes of acts; and the parties and how far the places reach, where there is an agreement.
        how: how all tables are read.

    Returns:
        Its rows, and everything else.
    """
    how = how or How()
    form = is_form(table)
    guess = _decide(table, mapping, context, form=form)
    work = Work(
        table,
        mapping,
        context,
        guess.columns,
        how,
        questions=[*guess.questions],
        told=[*guess.told],
    )
    _day_of_the_title(work)
    _tell(work)
    set_rows_aside(work, form=form)
    if form:
        _of_the_form(work)
    if not work.has("source") and mapping.values.get("source") in (None, OPEN, ""):
        work.ask(("values", "source"), "no column says who reports; whose reports are these?", "")
    rows = _rows_if_decided(work, form=form)
    note_cells(work)
    named = {role: [table.names[n] for n in found] for role, found in guess.columns.items()}
    left = tuple((role, role) for role in roles_left(work.columns))
    for name in _unused(work) if how.strict else ():
        work.choose((LEFT, name), "a column that is not read", left)
    return Reading(
        table,
        mapping,
        rows,
        _quarantine(work),
        work.questions,
        work.doubts,
        work.told,
        named,
        work.answered,
        [*work.choices.values()],
    )


def _decide(table: Table, mapping: TableMapping, context: Context, *, form: bool) -> Guess:
    """What the columns are: as the mapping says; else as their names and cells do."""
    at = {words(name): n for n, name in enumerate(table.names)}
    said = {role: [at[words(name)] for name in names if words(name) in at] for role, names in mapping.columns.items()}
    if mapping.given:
        guess = Guess({role: found for role, found in said.items() if found})
        if form and "_submission_time" in table.names:
            guess.columns.setdefault("known_at", [table.names.index("_submission_time")])
        left = [role for role, names in mapping.columns.items() if OPEN in names]
        guess.questions = [
            Question(("columns", role), f"which column is {role!r}?", "", tuple(table.names)) for role in left
        ]
        return guess
    if table.crossed and NAMES["actor"] in table.names:
        what = "parties stand across; do they say who did it?"  # nobody is accused by a guess
        asked_of = [Question(("columns", "actor"), what, NONE, (NAMES["actor"], NONE))]
    else:
        asked_of = []
    known, skipped = form_columns(table) if form else ({}, frozenset())
    guess = guess_columns(table, context, skipped, form=form)
    guess.questions += asked_of
    guess.columns |= known
    asked = any(q.key == ("columns", "position") for q in guess.questions)
    if "position" in guess.columns and not asked and is_of_the_whole(table.names[known.get("lat", [0])[0]]):
        guess.columns = {role: at for role, at in guess.columns.items() if role not in ("lat", "lon")}
    elif {"lat", "lon"} <= known.keys():  # the form's own position does
        guess.columns.pop("position", None)
        guess.questions = [q for q in guess.questions if q.key != ("columns", "position")]
    answered = {
        role for role, names in mapping.columns.items() if OPEN not in names and (said[role] or names == [NONE])
    }
    guess.questions = [q for q in guess.questions if q.key[1] not in answered and q.key[1] not in mapping.values]
    if mapping.values.get("act"):
        guess.questions = [q for q in guess.questions if q.key[1] != "act"]
    elif table.crossed:
        guess.questions = [
            _act_of_all(table, context) if q.key[1] == "act" and not q.offer else q for q in guess.questions
        ]
    if any(mapping.values.get(role) for role in DAYS):
        guess.questions = [q for q in guess.questions if q.key[1] not in DAYS]
    for role in answered:
        for other in list(guess.columns):
            guess.columns[other] = [n for n in guess.columns[other] if n not in said[role]]
        guess.columns[role] = said[role]
    guess.columns = {role: found for role, found in guess.columns.items() if found}
    for role in leave_ends(guess.columns, table.names, guess.told):
        mapping.columns.pop(role, None)
    open_roles = {q.key[1] for q in guess.questions}
    mapping.columns |= {
        role: [table.names[n] for n in found] for role, found in guess.columns.items() if role not in open_roles
    }
    return guess


def _act_of_all(table: Table, context: Context) -> Question:
    """Which act the numbers of a cross-table count; what its title speaks of is offered."""
    titles = [text for _, reason, text in table.left_out if reason == "in front of the header"]
    acts = context.vocabulary.acts
    said = {code for text in (*titles, *table.sheet.titles, table.sheet.name) for code in acts_in(text, acts)}
    offer = said.pop() if len(said) == 1 else ""
    return Question(("values", "act"), "no column says what its numbers count; which act is it?", offer)


def _day_of_the_title(work: Work) -> None:
    """Where no column has the day, that of the title, if it names one and that is what was answered."""
    missing = [q for q in work.questions if q.key[0] == "columns" and q.key[1] in DAYS and not q.offer]
    if work.table.sheet.kind == "chat" and missing:
        work.questions = [q for q in work.questions if q not in missing]
        what = f"no line of the messages says the day; is it that on which each was sent ({SENT!r})?"
        work.ask(("values", "date"), what, SENT)
        return
    title = day_of_title(work.table)
    if work.mapping.values.get("date") == TITLE:
        if title:
            work.constants["date"] = title
            work.told.append(f"the day of all rows is that of the title, {title}")
        else:
            work.ask(("values", "date"), "the title names no one day; on which day did all this happen?")
        return
    if missing and title:
        work.questions = [q for q in work.questions if q not in missing]
        work.ask(
            ("values", "date"),
            f"no column has the day; is it {title}, as the title or the name of the sheet or file says? ({TITLE!r} takes it from each one's own)",
            TITLE,
        )


def _unused(work: Work) -> list[str]:
    """The names of columns that no role has."""
    table = work.table
    taken = {n for found in work.columns.values() for n in found} | flags(work).keys()
    return [
        name
        for n, name in enumerate(table.names)
        if n not in taken and any(not is_blank(cell) for cell in table.columns[n])
    ]


def _tell(work: Work) -> None:
    table, sheet = work.table, work.table.sheet
    said = ", ".join(
        f"{role} = {' + '.join(repr(table.names[n]) for n in found)}" for role, found in sorted(work.columns.items())
    )
    work.told.append(f"columns: {said}" if said else "no column is known")
    rest = _unused(work)
    if rest:
        work.told.append(
            f"columns that are not read: {', '.join(repr(name) for name in rest[:20])}"
            + (f" and {len(rest) - 20} more" if len(rest) > 20 else "")
        )
    work.told += [*table.told, *table.left_out_words()]
    hidden = sorted(sheet.hidden_rows & set(table.numbers))
    if hidden:
        work.told.append(
            f"{plural(len(hidden), 'row is', 'rows are')} hidden in the sheet and read all the same: {', '.join(map(str, hidden[:20]))}"
        )
    columns = sorted(
        c for found in work.columns.values() for n in found if (c := table.places[n]) in sheet.hidden_columns
    )
    if columns:
        work.told.append(f"hidden columns that are read all the same: {', '.join(map(letters, columns))}")


def _of_the_form(work: Work) -> None:
    """What a form tells of itself where its answers do not: whose reports they are, and the zone of the phones."""
    mapping = work.mapping
    if not work.has("source") and not mapping.values.get("source"):
        mapping.values["source"] = f"field form {PurePath(work.table.sheet.file).stem}"
        work.told.append(f"no answer says who reports; the form is named as the source: {mapping.values['source']!r}")
    phones = zone_of_phones(work.table)
    if phones and not mapping.settings.get("zone"):
        mapping.settings["zone"] = phones
        work.told.append(f"days and times without a zone are taken in that of the phones, {phones}")


def _rows_if_decided(work: Work, *, form: bool) -> pl.DataFrame:
    """The rows; none while it is asked which column is what, but all else that has to be asked is asked at once."""
    if not any(q.key[0] in ("columns", "swapped") for q in work.questions):
        return _rows(work, form=form)
    columns, faults, doubts, told = work.columns, [*work.faults], [*work.doubts], [*work.told]
    unsettled = {q.key[1] for q in work.questions if q.key[0] == "columns"}
    work.columns = {role: found for role, found in columns.items() if role not in unsettled}
    _rows(work, form=form)
    work.columns, work.faults, work.doubts, work.told = columns, faults, doubts, told
    return pl.DataFrame(schema={**dict.fromkeys(COLUMNS, pl.String), "row": pl.Int64})


def _rows(work: Work, *, form: bool) -> pl.DataFrame:
    """The rows without faults, several where a row tells of several acts or parties."""
    height = work.table.height
    moments, places, coding = Moments(work), Places(work), Coding(work, form=form)
    out: dict[str, list[str | None]] = {name: _texts(work, name) for name in _AS_TEXT}
    out["side"] = [
        shown(cell) if shown(cell) == "none" else text
        for cell, text in zip(work.cells("side"), out["side"], strict=True)
    ]
    out |= {"start": moments.start, "end": moments.end, "lat": places.lat, "lon": places.lon, "precision_km": places.km}
    out["report_id"] = ids(work)
    out["kind"], out["stance"] = kinds(work), stances(work)
    out["known_at"] = known_when(work, moments, form=form)
    out["quantity"] = quantities(work)
    out["unit"] = [unit if much else None for unit, much in zip(units(work), out["quantity"], strict=True)]
    out["area"] = areas(work, out)
    out["target"], out["weapon"] = targets(work), weapons(work)
    tell_several_sources(work)
    out["effect"], out["summary"], out["place_name"] = (
        together(work, role) for role in ("effect", "summary", "place_name")
    )
    for n, source in enumerate(out["source"]):
        if source is None and (work.has("source") or work.mapping.values.get("source")):
            work.wrong(n, "EVD130", "source", "", "no source", "say who carries the report")
    bad = {fault.row for fault in work.faults}
    take: list[int] = []
    acts: list[str | None] = []
    actors: list[str | None] = []
    nobody: list[str | None] = [None]
    for n in range(height):
        if n in bad or moments.start[n] is None:
            continue
        for act in coding.acts[n] or nobody:
            for actor in coding.actors[n] or nobody:
                take.append(n)
                acts.append(act)
                actors.append(actor)
    columns = {name: [out[name][n] if name in out else None for n in take] for name in COLUMNS}
    columns["act"], columns["actor"] = acts, actors
    columns["report_id"] = numbered([out["report_id"][n] or "" for n in take])
    rows = pl.DataFrame(columns, schema=dict.fromkeys(COLUMNS, pl.String))
    return rows.with_columns(pl.Series("row", [work.table.numbers[n] for n in take], dtype=pl.Int64))


def _texts(work: Work, role: str) -> list[str | None]:
    """The texts of the column of a role, with nothing for missing values."""
    return [None] * work.table.height if work.is_absent(role) else [text_of(cell) or None for cell in work.cells(role)]


def _quarantine(work: Work) -> pl.DataFrame:
    """Every fault of every row: all that is wrong with it at once."""
    sheet, width = work.table.sheet, len(work.table.names)
    file = f"{sheet.file}#{sheet.name}" if sheet.name else sheet.file
    hint = "quote text that holds the sign between fields"
    table: list[tuple[str, int, str, str | None, str | None, str, str]] = [
        (file, number, "EVD101", None, text[:120], f"has {plural(fields, 'field')}, the header has {width}", hint)
        for number, fields, text in work.table.ragged
    ]
    ordered: list[RowFault] = sorted(dict.fromkeys(work.faults), key=lambda fault: fault.row)
    table += [
        (file, work.table.numbers[f.row], f.code, work.name(f.field), f.value or None, f.reason, f.hint)
        for f in ordered
    ]
    return pl.DataFrame(table, schema=QUARANTINE, orient="row") if table else empty(QUARANTINE)

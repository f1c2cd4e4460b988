"""Duties: what must be done once, by a deadline or by milestones.

A deed counts as shown when it is confirmed: by observation, by independent origins, or acknowledged by every other party.
That it was **not** done is shown only by a first-hand observation made when the time had run out, by the deed done late, or
by coverage that would have seen it. Silence shows nothing either way; a duty whose time has not run out is ``not_due``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from servanda.agreement.kinds import Duty
from servanda.values.small_tables import instant
from servanda.values.time import Interval
from servanda.verdicts.breaches import Breach
from servanda.verdicts.builder import (
    CEASED,
    PERHAPS_CEASED,
    UNSETTLED,
    VerdictBuilder,
    ids,
    in_force_step,
    not_binding,
    time_words,
)
from servanda.verdicts.degrees import degree_of_level, degree_steps, degrees_of_deeds
from servanda.verdicts.event_times import EventTime, EventTimes, Span
from servanda.verdicts.undone import perhaps_by, shown_undone, too_early_step
from servanda.wording import listing


@dataclass(frozen=True, slots=True)
class _Deeds:
    """The deeds of a duty by name, the occurrences of each, and the numbers of those not shown done in time."""

    names: tuple[str, ...]
    occurrences: tuple[pl.DataFrame, ...]
    missing: tuple[int, ...]


def conclude(builder: VerdictBuilder, times: EventTimes) -> VerdictBuilder:
    """Whether a party did what was to be done once; a slow duty by its milestones."""
    term = builder.term
    kind = term.kind
    assert isinstance(kind, Duty)
    span = times.span(term)
    early = not_binding(builder, span, duty=True)
    if early is not None:
        return early
    due = times.deadline(term)
    in_force_step(builder, span)
    if due is not None:
        builder.step("deadline", f"It is to be done by then: {time_words(builder, due)}.", due.uses)
    deeds = _deeds(builder, kind, due)
    if builder.nameless and not deeds.missing:
        return builder.finish(
            "undetermined", "it is done, and the mandate does not let it be said by which of those it binds"
        )
    if not deeds.missing:
        return builder.finish("complied", "everything is shown done in time")
    if due is None:
        return builder.finish("not_due", "the text sets no deadline, and it is not shown done")
    return _overdue(builder, span, due, deeds)


def _deeds(builder: VerdictBuilder, kind: Duty, due: EventTime | None) -> _Deeds:
    """What was done of a duty, with the steps that say so."""
    names = kind.levels or kind.baseline or tuple(_name(deed.act_codes) for deed in kind.deeds)
    occurrences = [
        builder.case.happened(builder.reading, builder.term.id, f"deed {n}", builder.party) for n in range(len(names))
    ]
    in_time = [rows.filter((pl.col("status") == "confirmed") & _by(due)) for rows in occurrences]
    if kind.levels:  # a higher level implies those below it
        in_time = [pl.concat(in_time[n:]) for n in range(len(names))]
    for name, rows in zip(names, in_time, strict=True):
        if rows.height:
            first = rows.sort("end", "incident").row(0, named=True)
            text = f"{name.replace('_', ' ')}: shown done by {builder.date(first['end'])}."
            builder.step("done", text, [first["incident"]])
    together = pl.concat(occurrences)
    builder.confirmed = ids(together, "confirmed")
    builder.alleged = tuple(sorted(set(ids(together, "alleged")) - set(builder.confirmed)))
    missing = tuple(n for n, rows in enumerate(in_time) if not rows.height)
    builder.measure = {"done": len(names) - len(missing), "of": len(names)}
    if kind.levels:
        reached = [n for n, rows in enumerate(occurrences, 1) if (rows["status"] == "confirmed").any()]
        level = max(reached, default=0)
        builder.measure = {"level": level, "of": len(names)}
        builder.step("level", f"Level {level} of {len(names)} is shown ({', '.join(names)}).")
    if len(names) > 1 or kind.levels:
        first_done = [rows.filter(pl.col("status") == "confirmed")["end"].min() for rows in occurrences]
        degrees = [degree_of_level(name) for name in kind.levels] or [0] * len(names)
        times = [(end, degree) for end, degree in zip(first_done, degrees, strict=True) if isinstance(end, datetime)]
        degree_steps(builder, degrees_of_deeds(times, 0 if kind.levels else len(names)))
    return _Deeds(names, tuple(occurrences), missing)


def _name(codes: tuple[str, ...]) -> str:
    return " or ".join(code.replace("_", " ") for code in codes)


def _by(due: EventTime | None) -> pl.Expr:
    """Whether an occurrence surely was by a deadline."""
    if due is None or due.earliest is None:
        return pl.lit(True)
    return pl.col("end") <= instant(due.earliest)


def _overdue(builder: VerdictBuilder, span: Span, due: EventTime, deeds: _Deeds) -> VerdictBuilder:
    """The verdict where something is not shown done: not due, shown not done, or undetermined."""
    case = builder.case
    if due.earliest is None or not case.passed(due.earliest) or (due.latest and not case.passed(due.latest)):
        return builder.finish("not_due", "its time has not run out")
    if due.latest is None or span.unsettled:
        return builder.finish("undetermined", UNSETTLED)
    ceased = span.over_by(due.latest)
    if ceased is not False:
        return builder.finish("not_due", CEASED) if ceased else builder.finish("undetermined", PERHAPS_CEASED)
    builder.window = Interval(span.start.latest, due.latest)
    not_done, certainties, unseen = [], [], False
    for n in deeds.missing:
        query = case.query(builder.reading, builder.term.id, f"deed {n}", builder.party)
        # a deed counts from the signature on
        counted = Interval(query.window.start, due.latest)
        undone = shown_undone(builder, f"deed {n}", query.pattern, counted, deeds.occurrences[n])
        name = deeds.names[n].replace("_", " ")
        if undone:
            not_done.append(name)
            certainties.append(undone.certainty)
            builder.step("not_done", f"{name}: {undone.why}.", undone.uses)
        elif not _perhaps_in_time(builder, name, deeds.occurrences[n], due.latest):
            unseen = True
            open_ = ids(deeds.occurrences[n], "alleged", "open")
            builder.step("not_shown", f"{name}: neither shown done in time nor shown undone.", open_)
            too_early_step(builder, f"deed {n}", name, due.latest)
    if not_done:
        builder.breaches = (Breach(due.earliest, due.latest, max(certainties)),)
        return builder.finish("breached", f"{listing(not_done)} was not done in time")
    nobody_saw = "the time has run out, and nobody without a side saw whether it was done"
    return builder.finish("undetermined", nobody_saw if unseen else "it is not settled whether it was done in time")


def _perhaps_in_time(builder: VerdictBuilder, name: str, occurrences: pl.DataFrame, due: datetime) -> bool:
    """Whether it is shown done and was perhaps in time, which a step says."""
    shown = occurrences.filter((pl.col("status") == "confirmed") & perhaps_by(due)).sort("end", "incident")
    if not shown.height:
        return False
    first = shown.row(0, named=True)
    words = f"{name}: shown done by {builder.date(first['end'])}, and it is not settled whether that was in time."
    builder.step("perhaps_in_time", words, [first["incident"]])
    return True

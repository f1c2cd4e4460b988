"""The five questions a reader brings, answered in sentences from a summary. Wording only: every number is the summary's."""

from __future__ import annotations

from collections.abc import Mapping

from servanda.verdicts.acts_counted import acts_words
from servanda.verdicts.summary import Alleged, Counted, Happened, Measured, Parting, Seen, Subject, Summary
from servanda.wording import alone, percent, plural

_SETTLES = {
    "breached": "breached",
    "disputed": "disputed between readings",
    "excused": "excused",
    "complied": "nothing found where it could have been seen",
}
_DONE = "shown done in time"
"""What is said of a duty in the place of "nothing found": it was found, and that settles it."""
_NAMED = 5  # incidents that are named in a sentence; of more, the number


def answers(summary: Summary) -> list[tuple[str, list[str]]]:
    """Each question with its answer.

    Args:
        summary: a verification in short.

    Returns:
        Headings, each with one sentence or more.
    """
    several = len(summary.readings) > 1
    return [
        ("What was agreed", [agreed.text for agreed in summary.agreed]),
        ("What is alleged", _alleged(summary) or ["Nothing."]),
        (
            "What is confirmed",
            _confirmed(summary) or ["Nothing: no incident is confirmed by a source without a side, or admitted."],
        ),
        ("What was not seen", [_seen(seen) for seen in summary.seen]),
        (
            "Where the readings part",
            [_parting(p) for p in summary.parting] or (["Nowhere."] if several else ["There is one reading only."]),
        ),
    ]


def lead(summary: Summary) -> str:
    """The first sentences: what was found, what is only said, and how much was watched.

    Args:
        summary: a verification in short.

    Returns:
        Two or three sentences.
    """
    several = len(summary.readings) > 1
    final = [row for row in summary.rows if not several or row.reading is None]
    deeds = {(m.term, m.party) for m in summary.measured if "cap" not in m.measure}
    settled: dict[str, list[str]] = {word: [] for word in (*_SETTLES.values(), _DONE)}
    for row in (row for row in final if row.verdict in _SETTLES):
        done = row.verdict == "complied" and (row.term, row.party) in deeds
        settled[_DONE if done else _SETTLES[row.verdict]].append(_about(row))
    said = [f"{word[0].upper()}{word[1:]}: {_listed(names)}." for word, names in settled.items() if names]
    alleged: dict[str, int] = {}
    for one in summary.alleged:
        if one.owes != "deed" and one.reading == next((r.reading for r in final), None):
            alleged[one.party or ""] = max(alleged.get(one.party or "", 0), one.incidents)
    told = [f"{party} {count:,}" if party else f"{count:,}" for party, count in sorted(alleged.items())]
    claims = (
        f"Alleged and not confirmed (incidents under the term with most): {', '.join(told)}."
        if told
        else "Nothing is alleged that is not settled."
    )
    watched = [seen.share for seen in summary.seen]
    if not watched or max(watched) == 0:
        looked = "Nobody whose watch counts was looking."
    else:
        low, high = (percent(share) if share else "nothing" for share in (min(watched), max(watched)))
        until = "" if summary.as_of is None else " up to the as-of instant"
        looked = (
            f"Watched to the standard{until}, by term: {low if low == high else f'{low} to {high}'} of place and time."
        )
    return " ".join([*(said or ["No verdict settles anything yet."]), claims, looked])


def _listed(names: list[str]) -> str:
    shown = list(dict.fromkeys(names))
    more = len(shown) - _NAMED
    return "; ".join(shown[:_NAMED]) + (f"; and {more} more" if more > 0 else "")


_STATUSES = ("confirmed", "alleged", "excused")


def measure_words(measure: Mapping[str, float | int | str | None]) -> str:
    """What a term is measured by, in a few words."""
    words = _amount_words({name: value for name, value in measure.items() if not name.startswith("degree")})
    if "degree" not in measure:
        return words
    since = f" since {measure['degree_since']}" if measure.get("degree_since") else ""
    return f"{words}; degree: {measure['degree']}{since}"


def _amount_words(measure: Mapping[str, float | int | str | None]) -> str:
    """How much, of how much, or in which state, in a few words."""
    if "rate" in measure:
        rate = "" if measure["rate"] is None else f", {100 * float(str(measure['rate'])):.0f} %"
        return f"{measure['delivered']:g} of {measure['owed']:g} shown{rate}"
    if "cap" in measure:
        most = (
            "how many more is not known" if measure["most"] is None else f"at most {measure['most']:g} by what is told"
        )
        return f"at least {measure['least']:g} shown, {most}, cap {measure['cap']:g}"
    if "level" in measure:
        return f"level {measure['level']} of {measure['of']}"
    if "done" in measure:
        return f"{measure['done']} of {measure['of']} shown done in time"
    if "state" in measure:
        return str(measure["state"])
    if not counts_incidents(measure):
        return ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in measure.items())
    words = [f"{counted} {status}" for status in _STATUSES if (counted := acts_words(_of_status(measure, status)))]
    if "at_least_one_low" in measure:
        low, high = (100 * float(str(measure[f"at_least_one_{end}"])) for end in ("low", "high"))
        words.append(f"at least one inside: {low:.3g} % (one common error) to {high:.3g} % (independent errors)")
    return "; ".join(words)


def counts_incidents(measure: Mapping[str, float | int | str | None]) -> bool:
    """Whether a term is measured by its incidents, so that what else is measured stands beside their numbers."""
    return all(name.startswith(("at_least_one", "degree")) or name.endswith(("_least", "_most")) for name in measure)


def _of_status(measure: Mapping[str, float | int | str | None], status: str) -> dict[str, float | int | str | None]:
    """The acts counted in incidents of one status, named as those that are confirmed are."""
    if status == "confirmed":
        return dict(measure)
    return {name.removeprefix(f"{status}_"): of for name, of in measure.items() if name.startswith(f"{status}_")}


def _about(subject: Subject) -> str:
    """The term and the party, in a few words."""
    title = _named(subject)
    return f"{title}, {subject.party}" if subject.party else title


def _named(about: Subject | Seen) -> str:
    """The title of a term among English words, whichever way its own run."""
    return alone(about.title, right_to_left=False)


def _alleged(summary: Summary) -> list[str]:
    """Alleged breaches first; then who is said to have done what it owes, which is no breach."""
    breaches = [
        f"{_about(a)}: {plural(a.incidents, 'incident')} ({_told(a)}){_watched(summary, a)}"
        for a in summary.alleged
        if a.owes != "deed"
    ]
    deeds = [
        f"{_about(a)}: said to have been done, and not confirmed ({plural(a.incidents, 'incident')}, {_told(a)})"
        for a in summary.alleged
        if a.owes == "deed"
    ]
    unsettled = [
        f"{_named(u)}{f' ({u.reading})' if u.reading else ''}: of {plural(u.incidents, 'more incident')} it is open whether this is such an act, or whose"
        for u in summary.unsettled
    ]
    return breaches + deeds + unsettled


def _watched(summary: Summary, subject: Subject) -> str:
    """How much was watched of the acts of whom a count is about: no count is told without it."""
    rows = [r for r in summary.rows if (r.term, r.party) == (subject.term, subject.party)]
    row = next((r for r in rows if r.reading == subject.reading), rows[0] if rows else None)
    if row is None or row.watched is None:
        return ""
    return f"; {percent(row.watched) if row.watched else 'nothing'} of place and time was watched"


def _told(alleged: Alleged) -> str:
    """How many reports and origins speak of it; the number covers the row's settled incidents too, where there are any."""
    too = ", those confirmed or excused included" if alleged.settled else ""
    return f"{plural(alleged.reports, 'report')}, {plural(alleged.origins, 'origin')}{too}"


def _confirmed(summary: Summary) -> list[str]:
    acts = [
        f"{_about(c)}: {plural(c.incidents, 'incident')} confirmed as this party's{_acts(c)}{_watched(summary, c)}"
        if c.party
        else f"{_about(c)}: {c.incidents} confirmed{_acts(c)}{_watched(summary, c)}"
        for c in summary.confirmed
    ]
    measured = [_measured(summary, m) for m in summary.measured]
    happened = [_happened(summary.happened)] if summary.happened else []
    return [*acts, *measured, *happened, *(f"{_about(e)}: {e.incidents} excused" for e in summary.excused)]


def _acts(counted: Counted) -> str:
    """How many acts that was, where they were counted."""
    return f" ({counted.acts})" if counted.acts else ""


def _measured(summary: Summary, measured: Measured) -> str:
    reading = f" ({measured.reading})" if measured.reading else ""
    breached = "; breached" if measured.verdict == "breached" else ""
    watched = _watched(summary, measured) if "cap" in measured.measure else ""
    return f"{_about(measured)}{reading}: {measure_words(measured.measure)}{breached}{watched}"


def _happened(incidents: tuple[Happened, ...]) -> str:
    names = ", ".join(f"{i.incident} ({i.place or 'place not named'})" for i in incidents[:_NAMED])
    more = " …" if len(incidents) > _NAMED else ""
    return f"that something happened, for {plural(len(incidents), 'event')}: {names}{more}; not that it was a breach, nor whose"


def _seen(seen: Seen) -> str:
    if seen.watched == "nobody":
        return (
            f"{_named(seen)}: nobody whose watch counts was looking for every kind of act; silence there says nothing"
        )
    if seen.watched == "below":
        return f"{_named(seen)}: {percent(seen.share)} of place and time was watched to the standard; of the rest nothing is known"
    return f"{_named(seen)}: watched ({percent(seen.share)} of place and time)"


def _parting(parting: Parting) -> str:
    if not parting.same_verdict:
        words = "; ".join(f"{reading}: {verdict.replace('_', ' ')}" for reading, verdict in parting.verdicts.items())
        return f"{_about(parting)}: {words}"
    counts = "; ".join(f"{reading}: {n}" for reading, n in parting.counted.items())
    return f"{_about(parting)}: same verdict, but {plural(parting.apart, 'incident')} counted in some readings only ({counts})"

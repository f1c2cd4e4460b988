"""The page, the table and the data of who is said to have broken an agreement first."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from servanda import FORMAT, __version__
from servanda.incidents.lineage.claims import BETWEEN
from servanda.incidents.lineage.earliest import Earliest, Order
from servanda.incidents.lineage.first import ADMITTED, CLAIMED, REPORTED, SEEN, First
from servanda.report.environment import asset, environment_of
from servanda.report.tables import csv_files
from servanda.values.time import iso
from servanda.wording import length_of_time, plural, short_instant, which_of_two

SHOWN = 5
"""So many of the earliest of a voice are shown; the rest is counted."""
SHOWN_ROWS = 1_500
_WHOLE = ("count", "statement")


def first_data(first: First) -> dict[str, Any]:
    """What ``first.json`` holds.

    Args:
        first: what is said.

    Returns:
        Plain data; instants in the zone of the agreement, or UTC.
    """
    zone = first.zone

    def told(one: Earliest) -> dict[str, Any]:
        more = {"untold": one.untold, "counts": one.counts, "of": one.of}
        times = {"from": iso(one.start, zone), "until": iso(one.end, zone)}
        return {"voice": one.voice, "side": one.side or None, "claims": list(one.claims), **times, **more}

    readings = [
        {
            "reading": r.reading,
            "from": iso(r.window.start, zone),
            "until": iso(r.window.end, zone),
            "earliest": [told(e) for e in r.earliest],
            "order": [
                {"of": _name(o.one), "to": _name(o.other), "relation": o.relation, "words": order_words(o, first)}
                for o in r.orders
            ],
        }
        for r in first.readings
    ]
    claims = [
        {k: iso(v, zone) if isinstance(v, datetime) else v for k, v in row.items()}
        for row in first.told.iter_rows(named=True)
    ]
    return {
        "format": FORMAT,
        "servanda": __version__,
        "agreement": first.title or None,
        "as_of": iso(first.as_of, zone),
        "sides": dict(first.names),
        "readings": readings,
        "claims": claims,
        "left": dict(first.left),
    }


def first_files(first: First) -> dict[str, bytes]:
    """The files of ``servanda first``.

    Args:
        first: what is said.

    Returns:
        File names with their content.
    """
    data = json.dumps(first_data(first), ensure_ascii=False, indent=1) + "\n"
    return {"first.html": first_page(first).encode(), **csv_files({"first": first.told}), "first.json": data.encode()}


def first_page(first: First) -> str:
    """The page.

    Args:
        first: what is said.

    Returns:
        One HTML file as text, with its style inside; it makes no request.
    """
    acts, whole = page_rows(first)
    template = environment_of(first.zone).get_template("first.html.j2")
    return template.render(
        version=__version__,
        first=first,
        style=asset("report.css"),
        by_claim={row["claim"]: row for row in acts},
        acts=acts[:SHOWN_ROWS],
        hidden=len(acts) - len(acts[:SHOWN_ROWS]),
        whole=whole[:SHOWN_ROWS],
        heading=lambda one: voice_words(one, first),
        span=lambda one: earliest_words(one, first.zone),
        remarks=lambda one: remarks(one, first),
        order=lambda one: order_words(one, first),
        shown=SHOWN,
        between=BETWEEN,
    )


def page_rows(first: First) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The sayings as people read them, in order of time.

    Args:
        first: what is said.

    Returns:
        Those of single acts, and those of the whole: counts and general statements.
    """
    rows = [_row(row, first.zone) for row in first.told.iter_rows(named=True)]
    return [r for r in rows if r["from"] not in _WHOLE], [r for r in rows if r["from"] in _WHOLE]


def voice_words(one: Earliest, first: First) -> str:
    """Whose earliest it is, as a heading."""
    return "E" + _whose(one, first).removeprefix("the e")


def earliest_words(one: Earliest, zone: ZoneInfo) -> str:
    """When the earliest was, from and to."""
    start = one.start
    if start is None:
        return "nobody says when" if one.untold else "none"
    if one.end is None:
        return f"perhaps from {short_instant(start, zone)}; none of it is surely in force"
    if start == one.end:
        return short_instant(start, zone)
    return f"between {short_instant(start, zone)} and {short_instant(one.end, zone)}"


def remarks(one: Earliest, first: First) -> list[str]:
    """What a reader must know of an earliest."""
    out = []
    if len(one.claims) > 1:
        out.append(f"{len(one.claims)} overlap in time: none of them is shown to be earlier than the others")
    if one.untold:
        out.append(f"{plural(one.untold, 'more does', 'more do')} not say when; any of these may be earlier")
    if one.counts:
        out.append(
            plural(
                one.counts,
                "published count covers that time, and dates no act",
                "published counts cover that time, and date no act",
            )
        )
    if not one.of:
        out.append("nothing of the kind is in the evidence")
    return out


def order_words(order: Order, first: First) -> str:
    """What two claimed times say of each other, in a sentence."""
    one, other = _whose(order.one, first), _whose(order.other, first)
    if order.relation == "not earlier":
        return f"{one[0].upper()}{one[1:]} and {other}: the times overlap, so that neither is earlier."
    early, late, a, b = (
        (one, other, order.one, order.other) if order.relation == "earlier" else (other, one, order.other, order.one)
    )
    assert a.end is not None
    assert b.start is not None
    gap = _at_least(b.start - a.end)
    return f"{early[0].upper()}{early[1:]} lies before {late}{gap}, by the times that are claimed; that is no finding."


def _at_least(gap: timedelta) -> str:
    """How far apart two times are at least, in whole hours where it is more than a few."""
    if gap >= timedelta(hours=3):
        gap = timedelta(hours=gap // timedelta(hours=1))
    return f" by {length_of_time(gap)} at least" if gap else ""


def _some(length: timedelta) -> str:
    """A length of time, to the hour where it is more than a few and no whole number of hours."""
    hour = timedelta(hours=1)
    if length < 3 * hour or not length % hour:
        return length_of_time(length)
    return f"some {length_of_time(hour * round(length / hour))}"


def _whose(one: Earliest, first: First) -> str:
    name = first.names.get(one.side, one.side)
    return {
        CLAIMED: f"the earliest claimed by {name}",
        ADMITTED: f"the earliest that {name} admits",
        SEEN: "the earliest that somebody without a side saw",
        REPORTED: "the earliest that somebody without a side reports",
    }[one.voice]


def _name(one: Earliest) -> str:
    return f"{one.voice} {one.side}".strip()


def _row(row: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """A saying as the page shows it: when in words, its doubt, and its chains as a list."""
    start, end = row["start"], row["end"]
    doubt = ""
    if start is None:
        when = "not told" + ("" if end is None else f"; by {short_instant(end, zone)}")
    elif end is None or start == end:
        when = short_instant(start, zone)
    else:
        same = start.astimezone(zone).date() == end.astimezone(zone).date()
        until = (
            f"{end.astimezone(zone):%H:%M}{which_of_two(end.astimezone(zone))}"
            if same
            else short_instant(end, zone, year=start.year != end.year)
        )
        when, doubt = f"{short_instant(start, zone)} to {until}", _some(end - start)
    chains = [chain for chain in (row["relays"] or "").split(BETWEEN) if chain]
    answers = [one for one in (row["answer"] or "").split(BETWEEN) if one]
    return {**row, "when": when, "doubt": doubt, "chains": chains, "answers": answers}

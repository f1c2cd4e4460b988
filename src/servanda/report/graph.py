"""The sequence of an agreement as a picture: what waits for what, and how each step stands.

A step is **live** (it binds, or is due later), **blocked** (by steps that are not done), **overdue**, **done**, or **not in
force**. Without evidence every step that waits for nothing is live. Steps stand in columns: nothing waits for what stands to
its right. Shape and word tell the state, not colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import escape

from servanda.agreement import Agreement, Term, Text
from servanda.agreement.kinds.base import RESTRAINTS
from servanda.agreement.model import Event
from servanda.agreement.plain_language import say_event
from servanda.verdicts import Verdict, VerdictWord, Verification
from servanda.wording import short_instant

_WIDE, _HIGH, _GAP_X, _GAP_Y, _MARGIN = 220, 64, 70, 18, 20
_COLOURS = {
    "done": ("#e3f2e6", "#1b6b35"),
    "live": ("#e6eefb", "#1f4e9c"),
    "blocked": ("#f3f1ec", "#6b6455"),
    "overdue": ("#fbe6e3", "#a3261a"),
    "broken": ("#fbe6e3", "#a3261a"),
    "dormant": ("#f7f7f2", "#5c6b4f"),
    "not in force": ("#f5f5f5", "#777777"),
    "event": ("#fff7dd", "#7a5b00"),
    "not to be told": ("#f0e9f7", "#5b3a86"),
}
_SIGNS = {
    "done": "✓",
    "live": "▸",
    "blocked": "\u2016",
    "overdue": "✕",
    "broken": "✕",
    "dormant": "☾",
    "not in force": "\u2013",
    "event": "◆",
    "not to be told": "?",
}


@dataclass(frozen=True, slots=True)
class GraphStep:
    """One term or event: its state, what it waits for, whom that rests with."""

    id: str
    title: str
    state: str
    detail: str
    waits: tuple[str, ...]

    def __str__(self) -> str:
        after = f" (after: {', '.join(self.waits)})" if self.waits else ""
        return f"{_SIGNS[self.state]} {self.id}: {self.state}{': ' + self.detail if self.detail else ''}{after}"


def steps_of(agreement: Agreement, reading: str | None, verification: Verification | None) -> list[GraphStep]:
    """The steps of one reading in an order in which nothing comes before what it waits for, circles last.

    Args:
        agreement: the agreement.
        reading: the name of the reading, ``None`` where there is only one.
        verification: what the evidence shows; ``None`` for the agreement alone.

    Returns:
        A step for each event and each term.
    """
    text = next(t for t in agreement.texts if t.reading == reading)
    needs = _needs(text)
    steps = {event.id: _event_step(agreement, event, reading, needs, verification) for event in text.events}
    states = {} if verification is None else _states(text, verification)
    for term in text.terms:
        name = term.clause
        if name not in steps:
            state, detail = states.get(name) or _without_evidence(term, needs[name])
            if state == "blocked" and verification is not None:
                detail = _resting(text, needs[name], states) or detail
            steps[name] = GraphStep(name, term.title, state, detail, needs[name])
    return _ordered(list(steps.values()))


def _needs(text: Text) -> dict[str, tuple[str, ...]]:
    """For each term and event, what it waits for or counts from."""
    needs: dict[str, tuple[str, ...]] = {}
    for event in text.events:
        other = (event.complied,) if event.complied else ()
        since = (event.quiet.since.event,) if event.quiet and event.quiet.since.event else ()
        needs[event.id] = (*other, *since, *event.all_of, *event.any_of)
    for term in text.terms:
        clocks = (*term.starts, *((term.deadline,) if term.deadline else ()))
        events = [clock.event for clock in clocks if clock.event]
        name = term.clause
        needs[name] = tuple(dict.fromkeys((*needs.get(name, ()), *events, *term.kind.set_off_by)))
    return needs


def _event_step(
    agreement: Agreement,
    event: Event,
    reading: str | None,
    needs: Mapping[str, tuple[str, ...]],
    verification: Verification | None,
) -> GraphStep:
    happened = None if verification is None else verification.moments.get((reading, event.id))
    state = "done" if happened and happened[1] else "not to be told" if happened and happened[0] else "event"
    title = (event.text or event.id.replace("_", " ")).split(",")[0]
    detail = _event_words(agreement, event, happened)
    return GraphStep(event.id, title[0].upper() + title[1:], state, detail, needs[event.id])


def _without_evidence(term: Term, needs: Sequence[str]) -> tuple[str, str]:
    """How a term stands by the agreement alone."""
    names = [name.replace("_", " ") for name in needs]
    if term.kind.guards:
        return "dormant", "set off by " + " or ".join(names)
    return ("blocked", "until " + " and ".join(names)) if names else ("live", "")


def _states(text: Text, verification: Verification) -> dict[str, tuple[str, str]]:
    """How each term stands, taking all whom it binds together."""
    rows: dict[str, list[Verdict]] = {term.id: [] for term in text.terms}
    for verdict in verification.verdicts:
        if verdict.reading == text.reading and verdict.term in rows:
            rows[verdict.term].append(verdict)
    return {term.clause: _state(term, rows[term.id]) for term in text.terms}


def _state(term: Term, verdicts: Sequence[Verdict]) -> tuple[str, str]:
    words = {v.verdict for v in verdicts}

    def parties(word: VerdictWord, otherwise: str) -> str:
        return ", ".join(v.party for v in verdicts if v.verdict == word and v.party) or otherwise

    if "breached" in words:
        broken = term.kind.owes in RESTRAINTS
        how = ("broken", "broken") if broken else ("overdue", "not done")
        return how[0], f"{how[1]} by {parties('breached', 'somebody')}"
    if any(step.rule == "waits" for v in verdicts for step in v.steps):
        return "blocked", ""
    if term.kind.guards and words <= {"not_in_force"}:
        return "dormant", "nothing confirmed sets it off"
    if "not_due" in words:
        return "live", f"due from {parties('not_due', 'those it binds')}"
    if "undetermined" in words:
        return "not to be told", f"about {parties('undetermined', 'those it binds')}"
    return ("done", "") if words <= {"complied", "excused"} else ("not in force", "")


def _resting(text: Text, needs: Sequence[str], states: Mapping[str, tuple[str, str]]) -> str:
    """Whom a blocked step rests with."""
    events = {event.id: event for event in text.events}
    words = []
    for need in _leaves(events, needs):
        event = events.get(need)
        name = event.complied if event is not None and event.complied else need
        state = states.get(name or "")
        if state and state[0] != "done":
            words.append(f"{name.replace('_', ' ')} ({state[0]}{', ' + state[1] if state[1] else ''})" if name else "")
        elif event is not None and not event.complied:
            by = " by " + ", ".join(event.done.by) if event.done and event.done.by else ""
            words.append(need.replace("_", " ") + by)
    return "until " + " and ".join(w for w in words if w) if any(words) else ""


def _leaves(events: Mapping[str, Event], needs: Sequence[str]) -> list[str]:
    """What is waited for, with events that stand for several others taken apart."""
    out: list[str] = []
    for need in needs:
        event = events.get(need)
        parts = (*event.all_of, *event.any_of) if event is not None else ()
        out += _leaves({k: v for k, v in events.items() if k != need}, parts) if parts else [need]
    return list(dict.fromkeys(out))


def _event_words(agreement: Agreement, event: Event, happened: tuple[datetime | None, datetime | None] | None) -> str:
    """What is known of when an event happened; without evidence, what the event is."""
    if happened is None:
        return say_event(agreement, event)
    earliest, latest = happened
    if latest is not None:
        return f"by {short_instant(latest, agreement.zone)}"
    return (
        "no sign of it so far"
        if earliest is None
        else f"not before {short_instant(earliest, agreement.zone)}, and not settled"
    )


def _ordered(steps: list[GraphStep]) -> list[GraphStep]:
    """Steps by how many others must come before them."""
    depth = _depths(steps)
    return [step for _, _, step in sorted((depth[step.id], n, step) for n, step in enumerate(steps))]


def _depths(steps: list[GraphStep]) -> dict[str, int]:
    known = {step.id for step in steps}
    needs = {step.id: [w for w in step.waits if w in known] for step in steps}
    depth: dict[str, int] = {}
    while len(depth) < len(needs):
        ready = [name for name in needs if name not in depth and all(n in depth for n in needs[name])]
        if not ready:  # a circle: its steps stand beside each other
            ready = [name for name in needs if name not in depth]
            at = 1 + max(depth.values(), default=-1)
            depth.update(dict.fromkeys(ready, at))
            break
        depth.update({name: 1 + max((depth[n] for n in needs[name]), default=-1) for name in ready})
    return depth


def draw_graph(agreement: Agreement, steps: list[GraphStep]) -> str:
    """An SVG that stands by itself: boxes for steps, diamonds' corners for events, arrows from what is waited for."""
    depth = _depths(steps)
    columns: dict[int, list[GraphStep]] = {}
    for step in steps:
        columns.setdefault(depth[step.id], []).append(step)
    at = {}
    for n, column in sorted(columns.items()):
        for k, step in enumerate(column):
            at[step.id] = (_MARGIN + n * (_WIDE + _GAP_X), 60 + k * (_HIGH + _GAP_Y))
    width = max(2 * _MARGIN + len(columns) * (_WIDE + _GAP_X) - _GAP_X, 2 * _MARGIN + 11 * len(agreement.title))
    height = 80 + max(len(c) for c in columns.values()) * (_HIGH + _GAP_Y) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" font-family="system-ui, sans-serif" role="img" aria-label="Sequence of {escape(agreement.title)}">',
        "<style>@media print{svg{width:100%;height:auto}}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="#555"/></marker></defs>',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<text x="{_MARGIN}" y="32" font-size="18" font-weight="600">{escape(agreement.title)}</text>',
    ]
    for step in steps:
        x, y = at[step.id]
        for need in step.waits:
            if need in at:
                parts.append(_arrow(at[need], (x, y)))
    for step in steps:
        parts += _box(step, *at[step.id])
    return "\n".join([*parts, "</svg>"]) + "\n"


def _arrow(start: tuple[int, int], end: tuple[int, int]) -> str:
    x0, y0, x1, y1 = start[0] + _WIDE, start[1] + _HIGH / 2, end[0], end[1] + _HIGH / 2
    if x1 <= start[0]:  # beside or behind: around the outside
        x0, x1 = start[0], end[0]
        return f'<path d="M{x0},{y0} C{x0 - 45},{y0} {x1 - 45},{y1} {x1},{y1}" fill="none" stroke="#a3261a" stroke-dasharray="4 3" marker-end="url(#tip)"/>'
    middle = (x0 + x1) / 2
    return f'<path d="M{x0},{y0} C{middle},{y0} {middle},{y1} {x1},{y1}" fill="none" stroke="#555" marker-end="url(#tip)"/>'


def _box(step: GraphStep, x: int, y: int) -> list[str]:
    fill, ink = _COLOURS[step.state]
    round_ = 20 if step.state == "event" else 6
    out = [
        f"<g><title>{escape(str(step))}</title>",
        f'<rect x="{x}" y="{y}" width="{_WIDE}" height="{_HIGH}" rx="{round_}" fill="{fill}" stroke="{ink}"/>',
        f'<text x="{x + 10}" y="{y + 20}" font-size="13" font-weight="600" fill="#111">{escape(_short(step.title, 27))}</text>',
        f'<text x="{x + 10}" y="{y + 37}" font-size="12" fill="{ink}">{_SIGNS[step.state]} {step.state}</text>',
        f'<text x="{x + 10}" y="{y + 53}" font-size="11" fill="#333">{escape(_short(step.detail, 34))}</text>',
        "</g>",
    ]
    return [str(part) for part in out]


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"

"""What waits for what: terms and events as a graph; circles in it, and steps that are due before what they wait for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from servanda.agreement import Pattern, Term, Text
from servanda.agreement.model import Event
from servanda.drafting.kinds import rules_of


@dataclass(frozen=True, slots=True)
class Sequence:
    """``waits``: for every term and event, those that must have come before it. ``any``: events that need only one of them."""

    waits: Mapping[str, tuple[str, ...]]
    any: frozenset[str]

    def circles(self) -> list[tuple[str, ...]]:
        """Every set of steps of which none can ever begin, because each waits for another of them."""
        # what can come, comes: begin with what waits for nothing, and go on until nothing is added
        come: set[str] = set()
        while True:
            more = {
                name
                for name, needs in self.waits.items()
                if name not in come
                and (
                    (any(n in come for n in needs) if name in self.any else all(n in come for n in needs)) or not needs
                )
            }
            if not more:
                break
            come |= more
        stuck = {
            name: tuple(n for n in needs if n not in come) for name, needs in self.waits.items() if name not in come
        }
        out: list[tuple[str, ...]] = []
        seen: set[str] = set()
        for name in sorted(stuck):
            path: list[str] = []
            while name not in path and name not in seen:
                path.append(name)
                name = min(stuck[name])  # noqa: PLW2901  along what it waits for, until it comes back
            if name in path:
                circle = path[path.index(name) :]
                first = circle.index(min(circle))
                out.append((*circle[first:], *circle[:first]))
            seen |= set(path)
        return out


def sequence_of(text: Text) -> Sequence:
    """The graph of one reading. Names of terms are without their versions."""
    waits: dict[str, tuple[str, ...]] = {}
    any_: set[str] = set()
    for event in text.events:
        waits[event.id] = _event(event, text)
        if event.any_of:
            any_.add(event.id)
    for term in text.terms:
        name = term.clause
        waits[name] = tuple(dict.fromkeys((*waits.get(name, ()), *_term(term))))
    return Sequence(waits, frozenset(any_))


def _event(event: Event, text: Text) -> tuple[str, ...]:
    if event.complied is not None:
        return (event.complied,)
    if event.quiet is not None and event.quiet.since.event is not None:
        return (event.quiet.since.event,)
    if event.done is not None:
        return tuple(t.clause for t in text.terms if _same_deed(event.done, t))
    return event.all_of or event.any_of


def _same_deed(done: Pattern, term: Term) -> bool:
    """Whether an event is the very deed that a term asks for."""
    if not term.kind.completed_by or (done.by and not set(done.by) & set(term.binds)):
        return False
    deeds = rules_of(term).deeds(term.kind)
    return any(deed.act_codes == done.act_codes and deed.place == done.place for deed in deeds)


def _term(term: Term) -> tuple[str, ...]:
    """What a term waits for, and what its deadline counts from: without either it is never due."""
    counted = (*term.starts, term.deadline) if term.deadline is not None else term.starts
    return tuple(when.event for when in counted if when.event is not None)

"""The terms back in plain English, so that a lawyer can object to what the machine understood."""

from __future__ import annotations

from datetime import time, timedelta

from servanda.agreement.kinds import RESTRAINTS
from servanda.agreement.model import CONSENT, NOT_AGREED, Agreement, Event, Exemption, Mandate, Term, Text
from servanda.agreement.pattern import Pattern, When
from servanda.agreement.phrases import Phrases, code_words
from servanda.values.codes import STANDARD, Vocabulary
from servanda.values.geo.containment import square_metres
from servanda.values.geo.projection import GEOD
from servanda.values.geo.shapes import AllOf, AnyOf, Disc, Line, Near, Not, Place, Side
from servanda.values.names import FullName
from servanda.values.time import Interval
from servanda.wording import day, either, instant, length_of_time, listing

_ORIGINS = {1: "one independent origin", 2: "two independent origins", 3: "three independent origins"}


def say(agreement: Agreement) -> str:
    """The whole agreement as text: for each term and reading its title, its own words, and how they are understood."""
    lines = [agreement.title, "=" * len(agreement.title), "", *say_preface(agreement)]
    for text in agreement.texts:
        lines += ["", *_text(agreement, text)]
    places = say_places(agreement)
    if places:
        lines += ["", "Places", "------", "", *places]
    return "\n".join(lines) + "\n"


def say_preface(agreement: Agreement) -> list[str]:
    """What holds for all terms: who is who, readings, the mandate."""
    lines = [agreement.mandate.attribution_words]
    lines.append(f"The parties are {listing([f'{name} ({code})' for code, name in agreement.parties.items()])}.")
    if agreement.guarantors:
        some = "The guarantors are" if len(agreement.guarantors) > 1 else "The guarantor is"
        lines.append(f"{some} {listing([f'{name} ({code})' for code, name in agreement.guarantors.items()])}.")
    if agreement.bodies:
        lines.append(f"The text also names {listing([f'{n} ({c})' for c, n in agreement.bodies.items()])}.")
    if agreement.third_states:
        lines.append(
            f"Bound without being parties are {listing([f'{n} ({c})' for c, n in agreement.third_states.items()])}."
        )
    for name in agreement.actors.values():
        if isinstance(name, FullName) and name.others:
            lines.append(f"{name} is also called {listing(name.others)}.")
    lines += _codes_of_its_own(agreement.vocabulary)
    readings = [text for text in agreement.texts if text.reading]
    if readings:
        lines.append(
            f"The text is read in {len(readings)} ways ({listing([reading_words(agreement, t) for t in readings])}); "
            "every verdict is given for each, and together they are 'disputed' where one finds a breach and another finds none."
        )
    return [*lines, "", *_mandate(agreement)]


def _codes_of_its_own(vocabulary: Vocabulary) -> list[str]:
    """Which codes the agreement adds, and which it puts under another than the common one."""
    lines = []
    for kind, tree, common in (
        ("act", vocabulary.acts, STANDARD.acts),
        ("target", vocabulary.targets, STANDARD.targets),
    ):
        for code, above in tree.parent.items():
            before = common.parent.get(code)
            if (code not in common or before != above) and above is not None:
                else_where = f", and not, as elsewhere, under {code_words(before)}" if before else ""
                lines.append(f"Here the {kind} {code_words(code)} counts under {code_words(above)}{else_where}.")
    return lines


def _text(agreement: Agreement, text: Text) -> list[str]:
    lines = []
    if text.reading:
        head = f"In the reading {text.reading!r}"
        lines += [head, "-" * len(head), ""]
        if text.of or text.since:
            lines += [f"This is the reading {reading_words(agreement, text)}.", ""]
    lines += [*say_force(agreement, text), ""]
    for n, term in enumerate(text.terms, 1):
        lines += [f"{n}. {heading_of(term)}", f'   The words: "{" ".join(term.text.split())}"']
        lines += [*(f"   {line}" for line in say_term(agreement, term)), ""]
    return lines[:-1]


def heading_of(term: Term) -> str:
    """A term's short name, with its title where it has one of its own."""
    plain = term.title.replace("_", " ").lower()
    return term.id if plain in (term.id.lower(), term.id.replace("_", " ").lower()) else f"{term.id}: {term.title}"


def say_force(agreement: Agreement, text: Text) -> list[str]:
    """When a reading is in force, how it was prolonged, and the events that its clocks count from."""
    force = "Nothing is in force: no start was agreed." if text.draft else f"In force {span(agreement, text.in_force)}."
    return [force, *_extensions(agreement, text), *(say_event(agreement, event) for event in text.events)]


def _extensions(agreement: Agreement, text: Text) -> list[str]:
    """By how long it was prolonged, and how that is counted; and what does not count."""
    refused = [
        f"A prolongation by {length} does not count: it was not agreed by {listing([agreement.parties[p] for p in absent])}."
        for length, absent in text.refused
    ]
    if not text.extensions:
        return refused
    steps = listing([f"by {length} until {instant(end, agreement.zone)}" for length, end in text.extensions])
    counted = "Each extension is counted from the end before it; a month that lacks the day ends on its last."
    return [f"It was prolonged {steps}. {counted}", *refused]


def say_term(agreement: Agreement, term: Term) -> list[str]:
    """One term, in sentences: what it asks, when it binds, what its codes take in, what is excepted."""
    lines = term.kind.describe(Phrases(agreement.actors, term.binds))
    if term.kind.owes != "none":
        lines.append(_binds(agreement, term))
    if term.deadline is not None:
        lines.append(f"It is to be done by {_when(agreement, term.deadline)}.")
    elif term.kind.needs_deadline:
        lines.append("The text sets no deadline.")
    if term.what is not None:
        lines += _codes(term.what)
    for exemption in term.exemptions:
        if exemption.only_if == (exemption.id,):
            lines.append(
                f"Excepted is {code_words(exemption.id)}, with no precondition but that it is shown{_limits(exemption)}."
            )
            continue
        needs = listing([_need(agreement, c) for c in exemption.only_if])
        lines.append(
            f"Excepted is {code_words(exemption.id)}, only if all of this is shown: {needs}{_limits(exemption)}."
        )
    if term.kind.owes in RESTRAINTS and not term.exemptions:
        lines.append("There is no exception.")
    if term.asymmetric:
        lines.append(f"It does not bind all alike, and is meant so: {term.asymmetric}.")
    if term.ours:
        lines.append(f"{say_unsettled(term, 'this file')} No breach rests on it.")
    if term.observed_by:
        lines.append(f"It is to be observed by {listing([code_words(w) for w in term.observed_by])}.")
    return lines


def say_ours(term: Term) -> str:
    """What of a term is not in the text: its keys, with what is written for them."""
    if any(chosen.key == "text" for chosen in term.ours):
        return "the whole clause"
    chosen = [c for c in term.ours if c.key != NOT_AGREED]
    return listing([f"{c.key!r} ({c.value})" if c.value else repr(c.key) for c in chosen])


def say_unsettled(term: Term, file: str) -> str:
    """What of a term nobody agreed to: that it stands in brackets and whose, and what the makers of the file chose."""
    parts = [f"It is not agreed: it stands in brackets of {c.value}." for c in term.ours if c.key == NOT_AGREED]
    if say_ours(term):
        parts.append(f"Not in the text, but chosen by the makers of {file}: {say_ours(term)}.")
    return " ".join(parts)


def _codes(what: Pattern) -> list[str]:
    """What the codes of a pattern take in."""
    lines = []
    if set(what.acts) != set(what.act_codes):
        lines.append(
            f"An act of {either([code_words(c) for c in what.act_codes])} is any of: {', '.join(code_words(c) for c in sorted(what.acts))}."
        )
    if what.targets is not None and set(what.targets) != set(what.target_codes):
        lines.append(
            f"{either([code_words(c) for c in what.target_codes]).capitalize()} means any of: {', '.join(code_words(c) for c in sorted(what.targets))}."
        )
    return lines


def _when(agreement: Agreement, when: When) -> str:
    if when.instant is None:
        name = f"'{when.event}'"
        return name if when.offset is None else f"{when.offset} {'before' if when.before else 'after'} {name}"
    if when.whole_day:
        return "the end of " + day(when.instant - timedelta(seconds=1), agreement.zone)
    return instant(when.instant, agreement.zone)


def _binds(agreement: Agreement, term: Term) -> str:
    """When it binds, with what it waits for."""
    if not term.moves:
        return f"This binds {span(agreement, term.window)}."
    start = f"not before {listing([_when(agreement, w) for w in term.starts])} " if term.starts else ""
    end = f"until {_when(agreement, term.until)} " if term.until else ""
    if term.window.is_empty:
        return f"This would bind {start}{end}".strip() + ", and nothing is in force."
    return f"This binds {start}{end}".strip() + f", and only {span(agreement, term.window)}."


def _need(agreement: Agreement, precondition: str) -> str:
    """A precondition, with the full name of whose consent it is."""
    if precondition.startswith(CONSENT):
        code = precondition.removeprefix(CONSENT)
        return f"consent of {agreement.actors.get(code, code)}"
    return code_words(precondition)


def say_event(agreement: Agreement, event: Event) -> str:
    """One event, in a sentence."""
    name = f"'{event.id}' ({event.text})" if event.text else f"'{event.id}'"
    if event.on is not None:
        return f"{name} is {instant(event.on, agreement.zone)}."
    if event.done is not None:
        return (
            f"{name} has come with the first confirmed {Phrases(agreement.actors).act(event.done).removeprefix('an ')}."
        )
    if event.quiet is not None:
        return f"{name} has come when {event.quiet.length} have passed without {Phrases(agreement.actors).act(event.quiet.of)}; the clock starts again at each."
    if event.complied is not None:
        return f"{name} has come when '{event.complied}' is done by all whom it binds."
    if event.all_of:
        return f"{name} has come when all of these have: {listing([repr(e) for e in event.all_of])}."
    return f"{name} has come when any of these has: {either([repr(e) for e in event.any_of])}."


def say_places(agreement: Agreement) -> list[str]:
    """What each named place is, in a line."""
    names = {id(place): name for name, place in agreement.places.items() if " + " not in name}

    def told(place: Place, *, top: bool = False) -> str:
        if not top and id(place) in names:
            return f"'{names[id(place)]}'"
        match place:
            case Disc():
                return f"all within {place.metres / 1000:g} km of {place.lat:g}, {place.lon:g}"
            case Near():
                return f"all within {place.metres / 1000:g} km of {told(place.of)}"
            case Side():
                return f"all on the side {place.side!r} of {told(place.of)}"
            case Not():
                return f"not {told(place.place)}"
            case AllOf():
                return " and ".join(told(part) for part in place.places)
            case AnyOf():
                return " or ".join(told(part) for part in place.places)
            case Line():
                return f"a line of {GEOD.geometry_length(place.geometry) / 1000:,.0f} km"
        return f"an area of {square_metres(place) / 1e6:,.0f} square km"

    return [f"'{name}': {told(agreement.places[name], top=True)}." for name in names.values()]


def _mandate(agreement: Agreement) -> list[str]:
    duties = any(term.kind.owes == "deed" for text in agreement.texts for term in text.terms)
    m = agreement.mandate
    confirm = either(_ways(m)) or "nothing"
    lines = [
        f"An incident is confirmed by {confirm}. The standard of proof is {m.words}.",
        f"'Complied' needs that the whole place was watched all the time: that an act there would have been seen with a declared probability of at least {m.detection:g}.",
        f"{_tolerance(m)} Nothing is complied before {m.exposure} have been watched, or all the time there is; and nobody behind a door that it shut itself.",
    ]
    if m.figures:
        whose = "everybody" if "all" in m.figures else either(list(m.figures))
        lines.append(f"Counts of acts that {whose} published are evidence, as reports of whoever published them.")
    if m.reporting_day is not None:
        day = m.reporting_day
        lines.append(
            f"The mission's day ends at {day.ends:%H:%M} ({day.zone.key}) of the date that it bears."
            if day.ends != time()
            else f"The mission's day ends at midnight ({day.zone.key})."
        )
    if duties:
        lines.append(
            "What a party owes is shown done in the same ways, or acknowledged by every other party; never by the word of who owes it."
        )
    if agreement.bodies:
        bodies = either(list(agreement.bodies.values()))
        lines.append(
            f"What {bodies} determined through all steps, and signed, is the finding; the rule's answer stands beside it."
            if m.decides == "body"
            else f"The rule decides; what {bodies} determined stands beside it."
        )
    if m.severity:
        lines.append(
            f"How grave an act is, bodies assess on this scale: {', '.join(code_words(s) for s in m.severity)}."
        )
    return lines


def reading_words(agreement: Agreement, text: Text) -> str:
    """The name of a reading, with whose it is and since when, where it says so."""
    whose = f"of {listing([agreement.actors[code] for code in text.of])}" if text.of else ""
    since = f"since {instant(text.since, agreement.zone)}" if text.since else ""
    more = ", ".join(filter(None, (whose, since)))
    return f"{text.reading} ({more})" if more else str(text.reading)


def _tolerance(mandate: Mandate) -> str:
    """What may be unwatched, in words."""
    if mandate.tolerance is None:
        return "Nothing may be unwatched."
    most = [f"{100 * mandate.tolerance.share:g} % of place and time, and of each hour of the day"]
    if mandate.tolerance.area is not None:
        most.append(f"{mandate.tolerance.area / 1e6:g} square km at once")
    if mandate.tolerance.time is not None:
        most.append(f"{length_of_time(mandate.tolerance.time)} at any part")
    return f"At most {listing(most)} may be unwatched, and no part of it again and again at the same hour."


def _ways(m: Mandate) -> list[str]:
    """What confirms an incident, by the standard and as far as the mandate lets it."""
    ways = []
    if m.by_observation:
        number = "one observation" if m.rule.observers == 1 else f"{m.rule.observers} observations"
        means = ", by different means" if m.rule.by_means else ""
        trace = ", one of them of a physical trace or a recording" if m.rule.trace else ""
        ways.append(f"{number} by sources without a side graded {either(list(m.grades))}{means}{trace}")
    if m.origins:
        ways.append(f"{_ORIGINS.get(m.origins, f'{m.origins} independent origins')} that weigh")
    if m.admission and m.attribution:
        only = "" if m.rule.admission_confirms_act else ", which only says whose it was"
        ways.append(f"the word that binds the accused party{only}")
    return ways


def _limits(exemption: Exemption) -> str:
    """What an exception allows at most, as the end of a sentence."""
    parts = []
    if exemption.within is not None:
        parts.append(f"within {length_of_time(timedelta(microseconds=exemption.within))} of it")
    if exemption.at_most is not None:
        parts.append(f"at most {exemption.at_most / 1000:g}")
    if exemption.acts is not None:
        parts.append(f"only {either([code_words(code) for code in sorted(exemption.acts)])}")
    return f"; {listing(parts)}" if parts else ""


def span(agreement: Agreement, window: Interval) -> str:
    """An interval in the agreement's own zone, in words."""
    if window.is_empty:
        return "never (its window is empty)"

    start = f"from {instant(window.start, agreement.zone)}" if window.start else "from the beginning"
    return start + (f" until {instant(window.end, agreement.zone)}" if window.end else ", without an end")

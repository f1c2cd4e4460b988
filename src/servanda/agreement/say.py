"""The terms back in plain English, so that a lawyer can object to what the machine understood."""

from __future__ import annotations

from servanda.agreement.model import Agreement, Forbid, Text
from servanda.values.time import Interval

_ORIGINS = {1: "one independent origin", 2: "two independent origins", 3: "three independent origins"}


def say(agreement: Agreement) -> str:
    """The whole agreement as text, one paragraph per term and reading."""
    lines = [agreement.title, "=" * len(agreement.title), ""]
    lines.append(f"The parties are {_and([f'{name} ({code})' for code, name in agreement.parties.items()])}.")
    if agreement.guarantors:
        lines.append(f"The guarantors are {_and([f'{name} ({code})' for code, name in agreement.guarantors.items()])}.")
    readings = [text for text in agreement.texts if text.reading]
    if readings:
        lines.append(
            f"The parties read the text in {len(readings)} ways ({_and([str(t.reading) for t in readings])}); "
            "every verdict is given for each, and is 'disputed' where they differ."
        )
    lines += ["", *_mandate(agreement)]
    for text in agreement.texts:
        lines += ["", *_text(agreement, text)]
    return "\n".join(lines) + "\n"


def _text(agreement: Agreement, text: Text) -> list[str]:
    lines = []
    if text.reading:
        head = f"In the reading {text.reading!r}"
        lines += [head, "-" * len(head), ""]
    lines += [f"In force {span(agreement, text.in_force)}.", ""]
    for n, term in enumerate(text.terms, 1):
        lines += [f"{n}. {term.id}", *(f"   {line}" for line in say_term(agreement, term)), ""]
    return lines[:-1]


def say_term(agreement: Agreement, term: Forbid) -> list[str]:
    """One term, in sentences."""
    who = _and([agreement.parties[p] for p in term.binds])
    must = "must not" if len(term.binds) == 1 else "must each not"
    acts = _or([_word(c) for c in term.act_codes])
    on = f" on {_or([_word(c) for c in term.target_codes])}" if term.target_codes else " on anything"
    where = f" in {term.place_words.replace('_', ' ')}" if term.place is not None else ", anywhere"
    lines = [f"{who} {must} commit an act of {acts}{on}{where}.", f"This binds {span(agreement, term.window)}."]
    lines.append(f"An act of {acts} is any of: {', '.join(_word(c) for c in sorted(term.acts))}.")
    if term.targets is not None:
        lines.append(
            f"{_or([_word(c) for c in term.target_codes]).capitalize()} means any of: {', '.join(_word(c) for c in sorted(term.targets))}."
        )
    if not term.exemptions:
        lines.append("There is no exception.")
    for exemption in term.exemptions:
        needs = _and([_word(c) for c in exemption.only_if])
        lines.append(f"Excepted is {_word(exemption.id)}, only if all of this is shown: {needs}.")
    return lines


def _mandate(agreement: Agreement) -> list[str]:
    m = agreement.mandate
    ways = []
    if m.by_observation:
        ways.append(f"one observation of a source without a side graded {_or(list(m.grades))}")
    if m.origins:
        ways.append(f"{_ORIGINS.get(m.origins, f'{m.origins} independent origins')} without a side")
    if m.admission and m.attribution:
        ways.append("the accused party's own admission")
    confirm = _or(ways) if ways else "nothing"
    lines = [
        f"An incident is confirmed by {confirm}. The standard of proof is {m.words}.",
        f"'Complied' needs coverage that would have seen an act with a probability of at least {m.detection:g}.",
    ]
    lines.append(
        "The mechanism says which party did it." if m.attribution else "The mechanism does not say which party did it."
    )
    return lines


def span(agreement: Agreement, window: Interval) -> str:
    """An interval in the agreement's own zone, in words."""
    if window.is_empty:
        return "never (its window is empty)"

    def moment(t: object) -> str:
        return t.astimezone(agreement.zone).strftime("%-d %B %Y %H:%M %Z")  # type: ignore[attr-defined,no-any-return]

    start = f"from {moment(window.start)}" if window.start else "from the beginning"
    return start + (f" until {moment(window.end)}" if window.end else ", without an end")


def _word(code: str) -> str:
    return code.replace("_", " ")


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _or(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"

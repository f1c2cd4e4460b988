"""The skeleton of an agreement file: one term for each clause, what was understood with the words it came from, the rest as questions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from servanda.documents import Text
from servanda.drafting.understand.abroad import language_of_draft, parties_abroad
from servanda.drafting.understand.actors import Actors, actors_of
from servanda.drafting.understand.amounts import Quantity, any_period, dates
from servanda.drafting.understand.clause import Understood
from servanda.drafting.understand.defined import Definition
from servanda.drafting.understand.drafted import Drafted, terms_of
from servanda.drafting.understand.unread import unread
from servanda.values.languages import ENGLISH, UNTOLD, Language

_BASELINE = {f"{word}_declared": word for word in ("strength", "locations", "routes", "destinations")}
_BEGINS = r"\b(?:from|as of|at|effective|begin\w*|commenc\w+|enter\w* into force|on)\b"
_EARLIER = r"\b(?:agreed|signed|concluded|adopted|dated|reached|declared|of)\b"
"""Words before the day of another text."""
_EVENTS = {
    "signature": ("treaty_signed", "the signature"),
    "beginning": ("order_issued", "the beginning of the ceasefire, or entry into force"),
}


@dataclass(frozen=True)
class Skeleton:
    """A skeleton agreement file, and what it rests on."""

    yaml: str
    actors: Actors
    terms: tuple[Drafted, ...]
    defined: tuple[Definition, ...] = ()

    @property
    def questions(self) -> list[tuple[str, str, str]]:
        """What must be asked of the drafters: clause, key, question."""
        return [(d.number, key, asked) for d in self.terms for key, asked in d.understood.questions.items()]


@dataclass
class _Term:
    """The lines of one term while they are written."""

    lines: list[str] = field(default_factory=list)
    ours: list[str] = field(default_factory=list)
    events: set[str] = field(default_factory=set)
    told: list[str] = field(default_factory=list)
    """The values, and the words that they came from."""

    def put(self, key: str, value: object, because: str = "") -> None:
        """One key with its value, and the words it came from."""
        mark = f"  # from {because}" if because else ""
        self.lines.append(f"    {key}: {flow(value)}{mark}")
        self.told += [flow(value), re.sub(r"\b(?:kind|act) '[^']*'", "", because)]


def skeleton_of(text: Text, parties: Mapping[str, str] | None = None) -> Skeleton:
    """The skeleton of a draft.

    Args:
        text: one version of the draft, as clauses.
        parties: who they are, where somebody said it; left out, what stands before the first clause says it.

    Returns:
        The file and, clause by clause, what was understood.
    """
    leads = [clause.lead or clause.text for clause in text.clauses[:1] if clause.lead or clause.text.endswith(":")]
    lines = [*(p.text for p in text.preamble), *leads]
    actors = actors_of(lines, parties)
    language = language_of_draft(text.clauses)
    if not actors.parties:
        named, said = parties_abroad(lines, language.code)
        actors = replace(actors, parties=named, found=said)
    terms, defined = terms_of(text, actors)
    return Skeleton(_yaml(text, actors, terms, defined, language), actors, tuple(terms), tuple(defined))


_YAML_WORDS = frozenset("no yes on off null true false y n".split())


def flow(value: object) -> str:
    """A value as YAML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(key)}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    if isinstance(value, str):
        plain = re.fullmatch(r"[A-Za-z_][\w /+-]*", value) and value.lower() not in _YAML_WORDS
        return value if plain and not value.endswith(" ") else json.dumps(value, ensure_ascii=False)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def _yaml(text: Text, actors: Actors, terms: list[Drafted], defined: list[Definition], language: Language) -> str:
    """The whole file as text."""
    frame = _in_force(terms)
    written = [(d, _term(d, terms, actors, "\n".join(frame))) for d in terms]
    used = sorted({event for _, term in written for event in term.events})
    title = text.title or "TODO: title"
    lines = [
        f"# A skeleton made from {text.file}, the version with tracked changes {text.version}ed; hidden words {'are part of it' if text.hidden else 'are left out'}.",
        "# 'from' names the words that a value came from. TODO asks the drafters; until it is answered, nothing rests on it. Keys under 'ours:' were",
        "# filled in to make the file readable, and are not in the text.",
        f"agreement: {_slug(title)}",
        f"title: {json.dumps(title, ensure_ascii=False)}",
        "timezone: UTC  # TODO: in which zone are its times? (Europe/Kyiv)",
    ]
    if language.code not in (ENGLISH, UNTOLD):
        lines.append(
            f"# TODO language: the draft is in {language.name}. Drafts are read in English; of it only words of a short list are known: read every term again, and the names of the parties"
        )
    lines += [f"# not read: {_short(remark)}" for remark in text.manuscript.remarks]
    lines += [
        f"# a comment, and no part of the text: {' '.join(comment.split())}" for comment in text.manuscript.comments
    ]
    lines += _actors(actors)
    lines += frame
    lines += _no_clauses(text, actors)
    if used:
        lines.append("events:")
        for name in used:
            act, words = _EVENTS[name]
            lines.append(f"  {name}: {flow({'done': {'act': act}, 'text': words})}")
    lines += [f"# defined in clause {d.clause}: '{d.term}' means {_short(d.means)}" for d in defined]
    lines.append("terms:")
    for _, term in written:
        lines += term.lines
    for block in text.manuscript.margin:
        words = " ".join("".join(p.text for p in block.pieces).split())
        lines.append(f"# {block.where}: {words}")
    return "\n".join(lines) + "\n"


_BINDING = re.compile(r"\b(?:shall|must|undertakes?|agrees? (?:not )?to)\b", re.IGNORECASE)


def _no_clauses(text: Text, actors: Actors) -> list[str]:
    """What stands outside the clauses: nothing of it is a term, and all of it is told."""
    out = []
    for paragraph in text.preamble:
        words = " ".join(paragraph.text.split())
        if words not in (text.title, actors.found):
            asks = "TODO, is it a clause? It binds and has no number: " if _BINDING.search(words) else ""
            out.append(
                f"# outside the clauses ({paragraph.where}): {asks}{words[:500]}{'...' if len(words) > 500 else ''}"
            )
    return out


def _slug(title: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].strip("-")
    return slug or "draft"


def _actors(actors: Actors) -> list[str]:
    lines = []
    if actors.parties:
        lines.append(f"parties:  # from {_short(actors.found)}")
        lines += [f"  {flow(key)}: {json.dumps(name, ensure_ascii=False)}" for key, name in actors.parties.items()]
    else:
        lines += [
            "parties:  # TODO: who are the parties? Two were put in their place",
            '  A: "TODO: the first party"',
            '  B: "TODO: the second party"',
        ]
    for key, group in (
        ("guarantors", actors.guarantors),
        ("third_states", actors.third_states),
        ("bodies", actors.bodies),
    ):
        if group:
            lines.append(f"{key}: {flow(dict(group))}")
    return lines


def _in_force(terms: list[Drafted]) -> list[str]:
    """From when it binds, where the first ban gives a day."""
    for d in terms:
        got = d.understood
        day = re.escape(got.words.get("date", "-"))
        begins = re.search(rf"{_BEGINS}[^.;]{{0,30}}{day}", d.clause.whole, re.IGNORECASE)
        earlier = re.search(rf"{_EARLIER}\s+(?:on\s+)?{day}", d.clause.whole, re.IGNORECASE)
        if (
            got.what.kind == "forbid"
            and got.date
            and begins
            and not earlier
            and re.search(r"cease|hostilit|truce", d.clause.whole, re.IGNORECASE)
        ):
            ends = next(
                (
                    (f", until: {flow(day)}", f" and {_short(words)}")
                    for day, words in dates(d.clause.whole)[1:]
                    if re.search(
                        r"\b(?:until|till|to)\s+(?:[\w:]+ on )?$", d.clause.whole[: d.clause.whole.find(words)]
                    )
                ),
                ("", ""),
            )
            return [
                f"in_force: {{from: {got.date}{ends[0]}}}  # from {_short(got.words['date'])}{ends[1]} in clause {d.clause.number}; TODO: does the agreement begin then?"
            ]
    return [
        "# TODO in_force: from when does it bind, and for how long?  in_force: {from: 2025-05-01T00:00, for: 30 days}"
    ]


def _short(words: str) -> str:
    cut = words if len(words) < 90 else words[:87] + "..."
    return "'" + cut.replace("\n", " ") + "'"


def _term(drafted: Drafted, terms: list[Drafted], actors: Actors, frame: str) -> _Term:
    """The lines of one term; ``frame``: those on when the agreement is in force."""
    clause, got = drafted.clause, drafted.understood
    out = _Term([f"  {drafted.term}:"])
    out.lines.append(f"    text: {json.dumps(drafted.words, ensure_ascii=False)}")
    heading = f", under '{clause.heading}'" if clause.heading else ""
    source = f"clause {drafted.number} ({clause.where}{heading})"
    out.lines.append(f"    source: {json.dumps(source, ensure_ascii=False)}")
    bodies = [name for name in got.binds or () if name in actors.bodies]
    if bodies:
        got.questions["binds"] = (
            f"it binds {', '.join(bodies)}, and a body owes nothing in a file: which parties see to it?"
        )
        got.binds = None
        got.words.pop("binds", None)
    _KINDS[got.what.kind](out, got, drafted, terms)
    out.put("from", got.since, _short(got.words["date"])) if got.since and not got.deadline else None
    if got.binds and got.what.kind not in ("guarantee", "unverifiable"):
        out.put("binds", list(got.binds), _short(got.words["binds"]))
    elif "binds" in got.words and got.what.kind not in ("guarantee", "unverifiable"):
        out.put("binds", list(actors.parties) or ["A", "B"], _short(got.words["binds"]))
    if got.consent_of:
        out.put("unless", {"consent_of": list(got.consent_of)}, _short(got.words["unless"]))
    if got.exception and got.what.kind in ("forbid", "limit"):
        out.put("except", {"excepted": {"text": got.exception}}, _short(got.words["except"]))
    if got.means:
        out.put("observed_by", list(got.means), _short(got.words["observed_by"]))
    if "[" in drafted.words and got.what.kind != "unverifiable" and "open" in got.questions:
        out.put("open", list(actors.parties) or ["A", "B"], "its brackets; whose they are is not said")
    if out.ours:
        out.put("ours", out.ours)
    _ask_figures(out, drafted, frame)
    out.lines += [f"    # TODO {key}: {asked}" for key, asked in got.questions.items() if key != "parties"]
    out.lines += [f"    # {told}" for told in drafted.told]
    first = not any(d.clause is clause for d in terms[: terms.index(drafted)])
    out.lines += [f"    # table row: {row}" for row in clause.rows if first]
    out.lines += [f"    # footnote: {note}" for note in clause.notes if first]
    if clause.rows and first:
        out.lines.append("    # TODO table: which rows are part of this clause, and which are terms of their own?")
    return out


def _ask_figures(out: _Term, drafted: Drafted, frame: str) -> None:
    """Ask what the figures say that stand in the words and in no value."""
    got = drafted.understood
    told = [*out.told, *got.questions.values(), frame if f"in clause {drafted.clause.number};" in frame else ""]
    if got.deadline and got.what.kind in ("respond", "notice", "guarantee"):
        told.append(got.deadline.words)
    if left := unread(drafted.words, re.sub(r"(?:working|business) (?=days?)", "", "\n".join(told))):
        said = ", ".join(repr(words) for words in left[:12])
        got.questions["figures"] = (
            f"what {'does' if len(left) == 1 else 'do'} {said} say of this term? No value of it says so"
        )


def _pattern(got: Understood, *, acts: bool = True) -> dict[str, object]:
    """What is looked for, as the file writes it."""
    pattern: dict[str, object] = {}
    if acts and got.what.acts:
        pattern["act"] = list(got.what.acts)
    if got.targets:
        pattern["target"] = list(got.targets)
    if got.weapons or ((got.calibre or got.range) and got.what.kind == "limit"):
        pattern["weapon"] = list(got.weapons) or ["weapon"]
    if got.calibre and "weapon" in pattern:
        pattern["calibre"] = got.calibre.unit
    if got.range and "weapon" in pattern:
        pattern["range"] = got.range.unit
    return pattern


def _because(got: Understood, *keys: str) -> str:
    return "; ".join(
        f"{key} {_short(got.words[key])}" for key in ("kind", "act", "target", "weapon", *keys) if key in got.words
    )


def _anchor(quantity: Quantity) -> str:
    return "signature" if re.search(r"sign", quantity.anchor, re.IGNORECASE) else "beginning"


def _due(out: _Term, got: Understood, key: str) -> None:
    """A deadline, or the day from which a limit binds."""
    if got.deadline is not None and got.deadline.way not in ("before", "prior to"):
        event = _anchor(got.deadline)
        out.events.add(event)
        out.put(key, f"{event} + {got.deadline.text}", _short(got.deadline.words))
    elif got.date and key == "deadline":
        out.put(key, got.date, _short(got.words["date"]))


def _forbid(out: _Term, got: Understood, drafted: Drafted, terms: list[Drafted]) -> None:
    out.put("forbid", _pattern(got), _because(got))


def _require(out: _Term, got: Understood, drafted: Drafted, terms: list[Drafted]) -> None:
    pattern = _pattern(got)
    if got.quota is not None:
        pattern |= {"at_least": got.quota.n, "unit": got.quota.unit}
    out.put("require", pattern, _because(got, "at_least"))
    _due(out, got, "deadline")


def _limit(out: _Term, got: Understood, drafted: Drafted, terms: list[Drafted]) -> None:
    limit: dict[str, object] = {"what": _pattern(got) or {"act": ["deployment"]}, "to": got.cap.n if got.cap else 0}
    if got.cap and got.cap.unit:
        limit["unit"] = got.cap.unit
    if got.cap and (per := any_period(drafted.words)):
        limit["per"] = per.text
        got.words["per"] = per.words
    out.put("limit", limit, _because(got, "to", "per", "distance"))
    _due(out, got, "from")


def _quota(out: _Term, got: Understood, drafted: Drafted, terms: list[Drafted]) -> None:
    assert got.quota is not None
    unit = {"unit": got.quota.unit} if got.quota.unit else {}
    pattern = {**_pattern(got), "at_least": got.quota.n, **unit, "every": got.quota.anchor}
    out.put("require", pattern, _because(got, "at_least"))


def _respond(out: _Term, got: Understood, drafted: Drafted, terms: list[Drafted]) -> None:
    within = got.deadline.text if got.deadline else "72 hours"
    acts = list(got.what.acts) or ["consultation"]
    to = {"act": list(got.what.answer_to) or ["complaint_filed"]}
    out.put("respond", {"to": to, "with": {"act": acts}, "within": within}, _because(got))
    given = {"to": got.what.answer_to, "with": got.what.acts, "within": got.deadline}
    out.ours += [key for key, said in given.items() if not said]


def _declare(out: _Term, got: Understood, drafted: Drafted, terms: list[Drafted]) -> None:
    told = [_BASELINE[act] for act in got.what.acts if act in _BASELINE]
    out.put("declare", {"baseline": told}, _because(got))
    _due(out, got, "deadline")


def _notice(out: _Term, got: Understood, drafted: Drafted, terms: list[Drafted]) -> None:
    before = got.deadline.text if got.deadline else "14 days"
    out.put("declare", {"notice": {"of": {"act": list(got.what.acts)}, "before": before}}, _because(got))
    if not got.deadline:
        out.ours.append("before")
        got.questions["before"] = "how long before?"


def _guarantee(out: _Term, got: Understood, drafted: Drafted, terms: list[Drafted]) -> None:
    """What sets it off stands as the breach of the first ban, which is ours, and asked."""
    banned = [d.term for d in terms if d.understood.what.kind == "forbid"]
    if not banned:
        got.questions["when"] = "what sets it off? The draft has no ban whose breach could"
        _unverifiable(out, got, drafted, terms)
        return
    within = got.deadline.text if got.deadline else "30 days"
    out.ours += ["of"] if got.deadline else ["of", "within"]
    out.put("when", {"verdict": "breached", "of": banned[:1]}, _because(got))
    if got.binds and "permit" not in got.words:
        acts = list(got.what.acts) or ["consultation"]
        out.ours += [] if got.what.acts else ["do"]
        steps: list[dict[str, object]] = [{"by": who, "do": acts, "within": within} for who in got.binds]
    else:
        steps = [{"effect": drafted.words, "within": within}]
    out.put("then", steps)


def _unverifiable(out: _Term, got: Understood, drafted: Drafted, terms: list[Drafted]) -> None:
    why = "TODO: nothing was recognised in it that could be seen or shown"
    out.put("unverifiable", (got.words.get("kind") and f"TODO: what would be against '{got.words['kind']}'?") or why)


_KINDS: Mapping[str, Callable[[_Term, Understood, Drafted, list[Drafted]], None]] = {
    "forbid": _forbid,
    "require": _require,
    "limit": _limit,
    "quota": _quota,
    "respond": _respond,
    "declare": _declare,
    "notice": _notice,
    "guarantee": _guarantee,
    "unverifiable": _unverifiable,
}

"""All that can be understood of one clause, each with its words, and the questions that are left."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from servanda.drafting import wording
from servanda.drafting.understand import amounts
from servanda.drafting.understand.actors import Actors, Named, named_in, without_names
from servanda.drafting.understand.acts import ATTACKS, TALKS, What, what_of
from servanda.drafting.understand.amounts import Quantity
from servanda.drafting.understand.asides import straightened
from servanda.drafting.understand.awaited import without_awaited
from servanda.drafting.understand.belonging import at_its_distance, beside_acts, of_its_act, without_examples
from servanda.drafting.understand.frames import frame_of
from servanda.drafting.understand.lexicon import Found, find
from servanda.drafting.understand.obligor import obligor_of
from servanda.drafting.understand.turned import asked_of, is_suffered
from servanda.values.weapons import ARSENAL

_CONSENT = re.compile(
    r"(?:without|only with|except with|subject to|unless with|save with|but with|need(?:s)?|requires?) (?:the )?(?:prior |express |written )?(?:consent|agreement|approval|permission) of (?P<who>[^.;]+)"
    r"|unless (?P<who2>[^.;]+?) (?:permits?|agrees?|consents?|approves?|authori[sz]es?)|(?:only if|unless) (?P<who3>both (?:sides|parties)[^.;]*?)(?: (?:come to want|agree|consent|decide|want))|without (?P<who4>[^.;]+?)['\u2019]s? (?:consent|permission|approval)",
    re.IGNORECASE,
)
_EXCEPT = re.compile(
    r"(?:except(?:ing)?(?: for| that| in| where| when| as)?|with the exception of|apart from|excluding|exempting|provided(?: however)?,? that|on (?:the )?condition that|save(?: for)?|other than|without prejudice to|notwithstanding|subject to(?= (?:the (?:provisions|exceptions) of )?(?:articles?|paragraphs?|clauses?|sections?|points?)\b)|unless|does not preclude|do not preclude|only against|but (?:those|that) of)\s+(?P<words>[^.;]+)|,\s*(?P<named>[^,.;]+?)\s+(?:is |are |being )?(?:excepted|excluded|exempted|aside|apart)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\((?:[^()]*\bnot in (?:the|what)\b[^()]*|[^()]*\bours\b[^()]*)\)", re.IGNORECASE)
_TO_DO = re.compile(r"\b(?:shall|will|must|may)\b", re.IGNORECASE)
_RIGHT = re.compile(
    r"[,;] (?:and|but|while) (?:either|each|any|both|the) (?:[\w'\u2019-]+ ){1,4}may\b[^.;]*", re.IGNORECASE
)
"""What somebody may do beside what is owed, whose times and numbers are not those of the duty."""
_LONGEST = 4_000
"""How many characters of a clause are looked at."""
_OPEN = re.compile(r"\[[^\[\]]{0,200}\]|_{3,}|\.{4,}|\b[XN]{2,}\b")
"""Words in brackets, on which nobody agreed yet, and places that are to be filled in."""
_SENTENCE = re.compile(r"(?<=[a-z0-9)\"”])[.;]\s+(?=[A-Z(])")


@dataclass
class Understood:
    """What was understood of a clause. ``words``: for each key of the term, the words it came from; ``questions``: what must be asked, by key."""

    what: What
    binds: tuple[str, ...] | None = None
    targets: tuple[str, ...] = ()
    weapons: tuple[str, ...] = ()
    calibre: Quantity | None = None
    range: Quantity | None = None
    deadline: Quantity | None = None
    date: str = ""
    since: str = ""
    """The day from which it binds."""
    cap: Quantity | None = None
    quota: Quantity | None = None
    distance: Quantity | None = None
    consent_of: tuple[str, ...] = ()
    exception: str = ""
    means: tuple[str, ...] = ()
    places: list[str] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)
    questions: dict[str, str] = field(default_factory=dict)


def understand(text: str, actors: Actors, lead: str = "") -> Understood:
    """Understand one clause.

    Args:
        text: its words, with those that lead to it.
        actors: who the draft is between.
        lead: words with which it begins that only lead to it.

    Returns:
        What was understood; what was not is a question.
    """
    plain = straightened(_ASIDE.sub("", text[:_LONGEST]))
    sentences = [s for s in _SENTENCE.split(plain) if s.strip()]

    def what(words: str) -> What:
        return _what(words, lead, actors)

    first = next((s for s in sentences if what(s).kind != "unverifiable"), plain)
    joined = plain if len(sentences) > 1 and what(plain).kind == what(first).kind else first
    out = Understood(what(joined))
    if out.what.kind_words:
        out.words["kind"] = out.what.kind_words
    if out.what.act_words:
        out.words["act"] = ", ".join(out.what.act_words)
    permit = next((cue for cue in find("kinds", joined) if cue.code == "permit"), None)
    if permit is not None:
        out.words["permit"] = permit.words
    if out.what.kind != "unverifiable":
        obligor = obligor_of(out.what, joined, actors)
        out.binds = obligor.who
        out.words |= {"binds": obligor.words} if obligor.words else {}
        out.questions |= {"binds": obligor.asked} if obligor.asked else {}
    said = without_names(joined, actors)
    _things(out, said if out.what.kind in ("guarantee", "respond", "notice") else without_awaited(said))
    out.words = {key: _as_written(words, said, joined) for key, words in out.words.items()}
    _amounts(out, _RIGHT.sub("", joined) if out.what.kind == "require" else joined)
    _conditions(out, joined, actors)
    _ask(out, text, sentences, first, actors)
    return out


def _what(text: str, lead: str, actors: Actors) -> What:
    """The kind and acts of some words, whatever the names in them say."""
    said = without_names(text, actors)
    found = what_of(said, without_names(lead, actors))
    acts = tuple(_as_written(words, said, text) for words in found.act_words)
    return replace(found, kind_words=_as_written(found.kind_words, said, text), act_words=acts)


def _as_written(words: str, said: str, text: str) -> str:
    """Words of a text without names, as they stand in the text itself."""
    at = said.find(words)
    return text[at : at + len(words)] if at >= 0 else words


def _things(out: Understood, text: str) -> None:
    """Targets, weapons with their calibre and range, means of observation."""
    text = _IN_TIME.sub("", text)
    if said := _spared(text)[0]:  # what is excepted is no target of the rest
        text = text.replace(said, " " * len(said), 1)
    targets = [f for f in find("targets", text) if not re.match(r"Ports?\s+[A-Z]", text[f.start :])]  # Port Sudan
    targets = [f for f in targets if not _OF_WHAT.search(text[: f.start])]
    if out.what.kind == "forbid" and set(out.what.acts) & ATTACKS:  # from where nobody is to attack
        targets = [f for f in targets if not _FROM.search(text[: f.start])]
    targets, examples = without_examples(text, targets)
    if examples:
        out.questions["target"] = f"is it about more than '{examples}'? The clause names that as an example"
    if out.what.acts and set(out.what.acts) <= TALKS:
        targets = []  # they meet at the bridge, and nothing is done to it
    if out.what.kind in ("forbid", "require", "quota", "respond"):
        targets, others = of_its_act(out.what.act_words, text, targets)
        if others:
            said = ", ".join(dict.fromkeys(f.words for f in others))
            out.questions["target"] = (
                f"is '{said}' its target? It stands beside other words than '{out.words['act']}', and was left out"
            )
        out.targets = _codes(targets)
    weapons: list[Found] = list(find("weapons", text))
    for name in re.findall(r"\b[A-Z0-9][\w-]*(?:\s(?=\d))?[\w-]*", text):
        entry = (
            _SYSTEMS.get(name.lower())
            or _SYSTEMS.get(name.lower().replace("-", " "))
            or _SYSTEMS.get(name.lower().replace("-", ""))
        )
        if entry:
            weapons.append(Found(entry, text.find(name), text.find(name) + len(name), name))
    if out.what.kind in ("limit", "forbid", "require", "declare"):
        fighting = out.what.kind == "forbid" and bool({"flight", "access_denied"} & set(out.what.acts))
        if out.what.kind == "forbid" and len(out.what.acts) > 1 and set(out.what.acts) & ATTACKS:
            weapons = beside_acts(out.what.act_words, text, weapons)
        weapons = at_its_distance(text, weapons) if out.what.kind == "limit" else weapons
        out.weapons = () if fighting else tuple(dict.fromkeys(w.code for w in sorted(weapons, key=lambda w: w.start)))
        out.calibre, out.range = amounts.calibre(text), amounts.reach(text)
    for key, found in (("target", targets if out.targets else []), ("weapon", weapons if out.weapons else [])):
        if found:
            out.words[key] = ", ".join(dict.fromkeys(f.words for f in found))
    means = [] if out.what.kind == "forbid" and is_suffered(text) else find("means", text)
    means = [f for f in means if not _OWN.search(text[: f.start])]
    out.means = _codes(means)
    if means:
        out.words["observed_by"] = ", ".join(f.words for f in means)


_IN_TIME = re.compile(r",\s+(?:within|no later than|not later than|after|upon)\s[^.;,]{1,160}(?=,)", re.IGNORECASE)
"""Between commas, when it is due: *shall, within a week of the arrival of observers, lift the siege* is done to no observers."""


_FROM = re.compile(
    r"\b(?:launched|fired|carried out|conducted|directed|mounted) from (?:(?:the|any|within|inside) )*$", re.IGNORECASE
)
_OWN = re.compile(r"\b(?:its|their) $", re.IGNORECASE)
"""Whose it is, so that it is no means by which the text says that all is observed: *shall dismantle its radar*."""
_OF_WHAT = re.compile(
    r"\b(?:crews?|captains?|passengers?|owners?|drivers?|inhabitants|residents|staff|employees) of (?:(?:the|its|their|all|any|an?) )?(?:\w+ )?$",
    re.IGNORECASE,
)
"""Of whom it is said to what they belong: *release the crew of the vessel*."""


def _codes(found: list[Found]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f.code for f in found))


_SYSTEMS = {alias: system.name for alias, system in ARSENAL.systems.items() if len(alias) > 2}


def _amounts(out: Understood, text: str) -> None:
    """Deadlines, dates, caps, quotas, distances, places."""
    due = list(amounts.deadlines(text))
    if not due and out.what.kind == "notice":
        due = amounts.lengths(text)
    if due:
        told = [d for d in due if out.what.kind != "guarantee" or _TO_DO.search(text[: d.start])]
        # of a guarantee that of its consequence: in the other time its breaches are counted
        out.deadline = (told or due)[0]
        out.words["deadline"] = out.deadline.words
    on = amounts.dates(text)
    if on:
        day, said = _due_day(text, on) if out.what.kind in ("require", "declare") else on[0]
        if (
            len(on) == 1
            and out.what.kind in ("forbid", "limit", "quota")
            and _FIRST.search(text[: text.find(on[0][1])])
        ):
            out.since = day
        if day:
            out.date, out.words["date"] = day, said
    if out.what.kind == "limit" and amounts.caps(text):
        out.cap = amounts.caps(text)[0]
        out.words["to"] = out.cap.words
        _of_the_cap(out, text)
    if out.what.kind == "quota":
        out.quota = amounts.quotas(text)[0]
    elif out.what.kind == "require":
        out.quota = amounts.counted(text, out.words.get("kind", ""))
    if out.quota is not None:
        out.words["at_least"] = out.quota.words
    far = [d for d in amounts.distances(text) if out.range is None or d.words not in out.range.words]
    if far:
        out.distance = far[0]
        out.words["distance"] = far[0].words
    out.places = amounts.places(text)
    if out.places:
        out.words["in"] = "; ".join(out.places)


_LAST = re.compile(
    r"\b(?:by|before|until|till|than|latest|end(?:s|ed)? on|conclud\w+ on|complet\w+ on)\s+(?:the\s+)?(?:[\w:.]+ (?:hours |hrs )?on\s+)?$",
    re.IGNORECASE,
)
_FIRST = re.compile(r"\b(?:beg[iu]n\w*|start\w*|commenc\w+|from|as of|since)\s+(?:on\s+)?(?:the\s+)?$", re.IGNORECASE)


def _due_day(text: str, days: list[tuple[str, str]]) -> tuple[str, str]:
    """The day by which something is done, of several; none where the only one is that of its beginning."""
    ahead = [(day, words, before) for day, words in days if not _is_past(before := text[: text.find(words)])]
    last = next(((day, words) for day, words, before in ahead if _LAST.search(before)), None)
    return last or next(((day, words) for day, words, before in ahead if not _FIRST.search(before)), ("", ""))


_PAST = re.compile(
    r"(?P<be>\b(?:be|being|shall|will|must|to|fully|and|or)\s+)?\b(?:\w{3,}ed|taken|lost|held|shot|born)\s+(?:on|in|before|after|since)\s+(?:the\s+)?$",
    re.IGNORECASE,
)


_OF_SOME = re.compile(r"\b(?:who|which|whoever)\b(?:(?!\b(?:shall|will|must|may)\b)[^.;])*$", re.IGNORECASE)
"""What tells of whom it speaks: *fighters who lay down their arms before 1 August shall ...*."""


def _is_past(before: str) -> bool:
    """Whether a day is that of something that happened, or tells of whom it speaks, and nothing is due then: *those killed on 3 March*."""
    found = _PAST.search(before)
    return (found is not None and not found["be"]) or _OF_SOME.search(before) is not None


def _of_the_cap(out: Understood, text: str) -> None:
    """Of several weapons with a number each, those of the number that is the cap; the other numbers are asked."""
    assert out.cap is not None
    at = out.cap.start + len(out.cap.words)
    behind = re.search(rf"(?:,|\band\b|\bor\b)\s+(?:{amounts.NUMBER})\s+[a-z]", text[at - 1 :], re.IGNORECASE)
    weapons = find("weapons", text)
    own = [f for f in weapons if behind is None or f.start < at - 1 + behind.start()]
    if behind is not None and len(own) < len(weapons):
        out.weapons = _codes(own)
        out.words.pop("weapon", None)
        out.words |= {"weapon": ", ".join(f.words for f in own)} if own else {}


def _conditions(out: Understood, text: str, actors: Actors) -> None:
    """Whose consent lifts it, and what is excepted."""
    consent = _CONSENT.search(text)
    if consent:
        who = next(w for w in (consent["who"], consent["who2"], consent["who3"], consent["who4"]) if w)
        out.consent_of = _who(who, actors)
        out.words["unless"] = consent.group(0)
        if not out.consent_of:
            out.questions["unless"] = f"whose consent is '{who.strip()}'?"
    said, spared = _spared(text)
    if said and not (consent and consent.start() <= text.find(said) < consent.end()):
        out.exception, out.words["except"] = spared, said
        out.questions["except"] = f"what must be shown before '{out.exception}' excuses an act, how soon, and how much?"


def _spared(text: str) -> tuple[str, str]:
    """The words of an exception, and of these what it spares; both empty where there is none."""
    excepted = _EXCEPT.search(text)
    if excepted is None:
        return "", ""
    said, spared = excepted.group(0).strip(), (excepted["words"] or excepted["named"]).strip()
    if not text[: excepted.start()].strip():  # ahead of what it spares: up to the comma
        said, spared = said.partition(",")[0], spared.partition(",")[0]
    return said, spared


def _who(words: str, actors: Actors) -> tuple[str, ...]:
    """The actors that some words mean."""
    if re.search(r"both|each|all parties|the parties|the other", words, re.IGNORECASE):
        return tuple(actors.parties)
    if re.search(r"guarantors", words, re.IGNORECASE):
        return tuple(actors.guarantors)
    named: list[Named] = named_in(words, actors)
    if named:
        return tuple(dict.fromkeys(n.short for n in named))
    for short, full in actors.bodies.items():
        if full.lower().split()[-1] in words.lower():
            return (short,)
    return ()


def _ask(out: Understood, text: str, sentences: list[str], first: str, actors: Actors) -> None:
    """What must be asked of the drafters."""
    kind, ask = out.what.kind, out.questions
    if not actors.parties:
        ask["parties"] = "who are the parties?"
    if kind == "unverifiable":
        ask["kind"] = frame_of(text) or (
            "what act, that could be seen or shown, would be against this clause? None was recognised in its words"
        )
    elif not out.what.kind_words:
        ask["kind"] = f"is this forbidden or asked for? No word says so; it stands as '{kind}' by the nature of the act"
    leave = kind == "limit" and out.cap is None  # "82 mm and below may remain": no cap of none
    unsaid = not out.what.kind_words or kind in ("require", "quota", "declare", "respond", "unverifiable")
    if "permit" in out.words and (leave or unsaid):
        no = "ban" if kind == "forbid" else "duty"
        ask["permit"] = f"is it a right, and no {no}? The clause says {out.words['permit']!r}"
    if kind == "limit" and out.range and not out.weapons:
        ask["weapon"] = "which weapons? None was recognised, so that it stands for all"
    ask.update(asked_of(kind, set(out.what.acts), out.words, text[:_LONGEST]))
    acts = set(out.what.acts)
    if out.targets and kind == "forbid" and acts - ATTACKS and len(acts) > 1:
        ask["target"] = f"is each of '{out.words['act']}' forbidden only against '{out.words['target']}'? So it stands"
    if out.weapons and kind == "forbid" and len(acts) > 1:
        ask["weapon"] = f"is each of '{out.words['act']}' forbidden only with '{out.words['weapon']}'? So it stands"
    if kind in ("require", "declare") and not out.deadline and not out.date:
        ask["deadline"] = "by when?"
    if (
        kind in ("require", "declare", "limit")
        and out.deadline
        and not re.search(r"sign|force|effect|begin|start", out.deadline.anchor, re.IGNORECASE)
    ):
        back = " It counts back, which no value does" if out.deadline.way in ("before", "prior to") else ""
        said = f"'{out.deadline.anchor}'{back and '.'}{back}" if out.deadline.anchor else "nothing"
        ask["deadline"] = f"counted from what? The clause names {said}"
    if kind == "respond":
        ask["respond"] = "whose act calls for the answer, and within what time?"
    if kind == "guarantee":
        ask["when"] = "the breach of which terms, by whom, how grave and how many, sets it off?"
    if out.distance is not None:
        ask["in"] = (
            f"from which line are the {out.distance.words} counted, on each side or in all? Draw it under 'places:'"
        )
    elif out.places:
        ask["in"] = f"where is {' and '.join(repr(p) for p in out.places)}? Draw it under 'places:' and say 'in:'"
    if len(text) > _LONGEST:
        ask["long"] = (
            f"the clause has {len(text):,} characters, and only the first {_LONGEST:,} were looked at: is it one clause?"
        )
    open_ = _OPEN.findall(text[:_LONGEST])
    if open_:
        ask["open"] = (
            f"whose are the words in brackets, and what is to be filled in? {', '.join(repr(w) for w in open_[:5])}"
        )
    vague = wording.vague(text[:_LONGEST])
    if vague:
        ask["vague"] = f"what is {', '.join(repr(w) for w in vague)}?"
    different = _others(out, sentences, first, actors)
    if different:
        told = "; ".join(f"'{s.strip()}'" for s in different[:3])
        ask["more"] = f"is this a term of its own? {told}"


def _others(out: Understood, sentences: list[str], first: str, actors: Actors) -> list[str]:
    """Sentences that say something else than the first."""
    found = [(s, _what(s, "", actors)) for s in sentences if s is not first and s not in first]
    own = (out.what.kind, out.what.acts)
    return [s for s, of in found if of.kind != "unverifiable" and (of.kind, of.acts) != own]

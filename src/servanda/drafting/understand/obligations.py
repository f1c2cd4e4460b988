"""The obligations of one clause: a sentence that binds somebody to several things is several terms.

A clause is parted at its inline items, its sentences, and wherever words of obligation begin anew ("and shall", "and neither Party shall", "and
to"). What stands before and holds for a part too (its subject, a deadline ahead of it) is carried, with "…" where words are left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from servanda.drafting.understand.lexicon import find, verbs
from servanda.drafting.understand.several import by_distance, by_number, by_stage

_MODAL = re.compile(
    r"(?<!['\u2019]s )(?<!\bown )(?<!\bfree )(?<!\bthe )\b(?:shall|will|must|(?:is|are) (?:hereby )?(?:established|created|constituted|limited|prohibited|restricted|forbidden|obliged|required)|undertakes?|pledges?|declares?(?= (?:an?|the|that|their)\b)|commits? (?:themselves|itself)|hereby (?:creates?|establish(?:es)?|set up|agrees?)|commits?(?= to)|agrees?(?= (?:not )?to\b)|(?:is|are) bound(?= (?:not )?to\b))\b",
    re.IGNORECASE,
)
_ITEM = re.compile(r"(?:(?<=\s)|^)\((?P<mark>[a-z]{1,4})\)\s+")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_SENTENCE = re.compile(r"(?<=[a-z0-9)\"”\u2019])[.;]\s+(?=[A-Z(\"“])")
_CONNECT = re.compile(r"(?:[,;]\s*(?:and|but|or|nor|while)?|\s(?:and|but|nor|or|while))\s+", re.IGNORECASE)
_RELATIVE = re.compile(
    r"^(?:(?:in|over|on|to|from|of|for|by|through|against|with|under|after|upon|until)\s+)?(?:which|who|whom|whose)\b",
    re.IGNORECASE,
)
_BELOW = re.compile(
    r"\b(?:provided|if|unless|until|that|so|where|when|whenever|as|because|since|once|before|after|whether|in the event|should)\b",
    re.IGNORECASE,
)
"""Words that put what follows them below the sentence."""
_TRIGGER = re.compile(
    r"^\W*(?:if|should|where|in (?:the )?(?:case|event)|upon (?:a|an|the)?\s*(?:notification|request|receipt)|after an?|following an?)\b",
    re.IGNORECASE,
)
_TO = re.compile(
    r"(?:;|,)?\s+(?:and|nor|or)(?: also| further)?\s+(?=(?:not )?to\s+(?!the\b|their\b|its\b|any\b|all\b|each\b|an?\b|those\b|these\b|which\b|whom\b|this\b|that\b|be\b)[a-z]+)",
    re.IGNORECASE,
)
_FROM = re.compile(r"(?<=\w),?\s+(?:and|or|nor)(?: also)?\s+(?=from \w+ing\b)", re.IGNORECASE)
"""Where what one is to refrain from goes on: *refrain from propaganda and from calling for revenge*."""
_DETERMINER = re.compile(r"\b(?:the|an?|its|their|any|all|these|each|no)\s", re.IGNORECASE)
_NOT = re.compile(r"\W*(?:not\b|neither\b|refrain|abstain|desist|cease|never\b|be prohibited)", re.IGNORECASE)
_MOREOVER = re.compile(
    r"^(?:thereafter|then|subsequently|moreover|likewise|in addition|in parallel|in turn|in return|at the same time|simultaneously|concurrently|for (?:its|their) part|accordingly|further|also),?\s*",
    re.IGNORECASE,
)
"""What may stand in front of the subject of a second obligation."""
_ORDER = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
MOST = 12
"""Into how many parts a clause is parted at most."""
LONGEST = 20_000
"""A clause of more characters is not parted: it is asked whether it is one."""


@dataclass(frozen=True, slots=True)
class Part:
    """One obligation of a clause. ``label``: which part it is, '' for all of it; ``together``: it goes on where the one before it ended."""

    label: str
    text: str
    together: bool = False


def parts_of(text: str) -> list[Part]:
    """The obligations of one clause, in order.

    Args:
        text: its words, with those that lead to it.

    Returns:
        One part for each; the clause itself where it holds one.
    """
    if len(text) > LONGEST:
        return [Part("", text)]
    out: list[Part] = []
    for label, words in _items(text):
        sentences = _sentences(words)
        for n, sentence in enumerate(sentences):
            named = f"{_ORDER[n] if n < len(_ORDER) else n + 1} sentence" if len(sentences) > 1 else ""
            inner = [
                (each, joined)
                for half in _bans(sentence.strip())
                for part, joined in _within(half)
                for far in by_distance(part)
                for many in by_number(far)
                for each in by_stage(many)
            ]
            for k, (part, together) in enumerate(inner, 1):
                which = f"part {k}" if len(inner) > 1 else ""
                out.append(Part(", ".join(w for w in (label, named, which) if w), part, together))
    return out if 1 < len(out) <= MOST else [Part("", text)]


def _items(text: str) -> list[tuple[str, str]]:
    """A clause parted at the items written in its line: "(a) ...; (b) ..."."""
    marks: list[re.Match[str]] = []
    for m in _ITEM.finditer(text):
        if m["mark"] == chr(97 + len(marks)) or (marks and m["mark"] == _following(marks[-1]["mark"])):
            marks.append(m)
    if len(marks) < 2 or marks[0]["mark"] != "a":
        marks = []
        for m in _ITEM.finditer(text):
            marks += [m] if m["mark"] == _ROMAN[min(len(marks), len(_ROMAN) - 1)] else []
    if len(marks) < 2:
        return [("", text)]
    lead = text[: marks[0].start()].rstrip(" :,—-")
    ends = [*(m.start() for m in marks[1:]), len(text)]
    out = []
    for m, end in zip(marks, ends, strict=True):
        item = re.sub(r"[\s,;]+(?:and|or)?\s*$", "", text[m.end() : end])
        out.append((f"({m['mark']})", f"{lead} {item}"))
    return out


def _following(mark: str) -> str:
    return chr(ord(mark) + 1) if len(mark) == 1 else ""


def _sentences(text: str) -> list[str]:
    """Sentences, and the halves of one at a semicolon behind which somebody is bound anew."""
    out: list[str] = []
    for sentence in _SENTENCE.split(text):
        held = ""
        for piece in re.split(r";\s+(?:and\s+)?", sentence):
            if held and (
                not _MODAL.search(piece) or not (_MODAL.search(held) or _LOOSE.search(held)) or _TRIGGER.match(held)
            ):
                held = f"{held}; {piece}"
                continue
            if held:
                out.append(held)
            held = piece
        if held.strip():
            out.append(held)
    return out


def _bans(sentence: str) -> list[str]:
    """A sentence parted before a ban with a subject of its own behind a right, before a duty behind what is none, or where *may* is denied behind a duty."""
    if _TRIGGER.match(sentence):
        return [sentence]
    loose = next((m.end() for m in _LOOSE.finditer(sentence)), len(sentence))
    cuts = [
        m
        for m in _BAN.finditer(sentence)
        if (m["may"] or m["there"] or loose <= m.start()) and not _BELOW.match(sentence[m.end() :])
    ]
    starts, ends = [0, *(m.end() for m in cuts)], [*(m.start() for m in cuts), len(sentence)]
    who = _MAY.split(sentence)[0]  # *they may return and shall not be held*
    leads = ["", *("" if m["same"] is None else who for m in cuts)]
    return [f"{lead}{sentence[a:b]}" for lead, a, b in zip(leads, starts, ends, strict=True)]


_MAY = re.compile(r"\bmay\b", re.IGNORECASE)
_LOOSE = re.compile(r"\b(?:may|need not|no (?:obligation|duty) to|(?:does|do) not have to)\b", re.IGNORECASE)
"""What binds nobody."""
_BAN = re.compile(
    r"[,;]\s+(?:(?:and|but|while)\s+)?(?=(?:neither|no|none of)\s[\w '\u2019-]{1,40}?\s(?:shall|will|must|(?P<may>may))\b)"
    r"|[,;]\s+(?:and|but)\s+(?=(?P<there>(?:in|on|at|near|within|inside)\s[\w '\u2019-]{1,40}?\sno\s[\w '\u2019-]{1,40}?\s(?:shall|will|must|may)\b))"
    r"|[,;]\s+(?:(?:and|but|while)\s+)?(?=(?:the|its|their|they|both|each|all|such|[A-Z])[\w '\u2019-]{0,40}?\s(?:shall|will|must)\b)"
    r"|,?\s+(?:and|but)\s+(?=(?P<same>(?:shall|will|must) not\b))"
)
"""Where a ban begins: with nobody, with a subject of its own, or with that of the right ahead of it; and a duty, behind what nobody has to do."""


def _within(sentence: str) -> list[tuple[str, bool]]:
    """One sentence parted wherever words of obligation begin anew."""
    first = _MODAL.search(sentence)
    if first is None or _TRIGGER.match(sentence):
        return [(sentence, False)]
    subject = sentence[: first.start()].strip()
    cuts: list[tuple[int, int, str]] = []  # where the part before ends, where this one begins, what is carried
    last, antecedent = first.end(), ""
    for modal in list(_MODAL.finditer(sentence))[1:]:
        cut = _cut(sentence, last, modal.start())
        if cut is not None and len(sentence[last : cut[0]].removeprefix(" not").split()) > 1:
            end, start = cut
            own = sentence[start : modal.start()].strip()
            if _RELATIVE.match(own):
                antecedent = antecedent or _nearest(sentence[:end].rstrip(" ,"))
                carried = f"{antecedent}," if antecedent else f"{subject} …"
            else:
                nor = " nor" if sentence[end:start].strip(" ,;").lower() == "nor" else ""
                carried = f"{subject} …{nor}" if not own else nor.strip()
            cuts.append((end, start, carried))
        last = modal.end()
    out = []
    begins, carried = 0, ""
    for end, start, then in [*cuts, (len(sentence), len(sentence), "")]:
        out += _coordinated(f"{carried} {sentence[begins:end]}".strip(" ,;"))
        begins, carried = start, then
    return out


def _nearest(before: str) -> str:
    """What "which" speaks of: the words from the last determiner on."""
    starts = [m.start() for m in _DETERMINER.finditer(before)]
    return before[starts[-1] :] if starts else ""


def _cut(sentence: str, after: int, modal: int) -> tuple[int, int] | None:
    """Where the words that lead to a modal verb begin: end of the part before, start of this one."""
    found = list(_CONNECT.finditer(sentence, after, modal))
    near = [m for m in found if m.end() == modal]
    if near:
        return near[-1].start(), near[-1].end()
    strong = [
        m for m in found if m.group(0).strip().lower() in (";", ", and", ", but", ", nor", ", or", ", while", "; and")
    ]
    comma = [m for m in found if _RELATIVE.match(sentence[m.end() : modal])]
    for m in [*reversed(strong), *reversed(comma), *reversed(found)]:
        own = sentence[m.end() : modal].strip()
        plain = re.sub(_MOREOVER, "", own)
        if not plain:
            return m.start(), m.end()
        if _RELATIVE.match(plain) and len(plain.split()) <= 12:
            return m.start(), m.end()
        if (
            not _BELOW.match(plain)
            and not re.match(r"(?:in|on|at|by|for|from|to|of|with|under|over)\s", plain)
            and len(plain.split()) <= 14
            and "," not in plain
        ):
            return m.start(), m.end()
    return None


def _coordinated(part: str) -> list[tuple[str, bool]]:
    """A part whose one modal verb governs several deeds: "undertakes to A and to B", "shall A the B and C the D"."""
    modal = _MODAL.search(part)
    if modal is None:
        return [(part, False)]
    if two := _passives(part) or _kept(part) or _gapped(part):
        return [(each, False) for each in two]
    head = part[: modal.end()]
    out: list[tuple[str, bool]] = []
    begins, together = 0, False
    breaks = [
        (m.start(), m.end(), True)
        for m in _TO.finditer(part, modal.end())
        if re.match(r"\s*(?:\w+ ){0,3}?(?:not )?to\b", part[modal.end() :])
    ]
    breaks += [
        (m.start(), m.end(), False) for m in _FROM.finditer(part, modal.end()) if not find("acts", part[m.end() :])
    ]
    if not _NOT.match(part[modal.end() :]):
        breaks += [(m.start(), m.end(), False) for m in _deeds(part, modal.end())]
    else:
        breaks += [
            (m.start(), m.end(), False)
            for m in _deeds(part, modal.end())
            if re.match(r"\W*(?:refrain|abstain|desist|cease)", part[modal.end() :])
        ]
    for start, end, infinitive in sorted(breaks):
        if start < begins:
            continue
        out.append(
            (part[begins:start] if not out else f"{head} … {part[begins:start].strip()}", bool(out) and together)
        )
        begins, together = end, infinitive
    out.append((part if not out else f"{head} … {part[begins:].strip()}", bool(out) and together))
    return out


_PASSIVES = re.compile(
    r"\b(?P<be>(?:shall|will|must) be)\s+(?:\w+ly\s+)?\w+(?:ed|en|wn)\b(?P<tail>[^,.;]*?),?\s+and\s+"
    r"(?P<what>(?!(?:\w+ed|\w+ly|by|in|on|at|to|for|from|with|not|be)\b)[\w\u2019'-]+(?:\s+(?!(?:and|or|shall|will|must|may|be|by|not|are|is)\b)[\w\u2019'-]+){0,6}?)\s+(?P<done>\w+(?:ed|en|wn)\b.*)$",
    re.IGNORECASE,
)


def _passives(part: str) -> list[str]:
    """Two deeds of which the second goes without its verb: *bridges shall be reopened and mines removed*; nothing where the second is no act that is known."""
    found = _PASSIVES.search(part)
    second = f"{found['what']} {found['be']} {found['done']}" if found else ""
    if found is None or not find("acts", second) or not find("acts", part[: found.end("tail")]):
        return []
    return [part[: found.end("tail")], second]


_KEPT = re.compile(
    r"(?P<head>.*\b(?:shall|will|must) keep )(?P<one>(?:their|its|all|the)\b[^,;]*?\b(?:silent|closed|open|locked|grounded|(?:in|on|at|inside|within|behind) [^,;]*?)),? and (?P<two>(?:their|its) .*)$",
    re.IGNORECASE,
)


def _kept(part: str) -> list[str]:
    """Two deeds of which the second goes without *keep*: *keep their guns silent and their soldiers in camps*."""
    found = _KEPT.match(part)
    return [found["head"] + found["one"], found["head"] + found["two"]] if found else []


_GAPPED = re.compile(
    r"(?P<head>[^,;]*\b(?P<do>(?:shall|will|must) \w+) )(?P<one>(?:its|their) [^,;]*?),? and (?P<who>(?:the )?[A-Z][\w\u2019'-]*(?: [A-Z][\w\u2019'-]*){0,3}) (?P<two>(?:its|their) .*)$"
)


def _gapped(part: str) -> list[str]:
    """The deeds of two, of whom the second goes without his verb: *A shall withdraw its fighters and B its armour*."""
    found = _GAPPED.match(part)
    return [found["head"] + found["one"], f"{found['who']} {found['do']} {found['two']}"] if found else []


def _deeds(part: str, after: int) -> list[re.Match[str]]:
    """Deeds joined by "and" that have an object before them and one behind."""
    pattern = re.compile(
        rf"(?:,|;)?\s+and(?:\s+(?:thereafter|then|subsequently|immediately|simultaneously))?\s+(?=(?:{'|'.join(verbs())})\s+(?!and\b|or\b)[\w\"“])",
        re.IGNORECASE,
    )
    listed = re.compile(rf",\s+(?=(?:{'|'.join(verbs())})\s+(?!and\b|or\b)[\w\"“])", re.IGNORECASE)
    last = max((m.start() for m in pattern.finditer(part, after)), default=0)  # "A the B, C the D and E the F"
    return [
        m
        for m in (*(m for m in listed.finditer(part, after) if m.start() < last), *pattern.finditer(part, after))
        if len(words := part[after : m.start()].split()) >= 2
        and words[-1].lower() not in verbs()
        and not _TO.match(part, m.start())
    ]

"""Accusations, admissions and denials in what people are told to have said: by whom, of whom, in whose words, of which days.

1. **A deed** is a word for an attack or a breach (:data:`_DEED`) in the content of a saying. What is only wished, threatened, feared or conditional
   is none, nor is what was shot down or repelled.
2. **Of whom.** After a verb of accusing (*accuses Ukraine of*, *blames Russia for*, *blames it on*) the side that is named; else the side whose forces
   do the deed (*Russian troops shelled*; *not Bland but Aland* is Aland), have it done by them (*was hit by*), or whose deed it is (*a Russian attack*, *attacks by Russia*). *Its*, *our*
   and *we* are the speaker's own side. Where no side is found the saying blames nobody, and is left out.
3. **Which.** Of another side: an accusation; of one's own, where the words say *we* or name it, or he admits what *it* did: an admission, unless the words themselves, or who passes it on, have somebody say it. With a verb of denying, a
   negation before the deed, or a word that calls it untrue (*reports that we attacked are false*), of one's own: a denial, and of another side nothing. *Rejects the accusation* is a denial as well.
4. **When.** The days that the content names (a date, a weekday up to the day of publication, *yesterday*, *overnight*, *since*); the hour of a
   text has no zone, so that a day is all that is taken. Where it names none, nobody knows when: at the latest on the day of publication.

Rules, English, no finding: the words stand beside every row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from servanda.statements.documents import MONTHS, Document
from servanda.statements.extract import BEFORE_TEXT, Statement
from servanda.statements.speakers import People

_NOUNS = r"attacks?|strikes?|assaults?|raids?|shelling|bombardments?|bombing|violations?|breach(?:es)?|offensives?|air ?strikes?|fire"
_DEED = re.compile(
    r"\b(?:attack(?:s|ed|ing)?|str(?:ikes?|uck|iking)|hit(?:s|ting)?|shell(?:s|ed|ing)|bomb(?:s|ed|ing|ard\w*)|assault(?:s|ed|ing)?|raid(?:s|ed|ing)?|"
    r"violat(?:es?|ed|ing|ions?)|br(?:eaks?|oke|oken|eaking)|breach(?:es|ed|ing)?|launch(?:es|ed|ing)?|destroy(?:s|ed|ing)?|damag(?:es?|ed|ing)|"
    r"target(?:s|ed|ing)|kill(?:s|ed|ing)?|storm(?:s|ed|ing)|shot at|fir(?:ed|ing) (?:on|at|upon|into)|open(?:s|ed|ing) fire|offensives?|air ?strikes?|"
    r"(?:(?<=\bnot )|(?<=n't )|(?<=n’t ))(?:shell|bomb|hit|storm|launch|destroy|target|shoot at|fire (?:on|at|upon|into)|open fire))\b",
    re.IGNORECASE,
)
_UNDONE = re.compile(
    r"\b(?:would|could|may|might|must|should|shall|will|can|if|unless|threat\w*|plan(?:s|ned|ning)?|prepar\w+|want\w*|intend\w*|ready|refrain\w*|stop\w*|"
    r"in order to|rul\w+ out|halt\w*|ceas\w+|end(?:ed|ing)?|pause\w*|suspend\w*|moratorium on|ban on|no longer|repel\w*|foil\w*|thwart\w*|prevent\w*|against)(?: \w+){0,3} $",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:not|never|no|neither|nor|without)\b|n[’']t\b", re.IGNORECASE)
_ACCUSING = frozenset("accuse blame charge condemn criticize criticise denounce fault slam".split())
_DENYING = frozenset("deny reject refute dismiss rebut rebuff contradict".split())
_ADMITTING = frozenset("admit acknowledge concede confess".split())
_WISHING = frozenset(
    "demand urge call want warn threaten propose ask order plan intend fear expect hope require pledge promise vow".split()
)
_WITHHOLDING = frozenset("refuse decline".split())
_UNSAID = re.compile(r"(?:(?:\bnot|\bnever|n[’']t|\bcannot) (?:\w+ly )?\w+|\bshort of \w+ing)\s*$", re.IGNORECASE)
"""*Did not deny that*, *stopped short of denying that*: neither a denial nor an admission."""
_CLAIM_OF = re.compile(
    r"\bsa(?:id|ys?)(?: that)? (?!(?:in|by|on|at|via|through)\b)(?![^,.;]*\b(?:in|by|to|with|from) \S+(?: \S+)?\s*$)"
    r"[^,.;]{0,40}?\b(?:claims?|reports?|allegations?|accusations?|assertions?|charges?)\s*$",
    re.IGNORECASE,
)
"""*Said that Aland's claim that*: what follows is told by Aland."""
_SUPPOSED = re.compile(
    r"\W*(?:Had|Were|Should|Suppose|Supposing|Imagine|Assume|Assuming|What if|Let us (?:suppose|assume|imagine))\b"
)
_NESTED = re.compile(r"[,:] [‘'](?=[A-ZÀ-Þ])[^‘“”\"]{0,300}?[^\W_][.,!?]?[’'](?!\w)")
"""What one who is quoted quotes of another."""
_NOT_HE = re.compile(
    r"\b[Nn]ot (?:(?:the|by) ){0,2}[A-ZÀ-Þ][^,.;]{0,40}? but (?:rather )?(?=(?:(?:the|by) )*[A-ZÀ-Þ])|,? and not (?:(?:the|by) ){0,2}[A-ZÀ-Þ][\w’'-]*,?"
)
"""Who is named to say that it was not he: *not Aland but Bland*, *Bland and not Aland*."""
_ACCUSED_BY = re.compile(
    r"\b(?:accused|blamed|charged|criticised|criticized|condemned|denounced)(?: \w+)? by (?:the )?$", re.IGNORECASE
)
_WRONGLY = re.compile(
    r"\b(?:is|was|were|been|being) (?:falsely|wrongly|baselessly|groundlessly|unjustly) (?:accused|blamed|charged)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r",? (?:and|but|while) (?:\w+ )?(accused|blamed|charged) (?=[A-ZÀ-Þ])")
_CHARGE = re.compile(
    r"\b(?:accusations?|allegations?|claims?|charges?|reports?|involvement|responsibility)\b", re.IGNORECASE
)
_UNTRUE = (
    r"(?:false|untrue|not true|baseless|unfounded|groundless|fake|fabricat\w+|inventions?|invented|made up|lies?|a hoax|hoaxes|disinformation|nonsense|"
    r"incorrect|propaganda|absurd|slander(?:ous)?|without (?:any )?(?:basis|foundation)|no (?:basis|foundation|truth))"
)
_CALLED_UNTRUE = re.compile(
    rf"(?:{_CHARGE.pattern})[^.;]*\b{_UNTRUE}\b|\b(?:it|this|that) (?:is|was) (?:\w+ )?{_UNTRUE}\b|"
    r"\b(?:falsely|wrongly|baselessly|groundlessly) (?:\w+ )?(?:accus|blam|claim|alleg|report|charg|stat|sa[iy])",
    re.IGNORECASE,
)
"""What is called untrue is told by nobody who calls it so: *reports that Aland attacked were false*."""
_OWN = re.compile(r"\b(?:we|our|its|his|her)\b", re.IGNORECASE)
_ITSELF = re.compile(r"\bit (?:had |has )?$", re.IGNORECASE)
_WE = re.compile(r"\b(?:we|(?!(?-i:US))us|ours?|ourselves)\b", re.IGNORECASE)
_SAYING = re.compile(r"\b(?:accus|blam|condemn|denounc|said|says|claim|alleg|den(?:y|ie))", re.IGNORECASE)
_SAID_ON = re.compile(r"^((?:\w+ ){1,3})(?:on \w+day|yesterday|today|overnight) (?=of |for )")
"""*Ukraine on Wednesday of striking*: the day on which it was said."""
_CLAUSE = re.compile(r", |\b(?:where|when|after|before|because|while|that)\b")
_PASSIVE = re.compile(r"\b(?:was|were|been|being|is|are|got)(?: \w+)? $", re.IGNORECASE)
_AT = re.compile(r"\b(?:in|at|near|on|off|of|outside) (?:the )?((?:[A-ZÀ-Þ][\w’'-]+ ?){1,3})")
_STRUCK = re.compile(
    r"\b(?:shell|attack|bomb|bombard|raid|storm|target)(?:s|ed|ing)? (?:the )?(?:(?:city|town|village|port) of )?((?:[A-ZÀ-Þ][\w’'-]+ ?){1,3})"
)
_SENTENCE = 400  # characters of a sentence that are looked at
_SAYS_WHOSE = 60  # characters between a side and its deed
_PARTED = re.compile(r"[;:.!?]|, (?:and|but|while|who|which)\b")

_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_NAMED = "|".join(MONTHS)
_DAY = re.compile(
    rf"(?P<since>\b(?:since|from) (?:\w+ )?)?\b(?:(?P<iso>20\d\d-\d\d-\d\d)|(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?P<m>{_NAMED})[a-z]*\.?(?:,? (?P<y>20\d\d))?|"
    rf"(?P<m2>{_NAMED})[a-z]*\.? (?P<d2>\d{{1,2}})\b(?:st|nd|rd|th)?(?:,? (?P<y2>20\d\d))?|(?P<week>{'|'.join(_WEEKDAYS)})|(?P<rel>yesterday|overnight|last night|today))\b(?P<night>(?: at)? night)?",
    re.IGNORECASE,
)

Kind = Literal["accuses", "admits", "denies"]
_CODES = (
    ("shelling", r"shell|bombard"),
    ("assault", r"assault|raid|storm|offensive"),
    ("", r"violat|br(?:eak|oke)|breach"),
    ("attack", ""),
)
"""Codes of acts by how a word for a deed begins; a word for a breach says nothing of the act."""


@dataclass(frozen=True)
class Accusation:
    """What one statement says of a deed: ``of`` is the side that did it, or the speaker's own that did not; ``days``: the first and the last that it names,
    ``None`` where it names none; ``act``: the code of the first deed, empty where it is only called a breach; ``place``: a name after *in*, *at*, *on* or
    *near*, as it stands there.
    """

    statement: Statement
    kind: Kind
    of: str
    days: tuple[date, date] | None
    act: str
    place: str


def accusations(document: Document, statements: Sequence[Statement], people: People) -> list[Accusation]:
    """The accusations, admissions and denials of one article.

    Args:
        document: the article.
        statements: its statements.
        people: the names of sides.

    Returns:
        Them in the order of the text; of a speaker whose side no text tells, what he says of a side counts as an accusation.
    """
    out = []
    for s in (part for whole in statements if whole.at > BEFORE_TEXT for part in _parts(whole)):
        if not s.speaker or s.verb in _WISHING or s.verb == "attack":
            continue  # *attacked the depot* is no saying
        if s.verb in _WITHHOLDING and re.match(r"(?:that|whether)\b", s.content):
            continue  # *declined to confirm that*
        ahead = _ahead(document, s)
        if s.verb in _DENYING and _UNSAID.search(ahead):
            continue
        found = _of(replace(s, content=_NOT_HE.sub("", s.content)), people)
        if found is not None and s.verb == "say" and _CLAIM_OF.search(ahead):
            found = ("denies", s.side) if found[1] == s.side and re.search(rf"\b{_UNTRUE}\b", s.content) else None
        if found is not None:
            kind, of = found
            out.append(
                Accusation(
                    s,
                    kind,
                    of,
                    days_named(_SAID_ON.sub(r"\1 ", s.content), document.published),
                    _act(s),
                    _place(s.content, people),
                )
            )
    return out


def _ahead(document: Document, s: Statement) -> str:
    """The words right ahead of what was said."""
    at = document.text.find(s.content[:60], s.at, s.at + 600)
    return document.text[max(s.at, at - 60) : at] if at > 0 else ""


def _parts(s: Statement) -> list[Statement]:
    """A statement, parted where its speaker goes on to accuse: *denied that ... and accused Ukraine of ...*."""
    on = _GOES_ON.search(s.content)
    if on is None:
        return [s]
    verb = "blame" if on[1].lower() == "blamed" else "accuse"
    return [replace(s, content=s.content[: on.start()]), replace(s, verb=verb, content=s.content[on.end() :])]


def _act(s: Statement) -> str:
    deed = _DEED.search(s.content)
    return "" if deed is None else next(code for code, begins in _CODES if re.match(begins, deed[0], re.IGNORECASE))


def _of(s: Statement, people: People) -> tuple[Kind, str] | None:
    """Which of the three it is, and of whose deed."""
    if s.verb in _DENYING and (_CHARGE.search(s.content) or _DEED.search(s.content)):
        return ("denies", s.side) if s.side else None
    if s.verb in _ACCUSING:
        of = _blamed(s, people)
        charged = of and of != s.side and not _told_within(s).endswith("ing")
        return (
            ("accuses", of) if charged else None
        )  # nobody accuses himself; and *of claiming that* charges with no deed
    if s.side and _WRONGLY.search(s.content):
        return "denies", s.side
    of = _whose(s, people)
    if not of or _twice(s):
        return None
    if _negated(s) or _CALLED_UNTRUE.search(s.content):
        return ("denies", of) if of == s.side else None
    inner = _told_within(s)
    if inner and (of == s.side or inner.lower().startswith("den")):
        return None  # *that Bland had claimed that Aland shelled it*: Bland's claim, and no admission of Aland's
    return _which(s, of, people)


def _which(s: Statement, of: str, people: People) -> tuple[Kind, str] | None:
    """An accusation; of one's own side an admission, where the words say *we* or name that side: *they* and *it* may be anybody."""
    if of != s.side:
        return "accuses", of
    if s.teller not in ("", s.speaker) and not s.own_side:
        return None  # *Bland said that Aland had admitted it*: nobody admits by the mouth of another
    named = any(people.words.get(m[1]) == of for m in people.spelt.finditer(s.content))
    own = s.verb in _ADMITTING and not re.search(r"\bthey\b", s.content)  # one admits what one did: *it* is who speaks
    return ("admits", of) if named or own or _WE.search(s.content) else None


def _told_within(s: Statement) -> str:
    """The verb by which the content itself has somebody say it: one that stands before the deed."""
    first = _DEED.search(s.content)
    found = (
        re.search(rf"{_SAYING.pattern}\w*|\breport\w*", s.content[: first.start()], re.IGNORECASE) if first else None
    )
    return found[0] if found else ""


def _blamed(s: Statement, people: People) -> str:
    """Whom a verb of accusing names: who stands first, or behind *on*."""
    behind = re.search(r"\bon (?:the )?(\w.*)$", s.content)
    first = people.spelt.search(s.content)
    near_first = first is not None and first.start() < 25
    if near_first:
        return people.side(s.content)
    return people.side(behind[1]) if behind and s.verb == "blame" else people.side(s.content)


def _deeds(content: str) -> list[re.Match[str]]:
    """The deeds that are told as done, by him who is quoted."""
    nested = [m.span() for m in _NESTED.finditer(content)] if content[:1] in '"“«' else []
    return [
        m
        for m in _DEED.finditer(content)
        if not any(a < m.start() < b for a, b in nested)
        and not _SUPPOSED.match(
            content, 1 + max(content.rfind(end, max(0, m.start() - _SENTENCE), m.start()) for end in ".!?")
        )
        and not _UNDONE.search(content[max(0, m.start() - 60) : m.start()])
        and not re.match(r" (?:down|back)\b", content[m.end() :])
    ]


def _whose(s: Statement, people: People) -> str:
    """Whose deed the content tells of; nothing where it tells of none, or not whose."""
    content = s.content
    sides = [(m.start(), m.end(), people.words.get(m[1], "")) for m in people.spelt.finditer(content)]
    for deed in _deeds(content):
        by = re.match(r"[^.;,]{0,60}?\b(?:by|from) (?:the |a |an )?", content[deed.end() :])
        behind = next((code for a, _, code in sides if by and a == deed.end() + by.end()), "")
        passive = bool(_PASSIVE.search(content[: deed.start()])) and not deed[0].lower().endswith("ing")
        if behind:
            return behind
        if passive:
            continue
        before = [(a, e, code) for a, e, code in sides if e <= deed.start() and deed.start() - e <= _SAYS_WHOSE]
        before = [x for x in before if not _PARTED.search(content[x[1] : deed.start()])]
        before = [x for x in before if not _SAYING.search(content[x[1] : deed.start()])]
        before = [x for x in before if not _ACCUSED_BY.search(content[max(0, x[0] - 40) : x[0]])]
        within = [x for x in before if not _CLAUSE.search(content[x[1] : deed.start()])] or before
        if within:
            # of two in its clause the first does it: *Russia's forces in Ukraine attacked*
            return within[0][2]
        near = content[max(0, deed.start() - _SAYS_WHOSE) : deed.start()]
        own = _OWN.search(near) or _ITSELF.search(near)
        if own and s.side:
            return s.side
    return ""


def _twice(s: Statement) -> bool:
    """*It is not true that we did not shell it*: a denial of a denial, which nobody needs to guess at."""
    untrue, deed = _CALLED_UNTRUE.search(s.content), _DEED.search(s.content)
    within = s.content[untrue.end() : deed.start()] if untrue and deed else ""
    return within.startswith(" that ") and bool(_NOT.search(within))


def _negated(s: Statement) -> bool:
    """A negation stands before the first deed."""
    first = _DEED.search(s.content)
    return first is not None and bool(_NOT.search(s.content[max(0, first.start() - 30) : first.start()]))


def _place(content: str, people: People) -> str:
    """The first name behind a word of place, or else right behind a verb for what is done to a place, that is no side's and nobody's."""
    for m in (*_AT.finditer(content), *_STRUCK.finditer(content)):
        name = m[1].strip()
        if (
            not people.spelt.search(name)
            and name.split()[-1] not in people.names
            and name.lower().split()[0] not in _WEEKDAYS
            and name[:3].lower() not in MONTHS
        ):
            return name
    return ""


def days_named(content: str, published: date | None) -> tuple[date, date] | None:
    """The first and the last day that a text names, none of them after the day of publication.

    Args:
        content: what was said.
        published: the day of publication; without it no weekday can be told, nor a date without a year.

    Returns:
        The days; *night* takes the day after as well, *since* and *from* all up to the day of publication; ``None`` where none is named.
    """
    found: list[tuple[date, date]] = []
    for m in _DAY.finditer(content):
        day = _named_day(m, published)
        if day is None:
            continue
        last = day
        if m["rel"] and m["rel"].lower() in ("overnight", "last night"):
            day = day - timedelta(days=1)
        if m["night"]:
            last = day + timedelta(days=1)
        if m["since"] and published is not None:
            last = max(last, published)
        found.append((day, last))
    return (min(a for a, _ in found), max(b for _, b in found)) if found else None


def _named_day(m: re.Match[str], published: date | None) -> date | None:
    try:
        if m["iso"]:
            return date.fromisoformat(m["iso"])
        day, month, year = m["d"] or m["d2"], m["m"] or m["m2"], m["y"] or m["y2"]
        if day and year:
            return date(int(year), MONTHS[month[:3].lower()], int(day))
        if published is None:
            return None
        if day:
            named = date(published.year, MONTHS[month[:3].lower()], int(day))
            return named if named <= published else named.replace(year=published.year - 1)
    except ValueError:
        return None
    if m["week"]:
        return published - timedelta(days=(published.weekday() - _WEEKDAYS.index(m["week"].lower())) % 7)
    return published - timedelta(days=1) if m["rel"].lower() == "yesterday" else published

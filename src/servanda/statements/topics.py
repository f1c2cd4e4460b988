"""What a statement is about, and where its speaker stands on it.

A **topic** is one of the matters that agreements settle; a term of an agreement is recognised by the topics of its text. A
**stance** is one of :data:`STANCES`; it is read from the verb and from the words about the topic, never from anything else the
speaker said. Where a language model is at hand, :class:`StanceClassifier` is the seam: it is asked the same question, and answers in the same words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from servanda.values.states import STATES

Stance = Literal["demands", "rejects", "offers", "accepts", "condition", "denies", "announces", "speaks of"]
STANCES: tuple[Stance, ...] = get_args(Stance)
OPPOSED: frozenset[frozenset[str]] = frozenset(
    frozenset(pair) for pair in (("rejects", "offers"), ("rejects", "accepts"), ("denies", "announces"))
)
"""Stances of which nobody holds both at once without having changed his mind, or being misreported."""

_STATE = "|".join(re.escape(w) for words in STATES.values() for w in words.split("|"))
_MEMBER = r"(?:join|member|admi[ts]|accept|barr|bar |exclu|accession|enlarge|prohibit)\w*"
_ALLIANCE = r"(?:NATO|alliance|North Atlantic)"
TOPICS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "ceasefire": r"cease-?\s?fires?|\btruces?\b|cessation of hostilities|halting hostilities|stop\w* (?:the )?fighting",
        "foreign contingents": rf"\bcontingents?|peace-?keep\w*|(?:foreign|european|nato|allied|western|eastern|coalition|multinational) (?:\w+ )?(?:troops|forces|soldiers)|(?:foreign )?military presence|troops from|(?:send|deploy|contribut|dispatch)\w* (?:\w+ ){{0,3}}(?:troops|soldiers|forces)|\b(?:{_STATE}) (?:\w+ )?(?:troops|forces|soldiers) (?:in|on|to|into)\b|thousand men",
        "observers": r"\bobservers?\b|\bmonitors\b|civilian mission|(?:observation|monitoring) mission",
        "neutrality": r"\bneutral\w*|non-?aligned|bloc-free",
        "alliance membership": rf"{_MEMBER}[^.;]{{0,60}}{_ALLIANCE}|{_ALLIANCE}[^.;]{{0,50}}\b(?:member|admi[ts]|exclu|enlarge|(?:deny|refus\w*)[^.;]{{0,20}})\w*",
        "security guarantees": r"guarante\w+",
        "verification": r"\bverif\w+|control and verification|\binspect\w*",
        "rearming": r"\brearm\w*|\breinforc\w+|\bregroup\w*|\bmobili[sz]\w+|military aid|arms (?:deliver|suppl|transfer)\w*|weapons? (?:deliver|suppl)\w*",
        "territory": r"\bterritor(?:ies|ial)\b|\bland\b|\bannex\w*|\bcede\w*",
        "power plants": r"power (?:plants?|stations?)|nuclear plant",
        "energy": r"energy (?:\w+ )?(?:infrastructure|facilit\w+|sites?|objects?)|\benergy\b|\brefiner\w+|\bpipelines?",
        "prisoners": r"\bprisoners?\b|\bPOWs?\b|\bhostages?\b|\bdetainees?\b",
        "withdrawal": r"\bwithdr[ae]w\w*|pull\w* back|pull-?out|disengage\w*",
        "encircled troops": r"\bencircl\w+|\bsurrounded\b",
        "core interests": r"core (?:security )?interests?",
        "sanctions": r"\bsanctions?\b",
        "elections": r"\belections?\b",
        "humanitarian access": r"humanitarian|aid (?:convoys?|deliver\w+)|\bcorridors?\b",
        "mines": r"\bmines?\b|\bdemin\w+|mine clearance",
        "talks": r"\btalks\b|\bnegotiat\w+|\bdialogue\b",
        "buffer zone": r"buffer zone|demilitari[sz]ed|security zone",
        "heavy weapons": r"heavy weapon\w*|artillery|\bcalib\w+",
    }.items()
}

_VERBS: dict[str, Stance] = {
    **dict.fromkeys(["deny", "refute"], "denies"),
    **dict.fromkeys(
        """
    reject oppose rule dismiss refuse decline condemn denounce object ridicule mock rebuff slam opposed reluctant
    unwilling against refusal objection protest disapprove
    """.split(),
        "rejects",
    ),
    **dict.fromkeys("demand insist require urge push want seek order".split(), "demands"),
    **dict.fromkeys("propose offer suggest invite open ready willing prepared proposal float".split(), "offers"),
    **dict.fromkeys("accept agree support back welcome endorse favor approve consent".split(), "accepts"),
    **dict.fromkeys("announce pledge promise vow plan intend aim decide signal decision".split(), "announces"),
}
_FLIP: dict[str, Stance] = {
    "accepts": "rejects",
    "offers": "rejects",
    "rejects": "offers",
    "denies": "speaks of",
    "announces": "rejects",
    "demands": "speaks of",
}
_OPEN_QUESTION = frozenset("doubt wonder ask question inquire query".split())
_SILENT = re.compile(
    r"\b(?:refus|declin)\w* to (?:say|comment|answer|tell|disclose|confirm|elaborate|be drawn|discuss whether)|^to (?:say|comment|answer|disclose) |stop\w* short of|\bfail\w* to (?:condemn|reject|accept|demand)",
    re.IGNORECASE,
)
_CALLS = re.compile(r"\bcall\w* (?:for|on|upon)\b", re.IGNORECASE)
_NOT_BEFORE = re.compile(
    r"\b(?:not|never|no|neither|nor|no longer|without|had never|have never|no plans?)\s+(?:\w+\s+){0,2}$", re.IGNORECASE
)
_SAYS: tuple[tuple[Stance, str], ...] = (
    ("rejects", r"hot air|\bnonsense\b|out of the question"),
    ("accepts", r"no right to object|not up to \w+ to accept|a decision for|should be made by"),
    (
        "condition",
        r"^\W*if\b|\bonly (?:if|after|when|once|on condition|take place after)|possible only|\bunless\b|provided that|on condition|as long as|\buntil\b|must first|first (?:meet|satisf)\w*|\bhinges? on|depends? on|a deal first|\b(?:would|will|could|may|might|can)\b[^.;]*\bif\b",
    ),
    (
        "rejects",
        r"\boppos(?:ed|es|e|ition|ing)\b|\breject\w*|\brefuse[sd]? to (?:agree|accept|discuss|talk)|unacceptable|inadmissible|(?:can|could|will|would|does|did|do) (?:not|never) (?:be )?(?:accept|agree|tolerate|allow|support)\w*|not be tolerated|direct threat|no right|with all the consequences|involvement in the conflict|parties to the conflict|\bruled? out|prevent\w* the deployment|removal of",
    ),
    (
        "offers",
        r"can talk about|could talk about|\bopen(?:ness)? to|\bready to|\bwilling(?:ness)? to|\bpossibility of|prepared to",
    ),
    (
        "demands",
        r"\bdemand\w*|\bmust\b|\bshould (?:be|become|include|not|recogni[sz]e)\b|\bha(?:s|ve) to\b|\bneeds? to\b|\brequire\w*|\binsist\w*|\bwants?\b|\bnecessity of|\bessential\b|\bseek\w*\b|bec[oa]me part of",
    ),
    ("announces", r"\bintention\b|\bintends?\b|\bplans? to\b"),
    ("accepts", r"(?<!refusal to )(?<!refuse to )\baccept(?:s|ed)?\b|\bagree[sd]?\b|\bsupport(?:s|ed)?\b|\bwelcom\w+"),
    ("announces", r"\bwill\b|\bgoing to\b"),
)
_WORDS = tuple((taken, re.compile(pattern, re.IGNORECASE)) for taken, pattern in _SAYS)
_NOT = re.compile(r"\b(?:not|never|no longer|neither)\b", re.IGNORECASE)
_SENTENCES = re.compile(r"(?<=[.!?;])[\"”’']*\s+|(?<=[\"”])\s+(?=[\"“])")
_CLAUSES = re.compile(r"\s+and\s+|,\s+(?:but|despite|who|which|as|while|although|amid|even)\s+")
_ASIDE = re.compile(r",\s+(?:despite|who|which|as|while|although|amid|even)\s+")


class StanceClassifier(Protocol):
    """Where a language model can be put: the stance of ``content`` on ``topic``, by who said it with which verb, or nothing."""

    def __call__(self, verb: str, cue: str, content: str, topic: str) -> Stance | None: ...


@dataclass(frozen=True)
class TopicMatcher:
    """What is asked about: names of terms (or of topics, where there is no agreement) and the topics by which each is known."""

    topics: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, str]

    @staticmethod
    def all() -> TopicMatcher:
        """Every topic, where there is no agreement."""
        return TopicMatcher({t: (t,) for t in TOPICS}, {t: t for t in TOPICS})

    @staticmethod
    def of(terms: Mapping[str, str]) -> TopicMatcher:
        """The terms of an agreement, given as id -> text: each is known by the topic that its text names first, and by those no other names."""
        named = {term: _named(f"{text} {term.replace('_', ' ')}") for term, text in terms.items()}
        times = [topic for topics in named.values() for topic in topics]
        known = {
            term: tuple(t for n, t in enumerate(topics) if n == 0 or times.count(t) == 1)
            for term, topics in named.items()
        }
        return TopicMatcher(known, dict(terms))

    def terms_in(self, text: str) -> list[str]:
        """The terms that a text speaks of."""
        named = {topic for topic, pattern in TOPICS.items() if pattern.search(text)}
        return [term for term, topics in self.topics.items() if named & set(topics)]

    def about(self, text: str, term: str) -> tuple[str, str, bool]:
        """The clauses, and the sentences, of a text that speak of a term; and whether it does so in more than an aside."""

        def some(parts: list[str]) -> str:
            return " ".join(p for p in parts if any(TOPICS[t].search(p) for t in self.topics[term]))

        whole = some(_SENTENCES.split(text)) or text
        return (
            some(_CLAUSES.split(whole)) or whole,
            whole,
            any(some([_ASIDE.split(s)[0]]) for s in _SENTENCES.split(text)),
        )


def _named(text: str) -> list[str]:
    topics = [(m.start(), topic) for topic, pattern in TOPICS.items() if (m := pattern.search(text))]
    return [topic for _, topic in sorted(topics)]


def stance(verb: str, cue: str, content: str, classifier: StanceClassifier | None = None, topic: str = "") -> Stance:
    """Where a speaker stands on what ``content`` speaks of: by the verb, else by the words about it.

    A verb that itself takes a stand decides (*rejects*); after a verb of mere saying the words decide, a condition before all else.
    A negation turns a stance round, in the verb and in the words (*is not opposed*, *will not withdraw*, *stopped short of accepting*);
    who declines to say, doubts or asks takes none.
    """
    if classifier is not None and (answer := classifier(verb, cue, content, topic)) is not None:
        return answer
    cue, content = _plain(cue), _plain(content)
    if verb in _OPEN_QUESTION or _SILENT.search(f"{cue} {content}"):
        return "speaks of"
    by_verb = "demands" if verb == "call" and _CALLS.search(cue) else _VERBS.get(verb)
    if by_verb is not None and _NOT.search(cue):
        by_verb = _FLIP.get(by_verb, by_verb)
    by_words = next((taken for s, pattern in _WORDS if (taken := _turned(s, pattern, content)) is not None), None)
    if by_words == "condition" and by_verb not in ("rejects", "denies"):
        return "condition"
    if by_verb in ("rejects", "denies") or (by_verb == "offers" and by_words != "rejects"):
        return by_verb
    if by_words == "rejects":
        return by_words
    return by_verb or by_words or "speaks of"


def _plain(text: str) -> str:
    """Without contractions: *won't* is *will not*."""
    text = re.sub(r"\bwon[’']t\b", "will not", text, flags=re.IGNORECASE)
    text = re.sub(r"\b(?:can[’']t|cannot)\b", "can not", text, flags=re.IGNORECASE)
    return re.sub(r"n[’']t\b", " not", text)


def _turned(taken: Stance, pattern: re.Pattern[str], content: str) -> Stance | None:
    """The stance of the words that are found, turned round where a negation stands right before them."""
    match = pattern.search(content)
    if match is None:
        return None
    before = content[: match.start()]
    if taken != "condition" and not _NOT.match(match.group()) and _NOT_BEFORE.search(before):
        return _FLIP.get(taken, taken)
    if taken == "announces" and re.match(r"\s+(?:not|never|be no)\b", content[match.end() :]):
        return "rejects"
    return taken

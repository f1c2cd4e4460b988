"""Where a speaker stands on what he speaks of: by the verb of saying, else by the grammar of the clause about it.

A **stance** is one of :data:`STANCES`, towards the matter of a term. Of a term that stops acts of war the matter is that they stop: who will not strike
accepts, who says that he did not strike denies. Of any other the matter is the thing itself: who bans contingents rejects them. Where a language model is at hand,
:class:`StanceClassifier` is the seam: it is asked the same question, and answers in the same words.
"""

from __future__ import annotations

import re
from typing import Literal, Protocol, get_args

from servanda.statements.conditions import LEFT_TO, NO_VETO, NOT, condition_of, plain
from servanda.statements.scope import unreal
from servanda.values.gazetteer import gazetteer

Stance = Literal["demands", "rejects", "offers", "accepts", "condition", "denies", "announces", "speaks of"]
STANCES: tuple[Stance, ...] = get_args(Stance)
OPPOSED: frozenset[frozenset[str]] = frozenset(
    frozenset(pair) for pair in (("rejects", "offers"), ("rejects", "accepts"), ("denies", "announces"))
)
"""Stances of which nobody holds both at once without having changed his mind, or being misreported."""

_VERBS: dict[str, Stance] = {
    word: next(s for s in STANCES if s == stance)
    for stance, words in gazetteer("speech/en_stance_verbs.yaml").items()
    for word in words.split()
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
_BLAMING = frozenset("condemn denounce slam blast decry deplore criticise criticize lament".split())
_CALLS = re.compile(r"\bcall\w* (?:for|on|upon)\b|\bask\w* for\b|\bappeal\w* (?:for|to)\b", re.IGNORECASE)
_NOT_BEFORE = re.compile(
    r"\b(?:not|never|no|neither|nor|no longer|without|had never|have never|no plans?)\s+(?:\w+\s+){0,2}$", re.IGNORECASE
)
_TALKS = re.compile(
    r"(?i)\b(?:will|shall|going to|[’']ll) (?:be )?(?:talk|discuss)\w* (?:about )?(?!if|only|until|once|when|after)"
)
_INSULT = r"\b(?:is|was|are) (?:an? )?(?:\w+ )?(?:insult|affront|humiliation|capitulation|blackmail|farce|absurdity|mockery)\b"
_SURE = re.compile(
    rf"(?i){_INSULT}|\bnothing to do with (?:us|it|this|that|them)\b|^\W*(?:gladly|willingly|with pleasure)\W*$"
)
_SAYS: tuple[tuple[Stance, str], ...] = (
    (
        "rejects",
        rf"\bnonsense\b|{_INSULT}|out of the question|(?:not on|off) the table|\ba red line\b|non-starter|waste of time|just talk|empty (?:talk|words)|\billegal\b|null and void",
    ),
    (
        "demands",
        r"\bdemand\w*|\bmust\b|\bshould (?:be|become|include|not|recogni[sz]e|have)\b|\bha(?:s|ve) to\b|\bneeds? to\b|\brequire\w*|\binsist\w*|\bwants?\b|\bnecessity of|\bessential\b|\bindispensable\b|\bprerequisite\b|\bnon-negotiable\b|\bseek\w*\b|bec[oa]me part of|\bcall(?:s|ed|ing)? (?:for|on)\b|\burge[sd]?\b|have no place|\bask(?:s|ed)? (?:\w+ ){1,3}for\b",
    ),
    (
        "rejects",
        r"\boppos(?:ed|es|e|ition|ing)\b|\breject\w*|\brefuse[sd]? to (?:agree|accept|discuss|talk)|unacceptable|inadmissible|(?:can|could|will|would|does|did|do) (?:not|never) (?:be )?(?:accept|agree|tolerate|allow|support|recogni[sz]e|sign|hand|give|cede)\w*|not be tolerated|\bruled? out|prevent\w* the deployment|removal of|\bno intention\b|\bnever (?:to|accept|agree|allow|hand|give)\b|not one more \w+",
    ),
    (
        "offers",
        r"can talk about|could talk about|\bopen(?:ness)? to|\bready to|\bwilling(?:ness)? to|\bpossibility of|prepared to|\boffer(?:s|ed)?\b|\bpropos(?:e|es|ing|al to)\b|\bproposed (?:that|to|an?|the)\b",
    ),
    ("announces", r"\bintention\b|\bintends?\b|\bplans? to\b"),
    (
        "accepts",
        r"(?<!refusal to )(?<!refuse to )\baccept(?:s|ed)?\b|\b(?:will|would|shall) (?:\w+ )?be (?:kept|honou?red|respected|observed|upheld)\b|\bagree[sd]?\b|\bsupport(?:s|ed)?\b|\bwelcom\w+|\b(?:may|can|are free to) (?:\w+ )?(?:come|inspect|enter|visit|watch|monitor|return)|\b[Ll]et them\b|\b(?:observe|respect|honou?r|uphold|keep|abide by|stick to|comply with)s? (?:the|this|our|its|to)\b|\b(?:kept|keeps) (?:our|its|the|his) (?:word|side)",
    ),
    ("announces", r"\b(?:will|would)\b|[’']ll\b|\bgoing to\b"),
)
_WORDS = tuple((taken, re.compile(words, re.IGNORECASE)) for taken, words in _SAYS)
_DONE = re.compile(
    r"\b(?:ha(?:s|ve|d)(?: all| already| now| since)?|were|was|are|is) (?:been |being )?(?:pulled|withdrawn|left|halted|stopped|moved|handed|removed|cleared|vacated|released|destroyed|completed|moving|leaving|withdrawing|signed)\b",
    re.IGNORECASE,
)
_WANTED = re.compile(
    r"\b(?:must|should|be|come|return|move|hand|leave|withdraw|stop|end|sign|have to|has to|cannot be|get|become)\b",
    re.IGNORECASE,
)
_NO_DEED = re.compile(
    r"\bnothing to do with (?:us|it|this|that|them)\b|\b(?:did|has|have|had) (?:not|never)\b|\bthere (?:was|were) no(?:ne)?\b|\b(?:has|have|had) (?:carried out|launched|fired|made) no\b|"
    r"\bno(?:ne|t one)?\b[^.;]{0,40}\b(?:was|were|has|have|had) (?:\w+ )?(?:fired|launched|struck|hit|shelled|attacked|carried|stopped|blocked|turned back|held up|detained|harmed|touched|hindered)|\bnever (?:fired|struck|shelled|attacked|hit)",
    re.IGNORECASE,
)
_NONE_LEFT = re.compile(
    r"(?i)\b(?:no|none|not (?:one|a single)|nobody)\b[^.;]{0,40}\b(?:remain|stay|is|are|was|were|has|have)\w*\b"
)
_NONE_DONE = re.compile(r"(?i)\b(?:no|none|not (?:one|a single)|nobody|hardly an?y?)\b")
_NAMING = frozenset("call brand dub label describe term characterize characterise".split())
_A_TRICK = re.compile(
    r"(?i)\W+(?:as )?[\"“‘']?(?:(?:an?|another|nothing but|nothing more than|little more than|just|mere|pure)\s+)*(?:[\w-]+\s+){0,2}?[\"“‘']?"
    r"(?:trick|ploy|trap|sham|farce|provocation|stunt|charade|theatre|theater|fairy ?tale|blackmail|capitulation|surrender|madness|betrayal|ruse|smokescreen|insult|joke|circus|manoeuvre|maneuver|comedy|hypocrisy|deception|cynical|insincere)\b"
)
_AN_OFFER = re.compile(
    r"(?i)^\W*[^,.;]*?\b(?:offer|proposal|plan|idea|deal|ceasefire|truce|draft|text|call|demand|initiative|exchange|swap|agreement|document|observers?|mission)s?\b"
)
_A_CLAIM = re.compile(r"(?i)^[^,.;]*?\b(?:claim|report|accusation|allegation|charge|story|version)s?\b")
_DEEDS = r"(?:attack|strik|struck|shell|fire|bomb|shoot|launch|hit|storm|assault|advanc|target|invad|raid|open fire|use force|offensive|hostilit|fight|shot)\w*"
_WILL_NOT = re.compile(
    rf"\b(?:will|would|shall|do|does) (?:not|never) (?:\w+ ){{0,2}}?{_DEEDS}|\brul\w+ out (?:\w+ ){{0,3}}{_DEEDS}|\b(?:will|would) be no (?:\w+ ){{0,2}}{_DEEDS}",
    re.IGNORECASE,
)


_OF_WORDS = re.compile(
    r"(?i)\W*(?:the|that|this|his|her|its|their|such) (?:remark|comment|jibe|criticism|quip|insult|slur|question|joke|taunt)s?\W*$"
)
_NO_HINDRANCE = re.compile(
    r"(?i)\W*(?:(?:any|all|every|the|further|new) )*(?:attempt|effort|bid|move|try)s? to (?:block|obstruct|hinder|hamper|shorten|weaken|undermine|delay|stop|sabotage|derail|thwart|restrict|curb|limit|break|violate|wreck|scuttle|disrupt|water down)\b"
)


_WANTING = frozenset("want demand wish".split())
_GONE = re.compile(r"(?i)^[^.;,:]{1,60}\b(?:gone|scrapped|abolished|axed|binned|shelved)\b(?: \w+){0,2}\W*$")


_ANSWERING = frozenset("say reply answer vote".split())
_YES_OR_NO = re.compile(r"(?i)\W*(?:a (?:\w+ )?)?(?:(?P<yes>yes|gladly|willingly|with pleasure)|no)\W*(?:$|to\b)")
_A_DEMAND = re.compile(
    r"(?i)\W*(?:(?:the|this|that|his|her|its|their|[\w’']+[’']s)\s+)?(?:demand|call|appeal)s?\s+(?:for|to|that|by|of)\b"
)


class StanceClassifier(Protocol):
    """Where a language model can be put: the stance of ``content`` on ``topic``, by who said it with which verb, or nothing."""

    def __call__(self, verb: str, cue: str, content: str, topic: str) -> Stance | None: ...


def stance(
    verb: str,
    cue: str,
    content: str,
    classifier: StanceClassifier | None = None,
    topic: str = "",
    *,
    stops: bool = False,
) -> Stance:
    """Where a speaker stands on what ``content`` speaks of: by the verb, else by the words about it.

    A verb that itself takes a stand decides (*rejects*); after a verb of mere saying the words decide, a condition before all else.
    A negation turns a stance round, in the verb and in the words (*is not opposed*, *will not withdraw*, *stopped short of accepting*);
    who declines to say, doubts or asks takes none.

    Args:
        verb: the verb of saying, as it stands in a dictionary.
        cue: its words.
        content: what was said of the matter.
        classifier: is asked first.
        topic: the term, for the classifier.
        stops: the term stops acts of war: not to do them is to accept it.

    Returns:
        The stance towards the matter of the term.
    """
    if classifier is not None and (answer := classifier(verb, cue, content, topic)) is not None:
        return answer
    cue, content = plain(cue), plain(content)
    if takes_none(verb, content):
        return "speaks of"
    if (short := _YES_OR_NO.match(content)) is not None and verb in _ANSWERING:
        return "accepts" if short["yes"] else "rejects"
    if verb in _WANTING and _GONE.search(content):
        return "rejects"  # *wants the inspections gone*
    if (named := name_called(verb, cue, content)) is not None:
        return named
    if NO_VETO.search(content):
        return "accepts"  # whoever denies another a veto on the thing would have it
    if LEFT_TO.search(content) or (_TALKS.search(content) and _by_verb(verb, cue, content) is None):
        return "speaks of"  # whoever leaves it to another, or to talks, takes no stand
    if unreal(content) or re.match(r"\W*(?:if|whether)\b[^,]*$", content):
        return "speaks of"
    if (verb in _OPEN_QUESTION and _by_verb(verb, cue, content) is None) or _SILENT.search(f"{cue} {content}"):
        return "speaks of"
    by_verb = _by_verb(verb, cue, content)
    if verb in _WANTING and _negated(verb, cue):
        return "rejects"  # *does not want them to go*
    if by_verb == "accepts" and not _negated(verb, cue) and _A_DEMAND.match(content):
        return "demands"  # *backs the demand for all sites to be opened*
    if by_verb is not None and _negated(verb, cue):
        by_verb = _FLIP.get(by_verb, by_verb)
    willing = by_verb in ("offers", "accepts", "announces")
    if by_verb not in ("rejects", "denies", "demands") and condition_of(content, willing=willing) is not None:
        return "condition"
    if stops and verb in _BLAMING and re.search(_DEEDS, content, re.IGNORECASE):
        return "speaks of"  # whoever condemns the deed does not reject that it stops
    if stops and (of_deeds := _of_deeds(by_verb, content)) is not None:
        return of_deeds
    by_words = next((taken for s, words in _WORDS if (taken := _turned(s, words, content)) is not None), None)
    if by_verb in ("rejects", "denies") or (by_verb == "offers" and by_words != "rejects"):
        return by_verb
    if by_words == "rejects":
        return by_words
    taken = by_words if (by_verb, by_words) == ("announces", "offers") else by_verb or by_words
    if taken in (None, "announces") and _NONE_LEFT.search(content):
        return "denies"
    if taken is None and _DONE.search(content) and not _NONE_DONE.search(content):
        return "announces"
    return taken or "speaks of"


def _by_verb(verb: str, cue: str, content: str) -> Stance | None:
    """The stand that the verb takes itself; who *insists that* something is so demands nothing."""
    if verb == "appeal":
        return "demands"
    if verb in ("call", "ask"):
        asked = _CALLS.search(cue) or (verb == "ask" and re.match(r"\W*(?:[\w’'-]+ ){0,4}?(?:for|to)\b", content))
        return "demands" if asked else None
    if verb == "insist" and not re.search(r"\bon$", cue) and not _WANTED.search(content):
        return None
    return _VERBS.get(verb)


def by_verb(verb: str, cue: str) -> Stance | None:
    """The stand that a verb of saying takes itself.

    Args:
        verb: as it stands in a dictionary.
        cue: its words.

    Returns:
        It, turned round where the cue negates it; nothing for *say*.
    """
    taken = _by_verb(verb, plain(cue), "")
    return _FLIP.get(taken, taken) if taken is not None and _negated(verb, plain(cue)) else taken


def _negated(verb: str, cue: str) -> bool:
    """The cue negates its verb; *will not allow* was read as *refuse* already."""
    return bool(NOT.search(cue)) and (verb != "refuse" or "refus" in cue.lower())


def leaves_it(content: str) -> bool:
    """Whether the words leave the matter to another, deny another a say, tell what never came to be, or leave no doubt: then grammar knows better than any weight.

    Args:
        content: what was said.

    Returns:
        True for *that is for Kyiv to decide*.
    """
    text = plain(content)
    return unreal(text) or any(words.search(text) for words in (LEFT_TO, NO_VETO, _TALKS, _SURE))


def takes_none(verb: str, content: str) -> bool:
    """Whether a verb that rejects is about words alone, or about what would hinder the matter.

    Args:
        verb: the verb of saying.
        content: what it rejects.

    Returns:
        True for *dismissed the remark* and *rejects any attempt to block it*.
    """
    turned_away = _VERBS.get(verb) in ("rejects", "denies")
    return turned_away and bool(_OF_WORDS.match(content) or _NO_HINDRANCE.match(content))


def name_called(verb: str, cue: str, content: str) -> Stance | None:
    """The stand of one who calls something a trick, a trap, a farce.

    Args:
        verb: the verb of saying.
        cue: its words.
        content: what was said.

    Returns:
        *rejects* of an offer, *denies* of a claim, *speaks of* where it is another's promise or deed; nothing where it is called no such thing.
    """
    bad = _A_TRICK.search(content) if verb in _NAMING and not _CALLS.search(cue) else None
    if bad is None:
        return None
    what = content[: bad.start()]
    if re.match(r"(?i)\W*(?:the )?(?:talk|promise|pledge|word|news|announcement|vow|withdrawal)s?\b", what):
        return "speaks of"
    return "denies" if _A_CLAIM.search(what) else "rejects" if _AN_OFFER.search(what) else "speaks of"


def willing(verb: str, cue: str) -> bool:
    """Whether a verb of saying tells what the speaker himself would do.

    Args:
        verb: as it stands in a dictionary.
        cue: its words.

    Returns:
        True for *offer*, *agree* and *promise*.
    """
    if verb in ("consider", "contemplate") and re.search(r"\b(?:would|could|might|may|will)\b", plain(cue)):
        return not _negated(verb, plain(cue))
    return _by_verb(verb, plain(cue), "") in ("offers", "accepts", "announces") and not _negated(verb, plain(cue))


def refuses(verb: str, cue: str) -> bool:
    """Whether a verb of saying is a refusal, a denial or a demand: no condition in its content is the speaker's own.

    Args:
        verb: as it stands in a dictionary.
        cue: its words.

    Returns:
        True for *reject* and *demand*, and not for *offer*.
    """
    return _by_verb(verb, plain(cue), "") in ("rejects", "denies", "demands")


def takes_a_stand(verb: str, cue: str) -> bool:
    """Whether a verb of saying is itself a stand.

    Args:
        verb: as it stands in a dictionary.
        cue: its words.

    Returns:
        True for *reject* and its like, and not for *say* and *announce*.
    """
    taken = _by_verb(verb, plain(cue), "")
    return taken is not None and taken != "announces"


def never_did(content: str) -> bool:
    """The words tell that something was not done, and nothing of what is wanted.

    Args:
        content: a clause.

    Returns:
        True for *has never sent soldiers* and *not one of ours was there*.
    """
    text = plain(content)
    return bool(_NO_DEED.search(text) or _NONE_LEFT.search(text)) and not _MODAL_WISH.search(text)


def _of_deeds(by_verb: Stance | None, content: str) -> Stance | None:
    """On a term that stops acts of war: *we did not strike* denies, *we will not strike* and *rules out an offensive* accept; nothing where the words tell neither."""
    if by_verb == "denies":
        return "denies"
    if _WILL_NOT.search(content) and not re.search(r"\b(?:accept|agree|sign|support|stop|end)\b", content):
        return "accepts"
    if _NO_DEED.search(content) and not _MODAL_WISH.search(content):
        return "denies"
    return None


_MODAL_WISH = re.compile(
    r"\b(?:will|would|must|should|can|could|accept\w*|agree\w*|no longer|ceasefire|truce)\b", re.IGNORECASE
)


def _turned(taken: Stance, words: re.Pattern[str], content: str) -> Stance | None:
    """The stance of the words that are found, turned round where a negation stands right before them."""
    match = words.search(content)
    if match is None:
        return None
    before = content[: match.start()]
    if not NOT.match(match.group()) and _NOT_BEFORE.search(before):
        return _FLIP.get(taken, taken)
    if taken == "announces" and re.match(
        r"\s+(?:not|never|be no)\b|(?:\W+\w+){1,3}?\W+(?:nothing|none|nobody|no (?!later|more than))\b",
        content[match.end() :],
    ):
        return "rejects"
    return taken

"""Where the speaker of one attribution stands on each term that he speaks of, and what he waits for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from servanda.statements.bans import is_a_ban, keeps_away, of_which
from servanda.statements.conditions import condition_of, condition_words, in_condition, only_waited_for, plain
from servanda.statements.learned import english_terms, learned
from servanda.statements.lists import excepting, or_else
from servanda.statements.speakers import People
from servanda.statements.stances import (
    Stance,
    StanceClassifier,
    leaves_it,
    name_called,
    never_did,
    refuses,
    stance,
    takes_a_stand,
    takes_none,
    willing,
)
from servanda.statements.topics import SENTENCES, TopicMatcher
from servanda.statements.traits import weighed
from servanda.statements.verbs import Attribution
from servanda.statements.voices import Voice, cut, person
from servanda.statements.words import Span

Told = tuple[tuple[str, Stance], ...]
Waits = tuple[tuple[str, str], ...]

_NOT = re.compile(r"\bnot\b|n[’']t\b|\bno\b|\bnever\b")
_SHORT_OF = re.compile(r"(?:short of|instead of|without)\s+$", re.IGNORECASE)
_POINTING = re.compile(
    r"\b(?:it|this|them|so|(?:the|that|such an?|this) (?:move|idea|plan|proposal|claim|report|draft|offer|demand|request|notification|decision|step|condition|clause|accusation|text))\b|\bthat[.\"”]?$",
    re.IGNORECASE,
)
_PARTED = re.compile(r",[”\"’'»]+ [“\"‘'«]")
_SHORT, _FEW = 14, 6
_REFUSING = ("reject", "oppose", "refuse")
_CHARGE = re.compile(
    r"\b(?:claim|report|accusation|allegation|charge|version|tale|story|talk|assertion|rumou?r|suggestion)s?\b",
    re.IGNORECASE,
)
_ACCUSED = re.compile(r"\b(?:accus|alleg|blam|claim|charg|complain|violat)\w*", re.IGNORECASE)
_ALLOWED = re.compile(r"\b(?:may|can|could|is free to|are free to|is welcome|are welcome)\b", re.IGNORECASE)
_CARRIED_OUT = re.compile(
    r"\b(?:has|have|had) (?:\w+ )?been (?:\w+(?:ed|en|wn|lt|nt)|read|cut|put|met|set|sent|built|held|kept|made|left)\b|\bcomplied\b",
    re.IGNORECASE,
)
_DOUBTED = re.compile(
    r"\b(?:(?:a|the|is|was|are|were) (?:lie|lies|false|untrue|fake|wrong|hoax|invention)|falsely|wrongly) (?:\w+ ){0,2}that\b",
    re.IGNORECASE,
)
_STAYS = re.compile(
    r"\b(?:will|would|shall|to|can|[’']ll) (?P<not>not |never |no longer )?(?:still )?(?:remain|stay|keep \w+ (?:troops|soldiers|forces|army))\b"
    r"(?! (?:committed|ready|open|away|out\b|silent|calm))",
    re.IGNORECASE,
)
_BETWEEN = 60  # characters between a verb of saying and what was said
_UNREAL = re.compile(r"\bwould (?:\w+ )?have (?!to\b)\w+", re.IGNORECASE)
_OBLIGED = re.compile(r"\b(?:must|should|has to|have to|had to|needs? to|ought to|let)\b", re.IGNORECASE)


def standing(
    a: Attribution,
    voice: Voice,
    inside: Sequence[tuple[Attribution, Voice]],
    text: str,
    paragraphs: Sequence[Span],
    people: People,
    matcher: TopicMatcher,
    classifier: StanceClassifier | None,
) -> tuple[Told, Waits]:
    """How the speaker stands on each term of which he speaks.

    Args:
        a: what is attributed to him.
        voice: who he is.
        inside: the attributions within it, with who speaks in them.
        text: of the document.
        paragraphs: of the document.
        people: who is who, and the names of sides.
        matcher: the terms.
        classifier: is asked for each stance first.

    Returns:
        Term and stance; and for each condition the term and what it waits for.
    """
    if a.verb in ("comment", "mention") and _NOT.search(cut(text, a.cue)):
        return (), ()  # he did not speak of it
    content = _PARTED.sub(", ", " ".join(cut(text, span) for span in a.content))
    own = [b for b, v in inside if v.own]
    # what he says of the other side's stance is not his own, nor told by that side
    sides = set(voice.name[1].split("; ")) if voice.name[1] else set()
    if person(voice.name[0], people) and re.match(r"\W*(?:that )?they\b", content, re.IGNORECASE):
        return tuple((t, "speaks of") for t in matcher.terms_in(content)), ()  # one person speaks of others
    other = [
        b
        for b, v in inside
        if (not sides & set(v.name[1].split("; ")) if v.name[1] else v.name != voice.name and person(v.name[0], people))
    ]
    theirs = [cut(text, span) for b in other for span in _whole(b)]
    others = {t for words in theirs for t in matcher.terms_in(words)}
    rest = content
    for words in theirs:
        rest = rest.replace(words, " ")
    told: list[tuple[str, Stance]] = []
    waits: list[tuple[str, str]] = []
    terms = english_terms(matcher, content, text, a.content, judged=classifier is not None)
    for t in terms:
        taken: Stance = "speaks of"
        waiting = ""
        if t not in others or (len(rest.split()) >= _FEW and t in matcher.terms_in(rest)):
            of = rest if t in others else content
            taken, waiting = _on(a, own, text, of, t, sides, people, matcher, classifier)
            further = (
                _goes_on(of, t, matcher) if classifier is None and not takes_a_stand(a.verb, cut(text, a.cue)) else []
            )
            for sentence in further:  # *We signed it. But we will do it only if ...*
                more, waits_more = _on(a, own, text, sentence, t, sides, people, matcher, classifier)
                if more not in ("speaks of", taken) and (t, more) not in told:
                    told.append((t, more))
                    waits += [(t, waits_more)] if waits_more else []
        told.append((t, taken))
        waits += [(t, waiting)] if waiting else []
    if not terms:
        told = [
            (t, s)
            for t, s in _pointed(a, text, content, paragraphs, voice.name[1], people, matcher, classifier)
            if s != "speaks of"
        ]
    return tuple(told), tuple(waits)


def _whole(b: Attribution) -> Sequence[Span]:
    """What somebody else is said to have said, with all that stands between the verb and his words: *told him the bodies would be kept*."""
    if b.cue is None or not b.content or not 0 <= b.content[0][0] - b.cue[1] <= _BETWEEN:
        return b.content
    return [(b.cue[0], b.content[0][1]), *b.content[1:]]


def _goes_on(content: str, term: str, matcher: TopicMatcher) -> list[str]:
    """The sentences of a longer saying behind one on a term, which speak of it too or point back to it and name no other."""
    sentences = SENTENCES.split(content)
    first = next((n for n, s in enumerate(sentences) if term in matcher.terms_in(s)), len(sentences))
    return [
        s
        for s in sentences[first + 1 :]
        if term in matcher.terms_in(s) or (not matcher.terms_in(s) and _POINTING.search(s) and len(s.split()) <= _SHORT)
    ]


def own_standing(
    text: str, span: Span, side: str, matcher: TopicMatcher, people: People, classifier: StanceClassifier | None
) -> tuple[Told, Waits]:
    """The same for a sentence that somebody says himself, without a verb of saying.

    Args:
        text: of the document.
        span: the sentence.
        side: the speaker's.
        matcher: the terms.
        people: who is who.
        classifier: is asked first.

    Returns:
        Term and stance; and for each condition the term and what it waits for.
    """
    content = cut(text, span)
    whole = Attribution(None, None, ((0, len(content)),), direct=True, verb="say", sentence=(0, len(content)))
    sides = set(side.split("; ")) if side else set()
    told = [
        (t, *_on(whole, (), content, content, t, sides, people, matcher, classifier))
        for t in (
            english_terms(matcher, content, text, [span], judged=classifier is not None)
            if matcher.terms_in(content)
            else ()
        )
    ]
    return tuple((t, s) for t, s, _ in told), tuple((t, w) for t, _, w in told if w)


def _on(
    a: Attribution,
    own: Sequence[Attribution],
    text: str,
    content: str,
    term: str,
    sides: set[str],
    people: People,
    matcher: TopicMatcher,
    classifier: StanceClassifier | None,
) -> tuple[Stance, str]:
    """The stance on one term, and what a condition waits for: by the grammar, weighed with all that is known of the saying."""
    if takes_none(a.verb, content):
        return "speaks of", ""
    taken, waits = by_grammar(a, own, text, content, term, sides, people, matcher, classifier)
    clause = matcher.about(content, term)[0]
    if term in matcher.leaves and taken in ("announces", "accepts", "rejects") and (stays := _STAYS.search(clause)):
        return "announces" if stays["not"] else "rejects", ""  # who is to withdraw and says that he will stay
    if (
        taken in ("announces", "accepts", "offers")
        and _UNREAL.search(clause)
        and not takes_a_stand(a.verb, cut(text, a.cue))
    ):
        return "speaks of", ""  # *she would have opened it long ago*
    kept_away = term not in matcher.stops and keeps_away(content, term, matcher)
    if kept_away and taken == "rejects" and not refuses(a.verb, cut(text, a.cue)) and is_a_ban(term, matcher):
        taken = "demands"  # *should not be admitted*, of a clause that forbids to admit
    turned = kept_away and (taken == "rejects" or (taken == "demands" and is_a_ban(term, matcher)))
    turned = turned or (taken == "demands" and only_waited_for(content, term, matcher))
    turned = turned or name_called(a.verb, cut(text, a.cue), content) is not None
    if classifier is None and not turned and not leaves_it(content):
        taken = learned().stance(weighed(a, text, content, term, sides, people, matcher, taken))
    taken = or_else(excepting(taken, term, content, matcher.terms_in), content, stops=term in matcher.stops)
    return taken, (waits or condition_words(content)) if taken == "condition" else ""


def by_grammar(
    a: Attribution,
    own: Sequence[Attribution],
    text: str,
    content: str,
    term: str,
    sides: set[str],
    people: People,
    matcher: TopicMatcher,
    classifier: StanceClassifier | None,
) -> tuple[Stance, str]:
    """The stance on one term by the grammar alone, and what a condition waits for.

    Args:
        a: what is attributed.
        own: attributions within it whose speaker is the same.
        text: of the document.
        content: the words.
        term: what they are about.
        sides: the speaker's.
        people: the names of sides.
        matcher: the terms.
        classifier: is asked first.

    Returns:
        The stance; and the words behind the condition, or nothing.
    """
    stops = term in matcher.stops
    doubted = _DOUBTED.search(content)
    if classifier is None and doubted and all(at > doubted.start() for at in matcher.places(content, term)):
        return "speaks of", ""  # *it was a lie that they reject it*
    if classifier is None and not refuses(a.verb, cut(text, a.cue)):
        for sentence in SENTENCES.split(content):
            found = condition_of(sentence, willing=willing(a.verb, cut(text, a.cue)))
            made = in_condition(found, sentence, term, matcher) if found is not None else None
            if found is not None and made is not None:
                if made == "demands" and keeps_away(sentence, term, matcher) and not is_a_ban(term, matcher):
                    return "rejects", ""
                if _of_another(found.main, sides, people) and made == "condition":
                    return "speaks of", ""
                return made, found.waits_for if made == "condition" else ""
    taken = _stand(a, own, text, matcher.about(content, term), term, classifier, stops=stops)
    if taken in ("speaks of", "announces", "demands") and not takes_a_stand(a.verb, cut(text, a.cue)):
        taken = of_which(content, sides, people) or taken
    between = text[a.cue[1] : a.content[0][0]] if a.cue and a.content and a.content[0][0] > a.cue[1] else ""
    if taken in ("rejects", "speaks of") and term in matcher.restrains and a.verb not in _REFUSING:
        clause = matcher.about(content, term)[0]
        if never_did(clause) and not _of_another(clause, sides, people):
            return "denies", ""
    if (
        taken == "rejects"
        and a.verb in ("reject", "dismiss", "refute", "rebuff")
        and _CHARGE.search(f"{between} {content[:60]}")
    ):
        return "denies", ""
    if classifier is None and not takes_a_stand(a.verb, cut(text, a.cue)):
        clause, whole, _ = matcher.about(content, term)
        if (
            taken == "announces"
            and a.verb not in ("announce", "promise", "pledge", "vow")
            and re.search(r"\bmust\b", whole)
        ):
            taken = "demands"  # *must include guarantees that it would stay out*
        allowed = taken == "accepts" and _ALLOWED.search(clause)
        if taken not in ("speaks of", "demands", "condition") and not allowed and _of_another(clause, sides, people):
            return "speaks of", ""
        if taken == "demands" and _of_another(whole, sides, people) and not _OBLIGED.search(whole):
            return "speaks of", ""
    if taken in ("demands", "accepts") and keeps_away(content, term, matcher) and not is_a_ban(term, matcher):
        return "rejects", ""
    if taken == "speaks of" and term not in matcher.restrains and a.verb not in ("ask", "deny"):
        clause = matcher.about(content, term)[0]
        if _CARRIED_OUT.search(clause) and not _NOT.search(clause) and not _of_another(clause, sides, people):
            return "announces", ""
    return taken, condition_words(content) if taken == "condition" else ""


def of_another_by_name(content: str, people: People) -> bool:
    """Whether what somebody speaks of is called a side's by name: so nobody calls his own.

    Args:
        content: what was said.
        people: the names of sides.

    Returns:
        True for *Colombo's "cruel" fishing ban*.
    """
    match = people.spelt.match(content, 4 if content.lower().startswith("the ") else 0)
    return match is not None and content[match.end() : match.end() + 2] in ("'s", "’s")


def _of_another(clause: str, sides: set[str], people: People) -> bool:
    """The clause tells what another side does: a name of it stands where the clause begins."""
    if re.match(r"\W*(?:that )?(?:both (?:sides|parties)|the (?:two )?(?:sides|parties))\b", clause, re.IGNORECASE):
        return True
    start = re.match(r"\W*(?:(?:that|but|and|because|while|where|the|both|then|now|today) )*", clause, re.IGNORECASE)
    match = people.spelt.match(clause, start.end() if start else 0)
    if match and clause[match.end() : match.end() + 2] in ("'s", "’s"):
        return False  # *the agency's cameras will be switched off*
    side = people.words[match[1]] if match else ""
    named = re.match(r"(?:[A-ZÀ-Þ][\w’'-]+ ){0,3}[A-ZÀ-Þ][\w’'-]+", clause[start.end() if start else 0 :])
    if not match and named:
        side = people.sides.get(named.group().split()[-1], "")
    return bool(side) and bool(sides) and side not in sides


def _pointed(
    a: Attribution,
    text: str,
    content: str,
    paragraphs: Sequence[Span],
    side: str,
    people: People,
    matcher: TopicMatcher,
    classifier: StanceClassifier | None,
) -> Iterator[tuple[str, Stance]]:
    """*He rejected the idea*, *we signed it*: the term is the one that was spoken of last before it."""
    count = len(content.split())
    bare = re.sub(r"^\W*that (?=\w)", "", content) if count > 1 else content
    conditional = a.direct and count <= _SHORT and condition_of(content) is not None
    if not ((count <= _FEW and a.direct) or conditional or (count <= _SHORT and _POINTING.search(bare))):
        return
    taken = stance(a.verb, cut(text, a.cue), content, classifier, "")
    sides = set(side.split("; ")) if side else set()
    if taken == "speaks of" or (not takes_a_stand(a.verb, cut(text, a.cue)) and _of_another(content, sides, people)):
        return
    n = next((k for k, p in enumerate(paragraphs) if p[0] <= a.start < p[1]), 0)
    before = SENTENCES.split(text[paragraphs[n][0] : a.start]) if paragraphs else []
    if n:
        before = [*SENTENCES.split(cut(text, paragraphs[n - 1]))[-1:], *before]
    if _CHARGE.search(content) and a.verb in ("deny", "reject", "dismiss", "refute"):
        before = [s for s in SENTENCES.split(text[: a.start])[-8:] if _ACCUSED.search(s)] + before[-1:]
    for sentence in [content, text[slice(*a.sentence)], *reversed([s for s in before if s.strip()][-3:])]:
        terms = (
            matcher.terms_in(sentence)
            if sentence is not content
            else []
            if _CHARGE.search(content)
            else matcher.hinted(content)
        )
        if terms:
            charged = a.verb in ("reject", "dismiss", "deny", "refute") and (
                _CHARGE.search(content) or plain(content).strip(' ."”') == "that"
            )
            for term in terms:
                yield (
                    term,
                    "denies"
                    if charged
                    else stance(a.verb, cut(text, a.cue), content, classifier, term, stops=term in matcher.stops),
                )
            return


def _stand(
    a: Attribution,
    within: Sequence[Attribution],
    text: str,
    where: tuple[str, str, bool],
    term: str,
    classifier: StanceClassifier | None,
    *,
    stops: bool,
) -> Stance:
    cue = cut(text, a.cue)
    clause, about, main = where
    if not main:
        return "speaks of"  # it stands in an aside
    if a.cue and _SHORT_OF.search(text[max(a.sentence[0], a.cue[0] - 20) : a.cue[0]]):
        return "speaks of"
    own = stance(a.verb, cue, clause, classifier, term, stops=stops)
    if own == "speaks of":
        own = stance(a.verb, cue, about, classifier, term, stops=stops)
    if own in ("speaks of", "announces"):
        for b in within:
            inside = " ".join(cut(text, span) for span in b.content)
            if any(word in inside for word in about.split()[-3:]):
                return stance(b.verb, cut(text, b.cue), about, classifier, term, stops=stops)
    return own

"""What a text tells as not said: denied, negated, asked, supposed, or told only in a report that somebody doubts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from servanda.statements import cues
from servanda.statements.words import Token

NOT_SAID = "told as not said"
ASKED = "a question"
SUPPOSED = "told in a condition or a question"
REPORTED = "told in a report or a claim that the text doubts"

FORMER = "told of former days"
_FORMERLY = frozenset("long previously earlier once last ago months years".split())
_AT_FIRST = frozenset("initially originally formerly".split())

_NEGATIONS = frozenset(["not", "n't", "n’t", "never", "nor", "neither", "hardly"])
_NOBODY = frozenset(["nobody", "none", "no", "neither", "nor"])
_TAKES_A_STAND = frozenset(
    """
    accept agree allow approve deny reject refute dispute rule dismiss oppose object demand insist require support
    endorse doubt question contest exclude recognise recognize refuse decline rebuff favor
    """.split()
)
"""Verbs whose negation is itself a stand: *did not accept*, *did not rule out*."""
_AVOIDING = frozenset("refuse decline fail avoid forget deny omit hesitate stop refrain".split())
_OPEN = frozenset("whether if when how what why which who where on about".split())
_CLAIMS = frozenset("report claim rumour rumor allegation suggestion speculation story".split())
_DOUBT = frozenset(
    """
    wrongly falsely mistakenly erroneously incorrectly lie lies fake faked hoax untrue false fabricated contrary wrong invented doctored deepfake forged misquoted
    """.split()
)
_MAY = frozenset("could might may".split())
_WILL = frozenset("will would shall should must can".split())
_AWAITED = frozenset("expected likely unlikely about due set supposed scheduled poised going planning".split())
_FALSE = frozenset(
    "false untrue wrong fabricated fake invented unfounded baseless incorrect premature exaggerated groundless inaccurate misleading nonsense".split()
)
_UNREAL = re.compile(
    r"\bif\b[^.;]*\bhad\b[^.;]*\bwould (?:not |never )?have\b|\bwould (?:not |never )?have\b[^.;]*\bif\b[^.;]*\bhad\b|"
    r"^\W*(?:that )?(?:nobody|no ?one|none|no \w+)\b[^.;]{0,60}\b(?:said|says|agreed|agrees|promised|claimed|accepted|told|believes?|thinks?|expects?)\b",
    re.IGNORECASE,
)
_SWEPT = frozenset("slap shoot knock bat brush swat wave laugh scotch".split())
DENYING = frozenset("deny reject dismiss refute rebut".split())


def unreal(content: str) -> bool:
    """Whether words tell what never came to be, so that nobody takes a stand with it.

    Args:
        content: what was said, without contractions.

    Returns:
        True for *if we had been against it we would not have come* and *nobody has said that it accepts*.
    """
    return _UNREAL.search(content) is not None


def unsaid(words: Sequence[Token], i: int, g: int, subject: int) -> str:
    """Why what a verb of saying attributes counts as not said.

    Args:
        words: of the sentence.
        i: which of them is the verb.
        g: where its group begins, auxiliaries included.
        subject: where its subject begins.

    Returns:
        The reason, or nothing where it was said.
    """
    verb = words[i]
    low = [w.text.lower() for w in words]
    before = words[subject - 1] if subject else None
    first = subject - (3 if before is not None and before.tag.startswith("PR") else 1)
    if any(low[k] in _NOBODY for k in range(max(0, first), subject + 1)):
        return NOT_SAID
    between = low[subject + 1 : i]
    relative = low[subject] in ("who", "which") and ("had" in between or "last" in between or "ago" in between)
    if (relative and not _FORMERLY.isdisjoint(between)) or not _AT_FIRST.isdisjoint(low[max(subject + 1, i - 3) : i]):
        return FORMER  # *Guyana, which had long opposed a truce, came round*
    if low[i + 1 : i + 4] == ["in", "the", "past"]:
        return FORMER  # *has said in the past that*
    if verb.lemma not in cues.SAYING:
        return _doubtful(words, low, subject)
    group = range(max(0, min(g, subject)), i) if subject > i else range(g, i)
    stands = verb.lemma in _TAKES_A_STAND
    if not stands and any(low[k] in _NEGATIONS for k in group):
        return NOT_SAID
    if verb.lemma in DENYING and any(
        w.lemma in cues.SAYING and (w.tag == "VVG" or low[k - 1] == "having")
        for k, w in list(enumerate(words))[i + 1 : i + 4]
    ):
        return NOT_SAID  # *denied having said that*
    if not stands and _avoided(words, low, i, g):
        return NOT_SAID
    if low[subject] not in ("i", "we") and _not_yet(words, low, i, g, stands=stands):
        return SUPPOSED
    if (doubt := _doubtful(words, low, subject)) and subject < i:
        return doubt
    ahead = low[subject - 1] if subject else ""
    supposed = ahead in ("had", "should", "were") and (subject == 1 or not low[subject - 2].isalnum())
    if supposed:
        return SUPPOSED
    if (
        subject
        and words[subject - 1].lemma in _CLAIMS
        and any(w.lemma in DENYING | _SWEPT for w in words[: subject - 1])
    ):
        return REPORTED  # *slapped down claims he had ordered it*
    if ahead == "that" and subject >= 2:
        return _doubted(words, low, subject, i) or _denied(words, low, subject - 2)
    return _denied(words, low, subject - 1)


def _denied(words: Sequence[Token], low: Sequence[str], k: int) -> str:
    """*denied that the rebels had rejected it*: what is denied to have been said, not what is *not denied*."""
    if k < 1 or words[k].lemma not in DENYING or not words[k].tag.startswith("V"):
        return ""
    return "" if any(word in _NEGATIONS for word in low[max(0, k - 3) : k]) else NOT_SAID


def _not_yet(words: Sequence[Token], low: Sequence[str], i: int, g: int, *, stands: bool) -> bool:
    """*could say*, *was expected to say*, *will announce*; of a verb that takes a stand only *could* and its like: *will accept* is one."""
    modal = _MAY if stands else _MAY | _WILL
    if any(low[k] in modal and words[k].tag.startswith("VM") for k in range(g, i)):
        return True
    return "to" in low[max(0, i - 2) : i] and any(low[k] in _AWAITED for k in range(max(0, g - 3), i))


def _doubtful(words: Sequence[Token], low: Sequence[str], subject: int) -> str:
    """A word of doubt goes before the subject, and no comma between: *falsely claimed that he said*, *a fake video showed him saying*."""
    for k in range(subject - 1, max(-1, subject - 12), -1):
        if low[k] in (",", ";", ":") or words[k].tag == "PUQ":
            return ""
        if low[k] in _DOUBT:
            return REPORTED
    return ""


def _avoided(words: Sequence[Token], low: Sequence[str], i: int, g: int) -> bool:
    """*denied having said that*, *denied ever telling*, *declined to say that*: not *declined to say whether*."""
    follows = low[i + 1] if i + 1 < len(low) else ""
    for k in range(i - 1, max(-1, i - 6), -1):
        word = words[k]
        if word.lemma in _AVOIDING and word.tag.startswith("V"):
            return k >= g - 3 and follows not in _OPEN and (words[i].tag in ("VVG", "VVN", "VVI", "VVB", "VVD"))
        if not (
            word.tag.startswith(("AV", "VH", "VB", "TO", "XX", "PRF"))
            or low[k] in ("ever", "having", "to", "short", "of", "from")
        ):
            return False
    return False


def _doubted(words: Sequence[Token], low: Sequence[str], subject: int, i: int) -> str:
    """*It is not true that he said*, *reports that he said ... are false*, *denied reports that he had said*."""
    k = subject - 2
    clause = low[max(0, k - 5) : k + 1]
    if words[k].tag.startswith("AJ") and ("not" in clause or "n't" in clause or "n’t" in clause or low[k] in _FALSE):
        return REPORTED
    if words[k].lemma in _CLAIMS or low[k].rstrip("s") in _CLAIMS:
        denied = any(w.lemma in DENYING and w.tag.startswith("V") for w in words[:k])
        if denied or any(w in _FALSE for w in low[i + 1 :]):
            return REPORTED
    return ""

"""Whose stand and whose will an official tells: *he reiterated Plainland's firm opposition*, *she says Plainland will never*."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from servanda.statements import cues
from servanda.statements.cast.mentions import Mention, Mentions

_TELLS = frozenset(
    "reiterate reaffirm repeat restate express voice stress underline emphasize emphasise convey".split()
)
_STANDS = frozenset(
    "opposition position readiness commitment refusal willingness rejection stance support demand determination".split()
)
_NEAR = 3  # words between a verb and whose stand it tells


def verbs(sentence: Mentions, k: int) -> Iterator[str]:
    """The verbs of the next words.

    Args:
        sentence: the words.
        k: the first of them.

    Yields:
        Their dictionary forms.
    """
    for i in range(k, min(len(sentence.words), k + 4)):
        if sentence.tag(i).startswith("V"):
            yield sentence.words[i].lemma


def will_told(sentence: Mentions, m: Mention) -> bool:
    """*Plainland will never*, *is ready to*: what only its own officials tell of it.

    Args:
        sentence: in which a side is named.
        m: where.

    Returns:
        Whether its will follows.
    """
    one, two = sentence.lower(m.last + 1), sentence.lower(m.last + 2)
    return (one in ("will", "would") and two in ("not", "never", "continue")) or (
        one in ("is", "was", "remains") and two in ("ready", "willing", "prepared", "committed")
    )


def sides_told(sentence: Mentions, m: Mention, named: Sequence[Mention]) -> Iterator[str]:
    """The sides whose stand or will somebody tells.

    Args:
        sentence: the words.
        m: who speaks, its subject.
        named: who is named in it.

    Yields:
        Them.
    """
    first = next((k for k in range(m.last + 1, min(len(sentence.words), m.last + 5)) if sentence.tag(k)[:1] == "V"), -1)
    lemma = sentence.words[first].lemma if first >= 0 else ""
    for one in (x for x in named if x.told and first < x.first <= first + _NEAR):
        owns = one.owned and _STANDS & {sentence.lower(k) for k in range(one.last + 1, one.last + 5)}
        if (lemma in _TELLS and owns) or (lemma in cues.SAYING and one.subject and will_told(sentence, one)):
            yield one.told

"""A redline of two texts that proves itself: read back, all changes accepted give the new text and all rejected the old."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from servanda.documents.archive import open_archive
from servanda.documents.docx import read_docx
from servanda.documents.write import Line, Words, write_docx
from servanda.errors import Fault, ServandaError

_LOOKED_AT = 3_000
"""How many characters of a paragraph are compared with another."""
_PAIRS = 25_000_000
"""Above so many pairs of words a paragraph is told as replaced, not word by word."""
MOST_PAIRS = 40_000
"""Above so many pairs of paragraphs only those with the same words are put together."""
_ALIKE = 0.45
"""How alike two paragraphs must be to be one that was changed."""


def redline(old: Sequence[str], new: Sequence[str], *, author: str = "", when: str = "") -> bytes:
    """A Word document with tracked changes from one text to another.

    Args:
        old: the paragraphs of the one.
        new: the paragraphs of the other.
        author: whose changes they are.
        when: the instant that they bear; left out, none.

    Returns:
        Its bytes. It was read back: accepted it is the new text, rejected the old, word for word.

    Raises:
        ServandaError: reading it back gave something else; it is not written.
    """
    before, after = [one for one in map(_single, old) if one], [one for one in map(_single, new) if one]
    data = write_docx(_lines(before, after), author, when)
    back = read_docx(open_archive(data, "redline.docx"))
    read = {version: [p.text for p in back.paragraphs(version)] for version in ("accept", "reject")}
    if read != {"accept": after, "reject": before}:
        what = "the redline, read back, does not give both texts"
        raise ServandaError(
            Fault("redline", what, "this is a fault of ours: please report it with both files", code="DRF013")
        )
    return data


def _single(text: str) -> str:
    return " ".join(text.split())


def _lines(old: list[str], new: list[str]) -> Iterator[Line]:
    """Paragraphs in order: the same, changed inside, deleted, inserted."""
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (Line((Words(text),)) for text in old[a:b])
            continue
        pairs = pairs_of(old[a:b], new[c:d])
        at = 0
        for n, text in enumerate(new[c:d]):
            partner = pairs.get(n)
            if partner is None:
                yield Line((Words(text, "ins"),), "ins")
                continue
            yield from (Line((Words(gone, "del"),), "del") for gone in old[a + at : a + partner])
            yield Line(tuple(words_between(old[a + partner], text)))
            at = partner + 1
        yield from (Line((Words(gone, "del"),), "del") for gone in old[a + at : b])


def pairs_of(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Which paragraph of a block is which, in an order that does not cross.

    Args:
        old: paragraphs of the one.
        new: paragraphs of the other.

    Returns:
        For places in ``new`` their places in ``old``.
    """
    out: dict[int, int] = {}
    if len(old) * len(new) > MOST_PAIRS:
        return out
    least = 0
    for n, text in enumerate(new):
        best = max(range(least, len(old)), key=lambda m: likeness(old[m], text), default=None)
        if best is not None and likeness(old[best], text) >= _ALIKE:
            out[n] = best
            least = best + 1
    return out


def likeness(one: str, other: str) -> float:
    """How much two texts have in common, from 0 to 1, by their words."""
    a, b = _tokens(one.lower()[:_LOOKED_AT]), _tokens(other.lower()[:_LOOKED_AT])
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= 0.3 else 0.0


def words_between(old: str, new: str) -> Iterator[Words]:
    """One paragraph as words that stay, go and come.

    Args:
        old: its words before.
        new: its words after.

    Yields:
        Stretches of words, which together with what stays give both.
    """
    a, b = _tokens(old), _tokens(new)
    if len(a) * len(b) > _PAIRS:
        yield from (Words(old, "del"), Words(new, "ins"))
        return
    for tag, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Words("".join(a[i:j]))
            continue
        if j > i:
            yield Words("".join(a[i:j]), "del")
        if m > k:
            yield Words("".join(b[k:m]), "ins")


def _tokens(text: str) -> list[str]:
    """Words and signs, each with the space behind it."""
    return re.findall(r"\w+(?:[.,]\d+)*\s*|[^\w\s]\s*|\s+", text)

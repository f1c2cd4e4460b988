"""Who said what, measured on texts in which people marked every attribution (PolNeAR, brat files).

    python bench/attribution.py FOLDER [--folds]

``--folds``: with the parser and models learned from five sixths of the texts, each tried on the other sixth.
"""

from __future__ import annotations

import operator
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from servanda.statements.parsed.corpus import Marked
from servanda.statements.parsed.corpus import marked_texts as marked
from servanda.statements.verbs import Attribution

_MARKS = " .,;:\"“”'’‘"
Span = tuple[int, int]
Spans = tuple[Span, ...]


def paragraphs(text: str) -> list[Span]:
    """Stretches between line ends."""
    return [m.span() for m in re.finditer(r"[^\n]+", text) if m.group().strip()]


def overlap(a: Spans, b: Spans) -> bool:
    return any(x[0] < y[1] and y[0] < x[1] for x in a for y in b)


def f1(found: int, right: int, wanted: int, hit: int) -> tuple[float, float, float]:
    p, r = right / max(found, 1), hit / max(wanted, 1)
    return p, r, 2 * p * r / max(p + r, 1e-9)


def score(folder: Path, find: Callable[[str], list[Marked]]) -> dict[str, tuple[float, float, float]]:
    """Precision, recall and F1 of each part (exactly the same characters; any overlap), of whole attributions whose parts all overlap, and
    of the speakers of direct quotations: those of at least three words in quotation marks."""
    counts: dict[str, list[int]] = {}

    def add(name: str, mine: list, theirs: list, same: Callable) -> None:
        c = counts.setdefault(name, [0, 0, 0, 0])
        c[0] += len(mine)
        c[1] += sum(any(same(m, t) for t in theirs) for m in mine)
        c[2] += len(theirs)
        c[3] += sum(any(same(m, t) for m in mine) for t in theirs)

    for text, gold in marked(folder):
        mine = find(text)
        for part in ("source", "cue", "content"):
            a = sorted({getattr(m, part) for m in mine} - {()})
            b = sorted({getattr(m, part) for m in gold} - {()})
            add(f"{part} exact", [_trim(text, x) for x in a], [_trim(text, y) for y in b], operator.eq)
            add(f"{part} overlap", a, b, overlap)
        add("attribution", mine, gold, _agree)
        direct = [[m for m in some if _quotes(text, m.content)] for some in (mine, gold)]
        # precision: a quotation that nobody marked as such is wrong; its speaker must be the one who was marked
        add(
            "speaker of direct quotation",
            *direct,
            lambda m, t: overlap(m.content, t.content) and overlap(m.source, t.source),
        )
    return {name: f1(*c) for name, c in counts.items()}


def _agree(m: Marked, t: Marked) -> bool:
    return (
        overlap(m.cue, t.cue)
        and overlap(m.content, t.content)
        and (overlap(m.source, t.source) or (not m.source and not t.source))
    )


def _trim(text: str, spans: Spans) -> Spans:
    """The same without the marks at its ends: whether a comma belongs to a quotation is a convention."""
    out = []
    for a, b in spans:
        whole = text[a:b]
        start = a + len(whole) - len(whole.lstrip(_MARKS))
        out.append((start, max(start, a + len(whole.rstrip(_MARKS)))))
    return tuple(out)


def _quotes(text: str, spans: Spans) -> bool:
    return any(len(q.split()) >= 3 for a, b in spans for q in re.findall(r"[“\"«]([^”\"»]+)", text[a:b]))


def ours(text: str) -> list[Marked]:
    from servanda.statements.attribute import attributions

    return _as_marked(attributions(text, paragraphs(text)))


def _as_marked(found: Sequence[Attribution]) -> list[Marked]:
    return [Marked((a.source,) if a.source else (), (a.cue,) if a.cue else (), a.content) for a in found]


def folds(folder: Path, many: int = 6) -> dict[str, tuple[float, float, float]]:
    """With the parser and a model (``servanda train``): each text by one that was learned from the texts of the other folds."""
    from servanda.statements.parsed import attributions_with, learn_from, parse

    texts = [(parse(text), gold) for text, gold in marked(folder)]
    mine: dict[str, list[Marked]] = {}
    for fold in range(many):
        model = learn_from([t for n, t in enumerate(texts) if n % many != fold])
        for parsed, _ in texts[fold::many]:
            mine[parsed.text] = _as_marked(attributions_with(model, parsed))
    return score(folder, mine.__getitem__)


_SAID = re.compile(r"\b(said|says|say|told|added|wrote|asked|noted|explained|argued|according to)\b")
_WHO = re.compile(r"\b(?:[Hh]e|[Ss]he|[Tt]hey|(?:[A-Z][\w.’'-]+ ?){1,4})\b")


def nearest(text: str) -> list[Marked]:
    """The peer: each quotation goes to the name or pronoun beside the nearest verb of saying in its paragraph, as a script of an afternoon does it.

    textacy, CoreNLP and their like need a trained parser, which no registry that this machine reaches holds.
    """
    out = []
    for a, b in paragraphs(text):
        for quote in re.finditer(r"[“\"]([^”\"]{10,})[”\"]", text[a:b]):
            content = (a + quote.start(), a + quote.end())
            verbs = [m for m in _SAID.finditer(text, a, b) if not content[0] <= m.start() < content[1]]
            if not verbs:
                continue
            verb = min(verbs, key=lambda m: min(abs(m.start() - content[1]), abs(m.end() - content[0])))
            names = [m for m in _WHO.finditer(text, a, b) if not content[0] <= m.start() < content[1]]
            if names:
                who = min(names, key=lambda m: min(abs(m.end() - verb.start()), abs(m.start() - verb.end())))
                out.append(Marked((who.span(),), (verb.span(),), (content,)))
    return out


def figures(folder: Path) -> dict[str, float]:
    """F1, precision and recall of ours and of the peer, one line each; seconds a document."""
    began = time.perf_counter()
    mine = score(folder, ours)
    spent = time.perf_counter() - began
    out = {
        f"({name}, {what})": v
        for name, values in mine.items()
        for what, v in zip(("P", "R", "F1"), values, strict=True)
    }
    peer = score(folder, nearest)
    for name in ("attribution", "speaker of direct quotation"):
        out |= {f"(nearest name: {name}, {what})": v for what, v in zip(("P", "R", "F1"), peer[name], strict=True)}
    return {**out, "(seconds a document)": spent / len(list((folder / "text").glob("*.txt")))}


if __name__ == "__main__":
    import sys

    if "--folds" in sys.argv:
        for line, values in folds(Path(sys.argv[1])).items():
            print(f"{line:50s} {values[0]:.3f} {values[1]:.3f} {values[2]:.3f}")
    else:
        for line, value in figures(Path(sys.argv[1])).items():
            print(f"{line:50s} {value:.3f}")

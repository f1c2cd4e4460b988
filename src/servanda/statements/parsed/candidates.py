"""What may be the cue, the source and the content of an attribution in a parsed sentence, each with its traits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from servanda.statements import cues
from servanda.statements.parsed.traits import SUBJECTS, Around, kind
from servanda.statements.parsed.trees import Tree
from servanda.statements.verbs import Attribution
from servanda.statements.words import Span

_CLAUSES = frozenset(["ccomp", "xcomp", "advcl", "acl", "relcl", "parataxis", "conj"])
_OBJECTS = frozenset(["dobj", "attr", "oprd", "acomp", "dative", "appos"])
_LIFTS = frozenset(["conj", "xcomp", "advcl", "acl", "ccomp", "relcl", "pcomp", "prep", "dobj", "attr", "pobj"])


@dataclass(frozen=True)
class Part:
    """A stretch that may be a source or a content, with its traits; no stretch: nobody is named."""

    spans: tuple[Span, ...]
    traits: tuple[str, ...]


@dataclass(frozen=True)
class Cue:
    """A word that may be a cue, with its traits, and what its parts may be; ``rule``: what the rules read there."""

    node: int
    span: Span
    traits: tuple[str, ...]
    sources: tuple[Part, ...]
    contents: tuple[Part, ...]
    rule: Attribution | None


def cue_candidates(tree: Tree, ruled: Sequence[Attribution], known: frozenset[str]) -> Iterator[Cue]:
    """Every word that may be a cue.

    Args:
        tree: the sentence.
        ruled: what the rules read in the text.
        known: lemmas that may be cues, beside those that the rules know.
        before: the sentence before.

    Returns:
        Each with its traits and what may be its parts.
    """
    here = [a for a in ruled if a.cue and tree.span[0] <= a.cue[0] < tree.span[1]]
    for n, node in enumerate(tree.nodes):
        rule = next((a for a in here if a.cue and a.cue[0] <= node.start < a.cue[1] and _leads(tree, n, a.cue)), None)
        if rule is None and not _may_be(tree, n, known):
            continue
        of = _Parts(tree, n, rule, here)
        yield Cue(n, of.group(), tuple(of.cue_traits()), tuple(of.sources()), tuple(of.contents()), rule)


def lead(tree: Tree, spans: Sequence[Span]) -> int | None:
    """The word of some stretches on which the others hang.

    Args:
        tree: the sentence.
        spans: the stretches.

    Returns:
        It; a verb before others; nothing where they stand elsewhere.
    """
    inside = [n for n, w in enumerate(tree.nodes) if any(a <= w.start < b for a, b in spans)]
    if not inside:
        return None
    kinds = ("VERB", "NOUN", "ADJ", "ADV", "AUX")
    verbs = [n for n in inside if tree.nodes[n].pos == "VERB"]
    if verbs:
        return verbs[-1]
    return min(inside, key=lambda n: (kinds.index(tree.nodes[n].pos) if tree.nodes[n].pos in kinds else 9, n))


def _leads(tree: Tree, n: int, cue: Span) -> bool:
    return lead(tree, [cue]) == n


def _may_be(tree: Tree, n: int, known: frozenset[str]) -> bool:
    node = tree.nodes[n]
    if node.pos in ("VERB", "NOUN", "ADJ", "ADV", "AUX", "ADP", "SCONJ") and f"{node.lemma} {kind(node)}" in known:
        return True
    if node.pos == "VERB":
        return (
            node.lemma in cues.SAYING
            or node.lemma in cues.THINKING
            or any(tree.nodes[k].dep == "ccomp" for k in tree.children[n])
            or bool(tree.quotes and not tree.quoted(n))
        )
    if node.pos == "NOUN":
        return node.lemma in cues.NOUNS
    if node.text in (":", "―", "—", "--") and bool(tree.quotes):
        return not tree.quoted(n)
    return node.text == ":" and n < 12


def kind_of(tree: Tree, n: int) -> str:
    """A word's lemma with its kind, as ``known`` holds it.

    Args:
        tree: the sentence.
        n: the word.

    Returns:
        Both.
    """
    return f"{tree.nodes[n].lemma} {kind(tree.nodes[n])}"


class _Parts(Around):
    """What may be the source and the content of one cue."""

    def sources(self) -> Iterator[Part]:
        """Who may have said it."""
        seen: dict[tuple[Span, ...], list[str]] = {}

        def add(n: int, label: str, span: Span | None = None) -> None:
            spans = (span or self._phrase(n),)
            seen.setdefault(spans, []).extend([f"by {label}", *self._who(n, label)])

        k, path = self.n, ""
        for _ in range(5):
            for kid in self.tree.children[k]:
                dep = self.nodes[kid].dep
                if dep in SUBJECTS or (dep in ("poss", "compound", "amod", "nmod") and k == self.n):
                    add(kid, f"{path}{dep}")
                elif dep in ("agent", "prep") and (k == self.n or dep == "agent"):
                    for obj in self.tree.children[kid]:
                        if self.nodes[obj].dep == "pobj":
                            add(obj, f"{path}{dep} {self.nodes[kid].lemma}")
                elif dep in ("dobj", "dative") and k == self.n:
                    add(kid, f"{path}{dep}")
            node = self.nodes[k]
            if node.head == k or node.dep not in _LIFTS:
                break
            if node.dep in ("relcl", "acl"):
                add(node.head, f"{path}{node.dep} head")
            path += f"{node.dep}<" if len(path) < 20 else ""
            k = node.head
        self._nearest(add)
        if self.rule is not None and self.rule.source is not None:
            led = lead(self.tree, [self.rule.source])
            if led is not None:
                key = next((s for s in seen if s[0] == self.rule.source), (self.rule.source,))
                seen.setdefault(key, self._who(led, "rule")).append("by rule")
        for spans, traits in seen.items():
            if self.rule is not None and self.rule.source is not None:
                a, b = self.rule.source
                traits.append(f"rule overlaps {spans[0][0] < b and a < spans[0][1]}")
            elif self.rule is not None:
                traits.append("rule none")
            yield Part(spans, tuple(dict.fromkeys(traits)))
        yield Part(
            (),
            (
                "none",
                f"none lemma {self.lemma}",
                f"none lex {self.lexicon}",
                f"none tag {self.node.tag} {self.node.dep}",
                f"none passive {any(self.nodes[k].dep == 'auxpass' for k in self.kids)}",
                f"none subject {any(self.nodes[k].dep in SUBJECTS for k in self.kids)}",
                f"none rule {self.rule is not None} {self.rule is not None and self.rule.source is not None}",
            ),
        )

    def _nearest(self, add: Callable[[int, str], None]) -> None:
        """The names, pronouns and nouns next to it that are no part of a longer phrase."""
        quoted = self.tree.quoted(self.n)
        for step, name in ((-1, "left"), (1, "right")):
            k, found = self.n + step, 0
            while 0 <= k < len(self.nodes) and found < 2 and abs(k - self.n) < 25:
                w = self.nodes[k]
                if (
                    w.pos in ("PROPN", "PRON", "NOUN")
                    and w.dep not in ("compound", "poss", "nmod", "npadvmod")
                    and self.tree.quoted(k) == quoted
                ):
                    add(k, f"near {name} {found}")
                    found += 1
                k += step

    def _phrase(self, n: int) -> Span:
        """A noun with what hangs on it, without relative clauses and what is in apposition behind a comma."""
        a, b = self.tree.below(n)
        for k in self.tree.children[n]:
            if k > n and self.nodes[k].dep in ("relcl", "acl", "appos", "advcl", "ccomp", "parataxis", "punct"):
                b = min(b, max(self.nodes[n].end, self.nodes[self._first(k) - 1].end if self._first(k) > n else b))
        if a < self.nodes[self.n].start < b and self.n != n:
            a = self.nodes[n].start if self.n < n else a
            b = self.nodes[n].end
        return a, b

    def _first(self, k: int) -> int:
        start = self.tree.below(k)[0]
        return next(m for m, w in enumerate(self.nodes) if w.start == start)

    def _who(self, n: int, label: str) -> list[str]:
        w = self.nodes[n]
        far = min(4, abs(n - self.n) // 4)
        called = w.lemma if w.pos != "PROPN" else "NAME"
        return [
            f"pos {w.pos}",
            f"who {called}",
            f"who {w.lemma in cues.OFFICES}",
            f"by {label} lex {self.lexicon}",
            f"by {label} lemma {self.lemma}",
            f"by {label} pos {w.pos}",
            f"by {label} {self.node.dep}",
            f"far {far} {'left' if n < self.n else 'right'}",
            f"quoted {self.tree.quoted(n)} {self.tree.quoted(self.n)}",
            f"dep {w.dep}",
        ]

    def contents(self) -> Iterator[Part]:
        """What may have been said."""
        seen: dict[tuple[Span, ...], list[str]] = {}
        a, b = self.group()

        def add(spans: Sequence[Span], label: str) -> None:
            spans = tuple((x, y) for x, y in spans if any(c.isalnum() for c in self._text(x, y)))
            if spans:
                seen.setdefault(spans, []).extend(self._what(spans, label))

        for k in self.kids:
            dep = self.nodes[k].dep
            if (
                dep in _CLAUSES
                or dep in _OBJECTS
                or dep in ("nsubj", "nsubjpass", "csubj", "advmod", "poss", "compound", "amod")
            ):
                add(self._without([self.tree.below(k)], a, b), dep)
            elif dep in ("prep", "agent"):
                add([self.tree.below(k)], f"prep {self.nodes[k].lemma}")
            if dep in ("dobj", "prep", "attr", "acomp"):
                for g in self.tree.children[k]:
                    if self.nodes[g].dep in ("acl", "relcl", "ccomp", "xcomp", "pcomp", "prep"):
                        add([self.tree.below(g)], f"{dep}>{self.nodes[g].dep}")
        head = self.node.head
        if head != self.n:
            add(self._without([self.tree.below(head)], *self.tree.below(self.n)), f"head {self.node.dep}")
        start, end = self.tree.span
        subjects = [self.tree.below(k) for k in self.kids if self.nodes[k].dep in SUBJECTS]
        left_of = min([a, *(s[0] for s in subjects if s[1] <= a)])
        right_of = max([b, *(s[1] for s in subjects if s[0] >= b)])
        add([(start, left_of)], "all left")
        add([(right_of, end)], "all right")
        add([(start, left_of), (right_of, end)], "both")
        for q in self.tree.quotes:
            if q[1] <= a or q[0] >= b:
                add([q], "quote left" if q[1] <= a else "quote right")
        if self.rule is not None:
            seen.setdefault(self.rule.content, self._what(self.rule.content, "rule")).append("is rule")
        for spans, traits in seen.items():
            if self.rule is not None:
                traits.append(f"rule overlaps {any(x < q and p < y for x, y in spans for p, q in self.rule.content)}")
            yield Part(spans, tuple(dict.fromkeys(traits)))

    def _text(self, x: int, y: int) -> str:
        return " ".join(w.text for w in self.nodes if x <= w.start < y)

    def _without(self, spans: Sequence[Span], a: int, b: int) -> list[Span]:
        out = []
        for x, y in spans:
            if x < b and a < y:
                out += [(p, q) for p, q in ((x, a), (b, y)) if p < q]
            else:
                out.append((x, y))
        return out

    def _what(self, spans: Sequence[Span], label: str) -> list[str]:
        x, y = spans[0]
        inside = [w for w in self.nodes if x <= w.start < y]
        quote = any(p < y and x < q for p, q in self.tree.quotes)
        starts = (
            inside[0].lemma
            if inside and inside[0].pos not in ("PROPN", "NOUN", "NUM", "VERB")
            else inside[0].pos
            if inside
            else ""
        )
        finite = any(w.tag in ("VBD", "VBZ", "VBP", "MD") for w in inside)
        gap = x - self.node.end if x >= self.node.end else self.node.start - y
        return [
            f"is {label}",
            f"is {label} lex {self.lexicon}",
            f"is {label} lemma {self.lemma}",
            f"is {label} dep {self.node.dep} lex {self.lexicon}",
            f"is {label} quote {quote} of {bool(self.tree.quotes)}",
            f"is {label} finite {finite}",
            f"is {label} starts {starts}",
            f"is {label} next {self.nodes[self.n + 1].lemma if self.n + 1 < len(self.nodes) and self.nodes[self.n + 1].pos in ('PUNCT', 'ADP', 'SCONJ', 'PART') else ''}",
            f"is {label} prev {self.nodes[self.n - 1].lemma if self.n and self.nodes[self.n - 1].pos in ('PUNCT', 'ADP', 'SCONJ', 'PART') else ''}",
            f"long {min(4, len(inside) // 3)} {label}",
            f"gap {min(4, max(gap, 0) // 8)} {'right' if x >= self.node.end else 'left'}",
        ]

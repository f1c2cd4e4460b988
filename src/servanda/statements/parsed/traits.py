"""What is known of a word of a parsed sentence that may be a cue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from servanda.statements import cues
from servanda.statements.parsed.trees import Node, Tree
from servanda.statements.verbs import Attribution
from servanda.statements.words import Span

SUBJECTS = frozenset(["nsubj", "nsubjpass", "csubj"])
_AUXILIARY = frozenset(["aux", "auxpass", "neg"])


def kind(node: Node) -> str:
    """A word is a verb, a noun, or what its part of speech says.

    Args:
        node: the word.

    Returns:
        A short name.
    """
    return {"VERB": "V", "AUX": "V", "NOUN": "N", "PROPN": "N"}.get(node.pos, node.pos)


class Around:
    """What stands around one word."""

    def __init__(self, tree: Tree, n: int, rule: Attribution | None, here: Sequence[Attribution]) -> None:
        self.tree, self.n, self.rule, self.here = tree, n, rule, here
        self.nodes, self.node, self.kids = tree.nodes, tree.nodes[n], tree.children[n]
        self.lemma = self.node.lemma if self.node.text.isalpha() else self.node.text
        self.lexicon = (
            "say"
            if self.lemma in cues.SAYING and self.node.pos == "VERB"
            else "think"
            if self.lemma in cues.THINKING and self.node.pos == "VERB"
            else "noun"
            if self.lemma in cues.NOUNS and self.node.pos == "NOUN"
            else self.node.pos
        )

    def group(self) -> Span:
        """The word with its auxiliaries before it and its particle behind it.

        Returns:
            Characters of the text.
        """
        kids = [k for k in self.kids if self.nodes[k].dep in _AUXILIARY and k < self.n]
        first = min([k for k in kids if self.n - k <= 4], default=self.n)
        last = max([k for k in self.kids if self.nodes[k].dep == "prt" and k - self.n <= 2], default=self.n)
        return self.nodes[first].start, self.nodes[last].end

    def cue_traits(self) -> Iterator[str]:
        """All that is known of the word as a cue.

        Yields:
            Each trait.
        """
        yield from self._word()
        yield from self._dependents()
        yield from self._beside_rules()
        yield from self._place()

    def _word(self) -> Iterator[str]:
        node, nodes = self.node, self.nodes
        deps = {nodes[k].dep for k in self.kids}
        yield "one"
        yield f"lemma {self.lemma} {kind(node)}"
        yield f"lex {self.lexicon}"
        yield f"tag {node.tag}"
        yield f"lex {self.lexicon} tag {node.tag}"
        yield f"dep {node.dep}"
        yield f"lex {self.lexicon} dep {node.dep}"
        for dep in deps:
            yield f"has {dep}"
            yield f"lex {self.lexicon} has {dep}"
            yield f"lemma {self.lemma} has {dep}"

    def _dependents(self) -> Iterator[str]:
        nodes = self.nodes
        for k in self.kids:
            kid = nodes[k]
            if kid.dep in ("prep", "prt", "neg", "mark", "aux"):
                yield f"kid {kid.dep} {kid.lemma}"
                yield f"lemma {self.lemma} kid {kid.dep} {kid.lemma}"
            if kid.dep in SUBJECTS:
                yield f"subject {kid.pos}"
                yield f"subject {kid.lemma if kid.pos != 'PROPN' else 'NAME'}"
                yield f"lex {self.lexicon} subject {kid.pos}"
            if kid.dep in ("dobj", "attr"):
                yield f"object {kid.lemma if kid.pos not in ('PROPN', 'NUM') else kid.pos}"
                yield f"lex {self.lexicon} object {kid.pos}"
            if kid.dep in ("ccomp", "xcomp"):
                marks = {nodes[g].lemma for g in self.tree.children[k] if nodes[g].dep in ("mark", "aux")}
                yield from (f"{kid.dep} {m}" for m in marks)
                yield f"{kid.dep} {'left' if k < self.n else 'right'}"
                yield f"lex {self.lexicon} {kid.dep} {kid.tag}"

    def _beside_rules(self) -> Iterator[str]:
        node, nodes = self.node, self.nodes
        head = nodes[node.head]
        yield f"head {head.lemma} {node.dep}"
        yield f"head pos {head.pos} {node.dep}"
        yield f"rule {self.rule is not None}"
        yield f"rule {self.rule is not None} lex {self.lexicon}"
        yield f"rule {self.rule is not None} lemma {self.lemma}"
        if self.rule:
            yield f"rule source {self.rule.source is not None} direct {self.rule.direct} unsaid {self.rule.unsaid != ''}"
        yield f"others {min(3, len([a for a in self.here if a is not self.rule]))}"
        within = [a for a in self.here if a is not self.rule and any(x <= node.start < y for x, y in a.content)]
        yield f"in content {bool(within)} lex {self.lexicon} rule {self.rule is not None}"
        yield f"in direct {any(a.direct for a in within)}"

    def _place(self) -> Iterator[str]:
        node, nodes = self.node, self.nodes
        quoted = self.tree.quoted(self.n)
        yield f"quoted {quoted}"
        yield f"quoted {quoted} lex {self.lexicon}"
        yield f"quoted {quoted} rule {self.rule is not None}"
        yield f"quote near {self._quote_near()}"
        yield f"quote near {self._quote_near()} lex {self.lexicon}"
        for step, name in ((-1, "prev"), (1, "next")):
            k = self.n + step
            if 0 <= k < len(nodes):
                yield f"{name} {nodes[k].lemma if nodes[k].pos not in ('PROPN', 'NUM') else nodes[k].pos}"
                yield f"{name} {nodes[k].pos} lex {self.lexicon}"
                yield f"lemma {self.lemma} {name} {nodes[k].lemma if nodes[k].pos in ('ADP', 'SCONJ', 'PART', 'PUNCT') else nodes[k].pos}"
        yield f"place {'first' if self.n < 3 else 'last' if self.n > len(nodes) - 4 else 'middle'}"
        yield f"ends ? {self.nodes[-1].text == '?'}"
        up, lifted = node, 0
        while up.head != self.n and nodes[up.head] is not up and lifted < 3:
            up, lifted = nodes[up.head], lifted + 1
            if up.lemma in cues.SAYING and up.pos == "VERB":
                yield f"below saying {lifted} lex {self.lexicon}"
                break

    def _quote_near(self) -> str:
        a, b = self.group()
        out = []
        for x, y in self.tree.quotes:
            if y <= a and a - y < 60:
                out.append("left" if a - y < 25 else "far left")
            if x >= b and x - b < 60:
                out.append("right" if x - b < 3 else "near right" if x - b < 25 else "far right")
        return "+".join(sorted(set(out)))

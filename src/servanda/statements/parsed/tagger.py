"""The likeliest attributions of a text, by a model over its parse and what the rules read; and learning such a model."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from servanda.statements import scope
from servanda.statements.attribute import attributions
from servanda.statements.parsed.candidates import Cue, Part, cue_candidates, kind_of, lead
from servanda.statements.parsed.corpus import Marked, Spans
from servanda.statements.parsed.trees import Tree, trees
from servanda.statements.parsed.weights import PARTS, RIDGE, Group, Model, learned
from servanda.statements.verbs import Attribution
from servanda.statements.words import Span, Token, hanover, quotations, sentences, tokens

LIKELY = 0.4
"""An attribution is taken where cue, source and content are right together as likely as this."""
_SUPPOSING = frozenset("if unless whether had were should".split())
_NOBODY = frozenset("nobody none no neither nor".split())
_OPEN_YET = frozenset("may might could can will would shall should must".split())

_IN_CLAUSE = frozenset("acomp attr oprd xcomp dobj pobj prep".split())


@dataclass(frozen=True)
class Parsed:
    """A text as the rules and the parser read it."""

    text: str
    ruled: tuple[Attribution, ...]
    trees: tuple[Tree, ...]


def attributions_with(model: Model, parsed: Parsed) -> list[Attribution]:
    """All attributions of a text, by the rules and a model.

    Args:
        model: learned by :func:`learn_from`.
        parsed: the text.

    Returns:
        The attributions in the order in which they begin. What the rules tell as not said stays so.
    """
    text = parsed.text
    weighed: set[Attribution] = set()
    out: list[Attribution] = []
    for tree in parsed.trees:
        for cue in cue_candidates(tree, parsed.ruled, model.known):
            if cue.rule is not None:
                weighed.add(cue.rule)
            one = _likely(model, cue, tree, text)
            if one is not None:
                out.append(one)
    out += [a for a in parsed.ruled if a not in weighed]
    return sorted(dict.fromkeys(out), key=lambda a: (a.start, a.content, a.cue or (0, 0)))


def parse(text: str, paragraphs: Sequence[Span] | None = None) -> Parsed:
    """Read a text with the rules and with the parser.

    Args:
        text: the text of a document.
        paragraphs: from, to (exclusive): characters of each of its paragraphs; left out, its lines.

    Returns:
        What both read.

    Raises:
        ImportError: the parser or the tagger is not installed.
    """
    paragraphs = _paragraphs(text) if paragraphs is None else paragraphs
    parts: list[tuple[Span, Sequence[Span]]] = []
    for paragraph in paragraphs:
        quoted = quotations(text, paragraph)
        for span in sentences(text, paragraph, quoted):
            parts.append((span, [q for q in quoted if q[0] < span[1] and span[0] < q[1]]))
    return Parsed(text, tuple(attributions(text, paragraphs)), tuple(trees(text, parts)))


def _likely(model: Model, cue: Cue, tree: Tree, text: str) -> Attribution | None:
    """What a cue attributes, if that is likely enough; what the rules tell as not said is kept as it is."""
    if cue.rule is not None and cue.rule.unsaid:
        return cue.rule
    sure = 1 / (1 + math.exp(-model.odds("cue", cue.traits)))
    if sure < LIKELY:
        return None
    source, right = model.best("source", cue.sources)
    content, told = model.best("content", cue.contents)
    if source is None or content is None or sure * right * told < LIKELY:
        return None
    if cue.rule is not None:
        return _corrected(cue.rule, source, content, tree, text)
    return _made(cue, source, content, tree, text)


def _corrected(rule: Attribution, source: Part, content: Part, tree: Tree, text: str) -> Attribution:
    """What the rules read, with the parts that the model has elsewhere."""
    if not _meet(content.spans, rule.content):
        rule = replace(rule, content=content.spans, direct=_quoted(content.spans, tree))
    if not source.spans:
        return replace(rule, source=None, said_as="")
    if rule.source is None or not _meet(source.spans, (rule.source,)):
        a, b = source.spans[0]
        return replace(rule, source=(a, b), said_as=" ".join(text[a:b].split()))
    return rule


def _made(cue: Cue, source: Part, content: Part, tree: Tree, text: str) -> Attribution:
    """An attribution that the rules do not read; held back where it is negated, supposed or doubted."""
    who = source.spans[0] if source.spans else None
    verb = tree.nodes[cue.node].lemma
    called = " ".join(text[who[0] : who[1]].split()) if who else ""
    said = Attribution(who, cue.span, content.spans, _quoted(content.spans, tree), verb, tree.span, "", called)
    return replace(said, unsaid=_unsaid(said, cue, tree, text))


def _unsaid(said: Attribution, cue: Cue, tree: Tree, text: str) -> str:
    """Why what the model adds counts as not said: the rules' own reasons, and further ones, since nobody wrote a rule for its cue."""
    kids = [tree.nodes[k] for n in _clause(tree, cue.node) for k in tree.children[n]]
    if any(k.dep == "neg" or (k.dep in ("det", "nsubj") and k.lemma in _NOBODY) for k in kids):
        return scope.NOT_SAID
    if any(k.dep in ("mark", "aux", "advmod") and k.lemma in _SUPPOSING | _OPEN_YET for k in kids):
        return scope.SUPPOSED
    words: list[Token] = tokens(text, tree.span, hanover())
    at = tree.nodes[cue.node].start
    i = next((n for n, w in enumerate(words) if w.start <= at < w.end), None)
    if i is None:
        return ""
    g = next((n for n, w in enumerate(words) if w.end > cue.span[0]), i)
    first = said.source[0] if said.source else cue.span[0]
    subject = next((n for n, w in enumerate(words) if w.end > first), g)
    return scope.unsaid(words, i, min(g, i), min(subject, len(words) - 1))


def _clause(tree: Tree, n: int) -> list[int]:
    """A word and what it hangs on, up to the verb of its clause: *is not adamant that*, *did not repeat the claim that*, *may plan to*."""
    out = [n]
    while tree.nodes[out[-1]].dep in _IN_CLAUSE and len(out) < 5:
        out.append(tree.nodes[out[-1]].head)
    return out


def _quoted(spans: Spans, tree: Tree) -> bool:
    return any(a < q[1] and q[0] < b for a, b in spans for q in tree.quotes)


def _meet(a: Spans, b: Spans) -> bool:
    return any(x[0] < y[1] and y[0] < x[1] for x in a for y in b)


def learn_from(texts: Iterable[tuple[Parsed, Sequence[Marked]]]) -> Model:
    """Learn a model from marked texts.

    Args:
        texts: each as it was parsed, with what people marked in it.

    Returns:
        The model.

    Raises:
        ValueError: nothing is marked in them.
        ImportError: SciPy is not installed.
    """
    read = list(texts)
    led = [[_led(parsed, m) for m in marked] for parsed, marked in read]
    known = frozenset(kind_of(*one) for some in led for one in some if one is not None)
    if not known:
        raise ValueError("no attribution with a cue is marked in it")
    groups: dict[str, list[Group]] = {part: [] for part in PARTS}
    for (parsed, marked), leads in zip(read, led, strict=True):
        at = {(id(one[0]), one[1]): m for one, m in zip(leads, marked, strict=True) if one is not None}
        for tree in parsed.trees:
            for cue in cue_candidates(tree, parsed.ruled, known):
                _add(groups, cue, at.get((id(tree), cue.node)), marked, tree)
    return Model({part: learned(groups[part], RIDGE[part]) for part in PARTS}, known)


def _add(groups: dict[str, list[Group]], cue: Cue, right: Marked | None, marked: Sequence[Marked], tree: Tree) -> None:
    """What one word teaches. A word in a longer cue that another leads teaches nothing."""
    place = tree.nodes[cue.node].start
    if right is None and any(a <= place < b for m in marked for a, b in m.cue):
        return
    groups["cue"].append([(cue.traits, right is not None), ((), right is None)])
    if right is None:
        return
    who = [(p.traits, _meet(p.spans, right.source) or (not p.spans and not right.source)) for p in cue.sources]
    what = [(p.traits, _meet(p.spans, right.content)) for p in cue.contents]
    for part, group in (("source", who), ("content", what)):
        if any(good for _, good in group):
            groups[part].append(group)


def _led(parsed: Parsed, marked: Marked) -> tuple[Tree, int] | None:
    """The word that leads a marked cue."""
    for tree in parsed.trees:
        if _meet((tree.span,), marked.cue) and (n := lead(tree, marked.cue)) is not None:
            return tree, n
    return None


def _paragraphs(text: str) -> list[Span]:
    out, start = [], 0
    for line in text.split("\n"):
        if line.strip():
            out.append((start, start + len(line)))
        start += len(line) + 1
    return out

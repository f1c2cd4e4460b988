"""Learn which cells of the matrix a document fills, by all that its clauses tell together (ADR 89).

    python scripts/train_cells.py [--try]

It learns from the marked articles of ``bench/speech``, in three languages, but for those that are held out, and from the short sayings of ``bench/speech/sayings``.
The models that read clauses (terms, stances) are learned from all of them. The one that weighs cells is learned from what such models, and the weights of the rules, make of truces that they were not
learned from: each sixth of the truces is left out in turn; so are the thresholds chosen. ``--try`` writes nothing and prints how often cells are right on truces left out, before and after.
Run it after ``train_stances.py`` and ``train_finder.py``. Needs SciPy, which comes with the extra ``dev``.
"""

from __future__ import annotations

import argparse
import importlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

import train_finder as finder
import train_stances as stances
from grow_trees import grown
from servanda.app.statements import read_statements
from servanda.statements import Statement
from servanda.statements.finder import Scene, Weights, as_told
from servanda.statements.finder.cells import Board, Cell
from servanda.statements.finder.clues import FLOOR, Looked, Reads, in_context, looked_at
from servanda.statements.finder.forest import Forest
from servanda.statements.finder.judge import FILE
from servanda.statements.finder.signs import Candidate, signs
from servanda.statements.finder.stands import Stances, saying_of, stand_traits
from servanda.statements.meaning import encoder
from servanda.statements.nearby import TermWeights
from servanda.statements.stances import STANCES
from servanda.statements.traits import lexical, traits

ROOT = Path(__file__).resolve().parent.parent
SPEECH = ROOT / "bench" / "speech"
LANGUAGES, HALVES, FOLDS = ("en", "ru", "uk"), ("dev", "fresh", "more", "learn", "press", "late", "mixed"), 6
COUNTS: Mapping[str, float] = {"press": 2.0, "late": 2.0}
"""What a cell counts by the half that its article is in: press copy is nearest to what is read."""
OF_WRITTEN, OF_TEMPLATES, RIDGE, FAR_RIDGE, LEAST, TRUCES, ROUNDS = 0.7, 0.5, 10.0, 1.0, 3, 3, 60
"""What a short saying counts, and one from a template; how strongly weights are held down; how often a trait must be seen; in how many truces a word; steps of learning."""
CONTEXT = {"trees": 100, "rate": 0.1, "rows": 0.5, "columns": 0.6}
CELLS = {"trees": 150, "rate": 0.08, "rows": 0.7, "columns": 0.5}
STEPS = [round(float(x), 2) for x in np.arange(0.08, 0.5, 0.02)]
RULED, _LOWEST = 0.1, 0.05
"""How much less likely a cell may be that a rule has found; and how likely it must be at least."""
_SMALL, PROCESSES = 0.02, 2


@dataclass(frozen=True)
class Article:
    """An article as the rules read it by weights that were learned without its truce, all its clauses, the marks in each, and the cells of a careful reader and of the rules."""

    of: finder.Article
    statements: tuple[Statement, ...]
    looked: Looked
    gold: frozenset[Cell]
    ruled: frozenset[Cell]

    @property
    def truce(self) -> str:
        """Its agreement."""
        return self.of.truce


def main() -> None:
    """Learn, and write or try."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--try", dest="only_try", action="store_true")
    options = parser.parse_args()
    part = parts_of_truces()
    made = [e for name in ("written", "templates", *stances.SLAVIC) for e in stances.sayings(name)]
    some = articles(part, rules_without(part, made))
    data = learned(some, part, made)
    if not options.only_try:
        np.savez_compressed(ROOT / "src" / "servanda" / "data" / FILE, **data)


def parts_of_truces() -> dict[str, int]:
    """In which part each truce is left out."""
    truces = {yaml.safe_load(path.read_text(encoding="utf-8"))["agreement"] for _, _, path in _marks()}
    return {truce: n % FOLDS for n, truce in enumerate(sorted(truces))}


def _marks() -> Iterable[tuple[str, str, Path]]:
    for language in LANGUAGES:
        for half in HALVES:
            yield from ((language, half, path) for path in sorted((SPEECH / language / half).glob("*.yaml")))


def rules_without(
    part: Mapping[str, int], made: Sequence[stances.Example]
) -> list[tuple[Any, dict[bool, TermWeights]]]:
    """The weights of stances and terms by which the rules read, learned without each part of the truces."""
    said = [e for language in stances.LANGUAGES for half in stances.HALVES for e in stances.articles(language, half)]
    two = [*stances.all_about(), *stances.all_about(np.random.default_rng(stances.SEED))]
    more = [*stances.about("en", "more"), *stances.about("en", "more", np.random.default_rng(stances.SEED))]
    out = []
    for n in range(FOLDS):
        weights = stances.learn([*(e for e in said if part[e.truce] != n), *made], meant=True)
        terms = [stances.learn_terms([a for a in some if part[a.truce] != n]) for some in (two, [*two, *more])]
        out.append((weights, {False: terms[0], True: terms[1]}))
    return out


def articles(part: Mapping[str, int], rules: Sequence[tuple[Any, dict[bool, TermWeights]]]) -> list[Article]:
    """All marked articles, read by two processes."""
    _RULES[:] = [(part, rules)]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("fork")) as pool:
        return list(pool.map(_article, _marks(), chunksize=8))


_RULES: list[Any] = []


def _article(place: tuple[str, str, Path]) -> Article:
    language, half, path = place
    marked = yaml.safe_load(path.read_text(encoding="utf-8"))
    part, rules = _RULES[0]
    weights, terms = rules[part[marked["agreement"]]]
    module = importlib.import_module("servanda.statements.learned")
    setattr(module, "_learned", lambda *, meant: weights)  # noqa: B010
    setattr(module, "learned_terms", lambda *, meant, english=False: terms[english])  # noqa: B010
    seen: list[tuple[Scene, Sequence[Statement]]] = []

    def keeps(scene: Scene, told: Any) -> Any:
        seen.append((scene, told))
        return as_told(scene, told)

    analysis = read_statements([path.with_suffix(".txt")], ROOT / marked["agreement"], finder=keeps)
    scene, told = max(seen, key=lambda x: len(x[0].paragraphs))
    looked = looked_at(scene, told, Weights({}, {}, ()), floor=-1.0)
    article = finder.Article(
        language, half, marked["agreement"], scene, looked.some, _marked(marked, scene, looked.some)
    )
    gold = frozenset((c["side"], c["term"], c["stance"]) for c in marked["who_stands_where"])
    ruled = frozenset((c.side, c.term, c.stance) for c in analysis.stands if c.side and c.stance != "speaks of")
    return Article(article, tuple(told), looked, gold, ruled)


def _marked(
    data: Mapping[str, Any], scene: Scene, some: Sequence[Candidate]
) -> tuple[tuple[Mapping[str, Any], ...], ...]:
    """For each clause what is marked in it."""
    said = [(s, " ".join(s["words"].split())) for s in data["statements"]]
    places = [(at, at + len(w), s) for s, w in said if (at := scene.text.find(w)) >= 0]
    return tuple(tuple(s for a, b, s in places if finder.overlap(c.clause.span, (a, b))) for c in some)


def learned(some: Sequence[Article], part: Mapping[str, int], made: Sequence[stances.Example]) -> dict[str, np.ndarray]:
    """The arrays of the models; prints how right they are on truces left out."""
    _SOME[:] = [(some, part, made)]
    _vectors(made)  # before the processes part
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("fork")) as pool:
        *left_out, reads = pool.map(_without, range(FOLDS + 1))
    seen = {k: told for fold in left_out for k, told in fold.items()}
    _SEEN[:] = [(some, part, seen)]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("fork")) as pool:
        *likely_of, forest = pool.map(_weighed, range(FOLDS + 1))
    likely = {k: p for fold in likely_of for k, p in fold.items()}
    least = {x: threshold([k for k in seen if some[k].of.language == x], some, seen, likely) for x in LANGUAGES}
    report(some, seen, likely, part)
    names = [t for t, n in reads.stances.at.items() if np.abs(reads.stances.table[n]).max() >= _SMALL]
    rows = [reads.stances.at[t] for t in names]
    out = {"terms": np.array([reads.terms.mean, reads.terms.spread, reads.terms.much])}
    out |= {"table": reads.stances.table[rows].astype(np.float16), "traits": np.array("\n".join(names))}
    out |= {"meant": reads.stances.meant.astype(np.float16)}
    out |= {"kept": np.array("\n".join(sorted(reads.stances.kept)))}
    out |= reads.context.arrays("context") | forest.arrays("cells")
    both = np.array([[least[x][n] for x in LANGUAGES] for n in (0, 1)])
    return out | {"least": both}


Seen = Mapping[int, tuple[list[Cell], np.ndarray]]
"""For some articles the cells that are weighed, and their figures."""
_SOME: list[Any] = []
_SEEN: list[Any] = []


def _without(n: int) -> Any:
    """What models that were learned without a part of the truces make of the articles on it; the models from all where there is no such part."""
    some, part, made = _SOME[0]
    reads = reads_of([a for a in some if part[a.truce] != n], made)
    if n == FOLDS:
        return reads
    boards = {k: board(a, reads) for k, a in enumerate(some) if part[a.truce] == n}
    return {k: (b.cells, b.figures()) for k, b in boards.items()}


def _weighed(n: int) -> Any:
    """How likely the cells of the articles on a part of the truces are, learned from the others; the trees from all where there is no such part."""
    some, part, seen = _SEEN[0]
    forest = _forest_of([k for k in seen if part[some[k].truce] != n], some, seen)
    mine = [k for k in seen if part[some[k].truce] == n]
    return forest if n == FOLDS else {k: forest.likely(seen[k][1]) if len(seen[k][0]) else np.zeros(0) for k in mine}


def _forest_of(which: Sequence[int], some: Sequence[Article], seen: Seen) -> Forest:
    which = [k for k in which if seen[k][0]]
    right = [np.array([c in some[k].gold for c in seen[k][0]], float) for k in which]
    counts = [np.full(len(y), COUNTS.get(some[k].of.half, 1.0)) for k, y in zip(which, right, strict=True)]
    figures = np.vstack([seen[k][1] for k in which])
    return grown(figures, np.concatenate(right), np.concatenate(counts), **CELLS)


def board(a: Article, reads: Reads) -> Board:
    """What some models make of an article."""
    looked = narrowed(a, reads.finder)
    return Board(a.of.scene, reads.of(looked, a.statements), a.statements, len(looked.some))


def narrowed(a: Article, weights: Weights) -> Looked:
    """The clauses of an article that are looked at by the weights of a finder."""
    looked = a.looked
    said = {k: weights.likely(signs(a.of.scene, looked.some, k, weights.kept)) for k in looked.which}
    here = [n for n, k in enumerate(looked.which) if looked.told[k] or said[k] >= FLOOR]
    which, figures = tuple(looked.which[n] for n in here), tuple(looked.figures[n] for n in here)
    return replace(looked, which=which, said=said, figures=figures, vectors=looked.vectors[here])


def reads_of(some: Sequence[Article], made: Sequence[stances.Example]) -> Reads:
    """The models that read clauses, learned from some articles."""
    of = [a.of for a in some]
    kept = finder.kept_words(of)
    weights = finder.learned(finder.examples(of, kept), kept)
    looked = [narrowed(a, weights) for a in some]
    terms, context = terms_of(some, looked)
    return Reads(weights, terms, context, stances_of(some, made))


def terms_of(some: Sequence[Article], looked: Sequence[Looked]) -> tuple[TermWeights, Forest]:
    """How the terms of a clause are weighed by itself, and beside the clauses around it."""
    about = []
    for a, seen in zip(some, looked, strict=True):
        for n, k in enumerate(seen.which):
            if a.of.marks[k]:
                about.append(stances.About(seen.figures[n], _wanted(a, k), a.truce, np.zeros(0)))
    terms = stances.learn_terms(about)
    rows, right = [], []
    for a, seen in zip(some, looked, strict=True):
        if seen.which:
            around = in_context(seen, np.array([terms.likely(f) for f in seen.figures]))
            kept = [n for n, k in enumerate(seen.which) if a.of.marks[k]]
            rows += [around[n] for n in kept]
            right += [_wanted(a, seen.which[n]) for n in kept]
    y = np.concatenate(right).astype(float)
    return terms, grown(np.vstack(rows), y, np.ones(len(y)), **CONTEXT)


def _wanted(a: Article, k: int) -> np.ndarray:
    assert a.of.scene.matcher is not None
    mine = {m["term"] for m in a.of.marks[k]}
    return np.array([t in mine for t in a.of.scene.matcher.marks])


def stances_of(some: Sequence[Article], made: Sequence[stances.Example]) -> Stances:
    """How stances are weighed: from the clauses that are marked, and from short sayings."""
    rows = []
    for a in some:
        assert a.of.scene.matcher is not None
        at = {k: n for n, k in enumerate(a.looked.which)}
        for k in at:
            told = [a.statements[n] for n in a.looked.told[k]]
            stands = {(m["side"], m["term"], m["stance"]) for m in a.of.marks[k] if m["side"]}
            for side, term, stance in sorted(s for s in stands if s[1] in a.of.scene.matcher.marks):
                of = saying_of(a.of.scene, a.looked.some[k].clause, side, term, told)
                rows.append((a, k, side, of, stance, a.looked.vectors[at[k]]))
    where: dict[str, set[str]] = defaultdict(set)
    for truce, of in [*((r[0].truce, r[3]) for r in rows), *((e.truce, e.of) for e in made)]:
        for word in lexical(of):
            where[word].add(truce)
    kept = frozenset(w for w, truces in where.items() if len(truces) >= TRUCES)
    found = [stand_traits(a.of.scene, a.looked.some[k].clause, side, of, kept) for a, k, side, of, _, _ in rows]
    found += [traits(e.of, kept) for e in made]
    vectors = np.vstack([np.array([r[5] for r in rows]), _vectors(made)])
    y = np.array([STANCES.index(s) for s in [*(r[4] for r in rows), *(e.stance for e in made)]])
    of_made = [OF_TEMPLATES if e.truce.startswith("templates") else OF_WRITTEN for e in made]
    return _softmax(found, vectors, y, np.array([1.0] * len(rows) + of_made), kept)


_KNOWN: list[np.ndarray] = []


def _vectors(made: Sequence[stances.Example]) -> np.ndarray:
    """What the short sayings mean, encoded once."""
    if not _KNOWN:
        reads = encoder()
        assert reads is not None
        _KNOWN.append(
            np.vstack([reads.vectors([e.of.text for e in made[n : n + 64]]) for n in range(0, len(made), 64)])
        )
    return _KNOWN[0]


def _softmax(
    found: Sequence[set[str]], vectors: np.ndarray, y: np.ndarray, counts: np.ndarray, kept: frozenset[str]
) -> Stances:
    times = Counter(t for each in found for t in each)
    names = sorted(t for t, n in times.items() if n >= LEAST)
    at, many = {t: n for n, t in enumerate(names)}, len(STANCES)
    rows = [[at[t] for t in sorted(each) if t in at] for each in found]
    ends = np.cumsum([0, *map(len, rows)])
    x = csr_matrix(
        (np.ones(ends[-1]), np.concatenate([np.array(r, int) for r in rows]), ends), (len(found), len(names))
    )
    wanted, every, split = np.eye(many)[y], np.arange(len(y)), len(names) * many

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        table, far = flat[:split].reshape(-1, many), flat[split:].reshape(-1, many)
        much = x @ table + vectors @ far
        share = np.exp(much - much.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        off = (share - wanted) * counts[:, None]
        slope = np.concatenate([(x.T @ off + RIDGE * table).ravel(), (vectors.T @ off + FAR_RIDGE * far).ravel()])
        held = RIDGE / 2 * (table**2).sum() + FAR_RIDGE / 2 * (far**2).sum()
        return float(-(counts * np.log(share[every, y] + 1e-12)).sum() + held), slope

    start = np.zeros(split + vectors.shape[1] * many)
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS}).x
    return Stances(at, best[:split].reshape(-1, many), best[split:].reshape(-1, many), kept)


Least = tuple[float, float]
"""How likely a cell must be that no rule has found, and one that a rule has."""


def taken(a: Article, cells: Sequence[Cell], likely: np.ndarray, least: Least) -> set[Cell]:
    """The cells that are likely enough."""
    return {c for c, p in zip(cells, likely, strict=True) if p >= least[c in a.ruled]}


def threshold(which: Sequence[int], some: Sequence[Article], seen: Seen, likely: Mapping[int, np.ndarray]) -> Least:
    """The likelihoods from which on cells are taken, for the best F1."""

    def reached(least: Least) -> float:
        return _f1((taken(some[k], seen[k][0], likely[k], least), some[k].gold) for k in which)[2]

    return max(((t, max(_LOWEST, t - RULED)) for t in STEPS), key=reached)


def _f1(pairs: Iterable[tuple[set[Cell] | frozenset[Cell], frozenset[Cell]]]) -> tuple[float, float, float]:
    counts = np.array([(len(a & b), len(a), len(b)) for a, b in pairs]).reshape(-1, 3).sum(axis=0)
    p, r = counts[0] / max(1, counts[1]), counts[0] / max(1, counts[2])
    return p, r, 2 * p * r / max(p + r, 1e-9)


def report(
    some: Sequence[Article],
    seen: Seen,
    likely: Mapping[int, np.ndarray],
    part: Mapping[str, int],
) -> None:
    """Print precision, recall and F1 of cells on truces left out, by the rules and after; the thresholds are those of the other truces."""
    for language in LANGUAGES:
        mine = [k for k in seen if some[k].of.language == language]
        least = [threshold([k for k in mine if part[some[k].truce] != n], some, seen, likely) for n in range(FOLDS)]
        for half in ("", *HALVES):
            these = [k for k in mine if half in ("", some[k].of.half)]
            after = [(taken(some[k], seen[k][0], likely[k], least[part[some[k].truce]]), some[k].gold) for k in these]
            before = [(some[k].ruled, some[k].gold) for k in these]
            told = "   ".join("{:.2f} {:.2f} {:.3f}".format(*_f1(pairs)) for pairs in (before, after))
            print(
                f"{language} {half or 'all':6s} {len(these):4d} articles: {told}   from {np.mean(least, axis=0).round(2)}",
                flush=True,
            )


if __name__ == "__main__":
    main()

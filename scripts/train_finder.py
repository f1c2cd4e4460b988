"""Learn which clauses tell a stand that no rule finds, and who takes it: two linear models over marked articles of our own (ADR 86).

    python scripts/train_finder.py [--try]

It learns from the marked articles of ``bench/speech``, in three languages, but for those that are held out. A clause that holds marked words about a term is a saying, each other is none.
``--try`` writes nothing: it leaves each sixth of the truces out in turn, learns from the others and prints how often it is right there.
Needs SciPy, which comes with the extra ``dev``.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from servanda.app.statements import read_statements
from servanda.statements.finder import Judged, Scene, Weights, as_told
from servanda.statements.finder.model import ALWAYS, FILE, HEARD
from servanda.statements.finder.signs import Candidate, candidates, lexical, signs
from servanda.statements.finder.stands import Told
from servanda.statements.finder.who import Speaker, speakers
from servanda.statements.slavic.names import one_name

ROOT = Path(__file__).resolve().parent.parent
SPEECH = ROOT / "bench" / "speech"
LANGUAGES, HALVES = ("en", "ru", "uk"), ("dev", "fresh", "more", "learn", "press", "late", "mixed")
TRUCES, LEAST, LEAST_WHO, RIDGE, RIDGE_WHO, OF_HEARD = 4, 3, 4, 10.0, 3.0, 0.3
"""In how many truces a word must stand to be kept; how often a sign must be seen; how strongly weights are held down; what a clause counts that the rules have found."""
ROUNDS, FOLDS = 60, 6
"""Steps of learning; parts of the truces."""
_SMALL = 0.005

Marked = Mapping[str, Any]


@dataclass(frozen=True)
class Article:
    """An article as the finder sees it, and for each of its candidates the marks in it."""

    language: str
    half: str
    truce: str
    scene: Scene
    some: tuple[Candidate, ...]
    marks: tuple[tuple[Marked, ...], ...]


@dataclass(frozen=True)
class Example:
    """A clause: its signs, whether it is a saying on a term, whether the rules have not found it, who may speak, and which of them does."""

    article: Article
    signs: frozenset[str]
    said: bool
    unheard: bool
    who: tuple[Speaker, ...]
    right: tuple[bool, ...]


def main() -> None:
    """Learn, and write or try."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--try", dest="only_try", action="store_true")
    options = parser.parse_args()
    some = [a for language in LANGUAGES for half in HALVES for a in articles(language, half)]
    if options.only_try:
        tried(some)
        return
    made = learn(some)
    path = ROOT / "src" / "servanda" / "data" / FILE
    write(made, path)
    print(f"{len(some)} articles, {sum(len(a.some) for a in some)} clauses, {path.stat().st_size // 1024} KB")


def write(made: Weights, path: Path) -> None:
    """Put weights into a file, the smallest left out."""
    tables = {
        name: {s: much for s, much in sorted(table.items()) if abs(much) >= _SMALL}
        for name, table in (("signs", made.table), ("who", made.who))
    }
    data: dict[str, Any] = {"kept": np.array("\n".join(sorted(made.kept)))}
    for name, table in tables.items():
        data |= {name: np.array("\n".join(table)), f"{name}_count": np.array([*table.values()], np.float16)}
    np.savez_compressed(path, **data)


def articles(language: str, half: str) -> list[Article]:
    """The articles of a half with what is marked in them."""
    return [article(path, language, half) for path in sorted((SPEECH / language / half).glob("*.txt"))]


def article(path: Path, language: str, half: str) -> Article:
    """One article."""
    marked = yaml.safe_load(path.with_suffix(".yaml").read_text(encoding="utf-8"))
    seen: list[Scene] = []

    def keeps(scene: Scene, told: Sequence[Told]) -> Judged:
        seen.append(scene)
        return as_told(scene, told)

    read_statements([path], ROOT / marked["agreement"], finder=keeps)
    scene = max(seen, key=lambda s: len(s.paragraphs))
    some = tuple(candidates(scene))
    places = [(at, at + len(words), said) for said, words in _words(marked) if (at := scene.text.find(words)) >= 0]
    marks = tuple(tuple(said for a, b, said in places if overlap(c.clause.span, (a, b))) for c in some)
    return Article(language, half, marked["agreement"], scene, some, marks)


def _words(marked: Marked) -> Iterable[tuple[Marked, str]]:
    return ((said, " ".join(said["words"].split())) for said in marked["statements"])


def overlap(a: tuple[int, int], b: tuple[int, int]) -> bool:
    """Half of the shorter is in the other."""
    both = min(a[1], b[1]) - max(a[0], b[0])
    return both > 0 and 2 * both >= min(a[1] - a[0], b[1] - b[0])


def kept_words(some: Sequence[Article]) -> set[str]:
    """The words that many truces have."""
    where: dict[str, set[str]] = defaultdict(set)
    for a in some:
        for c in a.some:
            for word in lexical(a.scene, c.clause.span):
                where[word].add(a.truce)
    return {word for word, truces in where.items() if len(truces) >= TRUCES}


def examples(some: Sequence[Article], kept: Collection[str]) -> list[Example]:
    """Every clause of some articles."""
    out = []
    for a in some:
        for k, (c, marks) in enumerate(zip(a.some, a.marks, strict=True)):
            said = any(m["term"] != "none" for m in marks)
            who = tuple(speakers(a.scene, a.some, k)) if said else ()
            right = tuple(any(_speaks(x, m) for m in marks) for x in who)
            out.append(Example(a, frozenset(signs(a.scene, a.some, k, kept)), said, c.heard < HEARD, who, right))
    return out


def _speaks(x: Speaker, marked: Marked) -> bool:
    """He is of the side that is marked; or, where none is, called so."""
    if marked["side"]:
        return bool({*x.side.split("; ")} & {*marked["side"].split("; ")})
    return any(one_name(a.lower(), b.lower()) for a in x.name.split() for b in marked["speaker"].split() if len(b) > 2)


def learn(some: Sequence[Article]) -> Weights:
    """The weights that make the marks likeliest, held down."""
    kept = kept_words(some)
    return learned(examples(some, kept), kept)


def learned(of: Sequence[Example], kept: Collection[str]) -> Weights:
    """The same from clauses of which the signs are known."""
    names = _often((e.signs for e in of), LEAST)
    x = _matrix([e.signs for e in of], [ALWAYS, *names], always=True)
    y = np.array([e.said for e in of], float)
    counts = np.array([1.0 if e.unheard else OF_HEARD for e in of])
    held = np.array([0.0, *[RIDGE] * len(names)])

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        z = x @ w
        off = (1 / (1 + np.exp(-z)) - y) * counts
        return float((counts * (np.logaddexp(0, z) - y * z)).sum() + (held * w**2).sum() / 2), x.T @ off + held * w

    table = _best(loss, len(names) + 1)
    return Weights(dict(zip([ALWAYS, *names], table, strict=True)), _speakers([e for e in of if any(e.right)]), kept)


def _speakers(of: Sequence[Example]) -> dict[str, float]:
    """What each sign of a speaker counts: the marked side is to be likelier than all others."""
    names = _often((x.signs for e in of for x in e.who), LEAST_WHO)
    x = _matrix([x.signs for e in of for x in e.who], names)
    which = np.repeat(np.arange(len(of)), [len(e.who) for e in of])
    y = np.array([r for e in of for r in e.right], float)
    counts = np.array([1.0 if e.unheard else OF_HEARD for e in of])

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        z = x @ w
        top = np.full(len(of), -np.inf)
        np.maximum.at(top, which, z)
        odds = np.exp(z - top[which])
        every, good = np.bincount(which, odds, len(of)), np.bincount(which, odds * y, len(of)) + 1e-12
        off = (odds / every[which] - odds * y / good[which]) * counts[which]
        return float(-(counts * np.log(good / every)).sum() + RIDGE_WHO / 2 * w @ w), x.T @ off + RIDGE_WHO * w

    return dict(zip(names, _best(loss, len(names)), strict=True))


def _often(all_: Iterable[Collection[str]], least: int) -> list[str]:
    times = Counter(s for each in all_ for s in each)
    return sorted(s for s, n in times.items() if n >= least)


def _matrix(of: Sequence[Collection[str]], names: Sequence[str], *, always: bool = False) -> csr_matrix:
    at = {s: n for n, s in enumerate(names)}
    rows = [[*([0] if always else []), *(at[s] for s in each if s in at)] for each in of]
    ends = np.cumsum([0, *map(len, rows)])
    cells = np.concatenate([np.array(r, int) for r in rows])
    return csr_matrix((np.ones(ends[-1]), cells, ends), (len(of), len(names)))


def _best(loss: Callable[[np.ndarray], tuple[float, np.ndarray]], many: int) -> np.ndarray:
    found: np.ndarray = minimize(loss, np.zeros(many), jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS}).x
    return found


def folds(some: Sequence[Article]) -> dict[str, int]:
    """In which part each truce is left out."""
    return {truce: n % FOLDS for n, truce in enumerate(sorted({a.truce for a in some}))}


def tried(some: Sequence[Article]) -> None:
    """Each part of the truces by weights that were learned without it: clauses that the rules have not found, and who speaks in those that are sayings."""
    part = folds(some)
    told: list[tuple[Example, float, bool]] = []
    for n in range(FOLDS):
        kept = kept_words([a for a in some if part[a.truce] != n])
        every = examples(some, kept)
        weights = learned([e for e in every if part[e.article.truce] != n], kept)
        for e in every:
            if part[e.article.truce] == n and e.unheard:
                shares = [share for _, share in weights.shares(e.who)]
                told.append((e, weights.likely(e.signs), bool(shares) and e.right[shares.index(max(shares))]))
    for language in LANGUAGES:
        for half in HALVES:
            mine = [x for x in told if (x[0].article.language, x[0].article.half) == (language, half)]
            if mine:
                print(f"{language} {half}: {_figures(mine)}")


def _figures(told: Sequence[tuple[Example, float, bool]]) -> str:
    said = [x for x in told if x[0].said]
    taken = [x for x in told if x[1] >= 0.5]
    hit = sum(x[0].said for x in taken)
    p, r = hit / max(1, len(taken)), hit / max(1, len(said))
    spoken = sum(x[2] for x in said) / max(1, len(said))
    return f"{len(told)} clauses, {len(said)} sayings; precision {p:.2f} recall {r:.2f}; speakers {spoken:.2f}"


if __name__ == "__main__":
    main()

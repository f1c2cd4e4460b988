"""Learn what the traits of a saying tell about its stance: a linear model over marked sayings of our own.

    python scripts/train_stances.py [--try]

It learns from the marked articles of ``bench/speech/en/dev`` and ``bench/speech/en/fresh`` and from the short sayings of ``bench/speech/sayings``, some
written, most from templates (``scripts/make_sayings.py``);
the held half is not read. ``--try`` writes nothing: it leaves each truce out in turn, learns from the others and prints how often it is right there.
Needs SciPy, which comes with the extra ``dev``.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from servanda.app.statements import asked_of
from servanda.statements.documents import read_documents
from servanda.statements.learned import FILE, Weights, of
from servanda.statements.meaning import encoder
from servanda.statements.nearby import AT_LEAST, SURELY, TermWeights, amounts, parts, rated
from servanda.statements.slavic.terms import Terms
from servanda.statements.slavic.words import tables_with
from servanda.statements.speakers import People
from servanda.statements.stances import STANCES, by_verb, stance
from servanda.statements.standing import by_grammar
from servanda.statements.traits import Saying, lexical, saying, traits, weighed
from servanda.statements.verbs import Attribution
from servanda.statements.words import hanover, tokens

ROOT = Path(__file__).resolve().parent.parent
SPEECH = ROOT / "bench" / "speech"
RIDGE, OF_TEMPLATES, LEAST, TRUCES, TERM_RIDGE, DROPPED, BY_WORDS = 10.0, 0.5, 3, 3, 80.0, 0.5, 50
"""How strongly weights are held down; what a saying from a template counts; how often a trait must be seen; in how many truces a word must stand; how strongly
the weights of terms are held down; the share of terms whose words are left out; the first columns, that need no encoder."""
SEED = 2026  # of the words that are left out
_SMALL = 0.02
_AUXILIARY = frozenset("be have do will would can could must may might shall should".split())


@dataclass(frozen=True)
class Example:
    """A saying, its stance, and the truce it is from."""

    of: Saying
    stance: str
    truce: str


def main() -> None:
    """Learn, and write or try."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--try", dest="only_try", action="store_true")
    options = parser.parse_args()
    some = [*articles("dev"), *articles("fresh")]
    made = [*sayings("written"), *sayings("templates")]
    if options.only_try:
        tried_terms(all_about(), all_about(np.random.default_rng(SEED)))
        tried(some, made)
        return
    weights = learn([*some, *made])
    some_about = [*all_about(), *all_about(np.random.default_rng(SEED))]
    terms, by_words = learn_terms(some_about), learn_terms(some_about, BY_WORDS)
    names = [n for n, row in zip(weights.at, weights.table, strict=True) if np.abs(row).max() >= _SMALL]
    table = weights.table[[weights.at[n] for n in names]].astype(np.float16)
    path = ROOT / "src" / "servanda" / "data" / FILE
    np.savez_compressed(
        path,
        traits=np.array("\n".join(names)),
        kept=np.array("\n".join(sorted(weights.kept))),
        table=table,
        terms=np.array([terms.mean, terms.spread, terms.much]),
        terms_by_words=np.array([by_words.mean, by_words.spread, by_words.much]),
    )
    print(f"{len(some)} marked sayings, {len(made)} short ones, {len(names)} traits, {path.stat().st_size // 1024} KB")


def articles(half: str) -> list[Example]:
    """The marked sayings of a half, as the program would weigh them."""
    out = []
    for path in sorted((SPEECH / "en" / half).glob("*.txt")):
        marked = yaml.safe_load(path.with_suffix(".yaml").read_text(encoding="utf-8"))
        matcher, aliases, _, parties = asked_of(ROOT / marked["agreement"])
        document = read_documents(path)[0]
        text = document.text
        people = People.known([f"{document.head or document.title}\n{text}"], aliases)
        people.parties = parties
        for said in marked["statements"]:
            words = " ".join(said["words"].split())
            at = text.find(words)
            if said["term"] == "none" or at < 0:
                continue
            cue, verb = _cue(text, at, at + len(words), said["cue"])
            a = Attribution(None, cue, ((at, at + len(words)),), said["direct"], verb, (at, at + len(words)))
            sides = set(said["side"].split("; ")) if said["side"] else set()
            read, _ = by_grammar(a, (), text, words, said["term"], sides, people, matcher, None)
            about = weighed(a, text, words, said["term"], sides, people, matcher, read)
            out.append(Example(about, said["stance"], marked["agreement"]))
    return out


@dataclass(frozen=True)
class About:
    """A saying with the figures of each term, which terms it is about, and which its words name by the rules."""

    figures: np.ndarray
    wanted: np.ndarray
    truce: str
    named: np.ndarray


def about(language: str, half: str, dropped: np.random.Generator | None = None) -> list[About]:
    """The marked sayings of a half, with the figures by which their terms are found.

    Args:
        language: of the articles.
        half: ``dev`` or ``fresh``.
        dropped: leaves the words of half of the terms of each saying out, for the thesaurus was written with these articles in view: of other truces its words find less.

    Returns:
        Them.
    """
    out = []
    for path in sorted((SPEECH / language / half).glob("*.txt")):
        marked = yaml.safe_load(path.with_suffix(".yaml").read_text(encoding="utf-8"))
        matcher, aliases, _, _ = asked_of(ROOT / marked["agreement"])
        slavic = None if language == "en" else Terms.of(matcher, tables_with(language, aliases), aliases)
        found, rule = (matcher.amounts, matcher.terms_in) if slavic is None else (slavic.found, slavic.terms_in)
        text = read_documents(path)[0].text
        terms: dict[str, set[str]] = defaultdict(set)
        for said in marked["statements"]:
            terms[" ".join(said["words"].split())].add(said["term"])
        for words, mine in terms.items():
            at = text.find(words)
            if at < 0:
                continue
            around = parts(text, [(at, at + len(words))])
            much, named = amounts(matcher, [found(part) for part in around]), rule(words)
            if dropped is not None:
                kept = dropped.random(len(matcher.marks)) >= DROPPED
                much = much * kept[:, None]
                named = [t for t, k in zip(matcher.marks, kept, strict=True) if k and t in named]
            out.append(
                About(
                    rated(matcher, around, much, named, encoder()),
                    np.array([t in mine for t in matcher.marks]),
                    marked["agreement"],
                    np.array([t in named for t in matcher.marks]),
                )
            )
    return out


def all_about(dropped: np.random.Generator | None = None) -> list[About]:
    """The same of all languages and halves."""
    return [a for language in ("en", "ru", "uk") for half in ("dev", "fresh") for a in about(language, half, dropped)]


def learn_terms(some: Sequence[About], figures: int | None = None) -> TermWeights:
    """Logistic regression over pairs of a saying and a term, held down; ``figures``: of the first so many columns alone."""
    x = np.vstack([a.figures[:, :figures] for a in some])
    y = np.concatenate([a.wanted for a in some]).astype(float)
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-6
    mean[0], spread[0] = 0.0, 1.0
    z, much = (x - mean) / spread, np.zeros(x.shape[1])
    for _ in range(25):
        p = 1 / (1 + np.exp(-z @ much))
        bend = (z * (p * (1 - p))[:, None]).T @ z + TERM_RIDGE * np.eye(len(much))
        much -= np.linalg.solve(bend, z.T @ (p - y) + TERM_RIDGE * much)
    return TermWeights(mean, spread, much)


def tried_terms(some: Sequence[About], dropped: Sequence[About]) -> None:
    """Each truce by weights that were learned without it: on the articles as they are, and with the words of half of the terms left out."""
    truces = sorted({a.truce for a in some})
    for name, figures in (("by words and meaning", None), ("by words", BY_WORDS)):
        weights = {t: learn_terms([a for a in (*some, *dropped) if a.truce != t], figures) for t in truces}
        for given, these in (("", some), (", half of the words left out", dropped)):
            likely = [(weights[a.truce].likely(a.figures[:, :figures]), a) for a in these]
            pairs = [((p >= SURELY) | ((p == p.max()) & (p >= AT_LEAST)), a.wanted) for p, a in likely]
            print(f"terms {name}{given}: {_pairs(pairs)}")
            if not figures:
                print(f"terms by rule{given}: {_pairs([(a.named, a.wanted) for a in these])}")


def _pairs(told: Sequence[tuple[np.ndarray, np.ndarray]]) -> str:
    hit = sum(int((a & b).sum()) for a, b in told)
    p, r = hit / max(1, sum(int(a.sum()) for a, _ in told)), hit / max(1, sum(int(b.sum()) for _, b in told))
    return f"precision {p:.2f} recall {r:.2f} F1 {2 * p * r / max(p + r, 1e-9):.3f}"


def _cue(text: str, start: int, end: int, cue: str) -> tuple[tuple[int, int] | None, str]:
    """Where the cue stands that is nearest to the words, and its verb."""
    if cue in ("label", "post"):
        return None, "say"
    places = [m.start() for m in re.finditer(re.escape(cue), text)]
    near = min(places, key=lambda p: min(abs(p - start), abs(p - end)), default=None)
    return (None if near is None else (near, near + len(cue))), _verb(cue)


def _verb(cue: str) -> str:
    tagged = tokens(cue, (0, len(cue)), hanover())
    verbs = [t.lemma for t in tagged if t.tag.startswith("V") and t.lemma not in _AUXILIARY]
    return verbs[-1] if verbs else tagged[-1].lemma


def sayings(name: str) -> list[Example]:
    """Short sayings, one a line: those that were written, or those from templates."""
    out = []
    for n, line in enumerate((SPEECH / "sayings" / f"{name}.tsv").read_text(encoding="utf-8").splitlines()):
        taken, stops, restrains, bound, cue, words = line.split("\t")
        alone = cue in ("label", "post")
        verb = "say" if alone else _verb(cue)
        read = stance(verb, "" if alone else cue, words, None, "", stops=stops == "1")
        about = saying(
            words,
            "" if alone else cue,
            verb,
            read=read,
            by_verb=by_verb(verb, "" if alone else cue) or "",
            stops=stops == "1",
            restrains=restrains == "1",
            bound="y" if bound == "1" else "n",
            direct=alone,
        )
        out.append(Example(about, taken, f"{name} {n % 7}"))
    return out


def learn(some: Sequence[Example]) -> Weights:
    """The weights that make the marked stances likeliest, held down."""
    where: dict[str, set[str]] = defaultdict(set)
    for e in some:
        for word in lexical(e.of):
            where[word].add(e.truce)
    kept = {w for w, truces in where.items() if len(truces) >= TRUCES}
    found = [traits(e.of, kept) for e in some]
    times = Counter(t for each in found for t in each)
    names = sorted(t for t, n in times.items() if n >= LEAST)
    at = {t: n for n, t in enumerate(names)}
    rows = [[at[t] for t in each if t in at] for each in found]
    ends = np.cumsum([0, *map(len, rows)])
    x = csr_matrix((np.ones(ends[-1]), np.concatenate([np.array(r, int) for r in rows]), ends), (len(some), len(names)))
    y = np.array([STANCES.index(e.stance) for e in some])  # type: ignore[arg-type]
    wanted, many = np.eye(len(STANCES))[y], np.arange(len(some))
    counts = np.array([OF_TEMPLATES if e.truce.startswith("templates") else 1.0 for e in some])

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        table = flat.reshape(len(names), len(STANCES))
        much = x @ table
        share = np.exp(much - much.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        slope = x.T @ ((share - wanted) * counts[:, None]) + RIDGE * table
        return float(-(counts * np.log(share[many, y] + 1e-12)).sum() + RIDGE / 2 * flat @ flat), np.asarray(
            slope
        ).ravel()

    best = minimize(loss, np.zeros(len(names) * len(STANCES)), jac=True, method="L-BFGS-B", options={"maxiter": 250})
    return of(names, best.x.reshape(len(names), len(STANCES)), kept)


def tried(some: Sequence[Example], made: Sequence[Example]) -> None:
    """Each truce by weights that were learned without it."""
    told: list[tuple[str, Example]] = []
    for truce in sorted({e.truce for e in some}):
        weights = learn([*(e for e in some if e.truce != truce), *made])
        mine = [(weights.stance(e.of), e) for e in some if e.truce == truce]
        told += mine
        print(f"{truce:50s} {_figures(mine)}", flush=True)
    print(f"{'all':50s} {_figures(told)}")
    print(f"{'by grammar alone':50s} {_figures((e.of.read, e) for e in some)}")


def _figures(told: Iterable[tuple[str, Example]]) -> str:
    pairs = [(a, e.stance) for a, e in told]
    stands = [(a, b) for a, b in pairs if "speaks of" not in (a, b)]
    hit = sum(a == b for a, b in stands)
    p = hit / max(1, sum(a != "speaks of" for a, _ in pairs))
    r = hit / max(1, sum(b != "speaks of" for _, b in pairs))
    right = sum(a == b for a, b in pairs) / len(pairs)
    return f"right {right:.2f}   stands: precision {p:.2f} recall {r:.2f} F1 {2 * p * r / max(p + r, 1e-9):.2f}"


if __name__ == "__main__":
    main()

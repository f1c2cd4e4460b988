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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from servanda.app.statements import asked_of
from servanda.statements.documents import Document, read_documents
from servanda.statements.languages import SLAVIC
from servanda.statements.learned import FILE, Weights, of
from servanda.statements.meaning import encoder
from servanda.statements.nearby import AT_LEAST, SURELY, TermWeights, amounts, parts, rated, weighed_texts
from servanda.statements.slavic.people import Known
from servanda.statements.slavic.sentence import Told
from servanda.statements.slavic.sides import Spoken
from servanda.statements.slavic.standing import stances_on
from servanda.statements.slavic.terms import Terms
from servanda.statements.slavic.weighed import weighed as weighed_there
from servanda.statements.slavic.words import Tables, tables_with, words_of
from servanda.statements.speakers import People
from servanda.statements.stances import STANCES, by_verb, stance
from servanda.statements.standing import by_grammar
from servanda.statements.topics import TopicMatcher
from servanda.statements.traits import OTHER, OWN, Saying, lexical, saying, traits, weighed
from servanda.statements.verbs import Attribution
from servanda.statements.words import hanover, tokens

ROOT = Path(__file__).resolve().parent.parent
SPEECH = ROOT / "bench" / "speech"
RIDGE, OF_TEMPLATES, LEAST, TRUCES, TERM_RIDGE, DROPPED, BY_WORDS = 10.0, 0.5, 3, 3, 80.0, 0.5, 50
"""How strongly weights are held down; what a saying from a template counts; how often a trait must be seen; in how many truces a word must stand; how strongly
the weights of terms are held down; the share of terms whose words are left out; the first columns, that need no encoder."""
FAR_RIDGE, ROUNDS, FOLDS = 1.0, 60, 5
"""How strongly the weights of vectors are held down; steps of learning; parts of the truces."""
LANGUAGES = ("en", *SLAVIC)
HALVES = ("dev", "fresh", "more")
SEED = 2026  # of the words that are left out
_SMALL = 0.02
_AUXILIARY = frozenset("be have do will would can could must may might shall should".split())


Reads = Callable[[Mapping[str, Any], str, int], Saying]


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
    some = [e for language in LANGUAGES for half in HALVES for e in articles(language, half)]
    made = [e for name in ("written", "templates", *SLAVIC) for e in sayings(name)]
    if options.only_try:
        tried_terms(all_about(), all_about(np.random.default_rng(SEED)))
        tried(some, made)
        return
    weights, words = learn([*some, *made], meant=True), learn([*some, *made], meant=False)
    two = [*all_about(), *all_about(np.random.default_rng(SEED))]
    three = [*two, *about("en", "more"), *about("en", "more", np.random.default_rng(SEED))]
    terms = {
        f"terms{name}{words}": learn_terms(some_about, figures)
        for name, some_about in (("", two), ("_en", three))
        for words, figures in (("", None), ("_by_words", BY_WORDS))
    }
    names = [
        n for n, k in weights.at.items() if max(np.abs(weights.table[k]).max(), np.abs(words.table[k]).max()) >= _SMALL
    ]
    path = ROOT / "src" / "servanda" / "data" / FILE
    np.savez_compressed(
        path,
        traits=np.array("\n".join(names)),
        kept=np.array("\n".join(sorted(weights.kept))),
        table=_small(weights, names),
        table_by_words=_small(words, names),
        meant=weights.meant.astype(np.float16) if weights.meant is not None else np.zeros((0, len(STANCES))),
        **{name: np.array([w.mean, w.spread, w.much]) for name, w in terms.items()},
    )
    print(f"{len(some)} marked sayings, {len(made)} short ones, {len(names)} traits, {path.stat().st_size // 1024} KB")


def _small(weights: Weights, names: Sequence[str]) -> np.ndarray:
    """The rows of some traits, in small numbers."""
    return weights.table[[weights.at[n] for n in names]].astype(np.float16)


def articles(language: str, half: str) -> list[Example]:
    """The marked sayings of a half, as the program would weigh them."""
    out = []
    for path in sorted((SPEECH / language / half).glob("*.txt")):
        marked = yaml.safe_load(path.with_suffix(".yaml").read_text(encoding="utf-8"))
        matcher, aliases, _, parties = asked_of(ROOT / marked["agreement"])
        document = read_documents(path)[0]
        text = document.text
        reads = (
            _english(document, matcher, aliases, parties)
            if language == "en"
            else _slavic(document, matcher, aliases, language)
        )
        for said in marked["statements"]:
            words = " ".join(said["words"].split())
            at = text.find(words)
            if said["term"] != "none" and at >= 0:
                out.append(Example(reads(said, words, at), said["stance"], marked["agreement"]))
    return out


def _english(document: Document, matcher: TopicMatcher, aliases: Mapping[str, str], parties: Sequence[str]) -> Reads:
    text = document.text
    people = People.known([f"{document.head or document.title}\n{text}"], aliases)
    people.parties = tuple(parties)

    def reads(said: Mapping[str, Any], words: str, at: int) -> Saying:
        cue, verb = _cue(text, at, at + len(words), said["cue"])
        a = Attribution(None, cue, ((at, at + len(words)),), said["direct"], verb, (at, at + len(words)))
        sides = set(said["side"].split("; ")) if said["side"] else set()
        read, _ = by_grammar(a, (), text, words, said["term"], sides, people, matcher, None)
        return weighed(a, text, words, said["term"], sides, people, matcher, read)

    return reads


def _slavic(document: Document, matcher: TopicMatcher, aliases: Mapping[str, str], language: str) -> Reads:
    t = tables_with(language, aliases)
    terms, known = Terms.of(matcher, t, aliases), Known.of(aliases, t)

    def reads(said: Mapping[str, Any], words: str, at: int) -> Saying:
        told = replace(told_by(said["cue"], t), content=((at, at + len(words)),), cue=(at, at), direct=said["direct"])
        spoken = Spoken(told, said["speaker"], said["side"], person=False, carrier=False)
        read = stances_on(document, spoken, [words], terms, t, known, ([], []), [said["term"]])
        cue = "" if said["cue"] in ("label", "post") else said["cue"]
        return weighed_there(told, cue, words, said["term"], said["side"], terms, t, read[said["term"]], aliases)

    return reads


def told_by(cue: str, t: Tables) -> Told:
    """An attribution by the words that tell of it."""
    words = words_of(cue, (0, len(cue)), t.code) if cue not in ("label", "post") else []
    negated = any(w.low in t.sets["not"] for w in words)
    for lemma in [f.lemma for w in words for f in w.forms]:
        kinds = t.verbs.get(lemma) or (("stands", t.stands[lemma]) if lemma in t.stands else ())
        if kinds:
            return Told(None, (0, 0), (), False, lemma, tuple(kinds), negated, (0, 0))
    return Told(None, (0, 0), (), False, "—", ("says",), False, (0, 0))


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
        places = {words: at for words in terms if (at := text.find(words)) >= 0}
        around_each = {words: parts(text, [(at, at + len(words))]) for words, at in places.items()}
        if (reads := encoder()) is not None:
            reads.vectors([t for around in around_each.values() for t in weighed_texts(around)])
        for words, around in around_each.items():
            mine = terms[words]
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
    """The same of all languages, ``dev`` and ``fresh``: the English ones of ``more`` make English better, and those of the others no better (ADR 83)."""
    return [a for language in LANGUAGES for half in HALVES[:2] for a in about(language, half, dropped)]


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
    """Short sayings, one a line: those that were written, or those from templates; ``ru`` and ``uk``: those in these languages."""
    out = []
    for n, line in enumerate((SPEECH / "sayings" / f"{name}.tsv").read_text(encoding="utf-8").splitlines()):
        taken, stops, restrains, bound, cue, words = line.split("\t")
        alone = cue in ("label", "post")
        marks = {"stops": stops == "1", "restrains": restrains == "1", "bound": bound in ("1", "y")}
        read = (
            _short_slavic(name, cue, words, **marks)
            if name in SLAVIC
            else _short_english("" if alone else cue, words, **marks)
        )
        out.append(Example(read, taken, f"{name} {n % 7}"))
    return out


def _short_english(cue: str, words: str, *, stops: bool, restrains: bool, bound: bool) -> Saying:
    verb = _verb(cue) if cue else "say"
    return saying(
        words,
        cue,
        verb,
        read=stance(verb, cue, words, None, "", stops=stops),
        by_verb=by_verb(verb, cue) or "",
        stops=stops,
        restrains=restrains,
        bound="y" if bound else "n",
        direct=not cue,
    )


def _short_slavic(code: str, cue: str, words: str, *, stops: bool, restrains: bool, bound: bool) -> Saying:
    t = tables_with(code, {OWN: OWN, OTHER: OTHER})
    some = {"x": frozenset({OWN if bound else OTHER})}
    matcher = TopicMatcher(
        {"x": ("x",)}, {"x": "x"}, {"x": ()}, frozenset("x" * stops), frozenset("x" * restrains), (), some
    )
    terms = Terms(matcher, {"x": ()}, {"x": {}}, {"x": ()})
    told = replace(told_by(cue, t), content=((0, len(words)),), direct=cue in ("label", "post"))
    spoken = Spoken(told, "", OWN, person=False, carrier=False)
    document = Document("", "", words, ((0, len(words)),), None, "", ())
    read = stances_on(document, spoken, [words], terms, t, Known.of({}, t), ([], []), ["x"])["x"]
    return weighed_there(told, "" if told.direct else cue, words, "x", OWN, terms, t, read)


def learn(some: Sequence[Example], *, meant: bool) -> Weights:
    """The weights that make the marked stances likeliest, held down; ``meant``: beside the vectors of an encoder of sentences."""
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
    v = _vectors(some) if meant else np.zeros((len(some), 0))
    y = np.array([STANCES.index(e.stance) for e in some])  # type: ignore[arg-type]
    wanted, many, split = np.eye(len(STANCES))[y], np.arange(len(some)), len(names) * len(STANCES)
    counts = np.array([OF_TEMPLATES if e.truce.startswith("templates") else 1.0 for e in some])

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        table, far = flat[:split].reshape(-1, len(STANCES)), flat[split:].reshape(-1, len(STANCES))
        much = x @ table + v @ far
        share = np.exp(much - much.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        off = (share - wanted) * counts[:, None]
        slope = np.concatenate([(x.T @ off + RIDGE * table).ravel(), (v.T @ off + FAR_RIDGE * far).ravel()])
        held = RIDGE / 2 * (table**2).sum() + FAR_RIDGE / 2 * (far**2).sum()
        return float(-(counts * np.log(share[many, y] + 1e-12)).sum() + held), slope

    start = np.zeros(split + v.shape[1] * len(STANCES))
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS}).x
    far = best[split:].reshape(-1, len(STANCES)) if meant else None
    return of(names, best[:split].reshape(-1, len(STANCES)), kept, far)


def _vectors(some: Sequence[Example]) -> np.ndarray:
    """What each saying means, many at a time."""
    reads = encoder()
    if reads is None:
        raise SystemExit("the encoder of the extra 'speech' is not installed")
    return np.vstack([reads.vectors([e.of.text for e in some[n : n + 64]]) for n in range(0, len(some), 64)])


def tried(some: Sequence[Example], made: Sequence[Example]) -> None:
    """Each fifth of the truces by weights that were learned without it."""
    truces = sorted({e.truce for e in some})
    for meant in (True, False):
        told: list[tuple[str, Example]] = []
        for n in range(FOLDS):
            left = set(truces[n::FOLDS])
            weights = learn([*(e for e in some if e.truce not in left), *made], meant=meant)
            told += [(weights.stance(e.of), e) for e in some if e.truce in left]
        for language in LANGUAGES:
            mine = [(s, e) for s, e in told if e.of.language == language]
            print(f"stances{', by meaning too' * meant} {language}: {_figures(mine)}")
            print(f"   by grammar alone: {_figures((e.of.read, e) for _, e in mine)}", flush=True)


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

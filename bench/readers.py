"""How far two careful readers agree on who said what and who stands where (bench/speech/README.md).

    python bench/speech.py --readers [--write]

A second reader marked some of the held articles from their text alone, without seeing the first reader's marks: ``bench/speech/LANG/second/HALF/NAME.yaml``.
His marks are measured against the first's by the scorer that measures the program (:func:`speech.tally`), and the program against both. Figures alone are told.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml

import speech
from speech import Cell, Reading

DRAWS = 2000
"""So many times articles are drawn anew, with replacement, for the bounds within which 95 of 100 of them fall."""
STAND = ("side", "term", "stance")


@dataclass(frozen=True)
class Article:
    """One article that two have read."""

    language: str
    half: str
    path: Path
    agreement: Path
    first: Reading
    second: Reading


def twice_read() -> list[Article]:
    """Every article of which there is a second reading."""
    found = []
    for path in sorted(speech.ARTICLES.glob("*/second/*/*.yaml")):
        language, half = path.parts[-4], path.parts[-2]
        text = speech.ARTICLES / language / half / f"{path.stem}.txt"
        one, other = (yaml.safe_load(p.read_text(encoding="utf-8")) for p in (text.with_suffix(".yaml"), path))
        agreement = speech.ROOT / one["agreement"]
        found.append(Article(language, half, text, agreement, speech.by_marks(one), speech.by_marks(other)))
    return found


def without(cells: Iterable[Cell], *left_out: str) -> set[tuple[str, ...]]:
    """The cells less some of what makes one of them up."""
    return {tuple(v for name, v in zip(STAND, c, strict=True) if name not in left_out) for c in cells}


def agreement(some: list[Article], *left_out: str) -> tuple[int, int, int, float]:
    """How far the two agree on cells.

    Args:
        some: articles.
        left_out: what of a cell does not count.

    Returns:
        The cells of the first, of the second and of both, and F1.
    """
    pairs = [(without(a.first[1], *left_out), without(a.second[1], *left_out)) for a in some]
    return _f1_of([(len(x), len(y), len(x & y)) for x, y in pairs])


def _f1_of(counted: list[tuple[int, int, int]]) -> tuple[int, int, int, float]:
    first, second, both = (sum(c[at] for c in counted) for at in range(3))
    return first, second, both, 2 * both / max(first + second, 1)


def bounds(some: list[Article], *left_out: str) -> tuple[float, float]:
    """Within what F1 falls in 95 of 100 draws of as many articles."""
    pairs = [(without(a.first[1], *left_out), without(a.second[1], *left_out)) for a in some]
    counted, draw = [(len(x), len(y), len(x & y)) for x, y in pairs], random.Random(0)
    drawn = sorted(_f1_of(draw.choices(counted, k=len(counted)))[3] for _ in range(DRAWS))
    return drawn[DRAWS // 40], drawn[-DRAWS // 40 - 1]


def sayings(some: list[Article]) -> dict[str, float]:
    """F1 of attributions and of speakers of direct speech, the second reader against the first."""
    counts = {name: Counter[str]() for name in speech.MEASURED}
    for a in some:
        speech.tally(counts, a.first, a.second)
    return {name: speech.f1(c)[2] for name, c in counts.items()}


def stances(some: list[Article]) -> tuple[list[tuple[str, str]], Counter[tuple[str, str]]]:
    """What stances the two give where both fill a cell of the same side and term.

    Args:
        some: articles.

    Returns:
        The pairs where each gives one stance, and in all of them what the first has where the second has another.
    """
    single, differ = [], Counter[tuple[str, str]]()
    for a in some:
        one, other = _by_place(a.first[1]), _by_place(a.second[1])
        for place in sorted(one.keys() & other.keys()):
            x, y = one[place], other[place]
            differ.update((s, t) for s in sorted(x - y) for t in sorted(y - x))
            if len(x) == len(y) == 1:
                single.append((min(x), min(y)))
    return single, differ


def _by_place(cells: Iterable[Cell]) -> dict[tuple[str, str], set[str]]:
    out: dict[tuple[str, str], set[str]] = {}
    for side, term, stance in cells:
        out.setdefault((side, term), set()).add(stance)
    return out


def kappa(pairs: list[tuple[str, str]]) -> float:
    """Cohen's kappa: how much more often two labels are the same than they were by chance."""
    one, other = Counter(x for x, _ in pairs), Counter(y for _, y in pairs)
    same = sum(x == y for x, y in pairs) / len(pairs)
    chance = sum(one[x] * other[x] for x in one) / len(pairs) ** 2
    return (same - chance) / (1 - chance) if chance < 1 else 1.0


def told(program: Callable[[Path, Path], Reading] = speech.by_program) -> str:
    """The tables and what they say, as Markdown.

    Args:
        program: reads an article with its agreement.

    Returns:
        The text.
    """
    every = twice_read()
    parts = [
        (f"{speech.NAMES[x]}, {y}", [a for a in every if (a.language, a.half) == (x, y)]) for x, y in _parts(every)
    ]
    by_program = {a.path: program(a.path, a.agreement) for a in every}
    lines = [
        "| | articles | cells of the first / second reader | who stands where | without stance | without term | attributions | speakers of direct speech | program against the first / the second |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_row(name, some, by_program) for name, some in (*parts, ("All", every))),
    ]
    single, differ = stances(every)
    same, (low, high) = sum(x == y for x, y in single), bounds(every)
    pairs = Counter[str]()
    for (x, y), n in differ.items():
        pairs[" and ".join(f"*{s}*" for s in sorted((x, y)))] += n
    most = ", ".join(f"{name} {n}" for name, n in sorted(pairs.items(), key=lambda p: (-p[1], p[0]))[:6])
    summary = (
        f"**Two readers.** Who stands where, F1 **{agreement(every)[3]:.2f}** between two readings of {len(every)} held articles (between {low:.2f} and {high:.2f} "
        f"in 95 of 100 draws of as many articles); {agreement(every, 'stance')[3]:.2f} on side and term alone. Where both fill one cell of a side and a term, with one stance each ({len(single)}), the stance "
        f"is the same in {same} (Cohen's kappa {kappa(single):.2f}); what differs most: {most}. The second reading was made from the texts alone, before any mark of them was "
        f"seen, after five marked ones of *press* had been read for the form. Both readers had the same guideline (`bench/speech/README.md`). The second was a language model and no person, and of the first no more is known than "
        f"that one wrote and marked: where both are of a kind, two persons agree less. (`python bench/speech.py --readers`, {datetime.now(UTC):%Y-%m-%d}; F1 throughout.)"
    )
    return "\n".join([summary, "", *lines])


def confusion() -> str:
    """Where both fill a cell of one side and term: what the first says (down) and what the second (across); cells of several stances by what the other has not."""
    single, differ = stances(twice_read())
    all_pairs = Counter((x, y) for x, y in single if x == y) + differ
    names = sorted({name for pair in all_pairs for name in pair})
    rows = [["", *names], *([x, *(str(all_pairs[x, y] or ".") for y in names)] for x in names)]
    return "\n".join("".join(f"{cell:>11}" for cell in row) for row in rows)


def _parts(every: list[Article]) -> list[tuple[str, str]]:
    return sorted({(a.language, a.half) for a in every})


def _row(name: str, some: list[Article], by_program: dict[Path, Reading]) -> str:
    first, second, _, f1 = agreement(some)
    said = sayings(some)
    programs = [
        _f1_of([(len(r[1]), len(p[1]), len(r[1] & p[1])) for r, p in pairs])[3]
        for pairs in (
            [(a.first, by_program[a.path]) for a in some],
            [(a.second, by_program[a.path]) for a in some],
        )
    ]
    return (
        f"| {name} | {len(some)} | {first} / {second} | **{f1:.2f}** | {agreement(some, 'stance')[3]:.2f} | {agreement(some, 'term')[3]:.2f} "
        f"| {said['attributions']:.2f} | {said['speakers of direct']:.2f} | {programs[0]:.2f} / {programs[1]:.2f} |"
    )

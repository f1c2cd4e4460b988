"""Who said what, and who stands where, on articles of our own that were marked by hand (bench/speech/README.md).

    python bench/speech.py [--half dev|fresh|more|learn|press|held|apart|kept|unseen|press-held|late|late-held|mixed|mixed-held|wide|wide-held] [--lang en|ru|uk] [--show] [--lost] [--write]
    python bench/speech.py --readers [--write]    (how far two readers agree: bench/readers.py)
    python bench/speech.py --time 1000 --lang ru    (so many variants in one go: CPU time and memory)

Each article is read alone, with its agreement. Three things are counted, over all articles of a language and half:

* attributions: a statement is right where its speaker is, and where half of the words of the shorter are in the other;
* speakers of direct speech: the same, of sayings of three words or more that are direct;
* cells: side, term and stance as a careful reader would fill them; *speaks of* is no stand.

``--show`` tells what falls short, never of what is held out. ``--lost`` counts at which step each missed cell was lost (:func:`lost`), and which part of
every cell too many is wrong (:func:`extra`): figures alone, so of any half. ``--write`` puts what is measured as a table into docs/statements.md.
"""

from __future__ import annotations

import argparse
import re
import resource
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from servanda.app.statements import read_statements

ROOT = Path(__file__).resolve().parent.parent
ARTICLES = ROOT / "bench" / "speech"
LANGUAGES = ("en", "ru", "uk")
HALVES = (
    "dev",
    "fresh",
    "more",
    "learn",
    "press",
    "held",
    "apart",
    "kept",
    "unseen",
    "press-held",
    "late",
    "late-held",
    "mixed",
    "mixed-held",
    "wide",
    "wide-held",
)
UNREAD = ("held", "apart", "kept", "unseen", "press-held", "late-held", "mixed-held", "wide-held")
"""Those that no rule is written for: figures alone are shown of them."""
NAMES = {"en": "English", "ru": "Russian", "uk": "Ukrainian"}
_TOLD = {
    "dev": "the rules were written on them",
    "fresh": "unseen until 28 November",
    "more": "written to learn from",
    "learn": "written to learn from, narrated stands",
    "press": "written to learn from, press copy",
    "held": "held out",
    "apart": "held out, other wars",
    "kept": "held out, further truces",
    "unseen": "held out, narrated stands",
    "press-held": "held out, press copy",
    "late": "written to learn from, agencies",
    "late-held": "held out, agencies",
    "mixed": "written to learn from, six forms",
    "mixed-held": "held out, six forms",
    "wide": "written to learn from, eight forms",
    "wide-held": "held out, eight forms",
}
PAGE = ROOT / "docs" / "statements.md"
MADE = "<!-- made by bench/speech.py{}: {} -->"
_WORD = re.compile(r"\w+(?:['\u2019-]\w+)*")
_SMALL = frozenset("the a an of in on and his her its their for by to from with".split())


@dataclass(frozen=True)
class Said:
    """One saying, marked or found: who, on which side, which words; ``person``: certainly no state or body."""

    speaker: str
    side: str
    words: str
    direct: bool
    person: bool = True


MEASURED = ("attributions", "speakers of direct", "cells")
Cell = tuple[str, str, str]
"""Side, term and stance."""
Reading = tuple[list[Said], set[Cell]]
"""What one reader makes of an article: sayings and cells."""


def same_speaker(a: Said, b: Said) -> bool:
    """A word of the one name is, but for its ending, one of the other; a state or body is known by its side as well."""
    x, y = ([w for w in _tokens(said.speaker) if w not in _SMALL and len(w) > 2] for said in (a, b))
    alike = any(v[: _stem(v, w)] == w[: _stem(v, w)] for v in x for w in y)
    return alike or bool(a.side and a.side == b.side and not (a.person and b.person))


def same_words(a: Said, b: Said) -> bool:
    """Half of the words of the shorter are in the other."""
    x, y = Counter(_tokens(a.words)), Counter(_tokens(b.words))
    return 2 * (x & y).total() >= min(x.total(), y.total()) > 0


def _tokens(text: str) -> list[str]:
    return [w.lower().replace("\u2019", "'") for w in _WORD.findall(text)]


def _stem(a: str, b: str) -> int:
    """So many first letters make two words one: all but the last two, and three at the least."""
    return max(3, min(len(a), len(b)) - 2, max(len(a), len(b)) - 4)


def articles(language: str, half: str) -> list[tuple[Path, dict[str, Any]]]:
    """The articles with what was marked in them."""
    texts = sorted((ARTICLES / language / half).glob("*.txt"))
    return [(path, yaml.safe_load(path.with_suffix(".yaml").read_text(encoding="utf-8"))) for path in texts]


def by_marks(data: dict[str, Any]) -> Reading:
    """What a reader marked."""
    said = dict.fromkeys(Said(s["speaker"], s["side"], s["words"], s["direct"]) for s in data["statements"])
    return list(said), {(c["side"], c["term"], c["stance"]) for c in data["who_stands_where"]}


def by_program(path: Path, agreement: Path) -> Reading:
    """What the program makes of an article."""
    analysis = read_statements([path], agreement)
    said = [
        Said(s.speaker or s.said_as, s.side, s.content, s.direct, s.person)
        for s in analysis.statements
        if s.speaker or s.said_as
    ]
    return said, {(c.side, c.term, c.stance) for c in analysis.stands if c.side and c.stance != "speaks of"}


def score(language: str, half: str, *, show: bool = False) -> dict[str, tuple[float, float, float]]:
    """Precision, recall and F1 of attributions, speakers of direct speech, and cells.

    Args:
        language: one of :data:`LANGUAGES`.
        half: one of :data:`HALVES`.
        show: print what falls short.

    Returns:
        Them by what is measured.
    """
    counts = {name: Counter[str]() for name in MEASURED}
    for path, data in articles(language, half):
        gold, mine = by_marks(data), by_program(path, ROOT / data["agreement"])
        wrong, missed = tally(counts, gold, mine)
        if show:
            _show(path, wrong, missed)
            for sign, some_cells in (("cell too many", mine[1] - gold[1]), ("cell missed", gold[1] - mine[1])):
                for cell in sorted(some_cells):
                    print(f"{path.stem}: {sign}: {' | '.join(cell)}")
    return {name: f1(c) for name, c in counts.items()}


def tally(counts: dict[str, Counter[str]], gold: Reading, mine: Reading) -> tuple[list[Said], list[Said]]:
    """Count what one reading of an article has of another.

    Args:
        counts: what is counted, by :data:`MEASURED`; added to.
        gold: the reading that is taken as right.
        mine: the other one.

    Returns:
        The attributions that are wrong, and those that are missed.
    """
    (wanted, cells), (found, filled) = gold, mine
    right = [m for m in found if any(same_speaker(m, g) and same_words(m, g) for g in wanted)]
    hit = [g for g in wanted if any(same_speaker(m, g) and same_words(m, g) for m in found)]
    for name, some in (("attributions", lambda said: said), ("speakers of direct", _spoken)):
        # what is direct in the one need not be marked so in the other: its speaker is what counts
        counts[name].update(
            found=len(some(found)), right=len(some(right)), wanted=len(some(wanted)), hit=len(some(hit))
        )
    both = len(cells & filled)
    counts["cells"].update(found=len(filled), right=both, wanted=len(cells), hit=both)
    return [m for m in found if m not in right], [g for g in wanted if g not in hit]


STEPS = ("saying", "speaker", "side", "term", "stance", "cell")
"""At which step a cell of a careful reader is lost: his words were not found; given to somebody else; on no or another side; about no or another term; with no or
another stance; or all is right in the statement, and yet the cell is not filled."""


def lost(language: str, half: str) -> Counter[str]:
    """At which step each missed cell was lost: the furthest that any of the sayings it rests on has come; ``wrong side`` and ``no side`` part the sides.

    Args:
        language: one of :data:`LANGUAGES`.
        half: one of :data:`HALVES`.

    Returns:
        The number of cells by step; ``unmarked`` are those that rest on no marked saying.
    """
    out: Counter[str] = Counter()
    for path, data in articles(language, half):
        analysis = read_statements([path], ROOT / data["agreement"])
        found = [
            (Said(s.speaker or s.said_as, s.side, s.content, s.direct, s.person), s.side.split("; "), dict(s.stances))
            for s in analysis.statements
        ]
        filled = {(c.side, c.term, c.stance) for c in analysis.stands}
        for side, term, stance in {(c["side"], c["term"], c["stance"]) for c in data["who_stands_where"]} - filled:
            on_it = [s for s in data["statements"] if side in s["side"].split("; ") and s["term"] == term]
            rests = [s for s in on_it if s["stance"] == stance] or on_it
            furthest = "unmarked" if not rests else max((_step(s, side, found) for s in rests), key=_rank)
            out[furthest] += 1
    return out


def extra(language: str, half: str) -> Counter[str]:
    """What is wrong with each cell too many: its stance, term or side alone (a careful reader has the rest, in a cell of its own), or all of it.

    Args:
        language: one of :data:`LANGUAGES`.
        half: one of :data:`HALVES`.

    Returns:
        The number of cells by what is wrong.
    """
    out: Counter[str] = Counter()
    for path, data in articles(language, half):
        cells, filled = by_marks(data)[1], by_program(path, ROOT / data["agreement"])[1]
        for cell in filled - cells:
            wrong = [at for at in (2, 1, 0) if any(cell[:at] + cell[at + 1 :] == c[:at] + c[at + 1 :] for c in cells)]
            out[("side", "term", "stance")[wrong[0]] if wrong else "all"] += 1
    return out


def _rank(step: str) -> int:
    return STEPS.index(step.split(" (", maxsplit=1)[0])


def _step(marked: dict[str, Any], side: str, found: list[tuple[Said, list[str], dict[str, str]]]) -> str:
    """How far one marked saying has come."""
    gold = Said(marked["speaker"], "", marked["words"], marked["direct"])
    best = "saying"
    for said, sides, stances in found:
        if not same_words(said, gold):
            continue
        if side in sides:
            step = (
                "term"
                if marked["term"] not in stances
                else "cell"
                if stances[marked["term"]] == marked["stance"]
                else "stance"
            )
        elif same_speaker(said, gold):
            step = "side (another)" if any(sides) else "side (none)"
        else:
            step = "speaker"
        best = max(best, step, key=_rank)
    return best


def _spoken(said: list[Said]) -> list[Said]:
    return [s for s in said if s.direct and len(_tokens(s.words)) >= 3]


def _show(path: Path, wrong: list[Said], missed: list[Said]) -> None:
    for sign, some in (("wrong", wrong), ("missed", missed)):
        for s in some:
            print(f"{path.stem}: {sign}: {s.speaker} ({s.side}): {s.words[:110]}")


def f1(c: Counter[str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of what :func:`tally` counted."""
    p, r = c["right"] / max(c["found"], 1), c["hit"] / max(c["wanted"], 1)
    return p, r, 2 * p * r / max(p + r, 1e-9)


def figures() -> dict[str, float]:
    """F1 of every language, half and thing measured, for bench/run.py."""
    return {
        f"({language} {half}: {name}, F1)": values[2]
        for language in LANGUAGES
        for half in HALVES
        if articles(language, half)
        for name, values in score(language, half).items()
    }


def table(measured: dict[tuple[str, str], dict[str, tuple[float, float, float]]]) -> str:
    """What was measured, as a table of Markdown."""
    lines = [
        f"Measured on {datetime.now(UTC):%Y-%m-%d} by `python bench/speech.py`; precision, recall and F1.",
        "",
        "| | articles | attributions | speakers of direct speech | who stands where |",
        "|---|---|---|---|---|",
    ]
    for (language, half), values in measured.items():
        cells = " | ".join(f"{p:.2f} {r:.2f} **{f:.2f}**" for p, r, f in values.values())
        lines.append(f"| {NAMES[language]}, {_TOLD[half]} | {len(articles(language, half))} | {cells} |")
    return "\n".join(lines)


def write(text: str, by: str = "") -> None:
    """Put the table into the page, in the place of that of the last run; ``by``: of which option."""
    begin, end = (MADE.format(by, at) for at in ("begin", "end"))
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    PAGE.write_text(f"{before}{begin}\n\n{text}\n\n{end}{rest.partition(end)[2]}", encoding="utf-8")


_POINT = {"en": " in point {}", "ru": " в пункте {}", "uk": " в пункті {}"}


def timed(language: str, many: int) -> tuple[float, float, int]:
    """CPU seconds (user and system), peak memory in MB, and statements found, of so many variants of the articles.

    Args:
        language: one of :data:`LANGUAGES`.
        many: articles.

    Returns:
        The three.
    """
    marked = [x for half in ("dev", "fresh") for x in articles(language, half)]
    agreement = Counter(data["agreement"] for _, data in marked).most_common(1)[0][0]
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for n in range(many):
            text = marked[n % len(marked)][0].read_text(encoding="utf-8")
            path = Path(folder) / f"article{n}.txt"
            path.write_text(re.sub(r"(?<=\w)\.(?=\s)", _POINT[language].format(n) + ".", text), encoding="utf-8")
            paths.append(path)
        began = resource.getrusage(resource.RUSAGE_SELF)
        found = read_statements(paths, ROOT / agreement)
        ended = resource.getrusage(resource.RUSAGE_SELF)
    seconds = ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime
    return seconds, ended.ru_maxrss / 1024, len(found.statements)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--half", choices=HALVES)
    parser.add_argument("--lang", choices=LANGUAGES)
    parser.add_argument("--show", action="store_true", help="tell what falls short (not of what is held out)")
    parser.add_argument("--lost", action="store_true", help="count at which step missed cells were lost")
    parser.add_argument("--write", action="store_true", help="put the table into docs/statements.md")
    parser.add_argument("--time", type=int, default=0, help="read so many articles and tell how long it takes")
    parser.add_argument("--readers", action="store_true", help="tell how far two readers agree")
    options = parser.parse_args()
    if options.readers:
        import readers

        text = readers.told()
        print(text, readers.confusion(), sep="\n\n")
        if options.write:
            write(text, " --readers")
        return
    if options.time:
        for language in [options.lang] if options.lang else LANGUAGES:
            seconds, memory, found = timed(language, options.time)
            print(f"{language}: {options.time:,} articles, {found:,} statements: {seconds:.0f} s CPU, {memory:,.0f} MB")
        return
    measured = {}
    for language in [options.lang] if options.lang else LANGUAGES:
        for half in [options.half] if options.half else HALVES:
            if not articles(language, half):
                continue
            measured[language, half] = score(language, half, show=options.show and half not in UNREAD)
            for name, (p, r, f) in measured[language, half].items():
                print(f"{language} {half:5s} {name:20s} P {p:.2f}  R {r:.2f}  F1 {f:.2f}")
            if options.lost:
                steps = lost(language, half)
                print(f"{language} {half:5s} cells lost: " + ", ".join(f"{n} by {s}" for s, n in sorted(steps.items())))
                wrong = extra(language, half)
                print(
                    f"{language} {half:5s} cells too many: "
                    + ", ".join(f"{n} by {w}" for w, n in sorted(wrong.items()))
                )
    if options.write:
        write(table(measured))


if __name__ == "__main__":
    main()

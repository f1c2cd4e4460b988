"""Whose words they are and for which side, on short texts (bench/speech/probes).

    python bench/speech_probes.py [--lang en|ru|uk] [--show]

Each text is read alone, with its agreement. A saying is *right* where it is given to its speaker and to its side, and to no side where it has none; *wrong* where it
is given to another side; *open* where no side is told; *missed* where it is not found, or given to somebody else. Texts with odd numbers are to develop on,
those with even numbers are held: ``--show`` shows the odd ones alone.

``stands_LANG.yaml``: the cells that each text fills in the matrix (*or*: another reading that is as good). A *miss* is a cell that is not found; *wrong words* are cells that the text does not fill, of a side and
term that it does not name, or turned round: they cost three misses. Yes in one word for another (*offers* for *accepts*) is one miss. Every third text is held.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))

from servanda.app.statements import read_statements
from speech import ARTICLES, LANGUAGES, Said, same_speaker

PROBES = ARTICLES / "probes"
OUTCOMES = ("right", "wrong", "open", "missed")
YES = ("accepts", "offers", "announces", "demands")
THIRD = 3
WRONG = 3
"""What wrong words cost: so many cells that are missed."""
Cell = tuple[str, str, str]


def outcome(text: str, agreement: Path, who: str, side: str, words: str, folder: Path) -> str:
    """What comes of one saying.

    Args:
        text: what is read.
        agreement: its truce.
        who: its speaker.
        side: his side; empty where he has none.
        words: some of its words.
        folder: for the file.

    Returns:
        One of :data:`OUTCOMES`.
    """
    path = folder / "probe.txt"
    path.write_text(text, encoding="utf-8")
    found = [s for s in read_statements([path], agreement).statements if words.lower() in s.content.lower()]
    mine = [
        s
        for s in found
        if same_speaker(Said(s.speaker or s.said_as, "", "", direct=True), Said(who, "", "", direct=True))
        or (side and s.side == side and not s.person)
    ]
    if not mine:
        return "missed"
    told = {one for s in mine for one in s.side.split("; ") if one}
    wanted = {one for one in side.split("; ") if one}
    return "right" if told == wanted or (wanted and wanted <= told) else "wrong" if told else "open"


def measured(language: str, *, show: bool = False) -> dict[str, Counter[str]]:
    """How often each outcome comes out, by half.

    Args:
        language: one of ``LANGUAGES``.
        show: print what falls short, of those to develop on.

    Returns:
        Counts for ``dev`` and ``held``.
    """
    out: dict[str, Counter[str]] = {"dev": Counter(), "held": Counter()}
    probes = yaml.safe_load((PROBES / f"{language}.yaml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        for n, probe in enumerate(probes, 1):
            for who, side, words in probe["said"]:
                what = outcome(probe["text"], PROBES / f"{probe['truce']}.yaml", who, side, words, Path(folder))
                out["dev" if n % 2 else "held"][what] += 1
                if show and n % 2 and what != "right":
                    print(f"{language} {n}: {what}: {who} ({side}): {probe['text']}")
    return out


def cost(found: frozenset[Cell], wanted: frozenset[Cell]) -> tuple[int, int]:
    """What is wrong with the cells of one text.

    Args:
        found: by the program.
        wanted: by a careful reader.

    Returns:
        How many cells are missed, and how many hold words that the side did not say.
    """
    missed, extra = wanted - found, found - wanted
    near = {(side, term) for side, term, stance in wanted if stance in YES}
    wrong = sum(1 for side, term, stance in extra if not (stance in YES and (side, term) in near))
    return len(missed), wrong


def stands(language: str, *, show: bool = False) -> dict[str, Counter[str]]:
    """How many cells of the short texts are right, missed and wrong, by half.

    Args:
        language: one of ``LANGUAGES``.
        show: print what falls short, of those to develop on.

    Returns:
        Counts for ``dev`` and ``held``: cells *wanted*, *missed*, *wrong*, and texts that are *right*.
    """
    out: dict[str, Counter[str]] = {"dev": Counter(), "held": Counter()}
    probes = yaml.safe_load((PROBES / f"stands_{language}.yaml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        for n, probe in enumerate(probes, 1):
            path = Path(folder) / "probe.txt"
            path.write_text(probe["text"], encoding="utf-8")
            read = read_statements([path], PROBES / f"{probe['truce']}.yaml")
            found = frozenset((c.side, c.term, c.stance) for c in read.stands if c.side and c.stance != "speaks of")
            readings = [
                frozenset(_cell(words) for words in cells)
                for cells in (probe["cells"], probe.get("or"))
                if cells is not None
            ]
            missed, wrong, wanted = min((*cost(found, cells), len(cells)) for cells in readings)
            half = "dev" if n % THIRD else "held"
            out[half].update(wanted=wanted, missed=missed, wrong=wrong, texts=1, right=int(not missed and not wrong))
            if show and half == "dev" and (missed or wrong):
                print(f"{language} {n}: {sorted(found)} for {[sorted(r) for r in readings]}: {probe['text']}")
    return out


def _cell(words: str) -> Cell:
    side, term, stance = words.split(" ", 2)
    return side, term, stance


def figures() -> dict[str, float]:
    """The share of sayings that are right, for bench/run.py."""
    return {
        f"({language} probes {half}: speaker and side right)": counts["right"] / counts.total()
        for language in LANGUAGES
        for half, counts in measured(language).items()
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lang", choices=LANGUAGES)
    parser.add_argument("--show", action="store_true", help="tell what falls short, of those to develop on")
    options = parser.parse_args()
    for language in [options.lang] if options.lang else LANGUAGES:
        for half, counts in measured(language, show=options.show).items():
            print(f"{language} {half:4s} {counts.total()} sayings: " + ", ".join(f"{counts[o]} {o}" for o in OUTCOMES))
        for half, counts in stands(language, show=options.show).items():
            cost_of = counts["missed"] + WRONG * counts["wrong"]
            print(
                f"{language} {half:4s} {counts['texts']} stands: {counts['right']} texts right; {counts['wanted']} cells wanted, "
                f"{counts['missed']} missed, {counts['wrong']} wrong: costs {cost_of}"
            )


if __name__ == "__main__":
    main()

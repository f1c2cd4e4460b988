"""How words for acts, targets and weapons are understood by `servanda import`: phrases of tables in six languages, with the code each means,
or '?' where nobody can tell.

    python bench/acts.py [--things] [--half tuned|held-out|all] [--show]

Right: the code is taken without a question. Asked: a person is asked, with the code among what is offered, or with nothing offered. Wrong: a
code is taken that the words do not mean; or the words may mean several acts and one is taken. What of a target or weapon is no word that is
known is left out, and told. The halves are told apart by the first hash of the phrase.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
from collections import Counter
from pathlib import Path

from servanda.evidence.importing.words import act_of, acts_in, thing_of
from servanda.values.codes import STANDARD

ROOT = Path(__file__).resolve().parent.parent


def half_of(phrase: str) -> str:
    """Which half a phrase belongs to."""
    return "tuned" if int(hashlib.sha256(phrase.encode()).hexdigest(), 16) % 2 else "held-out"


def outcome(phrase: str, act: str) -> str:
    """Right, asked or wrong."""
    got = act_of(phrase, STANDARD.acts)
    if act == "?":
        return "asked" if got is None else "wrong"
    if got is None:
        offered = acts_in(phrase, STANDARD.acts)
        return "offered wrongly" if len(offered) == 1 and offered != [act] else "asked"
    return "right" if got == act else "wrong"


def outcome_of_thing(kind: str, phrase: str, code: str) -> str:
    """Right, right and told, left out, or wrong."""
    got, surely = thing_of("targets" if kind == "target" else "weapons", phrase)
    if got is None:
        return "left out"
    return "wrong" if got != code else "right" if surely else "right, and told"


def things(half: str, *, show: bool) -> None:
    """Print how many words for targets and weapons were understood."""
    with (ROOT / "tests" / "data" / "thing_phrases.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if half in ("all", half_of(row["phrase"]))]
    each = [(row, outcome_of_thing(row["kind"], row["phrase"], row["code"])) for row in rows]
    told = ", ".join(f"{n} {name}" for name, n in sorted(Counter(what for _, what in each).items()))
    print(f"{half}: {len(rows)} words for targets and weapons: {told}")
    for row, what in each:
        if show and what != "right":
            print(f"  {what}: {row['language']} {row['phrase']!r} means {row['code']}")


def main() -> None:
    """Print how many phrases were right, asked and wrong, by half and language."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--half", choices=("tuned", "held-out", "all"), default="all")
    parser.add_argument("--show", action="store_true", help="print what was not right")
    parser.add_argument("--things", action="store_true", help="targets and weapons (default: acts)")
    args = parser.parse_args()
    if args.things:
        things(args.half, show=args.show)
        return
    with (ROOT / "tests" / "data" / "act_phrases.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if args.half in ("all", half_of(row["phrase"]))]
    counts = Counter(outcome(row["phrase"], row["act"]) for row in rows)
    unclear = sum(row["act"] == "?" for row in rows)
    told = ", ".join(f"{n} {name}" for name, n in sorted(counts.items()))
    print(f"{args.half}: {len(rows)} phrases, of which {unclear} mean no one act: {told}")
    for row in rows:
        if args.show and (what := outcome(row["phrase"], row["act"])) != "right":
            print(
                f"  {what}: {row['language']} {row['phrase']!r} means {row['act']}, taken {act_of(row['phrase'], STANDARD.acts)}"
            )


if __name__ == "__main__":
    main()

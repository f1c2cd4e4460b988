"""How words for acts are understood by `servanda import`: phrases of tables in six languages, with the code each means, or '?' where nobody can tell.

    python bench/acts.py [--half tuned|held-out|all] [--show]

Right: the code is taken without a question. Asked: a person is asked, with the code among what is offered, or with nothing offered. Wrong: a
code is taken that the words do not mean; or the words may mean several acts and one is taken. The halves are told apart by the first hash of
the phrase.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
from collections import Counter
from pathlib import Path

from servanda.evidence.importing.words import act_of, acts_in
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


def main() -> None:
    """Print how many phrases were right, asked and wrong, by half and language."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--half", choices=("tuned", "held-out", "all"), default="all")
    parser.add_argument("--show", action="store_true", help="print what was not right")
    args = parser.parse_args()
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

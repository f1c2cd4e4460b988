"""How well accusations, admissions and denials become reports: python bench/accused.py [dev|held|ru|uk]. The sentences are in bench/data/accusations.yaml."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from servanda.app.found_reports import found_reports
from servanda.app.statements import read_statements

ROOT = Path(__file__).resolve().parent.parent
SENTENCES = ROOT / "bench" / "data" / "accusations.yaml"
_LEBANON, _EASTER = (ROOT / "cases" / name / "agreement.yaml" for name in ("lebanon-2024", "easter-truce-2025"))
AGREEMENTS = {"dev": _LEBANON, "held": _LEBANON, "ru": _EASTER, "uk": _EASTER}
Report = tuple[str, str, str, bool, str]


def made(text: str, folder: Path, part: str, around: str) -> list[Report]:
    """What becomes of an article with this sentence: stance, actor, side, whether a day is told, place."""
    path = folder / "article.txt"
    path.write_text(around.format(text), encoding="utf-8")
    rows = found_reports(read_statements([path], AGREEMENTS[part]), AGREEMENTS[part]).table.iter_rows(named=True)
    return [
        (r["stance"], r["actor"] or "", r["side"] or "", r["start"] is not None, r["place_name"] or "") for r in rows
    ]


def wanted(reports: list[dict[str, Any]]) -> list[Report]:
    """What should become of it."""
    return [(r["stance"], r.get("actor", ""), r["side"], r["day"], r.get("place", "")) for r in reports]


def _same(got: Report, want: Report) -> bool:
    """The place may stand as it is declined in the text."""
    return got[:4] == want[:4] and got[4][: max(4, len(want[4]) - 1)] == want[4][: max(4, len(want[4]) - 1)]


def main() -> None:
    """Count, and tell of the dev half what falls short."""
    data = yaml.safe_load(SENTENCES.read_text(encoding="utf-8"))
    around = data.pop("around")
    with tempfile.TemporaryDirectory() as folder:
        for half in sys.argv[1:] or data:
            count: Counter[str] = Counter()
            for row in data[half]:
                got, want = made(row["text"], Path(folder), half, around[half]), wanted(row["reports"])
                right = sum(any(g[:3] == w[:3] for g in got) for w in want)
                whole = sum(any(_same(g, w) for g in got) for w in want)
                wrong = sum(not any(g[:3] == w[:3] for w in want) for g in got)
                count.update(found=len(got), wanted=len(want), right=right, whole=whole, wrong=wrong)
                if half != "held" and (wrong or whole < len(want)):
                    print(f"{row['text']}\n    got {got}; wanted {want}")
            told = ", ".join(f"{what} {count[what]}" for what in ("wanted", "found", "right", "wrong"))
            print(f"{half}: {len(data[half])} sentences; reports {told}; right with day and place {count['whole']}")


if __name__ == "__main__":
    main()

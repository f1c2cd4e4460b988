"""How much of a draft is understood: the clauses of the library as a draft, without our YAML, against what we coded by hand.

    python bench/drafts.py [--half tuned|held-out|all] [--show] [--texts FILE]
    python bench/drafts.py --treaties [--half tuned|held-out|all] [--show]

A term needs no change where the skeleton has its kind, the same acts (every act that falls under the one falls under the other), and binds
the same. Clauses that their agreement does not have ("ours: [text]") are no part of a draft and are left out. The halves are told
apart by the agreement's name (the first hash decides, before any rule was written); a clause of the held-out half whose words also stand
in the other half is left out. ``--texts`` measures another
agreement file that was coded by hand instead of the library.

``--treaties`` measures the drafts of ``bench/data/drafts``: invented agreements in the language of treaties, with what was coded behind each
clause ("=> kind acts by whom"; "?" somebody who is no party, so that the skeleton must ask; "none" a definition, which is no term). A clause
may hold several terms; each is compared with the term of the skeleton that fits it best, and each of these only once.
"""

from __future__ import annotations

import argparse
import hashlib
from collections import Counter
from itertools import permutations
from pathlib import Path
from typing import Any

import yaml

from servanda.documents import clauses_of, read_manuscript
from servanda.drafting.understand import Understood, skeleton_of, understand
from servanda.drafting.understand.actors import actors_of
from servanda.values.codes import STANDARD
from servanda.values.files import NamedBytes

ROOT = Path(__file__).resolve().parent.parent
_BASELINE = {
    "strength": "strength_declared",
    "locations": "locations_declared",
    "routes": "routes_declared",
    "destinations": "destinations_declared",
}


def half_of(name: str) -> str:
    """Which half an agreement belongs to."""
    return "tuned" if int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2 else "held-out"


def as_draft(data: dict[str, Any], terms: dict[str, Any]) -> NamedBytes:
    """An agreement as a draft in plain text: its title, who it is between, and the clauses with numbers."""
    lines = [data["title"], ""]
    for key, role in (
        ("parties", "Parties"),
        ("guarantors", "Guarantors"),
        ("third_states", "Third states"),
        ("bodies", "Bodies"),
    ):
        if data.get(key):
            lines += [f"{role}: " + "; ".join(f"{name} ({short})" for short, name in data[key].items()), ""]
    for n, term in enumerate(terms.values(), 1):
        lines += [f"{n}. {' '.join(term['text'].split())}", ""]
    return NamedBytes(f"{data['agreement']}.txt", "\n".join(lines).encode())


def coded(term: dict[str, Any]) -> tuple[str, set[str]]:
    """Kind and acts of a term as we coded it."""

    def acts(part: Any) -> set[str]:
        act = (part or {}).get("act") or []
        return {act} if isinstance(act, str) else set(act)

    if "forbid" in term:
        return "forbid", acts(term["forbid"])
    if "limit" in term:
        return "limit", acts(term["limit"]["what"])
    if "respond" in term:
        return "respond", acts(term["respond"]["with"])
    if "declare" in term:
        told = term["declare"]
        if "baseline" in told:
            return "declare", {_BASELINE[word] for word in told["baseline"]}
        return ("notice", acts(told["notice"]["of"])) if "notice" in told else ("items", set())
    if "when" in term:
        return "guarantee", {
            act
            for step in term["then"]
            for act in ([step["do"]] if isinstance(step.get("do"), str) else step.get("do") or [])
        }
    if "require" in term:
        duty = term["require"]
        if "milestones" in duty:
            return "require", {a for step in duty["milestones"].values() for a in acts(step)}
        return ("quota" if "at_least" in duty else "require"), acts(duty)
    return "unverifiable", set()


def right(term: dict[str, Any], parties: list[str], got: Understood) -> dict[str, bool]:
    """Which of kind, act and obligor need no change."""
    kind, acts = coded(term)
    below = STANDARD.acts.below
    own = {a for a in acts if a in STANDARD.acts}
    binds = term.get("binds") or parties
    binds = [binds] if isinstance(binds, str) else binds
    if kind == "guarantee":
        binds = [step["by"] for step in term["then"] if "by" in step]
        obligor = not binds or set(got.binds or ()) == set(binds)
    else:
        obligor = kind == "unverifiable" or set(got.binds or parties) == set(binds)
    same = below(own) == below(got.what.acts) and own == acts
    if kind == "guarantee" and not acts:  # an effect, in words; the skeleton writes one where nobody is named
        same = not got.binds
    return {"kind": kind == got.what.kind, "act": same, "obligor": obligor}


HELD_OUT = {"sarahin", "jabara", "upper_luvua", "gulf_of_tessaly"}
"""The treaties that were put apart, by name, before the first rule was written for any of them."""


def codings(written: str) -> tuple[str, dict[str, list[str]]]:
    """A draft without its codings, and what was coded for each paragraph."""
    text: list[str] = []
    coded_as: dict[str, list[str]] = {}
    last = ""
    for line in written.splitlines():
        if line.startswith("=> "):
            coded_as.setdefault(last, []).append(line[3:])
        else:
            text.append(line)
            last = " ".join(line.split()) or last
            if line.strip() and not line.startswith(("|", "#")):
                text.append("")
    return "\n".join(text), coded_as


def as_coded(line: str, got: Understood, parties: list[str]) -> dict[str, bool]:
    """Which of kind, act and obligor of one coded term a term of the skeleton has."""
    what, _, by = line.partition(" by ")
    kind, *acts = what.split()
    kind_ok = kind == got.what.kind
    if kind == "unverifiable":
        return {"kind": kind_ok, "act": kind_ok, "obligor": kind_ok}
    if by == "?":
        obligor = "binds" in got.questions
    else:
        obligor = set(got.binds or parties) == set(by.split(",") if by else parties)
    return {"kind": kind_ok, "act": set(acts) == set(got.what.acts), "obligor": obligor}


def treaties(half: str, *, show: bool) -> None:
    """Measure the drafts in the language of treaties."""
    count: Counter[str] = Counter()
    for file in sorted((ROOT / "bench/data/drafts").glob("*.md")):
        if half not in ("all", "held-out" if file.stem in HELD_OUT else "tuned"):
            continue
        written, coded_as = codings(file.read_text(encoding="utf-8"))
        skeleton = skeleton_of(clauses_of(read_manuscript(NamedBytes(file.name, written.encode()))))
        parties = list(skeleton.actors.parties)
        for paragraph, lines in coded_as.items():
            made = [d.understood for d in skeleton.terms if paragraph.endswith(d.clause.text.splitlines()[0])]
            wanted = [] if lines == ["none"] else lines
            count["terms"] += len(wanted)
            count["too many"] += max(0, len(made) - len(wanted))
            nothing = {"kind": False, "act": False, "obligor": False}
            wide = [*made, *[None] * max(0, len(wanted) - len(made))]
            best = max(
                permutations(wide, len(wanted)),
                key=lambda order: sum(
                    10 * all(ok.values()) + sum(ok.values())
                    for line, got in zip(wanted, order, strict=True)
                    if got and (ok := as_coded(line, got, parties))
                ),
            )
            for line, got in zip(wanted, best, strict=True):
                ok = as_coded(line, got, parties) if got else nothing
                count.update(key for key, value in ok.items() if value)
                count["all"] += all(ok.values())
                if show and not all(ok.values()):
                    found = f"{got.what.kind} {got.what.acts} {got.binds} {got.words.get('act')}" if got else "no term"
                    print(f"{file.stem}: {paragraph}\n    coded {line}; got {found}")
            if show and len(made) > len(wanted):
                print(f"{file.stem}: {paragraph}\n    too many: {[(m.what.kind, m.what.acts) for m in made]}")
    n = count["terms"]
    print(
        f"treaties, {half}: {n} terms; kind {count['kind']}, act {count['act']}, obligor {count['obligor']}; "
        f"no change {count['all']} ({100 * count['all'] / n:.0f} %); terms too many {count['too many']}"
    )


def main() -> None:
    """Measure, and print what falls short with --show."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--half", default="all", choices=["tuned", "held-out", "all"])
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--treaties", action="store_true")
    options = parser.parse_args()
    if options.treaties:
        treaties(options.half, show=options.show)
        return
    files = [options.texts] if options.texts else sorted(ROOT.glob("cases/*/agreement.yaml"))
    agreements = [data for file in files for data in yaml.safe_load_all(file.read_text(encoding="utf-8"))]
    words: dict[str, set[str]] = {"tuned": set(), "held-out": set()}
    for data in agreements:
        words[half_of(data["agreement"])] |= {term["text"] for term in data["terms"].values()}
    count: Counter[str] = Counter()
    for data in agreements:
        half = half_of(data["agreement"])
        if options.half not in ("all", half) and not options.texts:
            continue
        terms = {k: t for k, t in data["terms"].items() if "text" not in (t.get("ours") or [])}
        if options.half == "held-out" and not options.texts:
            terms = {k: t for k, t in terms.items() if t["text"] not in words["tuned"]}
        if not terms:
            continue
        text = clauses_of(read_manuscript(as_draft(data, terms)))
        actors = actors_of(p.text for p in text.preamble)
        assert len(text.clauses) == len(terms), (data["agreement"], [c.text for c in text.clauses])
        for (name, term), clause in zip(terms.items(), text.clauses, strict=True):
            got = understand(clause.whole, actors)
            ok = right(term, list(data["parties"]), got)
            count["terms"] += 1
            count.update(key for key, value in ok.items() if value)
            count["all"] += all(ok.values())
            if options.show and not all(ok.values()):
                print(f"{data['agreement']}.{name}: {[k for k, v in ok.items() if not v]} {term['text'][:150]}")
                print(
                    f"    coded {coded(term)} {term.get('binds')}; got {got.what.kind} {got.what.acts} {got.binds} ({got.words.get('act')})"
                )
    n = count["terms"]
    print(
        f"{options.half}: {n} terms; kind {count['kind']}, act {count['act']}, obligor {count['obligor']}; no change {count['all']} ({100 * count['all'] / n:.0f} %)"
    )


if __name__ == "__main__":
    main()

"""A record, packages and proofs, damaged: one file of a copy is spoiled, and whoever reads records looks at it."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from pathlib import Path
from random import Random

from servanda.cli.main import main
from tests.soak import seeds
from tests.soak.attempts import Attempt, Maker
from tests.soak.mutate import spoil_bytes, spoil_tree

CHECKED = frozenset({0, 1, 2})
"""The checker that the other side runs alone says 1 of what is broken; ``servanda`` says 2."""


def begin(folder: Path) -> Path:
    """A record with an agreement, reports, a register, coverage and a published run; packages of it; proofs. Made once by a worker."""
    base = folder / "base"
    base.mkdir(parents=True)
    files = {
        "agreement.yaml": seeds.AGREEMENT,
        "reports.csv": seeds.REPORTS,
        "sources.yaml": seeds.REGISTER,
        "coverage.yaml": seeds.COVERAGE,
        "decisions.yaml": seeds.DECISIONS,
    }
    for name, text in files.items():
        (base / name).write_text(text, encoding="utf-8")
    record, key = str(base / "rec"), ["--key", str(base / "log")]
    steps = [
        ["key", "mission.example/log", "--out", str(base / "log")],
        ["key", "ru.example", "--out", str(base / "ru")],
        ["key", "ua.example", "--out", str(base / "ua")],
        ["init", record, *key, "--party", f"RU={base / 'ru.pub'}", "--party", f"UA={base / 'ua.pub'}", "--quorum", "none"],
        *(["add", record, str(base / name), *key] for name in files if name != "reports.csv"),
        ["add", record, str(base / "reports.csv"), *key, "--protect", "Patrol", "--k", "1"],
        ["cosign", record, "--key", str(base / "ru"), "--first"],
        ["disclose", record, "--tier", "parties", "--out", str(base / "shown"), *key],
        ["disclose", record, "--tier", "public", "--out", str(base / "shown"), *key],
        ["prove", record, "2", "--out", str(base / "two.tlog-proof")],
    ]  # fmt: skip
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as errors:
        done = [main(["record", *words]) for words in steps]
        done.append(main(["verify", "--record", record, "--publish", *key]))
    if any(done):
        raise RuntimeError(f"the sound record cannot be made: {done}: {errors.getvalue()}")
    shutil.copy(base / "rec" / "checkpoint", base / "kept")
    shutil.copy(base / "rec" / "policy", base / "policy")
    return base


def _spoil(path: Path, chance: Random) -> None:
    raw = path.read_bytes()
    if path.suffix == ".json" and chance.randrange(2):
        tree = spoil_tree(json.loads(raw), chance)
        path.write_bytes(json.dumps(tree, default=str, skipkeys=True).encode("utf-8", "surrogatepass"))
    elif chance.randrange(12) == 0:
        path.unlink()
    else:
        path.write_bytes(spoil_bytes(raw, chance))


def of_record(base: Path) -> Maker:
    """A record of which one or two files are damaged."""

    def make(folder: Path, chance: Random) -> Attempt:
        shutil.copytree(base, folder, dirs_exist_ok=True)
        rec, key = folder / "rec", ["--key", str(folder / "log")]
        parts = {
            name: [p for p in (rec / name).rglob("*") if p.is_file()] for name in ("tile/entries", "tile", "objects")
        }
        groups = [[rec / "checkpoint"], [rec / "policy"], [folder / "kept"], *parts.values(), [p for p in rec.iterdir() if p.is_file()],
            [p for p in (folder / "rec.vault").rglob("*") if p.is_file()]]  # fmt: skip
        for _ in range(chance.choice((1, 1, 2))):
            if (path := chance.choice(chance.choice([g for g in groups if g]))).exists():
                _spoil(path, chance)
        record = str(rec)
        commands = [
            ["record", "verify", record, "--policy", str(folder / "policy"), "--since", str(folder / "kept"), "--unsettled"],
            ["record", "verify", record],
            ["record", "log", record, *chance.choice(([], ["--json"]))],
            ["verify", "--record", record, *chance.choice(([], ["--json"]))],
            ["record", "disclose", record, "--tier", chance.choice(("parties", "public", "mechanism")), "--out", str(folder / "more"), *key],
            ["record", "prove", record, chance.choice(("2", "5", "reports.csv"))],
            ["record", "prove", record, "--since", str(folder / "kept")],
            ["record", "replay", record],
            ["record", "cosign", record, "--key", str(folder / "ua"), "--first"],
            ["record", "add", record, str(folder / "reports.csv"), "--as", "attachment", *key],
            ["record", "shred", record],
            ["CHECKER", "record", record, "--policy", str(folder / "policy"), "--since", str(folder / "kept"), "--unsettled"],
        ]  # fmt: skip
        return Attempt([chance.choice(commands)], allowed=CHECKED)

    return make


def of_package(base: Path) -> Maker:
    """A damaged package, compared with the other party's and checked alone."""

    def make(folder: Path, chance: Random) -> Attempt:
        shown = sorted((base / "shown").glob("*.json"))
        one, other = folder / "one.json", folder / "other.json"
        shutil.copy(chance.choice(shown), one)
        shutil.copy(shown[0], other)
        shutil.copy(base / "policy", folder / "policy")
        _spoil(chance.choice((one, one, one, folder / "policy")), chance)
        policy = ["--policy", str(folder / "policy")]
        commands = [
            ["record", "compare", str(one), str(other), *chance.choice(([], policy))],
            ["CHECKER", "package", str(one), *policy, "--unsettled", *chance.choice(([], ["--unsigned"]))],
        ]
        return Attempt([chance.choice(commands)], allowed=CHECKED)

    return make


def of_proof(base: Path) -> Maker:
    """A damaged proof, entry, checkpoint or policy, checked by the checker that stands alone."""

    def make(folder: Path, chance: Random) -> Attempt:
        names = ("two.tlog-proof", "two.tlog-proof.entry", "policy")
        names = tuple(n for n in names if (base / n).exists()) + tuple(
            p.name for p in base.glob("two*.entry") if p.name not in names
        )
        for name in names:
            shutil.copy(base / name, folder / name)
        _spoil(folder / chance.choice(names), chance)
        entry = next(name for name in names if name.endswith(".entry"))
        words = [
            "CHECKER",
            "proof",
            str(folder / names[0]),
            str(folder / entry),
            "--policy",
            str(folder / "policy"),
            "--unsettled",
        ]
        return Attempt([words], allowed=CHECKED)

    return make

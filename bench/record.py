"""The record beside pymerkle on SQLite: appending, proving, checking. Kinds of bench/run.py; sizes are powers of ten."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

from clock import Figures, Stopwatch


def entries_of(count: int) -> list[bytes]:
    """Rows as the record writes them, some 230 bytes each."""
    from servanda.record.entry import row_entry

    return [row_entry("reports.csv", n + 2, f"{n:064x}", 1, "2025-04-01T00:00:00Z") for n in range(count)]


def ours(folder: Path, power: int) -> Figures:
    """Append in bulk until it is on the disk, prove from a cold start, recompute a root."""
    from servanda.record.begin import policy_text
    from servanda.record.log import Log, begin
    from servanda.record.record import Record
    from servanda.record.signing import make_key

    shutil.rmtree(folder, ignore_errors=True)
    key = make_key(folder / "key", "bench.example/log")
    log = begin(folder / "log", policy_text(key, {}, "none"), key)
    log.last_dated = lambda: ""
    entries = entries_of(10**power)
    watch = Stopwatch()
    with log.writing(key) as new:
        new.add(entries)
    appended = watch.took()
    chance = random.Random(1)
    indices = [chance.randrange(10**power) for _ in range(200)]
    watch = Stopwatch()
    for index in indices:
        Record(folder / "log").proof(index)
    proved = watch.took().times(1 / len(indices))
    watch = Stopwatch()
    for index in indices:
        Log(folder / "log").tree.consistency(index + 1)
    continued = watch.took().times(1 / len(indices))
    return {
        "record: append in bulk, durable": appended,
        "(record: one inclusion proof from disk, ms)": proved.times(1e3),
        "(record: one consistency proof from disk, ms)": continued.times(1e3),
    }


def whole(folder: Path, power: int) -> Figures:
    """A file of that many rows of 18 fields: committed to and recorded; then everything checked by verifier.py."""
    import polars as pl

    from servanda.record import File, Record, load_key, make_key
    from servanda.record.log import quiet
    from servanda.record.verifier import Asked, Policy, check_record

    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(folder.with_name(folder.name + ".vault"), ignore_errors=True)
    path = folder.with_name("whole.key")
    key = load_key(path) if path.exists() else make_key(path, "bench.example/log")
    count = 10**power
    table = pl.DataFrame({"row": range(2, count + 2)}).with_columns(
        pl.format("R{}", "row").alias("report_id"), pl.lit("Post").alias("source"), pl.lit("shelling").alias("act"),
        pl.format("48.{}", "row").alias("lat"), pl.format("37.{}", "row").alias("lon"),
        *(pl.format(f"{n}-{{}}", pl.col("row") % 1000).alias(f"field{n}") for n in range(13)),
    )  # fmt: skip
    record = Record.begin(folder, key, {}, {}, quorum="none")
    watch = Stopwatch()
    record.add([File("reports.csv", "evidence", b"rows", lambda data: table)], key)
    added = watch.took()
    watch = Stopwatch()
    check_record(folder, Asked(Policy.parse((folder / "policy").read_bytes()), quiet))
    return {
        "record: commit to rows of 18 fields, and append": added,
        "verifier.py: check everything": watch.took(),
    }


def pymerkle(folder: Path, power: int) -> Figures:
    """The same entries into pymerkle's SqliteTree in bulk; its proofs."""
    from pymerkle import SqliteTree

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "peer.db"
    path.unlink(missing_ok=True)
    entries = entries_of(10**power)
    tree = SqliteTree(str(path), algorithm="sha256")
    watch = Stopwatch()
    tree.append_entries(entries, chunksize=100_000)
    appended = watch.took()
    chance = random.Random(1)
    indices = [1 + chance.randrange(10**power) for _ in range(5)]
    watch = Stopwatch()
    for index in indices:
        tree.prove_inclusion(index)
    proved = watch.took().times(1 / len(indices))
    return {
        "pymerkle on SQLite: append in bulk": appended,
        "(pymerkle on SQLite: one inclusion proof, ms)": proved.times(1e3),
    }

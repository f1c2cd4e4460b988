"""Runs attempts and looks for what must not be: tracebacks, exit codes that are not documented, rows that nobody counted."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import shutil
import tempfile
import traceback
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

import servanda
from servanda.cli.main import main
from servanda.errors import ServandaError
from servanda.record import verifier
from tests.soak import records, seeds
from tests.soak.attempts import Attempt, Maker
from tests.soak.ways_in import EVERY

LIMIT = 20.0
"""Seconds after which an input counts as a hang."""
OF_RECORDS = {"record": 8, "package": 4, "proof": 4}


@dataclass(frozen=True)
class Failure:
    """What went wrong with one input; ``where`` tells failures of one cause from others."""

    kind: str
    seed: int
    number: int
    what: str
    where: str
    command: str
    told: str = ""

    def save(self, folder: Path, spoiled: Path | None) -> None:
        """Keep the input, and how to repeat it."""
        mine = folder / f"{self.what}-{self.kind}-{self.number}"
        if spoiled is not None and spoiled.exists():
            shutil.copytree(spoiled, mine, dirs_exist_ok=True)
        mine.mkdir(parents=True, exist_ok=True)
        again = f"python -m tests.soak --seed {self.seed} --kind {self.kind} --only {self.number}"
        (mine / "FAILURE.json").write_text(json.dumps({**asdict(self), "repeat": again}, indent=1), encoding="utf-8")


class Soak:
    """Tries inputs by number; whatever has a number is the same each time (but for keys and salts of records)."""

    def __init__(self, folder: Path, seed: int, kinds: Sequence[str] = ()) -> None:
        self._folder, self._seed = folder, seed
        weights = {name: weight for name, (weight, _) in EVERY.items()} | OF_RECORDS
        self._weights = {name: weight for name, weight in weights.items() if not kinds or name in kinds}
        self._makers: dict[str, Maker] = {name: make for name, (_, make) in EVERY.items()}
        self._base: Path | None = None

    def kind_of(self, number: int) -> str:
        """The kind of the input with a number."""
        return Random(f"{self._seed}:{number}").choices(list(self._weights), list(self._weights.values()))[0]

    def place(self, number: int) -> Path:
        """Where the files of an input lie while it is tried."""
        return self._folder / f"{number}"

    def attempt(self, number: int) -> tuple[str, list[Failure]]:
        """Try one input.

        Args:
            number: which one.

        Returns:
            Its kind, and what went wrong; nothing where all was as it should be. Its files are left where that is so, to be looked at.
        """
        kind = self.kind_of(number)
        folder = self.place(number)
        folder.mkdir(parents=True)
        made = self._maker(kind)(folder, Random(f"{self._seed}:{kind}:{number}"))
        failures = [
            Failure(kind, self._seed, number, what, where, " ".join(words), told)
            for words, what, where, told in self._faults(made)
        ]
        if not failures:
            shutil.rmtree(folder)
        return kind, failures

    def _maker(self, kind: str) -> Maker:
        if kind not in self._makers:
            base = self._base = self._base or records.begin(self._folder)
            self._makers |= {
                "record": records.of_record(base),
                "package": records.of_package(base),
                "proof": records.of_proof(base),
            }
        return self._makers[kind]

    def _faults(self, made: Attempt) -> list[tuple[list[str], str, str, str]]:
        out = [(words, *fault) for words in made.commands if (fault := fault_of(words, made.allowed))]
        if made.table is not None and (fault := uncounted(made.table)):
            out.append((["rows", str(made.table)], *fault))
        return out


def fault_of(words: list[str], allowed: frozenset[int]) -> tuple[str, str, str] | None:
    """Run a command as the command line does, in this process.

    Args:
        words: the command; the checker that stands alone where the first word is CHECKER.
        allowed: the exit codes that are documented.

    Returns:
        What is wrong, where, and what was told; nothing where nothing is.
    """
    out, err = (
        io.TextIOWrapper(io.BytesIO(), "utf-8", how, write_through=True) for how in ("strict", "backslashreplace")
    )
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), warnings.catch_warnings():
            warnings.simplefilter("error")
            code = verifier.main(words[1:]) if words[0] == "CHECKER" else main(words)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 99
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  a panic of a library is no Exception
        return "traceback", _place(error), "".join(traceback.format_exception(error))[-4000:]
    told = err.buffer.getvalue().decode("utf-8", "replace")  # type: ignore[attr-defined]
    if code not in allowed:
        return "exit-code", str(code), told
    if code == 2 and not told.strip() and not out.buffer.getvalue():  # type: ignore[attr-defined]
        return "silent", words[0], ""
    if "cannot write" in told:
        return "os-error", told[:100], told
    if "--json" in words and code == 0:
        return _not_json(out.buffer.getvalue())  # type: ignore[attr-defined]
    return None


def _not_json(raw: bytes) -> tuple[str, str, str] | None:
    def refuse(word: str) -> None:
        raise ValueError(f"{word} is no JSON")

    try:
        json.loads(raw, parse_constant=refuse)
    except ValueError as error:
        return "json", str(error)[:60], raw[:2000].decode("utf-8", "replace")
    return None


def _place(error: BaseException) -> str:
    """The kind of an error and the last place in Servanda where it passed."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "servanda" in f.filename]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].name}" if frames else "?"
    return f"{type(error).__name__} in {place}"


def uncounted(path: Path) -> tuple[str, str, str] | None:
    """Whether a table has rows that are neither read nor in quarantine, as far as rows can be counted without reading it as Servanda does."""
    try:
        read = servanda.read_reports(path, _agreement())
    except ServandaError:
        return None
    except BaseException as error:  # noqa: BLE001
        return "traceback", _place(error), "".join(traceback.format_exception(error))[-4000:]
    frames = (read.reports, read.figures, read.statements, read.items, read.quarantine)
    counted = {int(row) for frame in frames for row in frame["row"].to_list()}
    there = rows_in(path)
    told = sum(
        ": row " in note or ": line " in note for note in read.ingest.notes
    )  # titles, totals, a header that comes again
    if there is None or there <= len(counted) + told:  # rows of empty cells may be counted or not
        return None
    return "uncounted", path.suffix, f"{there} rows, of which {len(counted)} are counted: {sorted(counted)}"


@cache
def _agreement() -> servanda.Agreement:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.yaml"
        path.write_text(seeds.ONE_TERM, encoding="utf-8")
        return servanda.read_agreement(path)


def rows_in(path: Path) -> int | None:
    """How many rows a file has; nothing where its text is not clear enough to be counted by another reader."""
    raw = path.read_bytes()
    if path.suffix == ".gz":
        raw = gzip.decompress(raw)
    name = path.name.removesuffix(".gz")
    try:
        if name.endswith("parquet"):
            return int(pq.read_metadata(io.BytesIO(raw)).num_rows)
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
        if name.endswith("jsonl"):
            return sum(_holds(line) for line in text.split("\n") if line.lstrip().startswith("{"))
        if name.endswith("json"):
            return _objects(json.loads(text))
        return _records(text)
    except (ValueError, OSError, RecursionError, csv.Error, pa.ArrowException):
        return None


def _holds(line: str) -> bool:
    """Whether a line of JSON holds anything, as far as it can be read."""
    try:
        return _is_full(json.loads(line))
    except (ValueError, RecursionError):
        return True


def _is_full(row: dict[str, object]) -> bool:
    """Whether an object holds anything."""
    return any(str(value).strip(" -") for value in row.values() if value not in (None, {}, []))


def _objects(tree: object) -> int | None:
    if isinstance(tree, dict) and len(tree) == 1:
        return _objects(next(iter(tree.values())))
    return sum(isinstance(row, dict) and _is_full(row) for row in tree) if isinstance(tree, list) else None


def _records(text: str) -> int | None:
    """The rows of a CSV text below the first, where every delimiter that it may have gives the same number."""
    csv.field_size_limit(10_000_000)
    if "\x00" in text:
        return None
    counts = set()
    for delimiter in ",;\t|":
        rows = [
            row
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
            if any(c.strip(" -,;\t|") for c in row)
        ]
        counts.add(len(rows) - 1)
    return counts.pop() if len(counts) == 1 else None

"""A command writes all its files or none: full disks, folders in the way, interrupts at every step."""

from __future__ import annotations

import errno
import functools
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import polars as pl
import pytest

from servanda.app.output import write_all, write_file
from servanda.cli.main import main
from servanda.errors import PartlyWrittenError, ServandaError
from servanda.report.long_tables import LongTable
from servanda.values.lazy_files import LazyFiles
from servanda.verdicts.findings_table import FINDING_OUT

ROOT = Path(__file__).resolve().parent.parent
CASE = ROOT / "cases" / "easter-truce-2025"
VERIFY = ["verify", str(CASE / "agreement.yaml"), *map(str, sorted((CASE / "evidence").iterdir()))]
OLD = {"a.csv": b"old a", "b.csv": b"old b", "gone.csv": b"x,y\nold"}
NEW = {"a.csv": b"new a", "b.csv": b"new b", "c.csv": b"new c"}
OTHERS = {"notes.txt": b"mine", "sub/picture.png": b"mine too", "also.csv": b"of somebody else"}
LEFTOVERS = {"gone.csv": b"x,y\n", "also.csv": b"x,y\n"}


def content(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(autouse=True)
def control_c_works() -> Iterator[None]:
    """What starts the tests in the background may have them ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that holds the files of an earlier run, and files of somebody else."""
    made = tmp_path / "out"
    (made / "sub").mkdir(parents=True)
    for name, data in {**OLD, **OTHERS}.items():
        (made / name).write_bytes(data)
    return made


def test_a_new_folder_holds_the_files_and_nothing_else(tmp_path: Path) -> None:
    write_all(tmp_path / "deep" / "out", NEW)
    assert content(tmp_path) == {f"deep/out/{name}": data for name, data in NEW.items()}


def test_files_of_this_run_replace_and_files_of_others_stay(folder: Path) -> None:
    write_all(folder, NEW, leftovers=LEFTOVERS)
    assert content(folder) == {**OTHERS, **NEW}
    assert sorted(p.name for p in folder.parent.iterdir()) == ["out"]


def test_a_folder_that_is_stood_in_or_linked_to_keeps_its_place(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(folder)
    before = folder.stat().st_ino
    write_all(tmp_path / "link", NEW)
    monkeypatch.chdir(folder)
    write_all(".", NEW)
    assert folder.stat().st_ino == before
    assert (tmp_path / "link").is_symlink()
    assert (Path.cwd() / "c.csv").read_bytes() == b"new c"


def test_a_single_file_is_whole_or_as_it_was(folder: Path) -> None:
    write_file(folder / "a.csv", b"new a")
    write_file(folder / "sub" / "deeper" / "x.svg", b"<svg")
    assert content(folder) == {**OLD, **OTHERS, "a.csv": b"new a", "sub/deeper/x.svg": b"<svg"}


@pytest.mark.parametrize("there", [True, False])
def test_a_full_disk_leaves_everything_as_it_was(folder: Path, there: bool) -> None:
    if not there:
        shutil.rmtree(folder)
    before = content(folder.parent)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limit[1]))
    try:
        with pytest.raises(ServandaError, match="OUT004: cannot be written: File too large"):
            write_all(folder, {**NEW, "big.csv": bytes(100_000)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert content(folder.parent) == before
    assert folder.exists() == there


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_folder_above_that_is_no_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ServandaError, match="OUT006: cannot be made: '/dev/full' is a file"):
        write_all("/dev/full/x/out", NEW)
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(ServandaError, match="OUT001: is a file"):
        write_all(tmp_path / "file", NEW)
    assert content(tmp_path) == {"file": b"mine"}


def test_a_folder_in_a_files_place_is_told_and_nothing_is_written(folder: Path) -> None:
    (folder / "c.csv").mkdir()
    with pytest.raises(ServandaError, match=r"c\.csv: OUT002: is a folder"):
        write_all(folder, NEW)
    assert content(folder) == {**OLD, **OTHERS}


def test_a_file_that_was_read_is_not_written_over(folder: Path) -> None:
    (folder.parent / "link.csv").symlink_to(folder / "a.csv")
    with pytest.raises(ServandaError, match=r"a\.csv: OUT003: is read by this run"):
        write_all(folder, NEW, inputs=[folder.parent / "link.csv", "nowhere"])
    assert content(folder) == {**OLD, **OTHERS}


def outcomes(
    base: Path, monkeypatch: pytest.MonkeyPatch, disturbance: Callable[[], None], *, there: bool, after: bool
) -> Iterator[tuple[str, Path, BaseException | None]]:
    """Write as often as there are steps on the disk, each time disturbed before or after another one: the step, the place, what came of it."""
    for at in count():
        place = base / str(at)
        place.mkdir()
        if there:
            (place / "out" / "sub").mkdir(parents=True)
            for name, data in {**OLD, **OTHERS}.items():
                (place / "out" / name).write_bytes(data)
        steps: list[str] = []

        def watched(name: str, at: int = at, steps: list[str] = steps) -> Callable[..., object]:
            real = getattr(Path, name)

            def step(*args: object) -> object:
                steps.append(name)
                here = len(steps) == at + 1
                if here and not after:
                    disturbance()
                result = real(*args)
                if here and after:
                    disturbance()
                return result

            return step

        error: BaseException | None = None
        with monkeypatch.context() as within:
            for name in ("mkdir", "write_bytes", "rename"):
                within.setattr(Path, name, watched(name))
            try:
                write_all(place / "out", NEW, leftovers=LEFTOVERS)
            except (ServandaError, KeyboardInterrupt) as raised:
                error = raised
        if len(steps) <= at:
            assert at >= 7, "all steps were tried"
            assert error is None
            return
        yield steps[at], place, error


def no_space() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def read_only() -> None:
    raise OSError(errno.EROFS, "Read-only file system")


def interrupt() -> None:
    raise KeyboardInterrupt


def press_control_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("there", [True, False], ids=["into a folder", "new folder"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("disturbance", [no_space, read_only, interrupt])
def test_a_failure_at_any_step_leaves_everything_as_it_was(
    disturbance: Callable[[], None], after: bool, there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step, place, error in outcomes(tmp_path, monkeypatch, disturbance, there=there, after=after):
        assert isinstance(error, KeyboardInterrupt if disturbance is interrupt else ServandaError), step
        assert content(place) == ({f"out/{n}": data for n, data in {**OLD, **OTHERS}.items()} if there else {}), step
        assert sorted(p.name for p in place.iterdir()) == (["out"] if there else []), step


@pytest.mark.parametrize("there", [True, False], ids=["into a folder", "new folder"])
def test_control_c_at_any_step_leaves_the_old_files_or_the_new_ones(
    there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {**OLD, **OTHERS} if there else {}
    afterwards = {**OTHERS, **NEW} if there else NEW
    seen = set()
    for step, place, error in outcomes(tmp_path, monkeypatch, press_control_c, there=there, after=False):
        assert isinstance(error, KeyboardInterrupt), step
        files = content(place / "out")
        assert files in (before, afterwards), step
        assert {p.name for p in place.iterdir()} <= {"out"}, step
        seen.add(files == afterwards)
    assert seen == {True, False}, "interrupted before the files were moved, and while they were"


def test_what_cannot_be_put_back_is_told_and_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, moves = Path.rename, []

    def rename(self: Path, to: Path) -> Path:
        moves.append(self)
        if len(moves) > 2:
            no_space()
        return real(self, to)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(PartlyWrittenError, match=r"OUT005: .*\n    hint: .* are in (.*)"):
        write_all(folder, NEW)
    monkeypatch.undo()
    kept = set(content(folder).values())
    assert {*OLD.values(), *NEW.values(), *OTHERS.values()} <= kept


def test_folders_that_were_made_for_nothing_go_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "write_bytes", lambda *_: no_space())
    with pytest.raises(ServandaError, match="OUT004: cannot be written: No space left on device"):
        write_all(tmp_path / "deep" / "deeper" / "out", NEW)
    assert list(tmp_path.iterdir()) == []


def test_signals_that_are_ignored_stay_ignored(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.write_bytes

    def hang_up(self: Path, data: bytes) -> int:
        os.kill(os.getpid(), signal.SIGHUP)
        return real(self, data)

    monkeypatch.setattr(Path, "write_bytes", hang_up)
    handler = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        write_all(folder, NEW)
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
        assert signal.getsignal(signal.SIGINT) == signal.default_int_handler
    finally:
        signal.signal(signal.SIGHUP, handler)
    assert (folder / "c.csv").read_bytes() == b"new c"


def test_a_program_that_is_told_to_end_cleans_up_first(folder: Path) -> None:
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom servanda.app.output import write_all\n"
        "real = Path.write_bytes\n"
        "def step(self, data):\n    os.kill(os.getpid(), signal.SIGTERM)\n    return real(self, data)\n"
        "Path.write_bytes = step\n"
        f"write_all({str(folder)!r}, {NEW!r})"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -signal.SIGTERM
    assert content(folder) == {**OLD, **OTHERS}


# --- commands ---


def test_a_run_without_time_lines_takes_the_old_time_line_away(tmp_path: Path) -> None:
    assert main([*VERIFY, "--by", "day", "--out", str(tmp_path)]) == 0
    assert (tmp_path / "timeline.json").exists()
    (tmp_path / "items.csv").write_text("of,somebody,else\n", encoding="utf-8")
    assert main([*VERIFY, "--out", str(tmp_path)]) == 0
    assert not (tmp_path / "timeline.json").exists()
    assert (tmp_path / "items.csv").read_text(encoding="utf-8") == "of,somebody,else\n"


def test_nothing_was_written_is_said_only_when_it_is_true(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = ["verify", str(CASE / "nowhere.yaml"), VERIFY[2]]
    assert main(bad) == 2
    assert capsys.readouterr().err.endswith("servanda: 1 fault\n")
    assert main([*bad, "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err.endswith("servanda: 1 fault; nothing was written\n")
    (tmp_path / "out" / "report.html").mkdir(parents=True)
    assert main([*VERIFY, "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err.endswith("servanda: 1 fault; nothing was written\n")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["report.html"]


def test_evidence_is_not_written_over_by_the_tables_made_from_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "findings.csv"
    shutil.copy(ROOT / "cases" / "energy-truce-2025" / "evidence" / "reports.csv", table)
    before = table.read_bytes()
    assert main(["verify", VERIFY[1], str(table), "--out", str(tmp_path)]) == 2
    assert "OUT003: is read by this run" in capsys.readouterr().err
    assert table.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["findings.csv"]


def test_a_picture_is_whole_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.svg").write_text("old", encoding="utf-8")
    monkeypatch.setattr(Path, "rename", lambda *_: no_space())
    assert main(["graph", VERIFY[1], "--out", str(tmp_path / "x.svg")]) == 2
    assert content(tmp_path) == {"x.svg": b"old"}


@pytest.mark.parametrize("command", ["verify", "fuse", "figures", "statements"])
@pytest.mark.parametrize(
    ("out", "says"),
    [
        ("", "--out: OUT006: is an empty name"),
        ("file", "file: OUT001: is a file"),
        ("file/out", "file/out: OUT006: cannot be made: 'file' is a file"),
        ("link", "link: OUT006: cannot be made: 'link' is a file, or a link that leads nowhere"),
        ("x" * 300, "OUT004: cannot be written: File name too long"),
    ],
)
def test_an_out_that_cannot_be_a_folder_is_told_and_nothing_is_written(
    command: str,
    out: str,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    evidence = sorted((ROOT / "cases" / "energy-truce-2025" / "evidence").iterdir())
    Path("article.txt").write_text("Kyiv, 3 April 2025. The President said that Ukraine agrees.", encoding="utf-8")
    Path("file").write_text("mine", encoding="utf-8")
    Path("link").symlink_to("nowhere")
    words = (
        VERIFY
        if command == "verify"
        else [command, *(["article.txt"] if command == "statements" else map(str, evidence))]
    )
    assert main([*words, "--out", out]) == 2
    told = capsys.readouterr().err
    assert says in told
    assert told.endswith("servanda: 1 fault; nothing was written\n")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["article.txt", "file", "link"]
    assert Path("file").read_text(encoding="utf-8") == "mine"


def test_files_that_are_made_when_written_are_made_once_and_none_is_left_after_a_fault(tmp_path: Path) -> None:
    made: list[str] = []

    def maker(name: str) -> bytes:
        made.append(name)
        if name == "bad":
            raise OSError(28, "No space left on device")
        return name.encode()

    files = LazyFiles({name: functools.partial(maker, name) for name in ("one", "two")})
    write_all(tmp_path / "good", files)
    assert made == ["one", "two"]
    assert (tmp_path / "good" / "two").read_bytes() == b"two"
    with pytest.raises(ServandaError):
        write_all(tmp_path / "none", LazyFiles({name: functools.partial(maker, name) for name in ("one", "bad")}))
    assert not (tmp_path / "none").exists()


class Streamed:
    """A table that comes in parts; after the first somebody presses Ctrl-C, or nobody does."""

    def __init__(self, *, stopped: bool) -> None:
        self.stopped, self.given = stopped, 0

    def parts(self, _: str) -> Iterator[tuple[int, pl.DataFrame]]:
        for self.given in range(1, 4):
            yield self.given, pl.DataFrame(schema=FINDING_OUT).clear(1)
            if self.stopped:
                os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_table_that_comes_in_parts_stops_at_ctrl_c_and_tells_of_a_full_disk(folder: Path, form: str) -> None:
    before, tables = content(folder), Streamed(stopped=True)
    with pytest.raises(KeyboardInterrupt):
        write_all(folder, {**NEW, "findings": LongTable(tables, "findings", form)})  # type: ignore[arg-type]
    assert content(folder) == before
    assert tables.given < 3, "it went on to the end"
    full = LongTable(Streamed(stopped=False), "findings", form)  # type: ignore[arg-type]
    with pytest.raises(OSError, match="No space left on device"):
        full.write(Path("/dev/full"), folder, lambda: None)

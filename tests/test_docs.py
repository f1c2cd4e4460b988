"""The documentation is held to the code: every command, file and link that it names exists."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from servanda.cli.main import main

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "servanda"
PAGES = sorted((ROOT / "docs").rglob("*.md"))
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)

sys.path.insert(0, str(ROOT / "scripts"))


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_every_command_of_a_guide_works_in_the_source_folder(
    page: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = re.findall(r"^\$ servanda (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    for folder in ("cases", "tests/data"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    monkeypatch.chdir(tmp_path)
    for command in commands:
        assert main(shlex.split(command)) == 0, (command, capsys.readouterr().err)
    assert commands or page.stem == "researcher"


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_python_file_that_a_page_names_is_there(page: Path) -> None:
    named = set(re.findall(r"`([\w./]+\.py)`", page.read_text(encoding="utf-8")))
    there = [str(path.relative_to(ROOT)) for path in (*ROOT.glob("*/*.py"), *SOURCE.rglob("*.py"))]
    missing = [n for n in named if "KIND" not in n and not any(f"/{path}".endswith(f"/{n}") for path in there)]
    if "adr" in page.parts:  # a decision names what was there when it was made
        return
    assert missing == []


@pytest.mark.parametrize("page", [*PAGES, *ROOT.glob("*.md"), ROOT / "cases" / "README.md"], ids=lambda p: p.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    broken = [link for link in links if not re.match(r"[a-z]+:", link) and not (page.parent / link).exists()]
    assert broken == []


def test_the_picture_of_the_house_is_drawn_from_the_list_that_the_code_is_held_to() -> None:
    import house_diagram

    assert (ROOT / "docs" / "images" / "house.svg").read_text(encoding="utf-8") == house_diagram.draw(), "make docs"


def test_every_public_name_has_its_place_on_the_page_of_the_python_api() -> None:
    import servanda

    page = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
    assert [name for name in servanda.__all__ if not re.search(rf"\b{name}\b", page)] == []


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_the_site_shows_a_page_as_it_is_written(page: Path) -> None:
    """Python-Markdown takes a fence with two words for text, and a list within a list needs four spaces."""
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"^```\w+ .*$", text, re.MULTILINE) == []
    assert re.findall(r"^ {1,3}[*-] .*$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE) == []


def test_every_page_stands_in_the_navigation() -> None:
    listed = set(re.findall(r"[\w/-]+\.md", (ROOT / "mkdocs.yml").read_text(encoding="utf-8")))
    apart = {str(page.relative_to(ROOT / "docs")) for page in PAGES} - listed
    assert {name for name in apart if not name.startswith("adr/0")} == set()


def test_the_version_has_an_entry_in_the_changelog_and_is_the_one_to_cite() -> None:
    from servanda import __version__

    assert re.search(rf"^## {re.escape(__version__)}\b", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert f"\nversion: {__version__}\n" in (ROOT / "CITATION.cff").read_text("utf-8")


def test_every_package_is_locked_with_its_hash() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
        for line in filter(None, (line.strip() for line in text.splitlines())):
            assert line.startswith("#") or "--hash=sha256:" in line, (lock.name, line[:60])


def test_what_would_load_something_from_elsewhere_is_found_in_a_built_page(tmp_path: Path) -> None:
    from check_site import faults_of

    good = '<a href="b.html"></a><img src="data:,"><a href="https://example.org"></a>'
    (tmp_path / "a.html").write_text(good, encoding="utf-8")
    (tmp_path / "b.html").write_text("<p>", encoding="utf-8")
    assert faults_of(tmp_path) == []
    (tmp_path / "b.html").write_text('<script src="//cdn.example/x.js"></script><a href="gone.html">', encoding="utf-8")
    (tmp_path / "c.css").write_text("a{background:url(https://example.org/x.png)}", encoding="utf-8")
    assert len(faults_of(tmp_path)) == 3


def test_every_test_that_the_page_on_threats_names_is_there() -> None:
    named, missing, file = 0, [], ""
    for line in (ROOT / "docs" / "threats.md").read_text(encoding="utf-8").splitlines():
        for where, test in re.findall(r"`(test_\w+\.py)?::(test_\w+)`", line):
            file = where or file
            path = ROOT / "tests" / file
            there = path.is_file() and re.search(rf"^def {test}\(", path.read_text(encoding="utf-8"), re.MULTILINE)
            named, missing = named + 1, missing + ([] if there else [f"{file}::{test}"])
        file = ""
    assert missing == []
    assert named > 60

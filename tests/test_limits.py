"""What is never claimed (``docs/limits.md``): no text that anybody reads says it, and every output says whether it names authors."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from servanda.agreement.plain_language import say
from servanda.cli.main import main
from servanda.report import all_files
from tests.build import HEAD, TERM, ZONES, agreement, judged, reports

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "servanda"
PHRASES: list[dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "never_claimed.yaml").read_text(encoding="utf-8")
)
QUOTING = (
    "docs/limits.md",
    "docs/adr/",
    "src/servanda/data/table_words.yaml",
    "src/servanda/evidence/importing/forms.py",
)
"""Where such phrases are quoted as what is never claimed, as what was once said, or as the names of columns in other people's tables."""


def texts() -> Iterator[tuple[str, str]]:
    """Every text that a reader, user or importer meets, with the file it is in."""
    pages = [
        ROOT / "CITATION.cff",
        ROOT / "pyproject.toml",
        ROOT / "mkdocs.yml",
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "cases").rglob("*.md"),
    ]
    packaged = [path for path in SOURCE.rglob("*") if path.suffix in (".j2", ".js", ".yaml")]
    packaged = [path for path in packaged if "maplibre" not in path.parts]  # of others, as published
    cases = [*(ROOT / "cases").glob("*/agreement.yaml"), *(ROOT / "cases").glob("*/cases.yaml")]
    for path in [*pages, *packaged, *cases]:
        name = str(path.relative_to(ROOT))
        if path.name != "CHANGELOG.md" and not name.startswith(QUOTING):
            yield name, path.read_text(encoding="utf-8")
    for path in SOURCE.rglob("*.py"):
        if str(path.relative_to(ROOT)).startswith(QUOTING):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        literals = (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str))
        yield str(path.relative_to(ROOT)), "\n\n".join(literals)


@cache
def every_text() -> dict[str, str]:
    """The same, by the file; whoever only collects the tests reads none."""
    return dict(texts())


def found(pattern: str, text: str) -> list[str]:
    """What of a text says the phrase, wherever its lines break."""
    return re.findall(pattern, " ".join(text.split()), re.IGNORECASE)


@pytest.mark.parametrize("phrase", PHRASES, ids=[phrase["say"] for phrase in PHRASES])
def test_no_text_says_what_is_never_claimed(phrase: dict[str, str]) -> None:
    said = {name: found(phrase["pattern"], text) for name, text in every_text().items()}
    assert {name: words for name, words in said.items() if words} == {}, phrase["why"]


@pytest.mark.parametrize("phrase", PHRASES, ids=[phrase["say"] for phrase in PHRASES])
def test_a_phrase_that_is_put_back_is_found(phrase: dict[str, str]) -> None:
    assert phrase["why"]
    assert found(phrase["pattern"], f"Something, and\n{phrase['say']} or other."), "the phrase is found by its pattern"


def test_what_is_never_claimed_stands_on_the_page_of_limits() -> None:
    page = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
    numbers = [int(n) for n in re.findall(r"^(\d+)\. ", page, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    for phrase in PHRASES:
        assert int(phrase["limit"]) in numbers, phrase["say"]


# -- every output says in its first lines whether it names authors ----------------------------------------------


MANDATES = {
    "": "The mandate does not say whether authors are named; the verdicts name them.",
    "mandate: {attribution: true}\n": "By its mandate the mechanism names authors: verdicts say which party did it.",
    "mandate: {attribution: false}\n": "By its mandate the mechanism names no author: no verdict says which party did it.",
}


@pytest.mark.parametrize("mandate", MANDATES)
def test_every_output_says_in_its_first_lines_whether_it_names_authors(
    mandate: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = MANDATES[mandate]
    text = agreement(tmp_path, HEAD + mandate + ZONES + TERM)
    run = judged(text, reports())
    files = all_files(run)
    page = files["report.html"].decode()
    header = re.sub(r"<[^>]+>|\s+", " ", page[page.index("<header>") : page.index("</header>")])
    assert words in " ".join(header.split())
    for name in ("verdicts.json", "summary.json"):
        data = json.loads(files[name])
        assert data["attribution"] == words
        assert data["names_authors"] is ("false" not in mandate)
        assert list(data).index("attribution") < list(data).index("as_of")
    assert words in say(text).splitlines()[:5]
    (tmp_path / "r.csv").write_text("report_id,source,start,act\nR1,x,2025-03-20T10:00Z,missile\n", encoding="utf-8")
    assert main(["verify", str(tmp_path / "agreement.yaml"), str(tmp_path / "r.csv")]) == 0
    assert capsys.readouterr().out.splitlines()[1] == words

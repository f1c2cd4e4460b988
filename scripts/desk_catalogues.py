"""The desk's texts, as its pages and modules say them, and the catalogues beside them.

Without arguments: adds to every catalogue of the desk what it lacks, with an empty translation, and drops what no page says any more.
``--check``: says what is lacking in the languages that are complete, and ends with 1 if anything is.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
DESK = ROOT / "src" / "servanda" / "desk"
PLURALS = {"uk": 3, "ru": 3, "fr": 3, "es": 3, "ar": 6}  # forms for whole numbers
COMPLETE = ("uk", "ru", "fr", "es", "ar")
Key = str | tuple[str, str]
_NOUN = re.compile(r"""(?:\|plural\(|counted\([^"\n]*?)"([^"]+)"(?:, "([^"]+)")?\)""")


def texts() -> list[Key]:
    """Every text of the desk once, in order: words, or a noun with its plural."""
    found: dict[Key, None] = {}
    for page in sorted((DESK / "pages").rglob("*.html")):
        with page.open("rb") as file:
            options = {"newstyle_gettext": "true", "trimmed": "false"}
            for _, message, *_ in extract("jinja2", file, {"_": None}, options=options):
                found[str(message)] = None
    for module in sorted(DESK.rglob("*.py")):
        with module.open("rb") as file:
            for _, message, *_ in extract("python", file, {"text": None}):
                found[str(message)] = None
    for path in [*sorted((DESK / "pages").rglob("*.html")), *sorted(DESK.rglob("*.py"))]:
        for one, many in _NOUN.findall(path.read_text("utf-8")):
            found[(one, many or one + "s")] = None
    for name in ("LISTED", "TOLD"):
        found |= dict.fromkeys(_constant(DESK / "sayings.py", name))
    found |= dict.fromkeys(_constant(DESK / "judge_says.py", "JUDGED"))
    found |= dict.fromkeys(_constant(DESK / "agreement_says.py", "AGREED"))
    nouns = {key[0] for key in found if isinstance(key, tuple)}
    return [key for key in found if key not in nouns]


def _constant(path: Path, name: str) -> list[str]:
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name:
            return list(ast.literal_eval(node.value))
    raise SystemExit(f"{path.name} has no {name}")


def catalogue(language: str) -> Catalog:
    """The catalogue of a language as it is now."""
    path = DESK / "catalogues" / f"{language}.po"
    return read_po(io.BytesIO(path.read_bytes()), locale=language) if path.exists() else Catalog(locale=language)


def lacking(language: str) -> list[Key]:
    """What a catalogue does not say, or says with other names in it."""
    there, out = catalogue(language), []
    for key in texts():
        message = there.get(key if isinstance(key, str) else key[0])
        said = () if message is None else (message.string,) if isinstance(message.string, str) else message.string
        names = set(re.findall(r"%\((\w+)\)s", key)) if isinstance(key, str) else set()
        if not said or not all(said) or any(set(re.findall(r"%\((\w+)\)s", one)) != names for one in said):
            out.append(key)
    return out


def update(language: str) -> None:
    """Bring a catalogue to the texts that there are."""
    old, new = catalogue(language), Catalog(locale=language, fuzzy=False)
    for key in texts():
        message = old.get(key if isinstance(key, str) else key[0])
        size = PLURALS[language]
        blank: str | tuple[str, ...] = "" if isinstance(key, str) else ("",) * size
        new.add(key, message.string if message is not None and message.string else blank)
    out = io.BytesIO()
    write_po(out, new, width=0, omit_header=True)
    head = f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals={PLURALS[language]}; plural=0;\\n"\n\n'
    note = f"# Texts of the desk, {language}. Keys are the English texts; plural forms are those of CLDR, in its order. scripts/desk_catalogues.py adds what is new.\n"
    (DESK / "catalogues" / f"{language}.po").write_text(note + head + out.getvalue().decode().strip() + "\n", "utf-8")


def main() -> int:
    """Update, or check."""
    if sys.argv[1:] == ["--check"]:
        lacks = {language: lacking(language) for language in COMPLETE}
        for language, keys in lacks.items():
            for key in keys:
                print(f"{language}: {key}")
        return int(any(lacks.values()))
    for language in PLURALS:
        update(language)
    return 0


if __name__ == "__main__":
    sys.exit(main())

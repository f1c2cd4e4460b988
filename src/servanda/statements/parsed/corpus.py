"""Marked texts to learn from: stand-off files as brat and PolNeAR have them, or sayings as ``bench/speech/README.md`` tells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from servanda.statements.words import Span

Spans = tuple[Span, ...]

NOT_TOLD: Spans = ((-1, -1),)
"""The source is somebody, and the marks do not tell where he stands."""


@dataclass(frozen=True)
class Marked:
    """One attribution as a person marked it; each part in pieces, or empty."""

    source: Spans
    cue: Spans
    content: Spans


def marked_texts(folder: Path) -> Iterator[tuple[str, list[Marked]]]:
    """The texts of a corpus with what people marked in them: ``text/NAME.txt`` and ``attributions/NAME*.ann``, or ``NAME.txt`` and ``NAME.yaml``.

    Args:
        folder: of the corpus.

    Yields:
        A text and its attributions.

    Raises:
        ValueError: a file of marks is missing, or a line of it cannot be read.
        OSError: a file cannot be read.
    """
    yield from _sayings(folder)
    for path in sorted((folder / "text").glob("*.txt")):
        text = path.read_bytes().decode("utf-8")
        ann = next((folder / "attributions").glob(f"{path.stem}*.ann"), None)
        if ann is None:
            raise ValueError(f"{path.stem}: there is no file of marks")
        try:
            yield text, _marks(ann.read_text(encoding="utf-8").splitlines())
        except (ValueError, KeyError, IndexError) as error:
            raise ValueError(f"{ann.name}: cannot be read as marks ({error})") from error


def _sayings(folder: Path) -> Iterator[tuple[str, list[Marked]]]:
    """The texts of a folder beside which a file of sayings lies."""
    for path in sorted(folder.glob("*.txt")):
        marks = path.with_suffix(".yaml")
        if not marks.exists():
            continue
        text = path.read_bytes().decode("utf-8")
        try:
            told = yaml.safe_load(marks.read_text(encoding="utf-8"))["statements"]
            found = [m for said in told if (m := _saying(text, said)) is not None]
        except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{marks.name}: cannot be read as marks ({error})") from error
        yield text, list(dict.fromkeys(found))


def _saying(text: str, said: Mapping[str, str]) -> Marked | None:
    """A saying by its words: the cue that is nearest to them, and the nearest word of the speaker's name in its paragraph; nothing without a cue."""
    words = re.search(r"\s+".join(map(re.escape, said["words"].split())), text)
    if words is None or said["cue"] in ("label", "post"):
        return None
    cue = _nearest(text, said["cue"], words.span(), words.span())
    if cue is None:
        return None
    called = [w for w in re.findall(r"\w+", said["speaker"]) if len(w) > 3]
    names = [n for w in called if (n := _nearest(text, w, cue, words.span())) is not None]
    names = [n for n in names if "\n" not in text[min(n[0], cue[0]) : max(n[1], cue[1])]]
    source = (min(names, key=lambda n: _apart(n, cue)),) if names else NOT_TOLD
    return Marked(source, (cue,), (words.span(),))


def _nearest(text: str, word: str, to: Span, outside: Span) -> Span | None:
    """Where a word stands that is nearest to a place, and not in some words."""
    found = [m.span() for m in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text)]
    outer = [s for s in found if not (outside[0] <= s[0] < outside[1])] or found
    return min(outer, key=lambda s: _apart(s, to), default=None)


def _apart(a: Span, b: Span) -> int:
    return max(a[0] - b[1], b[0] - a[1], 0)


def _marks(lines: Sequence[str]) -> list[Marked]:
    spans: dict[str, Spans] = {}
    out = []
    for line in sorted((line for line in lines if line), key=lambda line: line[0] == "E"):
        name, rest = line.split("\t")[:2]
        if name.startswith("T"):
            pieces = rest.split(" ", 1)[1].split(";")
            spans[name] = tuple((int(a), int(b)) for a, b in (p.split() for p in pieces))
        elif name.startswith("E"):
            roles: dict[str, Spans] = {"Source": (), "Cue": (), "Content": ()}
            for role in rest.split():
                kind, of = role.split(":")
                kind = kind.rstrip("0123456789")
                if kind in roles:
                    roles[kind] += spans[of]
            out.append(Marked(roles["Source"], roles["Cue"], roles["Content"]))
    return out

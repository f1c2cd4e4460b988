"""``servanda train``: learn from a marked corpus who said what."""

from __future__ import annotations

import argparse
from pathlib import Path

from servanda.cli.options import Commands, write_folder
from servanda.cli.progress import Progress


def register(commands: Commands) -> None:
    """``servanda train`` and its options."""
    command = commands.add_parser(
        "train",
        help="Learn from a marked corpus who said what, for statements --model",
        description="Learn a linear model of attributions (English) from texts in which people marked source, cue and content, over what a parser and the rules of "
        "'statements' read in them. Needs servanda[documents,speech]. No model is shipped; what the corpus's licence allows holds for the model too.",
    )
    command.add_argument(
        "corpus",
        metavar="CORPUS",
        help="a folder with text/NAME.txt and attributions/NAME*.ann, as brat and PolNeAR have them",
    )
    command.add_argument(
        "--out", metavar="MODEL.npz", required=True, help="where the model goes; its sheet goes beside it"
    )


def run(args: argparse.Namespace) -> int:
    """Learn a model, and write it with its sheet."""
    from servanda.app.speech_models import train

    path = Path(args.out)
    with Progress() as progress:
        files = train(args.corpus, path.name, progress=progress)
    args.out = str(path.parent)
    write_folder(args, files)
    print(f"Written to {path}, with its sheet {path.with_suffix('.md').name}.")
    return 0

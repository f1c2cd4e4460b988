"""The command line: finds the command that is asked for, runs it, and says what went wrong.

Every command is a file of this room with ``register(commands)``, which adds its parser, and ``run(args)``, which returns the exit
code. Both import what they need when they are called, so that the start is quick. To add one, write the file and name it in
:data:`COMMANDS`.

Exit codes: 0 done (whatever the verdicts are), 1 a check with --strict or a case that did not come out, 2 something that the user can
correct, 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from typing import NoReturn

from servanda import __version__
from servanda.cli.shown import Shown

COMMANDS = (
    "init",
    "verify",
    "follow",
    "import",
    "check",
    "say",
    "draft",
    "compare",
    "graph",
    "fuse",
    "figures",
    "statements",
    "train",
    "first",
    "trend",
    "brief",
    "cases",
    "schema",
    "readers",
    "errors",
    "record",
    "desk",
)
"""The commands in the order of the help; each is the file of this room with that name."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: the words after the program's name; left out, those of the process.

    Returns:
        The exit code.
    """
    _open_streams()
    with redirect_stdout(Shown(sys.stdout)), redirect_stderr(Shown(sys.stderr)):
        return _run(arguments)


def _run(arguments: Sequence[str] | None) -> int:
    args = argparse.Namespace(command="")
    try:
        args = parse(arguments)
        code: int = import_module(f"servanda.cli.{args.command}").run(args)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print(f"\nservanda: interrupted{_untouched(args)}", file=sys.stderr)
        return 130
    except BrokenPipeError:
        _silence()
        return 0
    except OSError as error:
        if error.filename is None:
            _silence()
        what = "cannot write" if error.filename is None else error.filename
        from servanda.errors import shortened

        print(
            f"servanda: {shortened(' '.join(str(what).splitlines()))}: {error.strerror or error}{_untouched(args)}",
            file=sys.stderr,
        )
        return 2
    except BaseException as error:
        from servanda.errors import ServandaError
        from servanda.wording import plural

        if type(error).__name__ == "PanicException" and (what := _machine_says(error)):
            print(f"servanda: {what}; 'ulimit -a' shows what this process may use{_untouched(args)}", file=sys.stderr)
            return 2
        if not isinstance(error, ServandaError):
            raise
        for fault in error.faults:
            print(fault, file=sys.stderr)
        print(f"servanda: {plural(len(error.faults), 'fault')}{_untouched(args)}", file=sys.stderr)
        return 2


def _machine_says(panic: BaseException) -> str:
    """What the machine refused a library that can only panic then, as too many open files; nothing where it is another fault."""
    says = re.search(r'Os \{ code: \d+, kind: \w+, message: "([^"]+)" \}', str(panic))
    return says[1] if says else ""


def _open_streams() -> None:
    """Where the shell closed standard output or errors, what is printed goes nowhere."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  open until the program ends
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def _silence() -> None:
    """Nothing can be printed any more; what Python still holds back goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _untouched(args: argparse.Namespace) -> str:
    """Says that no file was written, of a command that was to write some and has not begun to."""
    asked = args.command != "record" and getattr(args, "out", None) is not None
    return "; nothing was written" if asked and not getattr(args, "wrote", False) else ""


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What was asked for; files may stand behind the options too, where a command takes any number of them."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    name = words[0] if words else ""
    top = parser(name if name in COMMANDS else None)
    if name and name not in COMMANDS and not name.startswith("-"):
        from servanda.wording import did_you_mean

        top.error(f"unknown command {name!r}: {did_you_mean(name, COMMANDS, 'see servanda --help')}")
    args, rest = top.parse_known_args(words)
    many = next(
        (name for name in ("files", "evidence", "documents") if isinstance(getattr(args, name, None), list)), None
    )
    if rest and (many is None or any(word.startswith("-") for word in rest)):
        top.error(_unknown(rest, name))
    if rest and many is not None:
        getattr(args, many).extend(rest)
    return args


def _unknown(rest: Sequence[str], command: str) -> str:
    """What is said of words that the command does not take."""
    option = next((word.split("=")[0] for word in rest if word.startswith("--")), None)
    if option is None:
        return f"unrecognized arguments: {' '.join(rest)}: see servanda {command} --help"
    from servanda.wording import did_you_mean

    commands = next(action for action in parser(command)._actions if isinstance(action, argparse._SubParsersAction))  # noqa: SLF001
    options = [name for name in commands.choices[command]._option_string_actions if name.startswith("--")]  # noqa: SLF001
    return f"unknown option {option!r}: {did_you_mean(option, options, f'see servanda {command} --help')}"


class _Parser(argparse.ArgumentParser):
    """A parser that does not repeat the whole of what is far too long to be what was asked for."""

    def error(self, message: str) -> NoReturn:
        """End with a message."""
        from servanda.errors import shortened

        super().error(shortened(message))


def parser(only: str | None = None) -> argparse.ArgumentParser:
    """The parser of one command or, left out, of all; the CLI reference is made from it."""
    top = _Parser(
        prog="servanda",
        description="Compare an agreement, term by term, with what was reported and what could have been seen: a verdict for each "
        "party with its reasons, on whose reports it rests, and what could not have been observed.",
    )
    top.add_argument("--version", action="version", version=f"servanda {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS if only is None else (only,):
        import_module(f"servanda.cli.{name}").register(commands)
    return top


if __name__ == "__main__":
    sys.exit(main())

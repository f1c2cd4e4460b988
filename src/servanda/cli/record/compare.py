"""``servanda record compare``: what two packages show differently."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from servanda.cli.options import Commands
from servanda.cli.record.options import command

if TYPE_CHECKING:
    from servanda.record.verifier import Policy


def register(commands: Commands) -> None:
    """``servanda record compare`` and its options."""
    text = "compare two packages: what they show differently, and whether they declare it (exit code 1: they do not)"
    compare = command(commands, "compare", text, record=False)
    compare.add_argument("packages", metavar="PACKAGE", nargs=2, help="two packages")
    compare.add_argument(
        "--policy",
        metavar="FILE",
        help="your own copy of the policy: whose keys count (default: the one in the packages)",
    )


def run(args: argparse.Namespace) -> int:
    """Check both, and tell the differences; 1 where one of them is not declared."""
    from servanda.cli.record.common import read_file, read_policy, tell, warn
    from servanda.errors import Fault, RecordError

    given = read_policy(Path(args.policy)) if args.policy else None
    packages = [_checked(name, read_file(name), given) for name in args.packages]
    if given is None:
        warn("with the packages' own policy; whose keys these are, only a copy that you trust can tell (--policy)")
    try:
        lines, declared = differences_in_words(*packages)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, StopIteration):
        raise RecordError(Fault(" ".join(args.packages), "are not two packages", _HINT, code="REC006")) from None
    tell(lines)
    return 0 if declared else 1


def _checked(name: str, raw: bytes, policy: Policy | None) -> dict[str, Any]:
    """A package that holds: what it says may be withheld from one party is taken from itself."""
    from servanda.cli.record.common import warn
    from servanda.errors import Fault, RecordError
    from servanda.record.log import quiet
    from servanda.record.verifier import Asked, Broken, Policy, check_package, read_json

    try:
        if policy is None:
            policy = Policy.parse(read_json(raw)["policy"].encode())
    except Broken as error:
        raise RecordError(
            Fault(name, f"are not two packages that hold: broken at {error}", _HINT, code="REC006")
        ) from None
    except KeyError:
        hint = "name your own copy of the policy with --policy: packages of Servanda 0.2 have none in them"
        raise RecordError(Fault(name, "is not a package with a policy in it", hint, code="REC006")) from None
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise RecordError(Fault(name, "are not two packages: this is none", _HINT, code="REC006")) from None
    try:
        package = check_package(raw, Asked(policy, quiet, quorum=False, unsigned=True))
    except Broken as error:
        raise RecordError(
            Fault(name, f"are not two packages that hold: broken at {error}", _HINT, code="REC006")
        ) from None
    if package["servanda-package"] == 1:
        warn(f"{name}: nobody has signed for whom it was made (Servanda 0.2)")
    return package


_HINT = "give two files of 'record disclose'"


def differences_in_words(first: Mapping[str, Any], second: Mapping[str, Any]) -> tuple[str, bool]:
    """The differences of two packages, a line each; and whether all are declared."""
    from servanda.record import differences

    declared, undeclared = differences(first, second)
    lines = [f"  declared: {line}" for line in declared] + [f"  NOT DECLARED: {line}" for line in undeclared]
    return "\n".join(["The packages differ:", *lines]) if lines else "They show the same.", not undeclared

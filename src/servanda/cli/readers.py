"""``servanda readers``: the formats of evidence, and the codes of acts, targets and weapons."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from servanda.cli.options import Commands

if TYPE_CHECKING:
    from servanda.values.codes import Tree


def register(commands: Commands) -> None:
    """``servanda readers`` and its option."""
    command = commands.add_parser(
        "readers",
        help="List the supported formats of evidence",
        description="List the supported formats of evidence, and the columns by which each is recognised.",
    )
    command.add_argument(
        "--codes", action="store_true", help="list the codes of acts, targets and weapons (default: list the formats)"
    )


def run(args: argparse.Namespace) -> int:
    """List the formats, or the codes."""
    if args.codes:
        _print_codes()
        return 0
    from servanda.evidence import all_readers, readers_not_loaded

    for reader in all_readers():
        print(f"{reader.name}: {reader.title}\n    {reader.about}\n    known by: {', '.join(sorted(reader.signature))}")
    print(
        "sources: register of sources (YAML)\n    Whose side a source is on, its grade, whom it relays.\n    known by: a YAML file with 'sources:'"
    )
    for plugin in readers_not_loaded():
        print(plugin)
    return 0


def _print_codes() -> None:
    from servanda.values.codes import STANDARD, Tree
    from servanda.values.weapons import CLASSES

    _print_tree("acts", STANDARD.acts)
    _print_tree("targets", STANDARD.targets)
    _print_tree("weapons", Tree.build("weapon", CLASSES))
    print("weapon systems")
    systems = sorted({s.name: s for s in STANDARD.weapons.systems.values()}.values(), key=lambda s: (s.of, s.name))
    for s in systems:
        measures = [f"{s.calibre_mm:g} mm" if s.calibre_mm else "", f"range {s.range_km:g} km" if s.range_km else ""]
        print(f"  {s.name}: {', '.join([s.of, *filter(None, measures)])}")


def _print_tree(title: str, tree: Tree) -> None:
    def branch(above: str | None, depth: int) -> None:
        for code in sorted(c for c, up in tree.parent.items() if up == above):
            print("  " * depth + code)
            branch(code, depth + 1)

    print(title)
    branch(None, 1)

"""Published verdicts made again, from the very entries that they named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from servanda.app.publish import digests_of, software_since
from servanda.app.record import run_of
from servanda.errors import Fault, RecordError
from servanda.store import Run, Store
from servanda.values.time import parse_instant


@dataclass(frozen=True)
class Replay:
    """A published run made again.

    Args:
        run: as it was published.
        same: the files that are the same to the byte.
        differ: the files that are not, or that there were only once.
        software: what has changed of the software since, in words.
    """

    run: Run
    same: tuple[str, ...]
    differ: tuple[str, ...]
    software: str


def replay(store: Store, only: int | None = None) -> Iterator[Replay]:
    """Make published runs again.

    Args:
        store: where they were published.
        only: the number of one run's entry; left out, all are made again.

    Yields:
        Each run, as soon as it is made.

    Raises:
        ServandaError: there is no such run, or a file cannot be read any more.
    """
    runs = [run for run in store.runs() if only in (None, run.index)]
    if only is not None and not runs:
        raise RecordError(
            Fault(store.name, f"entry {only} is not a published run", "see 'servanda record log'", code="STO004")
        )
    for run in runs:
        as_of = parse_instant(run.as_of, ZoneInfo("UTC")) if run.as_of else None
        now = digests_of(run_of(store, store.chosen(run.inputs), as_of=as_of, slices=run.slices).files)
        same = tuple(name for name, digest in run.digests.items() if now.get(name) == digest)
        differ = tuple(sorted((set(run.digests) | set(now)) - set(same)))
        yield Replay(run, same, differ, software_since(run))

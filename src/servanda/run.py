"""From file names to verdicts: the thin shell around the pure rooms, used by the command line and from Python."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from servanda.agreement import Agreement, read_agreement
from servanda.coverage import read_coverage
from servanda.evidence import Context, Evidence, SetAside
from servanda.verdicts import Verification, verify

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3  # malloc.h


def context_of(agreement: Agreement) -> Context:
    """What readers of evidence may know of an agreement."""
    boxes = [place.outline().bounds for place in agreement.places.values()]
    extent = None
    if boxes:
        west, south, east, north = zip(*boxes, strict=True)
        extent = (min(west), min(south), max(east), max(north))
    return Context(agreement.zone, agreement.actors, agreement.vocabulary, extent)


def keep_freed_memory() -> None:
    """Ask glibc to keep what is freed for the next batch; elsewhere nothing.

    Without this, every large column of a batch is mapped anew and every page of it faulted in again.
    """
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return
    for option, value in ((_MMAP_THRESHOLD, 1 << 30), (_TRIM_THRESHOLD, (1 << 31) - 1), (_TOP_PAD, 1 << 27)):
        mallopt(option, value)


def verify_files(
    agreement: str | Path,
    evidence: Sequence[str | Path],
    coverage: Sequence[str | Path] = (),
    *,
    as_of: datetime | None = None,
    by: Literal["day", "week"] | None = None,
    reader: str | None = None,
    progress: Callable[[str, int], None] = lambda stage, done: None,
) -> tuple[Verification, SetAside]:
    """Read the files and judge. Raises :class:`~servanda.errors.ServandaError` for what a user can mend."""
    text = read_agreement(agreement)
    watched = read_coverage(coverage, text.places, text.vocabulary, text.zone, text.id)
    reports = Evidence(evidence, context_of(text), reader=reader)
    run = verify(
        text,
        reports.batches,
        watched,
        as_of=as_of,
        by=by,
        brief=reports.brief,
        items=lambda: reports.aside.items,
        decisions=reports.decisions,
        progress=progress,
    )
    return run, reports.aside

"""Publishing verdicts in a store, and how later ones stand to those that were published."""

from __future__ import annotations

import json
from importlib.metadata import version

from servanda import __version__
from servanda.app.record import RecordRun
from servanda.record import Signer
from servanda.record.log import digest_of
from servanda.store import Run, Store
from servanda.values.time import iso

_LIBRARIES = ("polars", "numpy", "shapely", "pyproj")
_TOLD = ("term", "party", "reading", "verdict", "window", "confirmed", "alleged", "excused")
_SHOWN = ("verdicts.json", "timeline.json")


def publish(store: Store, run: RecordRun, signer: Signer, by: Signer | None = None) -> int:
    """Publish verdicts: what went in, the digests of what came out, and verdicts.json itself.

    Args:
        store: where they are published.
        run: the verdicts, as they came out of the same store.
        signer: who keeps the store.
        by: who publishes; left out, who keeps the store.

    Returns:
        The number of the entry.

    Raises:
        RecordError: it cannot be written, or the signer may not.
    """
    shown = {name: run.files[name].decode() for name in _SHOWN if name in run.files}
    inputs = tuple(run.inputs.indices)
    return store.publish(
        Run(inputs, iso(run.as_of), run.slices, software_now(), digests_of(run.files), shown, told=_told(run)),
        signer,
        by,
    )


def _told(run: RecordRun) -> str:
    """The verdicts and what is counted in them; without reasons, sources, places and digests, from which withheld fields could be found by trying."""
    whole = json.loads(run.files["verdicts.json"])
    verdicts = [{key: verdict[key] for key in _TOLD} for verdict in whole["verdicts"]]
    return json.dumps({**{key: whole[key] for key in ("format", "agreement", "as_of")}, "verdicts": verdicts}, indent=1)


def digests_of(files: dict[str, bytes]) -> dict[str, str]:
    """What is promised of the files of a run.

    Args:
        files: content by file name.

    Returns:
        SHA-256 by file name. Parquet and GeoPackage are left out: their bytes are the library's affair, and other files say the same.
    """
    return {name: digest_of(data) for name, data in files.items() if not name.endswith((".parquet", ".gpkg"))}


def software_now() -> dict[str, str]:
    """The versions of Servanda and of the libraries on which the bytes of results depend, by name."""
    return {"servanda": __version__, **{name: version(name) for name in _LIBRARIES}}


def software_since(run: Run) -> str:
    """What has changed of the software since a run was published, in words; nothing where nothing has."""
    now = software_now()
    return ", ".join(f"{name} {old}, now {now.get(name)}" for name, old in run.software.items() if now.get(name) != old)


def compare_with_published(store: Store, run: RecordRun) -> list[str]:
    """How verdicts stand to those that were published for the same instant.

    Args:
        store: where they were published.
        run: the verdicts, as they came out of the same store.

    Returns:
        A sentence for each published run.
    """
    return [
        _comparison(published, run)
        for published in store.runs()
        if published.as_of == iso(run.as_of) and published.slices == run.slices
    ]


def _comparison(published: Run, run: RecordRun) -> str:
    if published.digests["verdicts.json"] == digest_of(run.files["verdicts.json"]):
        return f"The verdicts are the same, byte for byte, as those published in entry {published.index}."
    before, now = set(published.inputs), set(run.inputs.indices)
    why = [f"entries {', '.join(map(str, sorted(now - before)))} have come"] if now - before else []
    why += [f"entries {', '.join(map(str, sorted(before - now)))} no longer count"] if before - now else []
    why += [f"the software has changed ({versions})"] if (versions := software_since(published)) else []
    reason = "; ".join(why) or "nothing that went in has: look for the cause"
    return f"The verdicts DIFFER from those published in entry {published.index}: since then {reason}."

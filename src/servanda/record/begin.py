"""What a record begins with: its policy, and what is refused before anything is written."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from servanda.errors import Fault, RecordError
from servanda.record.signing import Signer, vkey
from servanda.record.tiers import parse_tiers
from servanda.record.verifier import COSIGNATURE, Broken, Key, Policy


def policy_text(signer: Signer, witnesses: Mapping[str, Key], quorum: str) -> bytes:
    """A tlog-policy: the log, the witnesses, and ``all``, ``any``, ``none`` or a number of them as the quorum."""
    lines = [f"log {vkey(signer.public())}"]
    lines += [f"witness {name} {vkey(dataclasses.replace(key, kind=COSIGNATURE))}" for name, key in witnesses.items()]
    if witnesses and quorum != "none":
        lines += [f"group everybody {quorum} {' '.join(witnesses)}", "quorum everybody"]
    else:
        lines.append("quorum none")
    return "\n".join([*lines, ""]).encode()


def refuse_beginning(folder: Path, vault: Path, policy: bytes, tiers: bytes, parties: Mapping[str, Key]) -> None:
    """Refuse to begin a record that could not be, before anything is written."""
    try:
        Policy.parse(policy)
    except Broken as error:
        hint = "names without spaces; a quorum of all, any, none or a number"
        raise RecordError(Fault("policy", error.what.partition(": ")[2] or error.what, hint, code="REC012")) from None
    for name, tier in parse_tiers(tiers).items():
        strangers = set(tier.less) - set(parties)
        if strangers:
            what = f"the tier {name!r} keeps something from {', '.join(sorted(strangers))}, no party of this record"
            raise RecordError(Fault("tiers", what, f"the parties are {', '.join(parties) or 'none'}", code="REC018"))
    if folder.resolve() in (vault.resolve(), *vault.resolve().parents):
        what = "lies in the record, which everybody gets"
        raise RecordError(Fault("--vault", what, "name a folder elsewhere", code="REC016"))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RecordError(Fault(str(folder), "is not an empty folder", "name a new or empty folder", code="REC015"))
    if vault.exists():
        raise RecordError(Fault(str(vault), "is there already", "name another with --vault", code="REC015"))

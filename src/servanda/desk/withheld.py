"""What a package withholds, and why, in words for who reads it: the reasons in the file itself are for its checker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from servanda.record.tiers import RELEASES

_FIELDS = "fields "
_EMBARGO = ("embargo: their incidents are ", "embargo: it speaks of incidents that are ")
_WHY = {
    "it speaks of protected sources": "Files that speak of protected sources",
    "protected sources: places and times only as those of k of them": "Reports of protected sources: place and time are told only as they are of several together",
    "embargo or tier: it speaks of what is not open yet, or of what this tier does not see": "Decisions: on incidents that are not open to you yet, or on which somebody may still answer; grades of sources, tasks, and how reports were divided",
    "tier: it is the key of ids that would tell what reports say": "The key of which the numbers of incidents are made: by trying, it would tell what closed reports say",
    "tier: its reasons and digests are made from what this tier does not see": "The reasons of published verdicts, which name what is closed to you; the verdicts and their counts are open",
}
_WAITS = {
    "assessed": "Reports of incidents that are not assessed yet, and what was decided about them",
    "replied": "Reports of incidents on which whoever is accused may still answer, or was not asked yet, and what was decided about them",
    "signed": "Reports of incidents that are not signed yet, and what was decided about them",
    "disclosed": "Reports of incidents that are not disclosed yet, and what was decided about them",
}


class Withheld(NamedTuple):
    """A thing that is withheld: of which file, how many of its rows, and which of its fields; with neither, the file itself."""

    name: str
    rows: int
    fields: list[str]


def withheld(listed: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[Withheld]]]:
    """What is withheld, put together by why.

    Args:
        listed: as the package lists it.

    Returns:
        Why, as a text of the catalogues (what is not known here, as it stands in the package), and of what.
    """
    out: dict[str, list[Withheld]] = {}
    for left in listed:
        what = str(left["what"])
        fields = what.removeprefix(_FIELDS).split(", ") if what.startswith(_FIELDS) else []
        out.setdefault(_plain(str(left["why"]), bool(fields)), []).append(
            Withheld(str(left["name"]), int(left.get("rows", 0)), fields)
        )
    return list(out.items())


def _plain(why: str, of_fields: bool) -> str:
    if why == "tier":
        return "Fields that are closed to you" if of_fields else "Files of kinds that are closed to you"
    waits = {start + said: _WAITS[name] for start in _EMBARGO for name, said in RELEASES.items()}
    return (_WHY | waits).get(why, why)

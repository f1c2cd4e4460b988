"""The columns of reports that need no judgement over a whole column: ids, kinds, counts, and texts put together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePath

from servanda.evidence.importing.mapping import NONE
from servanda.evidence.importing.numbers import number, number_in_words
from servanda.evidence.importing.sheets import Broken, shown
from servanda.evidence.importing.words import begins_with_word, is_word, stance_of, thing_of, unit_in, unit_word, words
from servanda.evidence.importing.work import Work, said_again, text_of
from servanda.evidence.model import AS_IT_IS
from servanda.values.names import name_key

_PIECES = re.compile(
    r"(?<=\d)\s*(?:pcs|pieces|units?|шт|штук[иа]?|од|одиниц[іья]?|ед|единиц[аы]?|x|×|times|разa?|рази?|fois|veces|قطعة|قطع|مرات)\.?$",
    re.IGNORECASE,
)
"""What says behind a count that it counts, and not what."""
_COUNTED = re.compile(r"^\s*([\d.,' \u00a0\u202f]*\d)\s+([^\d\s].{0,40})$")


def numbered(ids: list[str]) -> list[str | None]:
    """Ids of rows that one row of the file gave, apart from each other."""
    seen: dict[str, int] = {}
    out: list[str | None] = []
    for text in ids:
        seen[text] = seen.get(text, 0) + 1
        out.append(text if seen[text] == 1 else f"{text}-{seen[text]}")
    return out


def ids(work: Work) -> list[str | None]:
    """Ids: those of the column where each row has one of its own; else file and row. Mere numbers get the file's name in front."""
    given = [text_of(cell) for cell in work.cells("report_id")]
    sheet = work.table.sheet
    part = "-".join([f"row{sheet.part}"] * bool(sheet.part) + [f"column{sheet.beside}"] * bool(sheet.beside))
    stem = re.sub(
        r"[^\w.-]+", "-", "-".join(filter(None, (PurePath(work.table.sheet.file).stem, work.table.sheet.name, part)))
    ).strip("-")
    if all(given) and len(set(given)) == len(given):
        return [f"{stem}-{text}" if part or (text.isdigit() and len(text) < 7) else text for text in given]
    if work.has("report_id") and any(given):
        work.told.append(
            f"column {work.name('report_id')!r} does not tell rows apart; their numbers in the file are taken for ids"
        )
    return [f"{stem}-{n}" for n in work.table.numbers]


_PROVEN = re.compile(r"verif|confirm|valid|провер|перевір|підтвердж|подтвержд|vérifi|confirmé|verificad", re.IGNORECASE)
"""Names of columns that say whether a report is verified."""


def kinds(work: Work) -> list[str | None]:
    """Claim or observation: as a column says it, or as the certainty of who reports does. What was withdrawn there, or did not happen, is set aside."""
    unproven = work.has("certainty") and _PROVEN.search(work.name("certainty"))
    for n, cell in enumerate(work.cells("certainty")):
        if unproven and words(shown(cell)) in ("false", "0", "no"):
            work.doubt(
                n, "certainty", shown(cell), "not verified, which is not refuted; the row stays what its source says"
            )
        elif isinstance(cell, str) and begins_with_word("withdrawn", cell):
            work.wrong(
                n, "EVD170", "certainty", cell, "a report that was withdrawn, refuted or entered twice", AS_IT_IS
            )
        elif isinstance(cell, str) and begins_with_word("not_done", cell):
            work.wrong(n, "EVD170", "certainty", cell, "it did not happen, or not yet, and nothing was done", AS_IT_IS)
        elif isinstance(cell, str) and "denies" in (stance_of(cell), stance_of(cell.strip().partition(" ")[0])):
            work.doubt(n, "certainty", cell, "says that it was denied; the row stays what its source says")
    if work.is_absent("kind") and work.is_absent("certainty"):
        return [None] * work.table.height
    if work.has("kind") or not work.has("certainty"):
        return [text_of(cell) or None for cell in work.cells("kind")]
    cells = [shown(cell) for cell in work.cells("certainty")]
    seen = sorted({text for text in cells if is_word("observed", text)})
    if seen:
        work.told.append(
            f"column {work.name('certainty')!r}: {', '.join(map(repr, seen))} is read as an observation, anything else as a claim"
        )
    return ["observation" if is_word("observed", text) else None for text in cells]


def stances(work: Work) -> list[str | None]:
    """How the source of each row stands to it: the codes, and words for them in six languages."""
    texts = [text_of(cell) for cell in work.cells("stance")]
    return [(stance_of(text) or text) if text else None for text in texts]


def quantities(work: Work) -> list[str | None]:
    """How many, where a cell is one number; what is none is told and left out. A word for none sets its row aside: without a number the act would stand."""
    out: list[str | None] = []
    if work.is_absent("quantity"):
        return [None] * work.table.height
    for n, cell in enumerate(work.cells("quantity")):
        value = number(cell, whole=True)
        if value is None and isinstance(cell, str):
            value = number(_with_unit(cell)[0], whole=True)
        if value is not None and value != int(value):
            value = None  # 1.500 may be one thousand and five hundred
        if value is None and (in_words := number_in_words(cell)):
            value = in_words
            work.doubt(n, "quantity", shown(cell), f"read as {in_words:g}")
        if isinstance(cell, str) and is_word("zero", cell):
            value = 0
            work.doubt(n, "quantity", cell, "read as 0: nothing was seen")
        elif isinstance(cell, str) and is_word("nothing", cell):
            why = "may say that nothing was seen, or that nobody counted"
            work.wrong(n, "EVD140", "quantity", cell, why, "write 0, or leave it empty")
        elif value is not None and value < 0:
            work.wrong(n, "EVD141", "quantity", shown(cell), "must be 0 or greater", "write the quantity in digits")
        elif value is None and not isinstance(cell, Broken) and text_of(cell):
            work.doubt(n, "quantity", shown(cell), "not one number; left out")
        out.append(f"{value:g}" if value is not None and value >= 0 else None)
    return out


def _with_unit(cell: str) -> tuple[str, str | None]:
    """The number of a cell, and what it counts where the word behind it is one for that: *12 rounds*, *4 pcs*."""
    bare = _PIECES.sub("", cell)
    counted = _COUNTED.match(bare)
    unit = unit_word(counted[2]) if counted else None
    return (counted[1], unit) if counted and unit else (bare, None)


def units(work: Work) -> list[str | None]:
    """What is counted: as the column of units says, else as the header of the count does."""
    acts = work.context.vocabulary.acts
    of_all = unit_in(work.name("quantity"), acts) if work.has("quantity") else None
    if not work.has("unit") and of_all is not None:
        work.told.append(f"what {work.name('quantity')!r} counts: {of_all.replace('_', ' ')}")
    said = [text_of(cell) for cell in work.cells("unit")]
    own = [_with_unit(cell)[1] if isinstance(cell, str) else None for cell in work.cells("quantity")]
    return [unit or ((unit_in(text, acts) or text) if text else of_all) for text, unit in zip(said, own, strict=True)]


def areas(work: Work, rows: Mapping[str, list[str | None]]) -> list[str | None]:
    """The place of the agreement for which a report holds: of a column of ours; or of a count, where its place bears that name and no coordinates stand beside it."""
    if work.has("area"):
        return [text_of(cell) or None for cell in work.cells("area")]
    places = {name_key(name): name for name in work.context.places or ()}
    named = [text_of(cell) for cell in work.cells("place_name")]
    bare = [not text_of(cell) for cell in work.cells("lat")]
    return [
        places.get(name_key(name)) if name and much and no else None
        for name, much, no in zip(named, rows["quantity"], bare, strict=True)
    ]


def targets(work: Work) -> list[str | None]:
    """Codes of what was hit; of a text that only holds a word for something that word's, and told; what is no word for any is told and left out."""
    codes = work.context.vocabulary.targets
    out: list[str | None] = []
    if work.is_absent("target"):
        return [None] * work.table.height
    for n, cell in enumerate(work.cells("target")):
        text = text_of(cell)
        code: str | None = words(text).replace(" ", "_")
        given = work.mapping.word("targets", text) if text and work.mapping.targets else None
        if given == NONE or given in codes.codes:
            code = None if given == NONE else given
        elif text and code not in codes.codes:
            code, surely = thing_of("targets", text)
            if code not in codes.codes and work.how.strict:
                code, why = None, "a word for no target that is known, or for several"
                work.wrong(n, "EVD206", "target", text, why, "choose its code, or leave it out of the report")
                work.choose(("targets", text[:200]), why)
            elif code not in codes.codes:
                code = None
                work.doubt(n, "target", shown(cell), "a word for no target that is known, or for several; left out")
            elif not surely:
                work.doubt(n, "target", shown(cell), f"read as {code}")
        out.append(code if text else None)
    return out


def tell_several_sources(work: Work) -> None:
    """Tell the cells that name several who report: so written they are one source, and another one than each of those alone."""
    for role in ("source", "origin"):
        for n, cell in enumerate(work.cells(role) if work.has(role) else ()):
            if isinstance(cell, str) and _SEVERAL_SOURCES.search(cell):
                work.doubt(
                    n, role, cell, "read as one source of that name, and as another than each of those that it names"
                )


_SEVERAL_SOURCES = re.compile(
    r";\s*\w|\s/\s|\s\+\s|,?\s(?:citing|quoting|via|with reference to|со ссылкой на|з посиланням на|citant|citando|نقلا عن)\s",
    re.IGNORECASE,
)


def weapons(work: Work) -> list[str | None]:
    """Weapons as they are written, and words for classes of them in other languages as the class."""
    out: list[str | None] = []
    if work.is_absent("weapon"):
        return [None] * work.table.height
    for n, cell in enumerate(work.cells("weapon")):
        text = text_of(cell)
        of, surely = thing_of("weapons", text) if text else (None, False)
        if not surely and work.context.vocabulary.weapons.knows(text):
            of = None  # which tells more than the class alone
        if of is not None and not surely:
            work.doubt(n, "weapon", shown(cell), f"read as {of}")
            of = f"{of.replace('_', ' ')} ({text})"
        out.append(of or text or None)
    return out


def together(work: Work, role: str) -> list[str | None]:
    """The texts of all columns of a role; consequences with the names of their columns."""
    found = work.columns.get(role, [])
    if not found:
        return (
            [None] * work.table.height if work.is_absent(role) else [text_of(cell) or None for cell in work.cells(role)]
        )
    named, mark = role == "effect", {"effect": "; ", "place_name": ", ", "summary": " | "}[role]
    out = []
    columns = {c: said_again(work.table.columns[c]) for c in found}
    for n in range(work.table.height):
        parts = []
        for c in found:
            text = text_of(columns[c][n])
            if text and text not in parts:
                name = work.table.names[c]
                parts.append(f"{name}: {text}" if named and words(name) != "effect" else text)
        out.append(mark.join(parts) or None)
    return out

"""Chats as sheets: only messages that have the form of a row, each line of which is a name and a value ("Place: Alder").

Nothing is read out of a sentence: what is a report is for people to decide. When it was published stands beside as when it became known; who sent
it as the source; whom it was forwarded from as the origin.
"""

from __future__ import annotations

import re
from datetime import datetime

from servanda.chats import Chat, Message
from servanda.evidence.importing.sheets import Cell, Filler, Sheet, not_imported
from servanda.evidence.importing.words import roles, words
from servanda.wording import plural

_PAIR = re.compile(r"\W{0,4}([^\W\d_][^:=\n]{0,39}?)\s*[:=]\s*(?!//)(\S.*)")
_TELLING = frozenset(
    "when date time start end_date act target weapon actor position lat lon lonlat place_name admin1 quantity effect".split()
)
"""What a message must name at least two of, on lines of their own, to have the form of a row."""
_LEAST = 3


def chat_sheets(file: str, chats: list[Chat]) -> list[Sheet]:
    """The messages of chats that have the form of a row.

    Args:
        file: the name of the file.
        chats: its chats.

    Returns:
        A sheet for each chat that has such messages.

    Raises:
        EvidenceError: no message has that form.
    """
    sheets = [sheet for chat in chats if (sheet := _sheet(file, chat, len(chats) > 1)) is not None]
    if sheets:
        return sheets
    count = sum(len(chat.messages) for chat in chats)
    is_what = "a feed" if chats[0].program in ("RSS", "Atom") else "a chat"
    what = f"is {is_what} of {chats[0].program} with {plural(count, 'message')}, none of which has the form of a row (lines as 'Place: Alder')"
    hint = "'servanda statements' looks for who said what in it; 'servanda import --as messages' writes its messages as a table, from which people code reports"
    raise not_imported(file, "EVD202", what, hint)


def _sheet(file: str, chat: Chat, several: bool) -> Sheet | None:
    forms = [(message, found) for message in chat.messages if (found := _form(message.text)) is not None]
    if not forms:
        return None
    sheet = Sheet(file, chat.name if several else "", "chat", told=list(chat.told))
    if len(forms) < len(chat.messages):
        sheet.told.append(
            f"{len(forms):,} of its {plural(len(chat.messages), 'message')} have the form of a row (lines as 'Place: Alder'); the others are no reports: "
            "'--as messages' writes all"
        )
    if chat.program == "WhatsApp":
        sheet.told.append("who first said it is taken to be who sent it: such a text does not mark what is forwarded")
    changed = sum(message.edited for message, _ in forms)
    if changed:
        sheet.told.append(f"{plural(changed, 'row')} changed after sending: what stood there before is not known")
    names = list(dict.fromkeys(name for _, (found, _) in forms for name in found))
    taken = {roles().get(words(name)) for name in names}
    own = [name for name in ("report_id", "source", "origin", "known_at") if name not in taken]
    filler = Filler(sheet)
    filler.add(0, [*names, *own, "text of the message"])
    for message, (pairs, rest) in forms:
        of_message = _of_message(chat, message)
        filler.add(message.row, [*(pairs.get(n) for n in names), *(of_message[n] for n in own), rest or None])
    return sheet


def _of_message(chat: Chat, message: Message) -> dict[str, Cell]:
    known = message.written
    return {
        "report_id": f"{chat.name}-{message.id}",
        "source": message.sender,
        "origin": message.origin or None,
        "known_at": known.isoformat(" ") if isinstance(known, datetime) else None,
    }


def _form(text: str) -> tuple[dict[str, str], str] | None:
    """The values of a message by their names, and what stands on lines without a name. Nothing where it has not the form of a row."""
    pairs: dict[str, str] = {}
    rest: list[str] = []
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    for line in lines:
        match = _PAIR.fullmatch(line)
        if match is None or len(match[1].split()) > 5 or match[1].casefold() in map(str.casefold, pairs):
            rest.append(line)
        else:
            pairs[" ".join(match[1].split())] = match[2].strip()
    telling = {role for name in pairs if (role := roles().get(words(name))) in _TELLING}
    if len(pairs) < _LEAST or len(pairs) < len(rest) or len(telling) < 2:
        return None
    return {name.casefold().capitalize(): value for name, value in pairs.items()}, "\n".join(rest)

"""Names as a reader sees them: written in other letters that look the same, another case, with other or unseen spaces, they are one name."""

from __future__ import annotations

import unicodedata

LATIN = "ABEIKMHOPCTYXSJ" + "abeikmhopctyxsj"
CYRILLIC = "АВЕІКМНОРСТУХЅЈ" + "авеікмнорстухѕј"
GREEK = "ΑΒΕΙΚΜΗΟΡΤΥΧΖΝ", "ABEIKMHOPTYXZN"
_SAME = str.maketrans(CYRILLIC + GREEK[0] + "οι", LATIN + GREEK[1] + "oi")
_NOT_SEEN = ("Cf", "Cc", "Cn")


def plain_name(name: str) -> str:
    """What of a name can be told apart by looking at it."""
    shown = "".join(
        " " if letter.isspace() else letter
        for letter in unicodedata.normalize("NFKC", name)
        if letter.isspace() or unicodedata.category(letter) not in _NOT_SEEN
    )
    small = shown.translate(_SAME).casefold().translate(_SAME)
    return unicodedata.normalize("NFC", " ".join(small.split()).strip(" .,;:'\""))

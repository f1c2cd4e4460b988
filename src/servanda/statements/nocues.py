"""Verbs that are no cues where they stand: participles that describe, nouns in disguise, requests not to be named."""

from __future__ import annotations

from servanda.statements import cues
from servanda.statements.content import Contents
from servanda.statements.words import Span


class NoCues(Contents):
    """One sentence in which some verbs attribute nothing."""

    def _unnamed(self, i: int) -> bool:
        """*who asked not to be named*, *who declined to be identified*: nothing was said."""
        words = [self._lower(k) for k in range(i + 1, i + 6)]
        return "be" in words and any(w in ("named", "identified", "quoted") for w in words)

    def _reads_as_noun(self, i: int, g: int) -> bool:
        """*his claims*: a noun that the tagger takes for a verb."""
        possessed = self._tag(i - 1).startswith(("AJ", "POS")) or self._lower(i - 1) in ("’s", "'s", "’", "'")
        gerund = self.words[i].tag == "VVG" and self._tag(i - 1) in ("DPS", "POS")  # *critical of its finding that*
        return g == i and (gerund or (self.words[i].tag in ("VVZ", "VVB") and possessed))

    def _bare_participle(self, i: int, g: int) -> bool:
        """*seen from here*: a participle that describes and tells nothing of who speaks."""
        return self.words[i].lemma in cues.DESCRIBING and self.words[i].tag == "VVN" and g == i

    def _participle_alone(self, i: int, g: int, left: Span | None) -> bool:
        """A participle without an auxiliary that nobody is the subject of, or of a verb whose past has another form."""
        word = self.words[i]
        if word.tag != "VVN" or g != i:
            return False
        return left is None or (word.text.lower() not in ("said", "told") and not word.text.endswith("ed"))

    def _talked(self, i: int) -> bool:
        """*who spoke to this newspaper by phone*: to whom, and not what."""
        who = self._lower(i - 1) in ("who", "which") or self.words[i].tag == "VVG"
        return self.words[i].lemma in ("speak", "talk") and who and self._tag(i + 1).startswith("PR")

"""Who says what in English headings and in the theses of a list."""

from __future__ import annotations

from dataclasses import replace

from servanda.statements.attribute import attributions
from servanda.statements.cast import cast_of
from servanda.statements.documents import Document, of_headings
from servanda.statements.speakers import People
from servanda.statements.verbs import Attribution
from servanda.statements.voices import Voice, each_speaker, voices
from servanda.statements.words import Tagger

_TITLE_CASE = 0.6  # share of words with capitals: who is named in such a heading the tagger cannot tell


def said_in_headings(
    document: Document, people: People, tagger: Tagger | None
) -> tuple[Document, list[Attribution], list[Voice]]:
    """What the headings of a document attribute.

    Args:
        document: the article.
        people: who is who.
        tagger: tags the words; left out, the Hanover Tagger.

    Returns:
        The headings as a document of their own, what they attribute, and who speaks in it.
    """
    loud = ((h, sum(w[0].isupper() for w in h.split()) / len(h.split())) for h in document.headings)
    headings = of_headings(replace(document, headings=tuple(h for h, share in loud if share < _TITLE_CASE)))
    found = [a for a in attributions(headings.text, headings.paragraphs, tagger) if a.source and not a.unsaid]
    kept = each_speaker(found, headings.text, people)
    return headings, kept, voices(kept, headings, people, cast_of(headings, people, tagger))

"""Clauses that are no terms, and say of the others when they bind, what they leave open and what does not follow from them."""

from __future__ import annotations

import re

_CHANGED = (
    r"\b(?:is|are|shall be) (?:hereby )?(?:amended|replaced|deleted|repealed|substituted)\b"
    r"|\b(?:words?|articles?|paragraphs?|clauses?|annex(?:es)?|figures?)\b[^.;]{0,80}\b(?:is|are|shall be) (?:\w+ )?(?:added|inserted)\b|^\W*is (?:hereby )?deleted\b"
)
_WHOLE = r"(?:agreement|truce|cease-?\s?fire|cessation of hostilities|treaty|arrangement|memorandum|protocol|accord)"
_FRAMES = (
    (
        re.compile(_CHANGED, re.IGNORECASE),
        "it changes the words of another text: is it one of the 'amendments:' of that agreement?",
    ),
    (
        re.compile(
            r"^\W*nothing\b[^.;,]{0,60}?\b(?:entitles?|authori[sz]es?|permits?|allows?|confers?|relieves?|excuses?|justif(?:y|ies))\b|\b(?:shall|does|do|will)(?: \w+ly)? not (?:entitle|authori[sz]e|relieve|excuse|exempt|absolve|justify)\b|\b(?:shall|does|do|will) not release [^.;]{0,40}\bfrom (?:its|their|any|the)\b",
            re.IGNORECASE,
        ),
        "it says what gives nobody a right and frees nobody: of which terms does it say so?",
    ),
    (
        re.compile(
            r"^\W*(?:nothing (?:in|herein|contained|stated|set out|(?:shall |will )?(?:prevents?|precludes?|prohibits?|forbids?|hinders?|stops?|bars?))\b|(?:the )?(?:paragraphs?|articles?|clauses?|provisions?|prohibitions?|bans?|restrictions?|limits?|moratorium|suspension|obligations?|this \w+|these \w+|(?:an? |the )?"
            rf"{_WHOLE}"
            r")\b[^.;,]{0,60}\b(?:does|do|shall|will) not "
            r"(?:apply|extend|cover|affect|prejudice|preclude|limit|impair)\b)|^[^.;]{0,80}\b(?:is|are|shall be|remains?) (?:(?:exempt(?:ed)?|excluded) from|not (?:covered by|subject to)|outside)\b"
            r"|^[^.;]{0,80}\b(?:does|do) not (?:fall|come) (?:under|within)\b"
            r"|^\W*(?:(?:neither|no) (?:party|side)|(?:the |both |all )?(?:parties|sides)\b[^.;,]{0,30}? not)\b[^.;,]{0,30}? (?:prohibited|forbidden|precluded|barred|banned|prevented|hindered|stopped) from\b"
            r"|\bnot (?:be )?(?:(?:considered|deemed|regarded as|treated as|constitute|amount to) )?(?:an?|any) (?:violation|breach|infringement)\b|\bnot be (?:interpreted|construed|understood|read|taken) (?:so )?(?:as|to)\b",
            re.IGNORECASE,
        ),
        "it says what other clauses leave open: of which terms is it an exception? Write it there under 'except:'",
    ),
    (
        re.compile(
            r"\b(?:bans?|prohibitions?|restrictions?|moratorium|curfew)\b[^.;]{0,60}\b(?:is|are|shall be|will be) (?:hereby |thereby )?(?:lifted|ended|removed|revoked|suspended|terminated)\b",
            re.IGNORECASE,
        ),
        "it ends a ban: of which term is that the 'until:'?",
    ),
    (
        re.compile(
            r"^\W*(?:an?|any|every|each) (?:\w+ )?(?:breach|violation|infringement)s?\b[^.;]{0,120}\b(?:shall|will|is|are)(?: be)? (?:treated|considered|deemed|regarded|constitute)\b",
            re.IGNORECASE,
        ),
        "it says what a breach of other clauses counts as: of which terms?",
    ),
    (
        re.compile(
            r"\b(?:shall|will|does|do|is|are)(?: \w+ly)? not (?:be )?(?:required|obliged|obligated|bound|expected|compelled) to\b|(?:^|, )(?:(?!\b(?:shall|will|must|may|which|who|that|if|unless|when|where)\b)[^.;,]){1,80}?\b(?:need not|(?:has|have|is|are) (?:under )?no (?:obligation|duty) to|(?:does|do) not have to)\b|^\W*(?:neither|no)\b[^.;]{0,40}\b(?:is|are|shall be) (?:required|obliged|obligated|bound|expected|compelled) to\b",
            re.IGNORECASE,
        ),
        "it says what nobody has to do, which no act is against: of which terms is it an exception? Write it there under 'except:'",
    ),
    (
        re.compile(
            rf"^(?:[^.;,]{{0,80}},)?\W*(?:this|the|an?|such)\s+(?:[\w-]+\s+){{0,3}}?{_WHOLE}\b[^.;,]{{0,60}}\b(?:(?:remains?|stays?|continues?|be|is|enters?|comes?) (?:in|into|to be in) (?:full )?(?:force|effect)|takes? effect|"
            rf"(?:be|is) (?:automatically )?(?:renewed|extended|prolonged)|expires?|lapses?|ends?)\b|^\W*(?:either|any|each|a) (?:party|side) (?:may|can) (?:terminate|denounce|withdraw from) (?:it|this|the)\b",
            re.IGNORECASE,
        ),
        "it says from when, how long or until when the agreement binds: is that under 'in_force:'?",
    ),
)


def frame_of(text: str) -> str:
    """What is to be asked of a clause that is no term.

    Args:
        text: its words.

    Returns:
        The question; '' for any other clause.
    """
    return next((asked for pattern, asked in _FRAMES if pattern.search(text)), "")

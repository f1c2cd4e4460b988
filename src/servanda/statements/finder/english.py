"""An English document as the finder sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from servanda.statements.cast import Cast
from servanda.statements.documents import Document
from servanda.statements.finder.scene import Heard, Named, Scene
from servanda.statements.speakers import People
from servanda.statements.topics import TopicMatcher
from servanda.statements.verbs import Attribution
from servanda.statements.voices import Voice, person
from servanda.statements.words import Span, hanover, quotations, sentences, tokens


def english_scene(
    document: Document,
    people: People,
    cast: Cast,
    said: Sequence[tuple[Attribution, Voice]],
    unsaid: Sequence[Attribution],
    own: tuple[tuple[str, str], Sequence[Attribution]],
    matcher: TopicMatcher,
) -> Scene:
    """A document as the finder sees it.

    Args:
        document: the article.
        people: who is who.
        cast: of the document.
        said: what the rules found, with who speaks.
        unsaid: what was not said, or by nobody who has a name.
        own: whose own words the document is, and where they stand.
        matcher: the terms.

    Returns:
        It.
    """
    text = document.text
    heard = [
        Heard(a.content, v.name[0] or v.called, v.name[1], person(v.name[0], people)) for a, v in said if not v.carrier
    ]
    heard += [Heard(a.content, *own[0], person(own[0][0], people)) for a in own[1]]
    spans = [s for p in document.paragraphs for s in sentences(text, p, quotations(text, p))]
    words = [w for span in spans for w in tokens(text, span, hanover())]
    shut = tuple(s for a in unsaid for s in (a.cue, *a.content) if s)
    author = own[0] if own[0][0] else ("", "")
    named = tuple(_named(cast, (0, len(text))))
    paragraphs, parties = document.paragraphs, tuple(people.parties)
    return Scene(
        "en",
        text,
        paragraphs,
        words,
        tuple(heard),
        named,
        matcher.amounts,
        shut,
        author,
        parties,
        matcher,
        matcher.terms_in,
    )


def _named(cast: Cast, span: Span) -> Iterator[Named]:
    """Whoever the cast knows, and things that tell a side."""
    for m in cast.within(span):
        member = cast.members.member(m)
        side = (member.side if member is not None else "") or m.told
        if m.kind == "thing" and not side:
            continue
        name = (cast.called(member) if member is not None else "") or cast.words(m)
        alive = member is not None and member.kind == "person"
        yield Named(m.span, name, side, alive, m.subject and not m.owned, m.kind == "pronoun")

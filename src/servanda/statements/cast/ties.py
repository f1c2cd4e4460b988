"""How the mentions of one sentence hang together: of what one is, what stands in apposition, who leads what, lists of who takes part."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from servanda.statements.cast.lexicon import ABROAD, ARMED, GROUPS, MAN, OFFICES, ORGANS, PERSONS, RULERS, SPOKES, TO
from servanda.statements.cast.mentions import Mention, Mentions

_OF = frozenset("of for in with from at to inside on".split())
_SITS = frozenset("sit serve belong".split())
_LEADS = frozenset("lead head command represent chair run direct oversee coordinate".split())
_FOR = frozenset("speak negotiate work act sit appear talk fight".split())
_BE = frozenset("be become".split())
_MARKS = frozenset(",;.)—–―-") | {"--"}


def tie(sentence: Mentions, found: Sequence[Mention]) -> None:
    """Note on the mentions of a sentence how they hang together.

    Args:
        sentence: its words.
        found: its mentions, in order.
    """
    for n in range(len(found) - 1, -1, -1):
        m = found[n]
        after = next((x for x in found[n + 1 :] if x.first > m.last), None)
        if after is not None:
            _of(sentence, m, after, found)
    for n, m in enumerate(found):
        _apposed(sentence, m, [x for x in found[n + 1 :] if x.first > m.end])
    for n, m in enumerate(found):
        _leads(sentence, m, found[n + 1 :])
    _is(sentence, found)
    _led_by(sentence, found)
    _known_as(sentence, found)
    _on_behalf(sentence, found)
    _lists(sentence, found)


def _head_of(found: Sequence[Mention], first: int) -> Mention | None:
    """The mention that begins at a word, past whoever possesses it."""
    at = next((n for n, x in enumerate(found) if x.first == first), None)
    if at is None:
        return None
    while found[at].owned and at + 1 < len(found) and found[at + 1].owner is found[at]:
        at += 1
    return found[at]


def _of(s: Mentions, m: Mention, after: Mention, found: Sequence[Mention]) -> None:
    """*commander of the forces*, *spokesman for the army*; *Secretary of State Dana Whitfield* is one person."""
    link = s.lower(m.last + 1)
    if link not in _OF or after.first != m.last + 2 or m.owned or s.inside[after.first] != s.inside[m.last]:
        return
    target = _head_of(found, after.first)
    if target is None or m.kind in ("pronoun", "side", "nation"):
        return
    if m.kind == "person" and not m.name and target.name and link in ("of", "for") and not target.definite:
        if target.owner is None and target.head not in OFFICES and target.words:
            m.name, m.end, m.subject = target.name, target.last, target.subject
            m.words += target.words
            target.kind, target.name = "thing", ""
            return
        if not target.words and target.owner is None and m.head in ("staff", "secretary", "minister"):
            m.name, m.end, m.subject = target.name, target.last, target.subject
            target.kind, target.name = "thing", ""
            return
    m.of = (link, target)
    if country := _abroad(s, m, target):
        m.proper, m.words = m.proper | {country}, (country, *m.words)
    m.end = max(m.end, target.end)
    m.subject = m.subject or target.subject
    if target.subject and m.kind != "thing":
        target.subject = False


def _abroad(s: Mentions, m: Mention, target: Mention) -> str:
    """The country that is not known of whose office somebody is: *the president of neighbouring Ruritania*, *the foreign minister of Ruritania*."""
    word = s.words[target.last].text
    whose = m.kind == "person" and m.head in RULERS and (m.head != "minister" or len(m.words) > 1)
    plain = target.kind == "thing" and not (target.definite or target.told or target.name)
    return word.lower() if whose and plain and word[0].isupper() and word.lower() not in ORGANS else ""


def _apposed(s: Mentions, m: Mention, after: Sequence[Mention]) -> None:
    """*Ana Silva, the minister of B,* and *its spokesman, Karl Brandt,*; *Haddad (Lebanon)*."""
    if m.name and s.tag(m.end + 2) == "CRD" and s.lower(m.end + 1) == s.lower(m.end + 3) == ",":
        m.end += 2  # *Ana Silva, 61, the minister of B,*
        m.subject = m.subject or _verb_at(s, m.end + 2)
    mark = s.lower(m.end + 1)
    if not after or mark not in (",", "(", "―", "—", "–") or m.owned or m.kind in ("pronoun", "thing"):
        return
    start = m.end + 2
    if mark == "," and s.lower(start) in ("who", "which"):
        return
    b = _head_of(after, start)
    if b is None or b.owned or s.inside[b.last] != s.inside[m.last]:
        return
    closes = s.lower(b.end + 1)
    if closes == "who" and m.name and not b.name and b.kind in ("person", "nation"):
        stop = next((k for k in range(b.end + 2, min(b.end + 16, len(s.words))) if s.lower(k) in (",", ".")), 0)
        if stop and s.lower(stop) == ",":  # *Halloran, the Australian who commands the force, said*
            m.same, b.same, m.end = b, m, stop
            m.subject = m.subject or _verb_at(s, stop + 1)
        return
    if mark == "(":
        if b.kind == "side" or (b.kind == "thing" and b.told):
            m.of, m.end = ("of", b), b.end + 1
        elif b.kind in ("person", "body") and not (m.name and b.name):
            m.same, b.same, m.end = b, m, b.end + 1
        return
    ends = closes in _MARKS or b.end + 1 >= len(s.words) or s.inside[b.end] != s.inside[b.end + 1]
    named_behind = closes != "and" and m.kind == "person" and b.name and not m.name and b.subject
    if not (ends or named_behind):
        return
    if _preposed(s, m) and b.name and not m.name:
        return
    people = m.kind in ("person", "nation") and b.kind in ("person", "thing")
    if people and b.kind == "thing" and not (b.owner is not None and MAN & set(b.words)):
        return
    if people and not (m.name and b.name) and (m.name or b.name) and _fits(m, b):
        m.same, b.same, m.end = b, m, max(m.end, b.end + 1 if closes == "," else b.end)
        m.subject = m.subject or b.subject or _verb_at(s, b.end + (2 if closes == "," else 1))
    elif m.kind == "body" and b.kind in ("body", "side") and not b.subject:
        m.same, b.same, m.end = b, m, b.end + 1


def _is(s: Mentions, found: Sequence[Mention]) -> None:
    """*Ana Silva is spokeswoman of B*: she and the office are one."""
    for m, b in pairwise(found):
        verb = s.words[m.end + 1].lemma if m.end + 1 < len(s.words) else ""
        named = m.kind == b.kind == "person" and m.name and m.subject and not b.name
        if (
            named
            and verb in _BE
            and s.lower(m.end + 2) != "not"
            and b.first <= m.end + 3
            and b.head in SPOKES
            and b.same is None
        ):
            b.same = m


def _fits(m: Mention, b: Mention) -> bool:
    """One of the two is an office, or a noun for a person that is possessed or has an article."""
    other = b if m.name and not b.name else m
    return (
        other.head in OFFICES or (other.head in PERSONS and bool(other.definite or other.of)) or other.kind == "thing"
    )


def _preposed(s: Mentions, m: Mention) -> bool:
    """*For the Federation, General Delic said*: no apposition."""
    return m.first == 1 and s.tag(0).startswith("PR")


def _verb_at(s: Mentions, k: int) -> bool:
    while k < len(s.words) and s.tag(k) == "AV0":
        k += 1
    return k < len(s.words) and s.finite(k)


def _leads(s: Mentions, m: Mention, after: Sequence[Mention]) -> None:
    """*who heads the delegation*, *leads the mission*, *speaks for the army*; *is the British minister*."""
    if m.kind not in ("person", "nation") or m.owned or not (m.name or m.head):
        return
    if not m.name and m.definite and (is_ := _behind_relative(s, m)):
        b = _head_of(after, is_)
        if b is not None and b.kind == "person" and b.name:
            m.same, b.same = b, m  # *the man who put them there is Minister Sin*
        return
    k = m.end + 1
    relative = s.lower(k) == "," and s.lower(k + 1) == "who"
    k += 2 if relative else 1 if s.lower(k) == "who" else 0
    while s.tag(k) == "AV0" or (s.tag(k).startswith(("VH", "VB", "VM")) and s.words[k].lemma not in _BE):
        k += 1
    if k >= len(s.words) or not s.tag(k).startswith("V"):
        return
    lemma = s.words[k].lemma
    if lemma in _BE:
        k += 1
        if s.tag(k) == "XX0" or s.lower(k) in ("no", "not"):
            return
        b = _head_of(after, k)
        told = b is not None and (b.definite or s.lower(b.end + 1) in ("of", "for"))  # *is chief of staff of the army*
        if b is not None and told and m.name and b.kind == "person" and not b.name and b.head in OFFICES:
            m.same, b.same = b, m
        return
    if (lemma in _FOR and s.lower(k + 1) == "for") or (lemma in _SITS and s.lower(k + 1) in ("on", "in", "to")):
        k += 2
    elif lemma in _LEADS:
        k += 1
    else:
        return
    b = _head_of(after, k)
    if b is not None and m.of is None:
        behalf = _head_of(after, b.end + 2) if s.lower(b.end + 1) == "for" else None
        m.of = ("leads", b) if behalf is None or behalf.kind not in ("side", "body") else ("for", behalf)
        if relative and s.lower(b.end + 1) == ",":
            m.end, m.subject = b.end + 1, _verb_at(s, b.end + 2)


def _behind_relative(s: Mentions, m: Mention) -> int:
    """Behind *is*, where that is the verb of a sentence that begins with *the man who ...*; else 0."""
    if m.first or s.lower(m.end + 1) != "who":
        return 0
    verbs = [k for k in range(m.end + 2, len(s.words)) if s.finite(k)]
    is_ = verbs[1] if len(verbs) > 1 and s.words[verbs[1]].lemma in _BE else 0
    return is_ + 1 if is_ and not any(s.lower(k) in (",", "and", "that") for k in range(m.end, is_)) else 0


def _led_by(s: Mentions, found: Sequence[Mention]) -> None:
    """*the commission, headed by the Finnish general Matti Salonen,*."""
    for m in found:
        k = m.end + (2 if s.lower(m.end + 1) == "," else 1)
        if m.kind not in ("body", "side") or s.tag(k) not in ("VVN", "VVD") or s.lower(k + 1) != "by":
            continue
        b = _head_of(found, k + 2)
        if s.words[k].lemma in _LEADS and b is not None and b.kind == "person" and b.of is None:
            b.of = ("leads", m)


def _known_as(s: Mentions, found: Sequence[Mention]) -> None:
    """*the rebel commander known as Berkut*, *a man who gave his name as Karim*."""
    for n, m in enumerate(found[:-1]):
        if m.kind != "person" or m.name:
            continue
        b = next((x for x in found[n + 1 : n + 3] if s.words[x.first].text[0].isupper()), found[n + 1])
        if b.kind not in ("person", "thing") or b.first - m.last > 8:
            continue
        between = [s.lower(k) for k in range(m.last + 1, b.first)]
        known = (
            between
            and (between[-1] in ("as", "called", "named", "nicknamed") or between[-2:] == ["name", "of"])
            and {"known", "called", "named", "nicknamed", "name", "identified"} & set(between)
        )
        if known and s.words[b.first].text[0].isupper():
            b.kind, b.name = "person", b.name or " ".join(w.text for w in s.words[b.first : b.last + 1])
            m.same, b.same, m.end = b, m, b.end
            m.subject = m.subject or b.subject


def _on_behalf(s: Mentions, found: Sequence[Mention]) -> None:
    """*For Syria, Colonel Marwan said*, *for Israel, General Sela;*, *Speaking for the Iranian side, Karimi said*, *on behalf of ...*."""
    for n, m in enumerate(found[:-1]):
        if m.name and s.lower(m.end + 1) == "," and s.lower(m.end + 2) in ("for", "representing") and m.of is None:
            b = _head_of(found, m.end + 3)
            if b is not None and b.kind in ("side", "body") and s.lower(b.end + 1) == ",":
                m.of, m.end = ("for", b), b.end + 1  # *Calarcá, for the movement, said*
                m.subject = m.subject or _verb_at(s, m.end + 1)
            continue
        if m.kind not in ("side", "body", "thing") or s.lower(m.first - 1) not in ("for", "of", "representing"):
            continue
        before = s.lower(m.first - 2)
        ahead = m.first == 1 or before in (":", ";", ",", "speaking", "behalf", "(", "and") or m.first - 1 == 0
        person = found[n + 1]
        comma = s.lower(m.end + 1) in (",", ":") and person.first == m.end + 2
        if (
            ahead
            and comma
            and person.name
            and not person.told
            and person.of is None
            and (s.lower(m.first - 1) != "of" or before == "behalf")
        ):
            person.of = ("for", m)
            m.same = None


def _lists(s: Mentions, found: Sequence[Mention]) -> None:
    """*Members of the Ukrainian delegation: Ana Berg (head), Ihor Bondar.*: all names up to the stop are of that side."""
    for n, m in enumerate(found):
        if s.lower(m.end + 1) != ":" or m.quoted >= 0 or m.owned:
            continue
        of = m.of[1] if m.of and m.kind in ("thing", "people") and m.of[1].kind in ("side", "body") else m
        if of.kind not in ("side", "body") and of.head != "delegation":
            continue
        stop = next((k for k in range(m.end + 2, len(s.words)) if s.lower(k) in (".", ";")), len(s.words))
        listed = [x for x in found[n + 1 :] if x.first < stop and x.name]
        verbs = any(s.finite(k) for k in range(m.end + 2, stop))
        if not verbs:
            for x in listed:
                x.of = x.of or ("for", of)


def whose(link: str, m: Mention, of: Mention) -> bool:
    """Whether somebody who is *link* something is of its side.

    Args:
        link: the word between.
        m: who.
        of: the other.

    Returns:
        False of an ambassador to or in a country, a general in a town, and a farmer from somewhere.
    """
    if link in ("of", "for", "leads"):
        return bool(m.head or of.kind != "thing" or m.name)
    if link == "to":
        return m.head in TO
    if link in ("in", "at", "inside"):
        organ = (m.kind == "body" and m.head in ORGANS) or (m.kind == "people" and m.head in ("authority", "official"))
        return (organ and of.kind == "side") or (of.kind == "body" and m.head not in ABROAD)
    if link in ("with", "from"):
        named = of.kind == "body" or of.head in GROUPS
        return (m.head in OFFICES | ARMED or bool(m.name)) and (
            named or (of.kind == "side" and (m.head in OFFICES or m.head == "counterpart"))
        )
    return False

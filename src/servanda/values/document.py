"""A YAML document that remembers on which line and in which column every value stands.

Only the plain part of YAML is read: mappings, lists, text, numbers, dates, yes and no. Anchors and aliases are
refused (they are what a "billion laughs" file is made of, and nobody reads them aloud), and so are tags,
repeated keys, more than one document, and files beyond 10 MB or 40 levels.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from servanda.errors import Fault, holds_private_key
from servanda.values.files import FileLike, NamedBytes, bytes_of, name_of

MAX_BYTES = 10_000_000
MAX_DEPTH = 40
Path_: TypeAlias = tuple[str | int, ...]
_ISO_LIKE = re.compile(r"^\d{4}-\d{2}-\d{2}")
# YAML 1.1 reads 18:00 as 1080 and NO (Norway) as false; here they stay what was written.
_NOT_A_NUMBER_OR_SWITCH = re.compile(r"^(\d+(:\d+)+|0\d+|NO|No|YES|Yes|ON|On|OFF|Off|[yYnN])$")

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")


@dataclass(frozen=True, slots=True)
class Mark:
    """Line and column, counted from 1; 0 where it is not known."""

    line: int = 0
    column: int = 0


@dataclass(slots=True)
class Document:
    """Plain data (dict, list, str, int, float, bool, None) and where each value stands, by its path."""

    file: str
    data: Any
    marks: dict[Path_, Mark] = field(default_factory=dict)
    sha256: str = ""

    def mapping(self, *path: str) -> dict[str, Any]:
        """The mapping at a path of mappings; an empty one where there is none, or what is written is none (which is told elsewhere)."""
        here = self.data
        for name in path:
            here = here.get(name) if isinstance(here, dict) else None
        return here if isinstance(here, dict) else {}

    def mark(self, path: Path_) -> Mark:
        """Where the value stands, or the nearest thing around it."""
        while path not in self.marks and path:
            path = path[:-1]
        return self.marks.get(path, Mark())

    def fault(self, path: Path_, what: str, hint: str = "", term: str = "", *, code: str = "") -> Fault:
        """A fault at the value of a path, with its line and column."""
        mark = self.mark(path)
        if not term and len(path) > 1 and path[0] == "terms":
            term = str(path[1])
        return Fault(self.file, what, hint, mark.line, mark.column, term, code)

    def with_value(self, path: Path_, value: Any, mark_from: Path_) -> Document:
        """A copy in which the value at ``path`` is another; it is found where ``mark_from`` stands.

        Raises ``KeyError`` with the part of the path that leads nowhere.
        """
        data = _copy(self.data)
        here = data
        for n, key in enumerate(path[:-1]):
            if isinstance(here, dict) and key in here:
                here = here[key]
            else:
                raise KeyError(".".join(map(str, path[: n + 1])))
        if not isinstance(here, dict):
            raise KeyError(".".join(map(str, path[:-1])))
        here[path[-1]] = value
        marks = {p: m for p, m in self.marks.items() if p[: len(path)] != path}
        for p, m in self.marks.items():
            if p[: len(mark_from)] == mark_from:
                marks[path + p[len(mark_from) :]] = m
        return Document(self.file, data, marks, self.sha256)


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _copy(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_copy(v) for v in value]
    return value


class _Refused(Exception):
    def __init__(self, what: str, hint: str, mark: Mark, code: str = "YML006") -> None:
        super().__init__(what)
        self.what, self.hint, self.mark, self.code = what, hint, mark, code


def read_document(source: FileLike | Mapping[str, Any], name: str = "") -> tuple[Document | None, list[Fault]]:
    """Read a YAML file, or take a mapping as YAML would give it.

    Args:
        source: a path, a file in memory, or a mapping of text to text, numbers, dates, lists and mappings.
        name: what faults call it; left out, the file's own name.

    Returns:
        The document, or ``None`` and the faults that made it unreadable. In a mapping nothing has a line.
    """
    try:
        if isinstance(source, Mapping):
            data = _plain(source)
            written = json.dumps(data, ensure_ascii=False, default=str).encode()
            return Document(name or "document", data, sha256=hashlib.sha256(written).hexdigest()), []
        name = name or name_of(source)
        raw = _bytes(source)
        document = parse_document(_text(raw), name)
        document.sha256 = hashlib.sha256(raw).hexdigest()
        return document, []
    except _Refused as refused:
        return None, [
            Fault(name, refused.what, refused.hint, refused.mark.line, refused.mark.column, code=refused.code)
        ]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "is not YAML"
        what, hint = f"is not well-formed YAML: {problem}", "check indentation, colons and quotes"
        return None, [Fault(name, what, hint, line, column, code="YML005")]


def _bytes(file: FileLike) -> bytes:
    """What a file holds, where it is neither empty nor too large."""
    try:
        if not isinstance(file, NamedBytes) and Path(file).is_dir():
            raise _Refused("this is a folder, not a file", "name the YAML file inside it", Mark(), "YML001")
        raw = bytes_of(file)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise _Refused(
            f"cannot be read: {getattr(error, 'strerror', error)}",
            "check the path and its permissions",
            Mark(),
            "YML001",
        ) from None
    if len(raw) > MAX_BYTES:
        what = f"the file has {len(raw):,} bytes; at most {MAX_BYTES:,} are read"
        raise _Refused(what, "keep evidence in evidence files", Mark(), "YML002")
    if not raw.strip():
        raise _Refused("the file is empty", "see docs/tutorial.md for a file to start from", Mark(), "YML003")
    if holds_private_key(raw):
        what, hint = "holds a private key, which nobody may see", "take the key out, or name another file"
        raise _Refused(what, hint, Mark(), "YML009")
    return raw


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        what = f"is not UTF-8 text (byte {error.start})"
        raise _Refused(what, "save it as UTF-8", Mark(line, 1), "YML004") from None


def _plain(value: Any, depth: int = 1) -> Any:
    """A copy of a mapping that came from Python, as YAML would have given it: dates are text, tuples are lists."""
    if depth > MAX_DEPTH:
        raise _Refused(f"is nested deeper than {MAX_DEPTH} levels", "no such file needs that", Mark())
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise _Refused(f"keys must be text: {key!r}", "write the key as text", Mark())
        return {_whole(key, Mark()): _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, str):
        return _whole(value, Mark())
    return value.isoformat() if isinstance(value, date) else value


def _whole(text: str, mark: Mark) -> str:
    """Text whose escaped halves of characters are put together, as JSON writes them.

    One half alone is no text in any file; and no text needs characters that move a terminal's cursor.
    """
    if control := _CONTROL.search(text):
        what = f"holds the control character {control[0]!r}"
        raise _Refused(what, "remove it, or write what it stands for", mark)
    if text.isascii():
        return text
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise _Refused("holds half a character (a lone surrogate)", "write the character itself", mark) from None


def parse_document(text: str, name: str) -> Document:
    """Parse text. Raises a YAML error or a refusal."""
    events = _quick_events(text)
    loader = yaml.SafeLoader(text if events is None else "")
    try:
        if events is not None:
            loader.state = functools.partial(next, iter(events), None)
        _refuse_tricks(loader)
        root = loader.get_single_node()
        if root is None:
            raise _Refused("the file holds nothing but comments", "see docs/tutorial.md", Mark(), "YML003")
        document = Document(name, None)
        document.data = _value(loader, root, (), document.marks)
    finally:
        loader.dispose()
    if not isinstance(document.data, dict):
        raise _Refused(
            "the file must be a mapping: lines of 'name: value'", "see docs/tutorial.md", Mark(1, 1), "YML008"
        )
    return document


_LIBYAML = getattr(yaml, "CSafeLoader", None)
# Where libyaml and PyYAML read otherwise, or might: tabs, carriage returns and other controls, escapes, "?", directives, "---".
_ODD = re.compile(
    "[^\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[\\\\?%&*!@`]|^(?:---|\\.\\.\\.)",
    re.MULTILINE,
)


def _quick_events(text: str) -> list[yaml.Event] | None:
    """The events of a text by libyaml, ten times as fast; ``None`` where PyYAML is to be asked, whose word holds.

    That is every text that libyaml refuses, or might take otherwise; of what is left out (an empty value) it may name another column.
    """
    if _LIBYAML is None or _ODD.search(text):
        return None
    events, depth = [], 0
    try:
        for event in yaml.parse(text, _LIBYAML):
            events.append(event)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            empty = isinstance(event, yaml.ScalarEvent) and not event.value and event.implicit[0]
            if empty or depth > MAX_DEPTH:
                return None
    except yaml.YAMLError:
        return None
    return events


def _refuse_tricks(loader: yaml.SafeLoader) -> None:
    """Refuse what is not read, wherever it stands; the loader then goes on from the beginning, without parsing again."""
    depth, events = 0, []
    while loader.check_event():
        event = loader.get_event()  # type: ignore[no-untyped-call]
        events.append(event)
        mark = Mark(event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused("anchors and aliases (& and *) are not read", "write the value out where it is needed", mark)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _Refused(f"is nested deeper than {MAX_DEPTH} levels", "no such file needs that", mark)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise _Refused(f"the tag {tag!r} is not read", "write plain text, numbers and lists", mark)
    again = iter(events)
    loader.state = lambda: next(again, None)


def _value(loader: yaml.SafeLoader, node: yaml.Node, path: Path_, marks: dict[Path_, Mark]) -> Any:
    marks[path] = Mark(node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.MappingNode):
        out: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            mark = Mark(key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if key is None:
                raise _Refused("a name before a colon must be plain text", "write 'name: value'", mark)
            key = _whole(key, mark)
            if key in out:
                raise _Refused(f"{key!r} stands here twice", "keep one of them", mark, "YML007")
            out[key] = _value(loader, value_node, (*path, key), marks)
            marks[(*path, key)] = mark
        return out
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, item, (*path, n), marks) for n, item in enumerate(node.value)]
    if node.tag == "tag:yaml.org,2002:timestamp" or (isinstance(node.value, str) and _ISO_LIKE.match(node.value)):
        return _whole(node.value, marks[path])  # dates stay text: YAML would drop the zone
    if node.tag == "tag:yaml.org,2002:str" or _NOT_A_NUMBER_OR_SWITCH.match(node.value):
        return _whole(node.value, marks[path])
    try:
        value = loader.construct_object(node, deep=True)
    except ValueError:  # as of a number with more digits than Python reads
        what = f"{node.value[:40]!r} has too many digits for a number"
        raise _Refused(what, "write it in quotes if it is text", marks[path]) from None
    return node.value if isinstance(value, (bytes, set)) else value

"""A YAML text is read by libyaml where that is safe, and what comes of it is always what PyYAML says."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.values import document
from servanda.values.document import read_document
from servanda.values.files import NamedBytes

HERE = Path(__file__).parent
FILES = sorted(p for folder in (HERE, HERE.parent / "cases") for p in folder.rglob("*.yaml") if p.stat().st_size < 1500)
PIECES = (
    *("a", "b c", "key: ", "k:", ": ", ":", "- ", "-", "\n", "\n  ", "\n    ", "\n- ", " ", "{", "}", "[", "]", ", "),
    *(",", '"', '"x y"', "'", "'it''s'", "#", " # c", "|\n", ">\n", "|-\n  ", ">+\n  ", "|2\n", "1", "0x1", "yes", "~"),
    *("é", "😀", "<<: ", "a:b", "://", "-1", "null", "2025-01-01", "18:00", ".", "\n\n", '"a\n b"', "\xa0", "x" * 40),
    *(
        "\t",
        "\r\n",
        "\\",
        "?",
        "? ",
        "&a ",
        "*a",
        "!t ",
        "%",
        "@",
        "`",
        "---\n",
        "...\n",
        "\ufeff",
        "\u2028",
        "\x85",
        "\x01",
    ),
)


def _both(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether libyaml is trusted with it; either way nothing else is said."""
    file = NamedBytes("a.yaml", raw)
    first, faults = read_document(file)
    with monkeypatch.context() as without:
        without.setattr(document, "_LIBYAML", None)
        second, others = read_document(file)
    assert faults == others
    assert repr(first) == repr(second)  # data, order of keys, marks
    return first is not None and document._quick_events(raw.decode("utf-8-sig")) is not None


def test_every_file_is_read_alike_and_most_by_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = [_both(path.read_bytes(), monkeypatch) for path in FILES]
    assert len(quick) > 50
    assert sum(quick) > 0.7 * len(quick)


@given(st.lists(st.sampled_from(PIECES), max_size=14), st.integers(0, 10_000), st.integers(0, 2))
def test_texts_that_are_nearly_yaml_are_read_alike(pieces: list[str], at: int, gone: int) -> None:
    whole = (HERE / "malformed" / "coverage" / "sound.yaml").read_text()
    here = at % len(whole)
    changed = whole[:here] + "".join(pieces[:2]) + whole[here + gone :]
    with pytest.MonkeyPatch.context() as patch:
        _both("".join(pieces).encode(), patch)
        _both(changed.encode(), patch)


def test_what_nests_too_deep_is_refused_before_it_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not _both(b"a: " + 100_000 * b"[", monkeypatch)

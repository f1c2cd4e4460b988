"""Contents that are kept sealed, when several keep one at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from servanda.record.sealed import Sealed


def test_of_many_who_keep_one_content_at_once_every_one_finds_it_again(tmp_path: Path) -> None:
    for n in range(10):
        data = f"words {n}".encode()
        with ThreadPoolExecutor(8) as many:
            (digest,) = set(many.map(lambda _, d=data: Sealed(tmp_path).keep(d, {"name": "words.json"}), range(8)))
        assert Sealed(tmp_path).open(digest) == data
        assert Sealed(tmp_path).about(digest) == {"name": "words.json"}


def test_a_content_whose_key_is_another_is_kept_anew(tmp_path: Path) -> None:
    digest = Sealed(tmp_path).keep(b"words", {"name": "a"})
    (tmp_path / "content-keys" / digest).write_bytes(bytes(32))
    assert Sealed(tmp_path).keep(b"words", {"name": "a"}) == digest
    assert Sealed(tmp_path).open(digest) == b"words"

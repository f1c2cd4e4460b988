"""Files that are made when they are written, one after another: no more than one of them is in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping


class LazyFiles(Mapping[str, bytes]):
    """The names of files, and of each what makes its content; asked for twice, it is made twice."""

    def __init__(self, makers: Mapping[str, Callable[[], bytes]]) -> None:
        """``makers``: by name, what makes the content."""
        self._makers = dict(makers)

    def __getitem__(self, name: str) -> bytes:
        return self._makers[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)

    def __contains__(self, name: object) -> bool:
        return name in self._makers

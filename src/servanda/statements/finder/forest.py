"""Small trees whose answers are added up, read from arrays: no library is needed where they are used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

_DIGITS = 6  # of a likelihood that count, so that processors do not differ


@dataclass(frozen=True)
class Forest:
    """Trees of one depth. ``base``: what is known before any; ``asked``: which figure each knot asks, -1 for none; ``least``: from which value on it goes right; ``leaves``: what each end adds."""

    base: float
    asked: np.ndarray
    least: np.ndarray
    leaves: np.ndarray

    def likely(self, figures: np.ndarray) -> np.ndarray:
        """How likely each is.

        Args:
            figures: a row for each thing that is asked about.

        Returns:
            A number from 0 to 1 for each row.
        """
        much, rows = np.full(len(figures), self.base), np.arange(len(figures))
        knots = self.asked.shape[1]
        depth = (knots + 1).bit_length() - 1
        for asked, least, leaves in zip(self.asked, self.least, self.leaves, strict=True):
            at = np.zeros(len(figures), int)
            for _ in range(depth):
                of = asked[at]
                at = 2 * at + 1 + ((of >= 0) & (figures[rows, np.maximum(of, 0)] >= least[at]))
            much += leaves[at - knots]
        shares: np.ndarray = 1 / (1 + np.exp(-much))
        return shares.round(_DIGITS)

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        """It as arrays for a file, each under a name of its own."""
        return {
            f"{name}_base": np.array(self.base),
            f"{name}_asked": self.asked.astype(np.int16),
            f"{name}_least": self.least.astype(np.float32),
            f"{name}_leaves": self.leaves.astype(np.float32),
        }

    @staticmethod
    def of(data: Mapping[str, np.ndarray], name: str) -> Forest:
        """It from such arrays."""
        asked, least, leaves = (data[f"{name}_{part}"] for part in ("asked", "least", "leaves"))
        return Forest(float(data[f"{name}_base"]), asked.astype(int), least.astype(float), leaves.astype(float))

"""What each trait of a candidate counts: learned from marked texts, kept in a file of arrays (no pickle), read again."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np

from servanda.statements.parsed.candidates import Part

VERSION = 1
PARTS = ("cue", "source", "content")
RIDGE = {"cue": 3.0, "source": 2.0, "content": 2.0}
"""How strongly the weights of each are held down."""
LEAST, ROUNDS, SMALL = 2, 150, 0.01
"""How often a trait must be seen; steps of learning; smaller weights are not kept."""
Group = Sequence[tuple[Sequence[str], bool]]
"""Candidates of which one is to be chosen: the traits of each, and whether it is right."""


@dataclass(frozen=True)
class Model:
    """Weights of the traits of cues, sources and contents, and the words that may be cues."""

    weights: Mapping[str, Mapping[str, float]]
    known: frozenset[str]

    def odds(self, part: str, traits: Iterable[str]) -> float:
        """The sum of the weights of some traits.

        Args:
            part: ``cue``, ``source`` or ``content``.
            traits: they.

        Returns:
            It.
        """
        mine = self.weights[part]
        return sum(mine.get(t, 0.0) for t in traits)

    def best(self, part: str, among: Sequence[Part]) -> tuple[Part | None, float]:
        """The likeliest of some candidates.

        Args:
            part: ``source`` or ``content``.
            among: they.

        Returns:
            It, and how likely it is; nothing of none.
        """
        if not among:
            return None, 0.0
        much = np.array([self.odds(part, p.traits) for p in among])
        share = np.exp(much - much.max())
        return among[int(share.argmax())], float(1 / share.sum())

    def as_bytes(self) -> bytes:
        """The model as a file.

        Returns:
            Its bytes.
        """
        arrays: dict[str, np.ndarray] = {
            "version": np.array(VERSION),
            "known": np.array("\n".join(sorted(self.known))),
        }
        for part in PARTS:
            kept = {t: w for t, w in self.weights[part].items() if abs(w) >= SMALL}
            arrays[f"{part}_traits"] = np.array("\n".join(kept))
            arrays[part] = np.array(list(kept.values()), np.float32)
        file = BytesIO()
        np.savez_compressed(file, allow_pickle=False, **arrays)
        return file.getvalue()

    @classmethod
    def read(cls, path: Path) -> Model:
        """Read it from a file.

        Args:
            path: the file.

        Returns:
            The model.

        Raises:
            ValueError: the file holds no such model.
        """
        try:
            with np.load(path, allow_pickle=False) as arrays:
                if int(arrays["version"]) != VERSION:
                    raise ValueError("it is of another version")
                weights = {}
                for part in PARTS:
                    names, values = str(arrays[f"{part}_traits"]).split("\n"), arrays[part].tolist()
                    if len(names) != len(values):
                        raise ValueError(f"{part}: {len(names)} traits, {len(values)} weights")
                    weights[part] = dict(zip(names, values, strict=True))
                return cls(weights, frozenset(str(arrays["known"]).split("\n")))
        except (KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            raise ValueError("it is no model that servanda train wrote") from error


def learned(groups: Sequence[Group], ridge: float) -> dict[str, float]:
    """The weights under which the right candidate of each group is likeliest, held down.

    Args:
        groups: candidates, some of them right.
        ridge: how strongly the weights are held down.

    Returns:
        What each trait counts.

    Raises:
        ImportError: SciPy is not installed.
    """
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    times = Counter(t for g in groups for traits, _ in g for t in traits)
    names = sorted(t for t, n in times.items() if n >= LEAST)
    at = {t: n for n, t in enumerate(names)}
    rows = [np.array([at[t] for t in traits if t in at], int) for g in groups for traits, _ in g]
    right = np.array([r for g in groups for _, r in g], bool)
    of = np.repeat(np.arange(len(groups)), [len(g) for g in groups])
    starts = np.cumsum([0, *(len(g) for g in groups)])[:-1]
    ends = np.cumsum([0, *map(len, rows)])
    x = csr_matrix((np.ones(ends[-1]), np.concatenate(rows), ends), (len(rows), len(names)))

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        much = x @ weights
        share = np.exp(much - np.maximum.reduceat(much, starts)[of])
        whole, good = np.add.reduceat(share, starts), np.maximum(np.add.reduceat(share * right, starts), 1e-30)
        slope = x.T @ (share / whole[of] - share * right / good[of])
        return float(np.log(whole / good).sum() + ridge / 2 * weights @ weights), slope + ridge * weights

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS})
    return dict(zip(names, found.x.tolist(), strict=True))

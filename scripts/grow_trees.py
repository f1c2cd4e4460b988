"""Grow the small trees that ``scripts/train_cells.py`` learns: each for what those before it leave, of a part of the rows and columns, by the slope of the log loss. NumPy alone."""

from __future__ import annotations

import numpy as np

from servanda.statements.finder.forest import Forest

_DEPTH, _BINS, _HELD, _FEWEST, SEED = 3, 24, 3.0, 12, 2026
"""Of each tree; of each figure; how strongly the ends are held down; how many rows a part must have."""


def grown(
    x: np.ndarray, y: np.ndarray, counts: np.ndarray, *, trees: float, rate: float, rows: float, columns: float
) -> Forest:
    """Trees, each for what those before it leave: of a part of the rows and columns, by the slope of the log loss."""
    chance, knots = np.random.default_rng(SEED), 2**_DEPTH - 1
    edges = [np.unique(np.quantile(c, np.linspace(0, 1, _BINS + 1)[1:-1])) for c in x.T]
    bins = np.stack([np.searchsorted(e, c, side="right") for e, c in zip(edges, x.T, strict=True)], axis=1)
    share = (counts * y).sum() / counts.sum()
    base = float(np.log(share / (1 - share)))
    much, out = np.full(len(x), base), []
    for _ in range(int(trees)):
        p = 1 / (1 + np.exp(-much))
        slope, bend = (p - y) * counts, p * (1 - p) * counts + 1e-9
        kept = chance.random(len(x)) < rows
        asked, least = np.full(knots, -1), np.full(knots, np.inf)
        use = np.flatnonzero(chance.random(x.shape[1]) < columns)
        at = np.zeros(len(x), int)
        for knot in range(knots):
            here = np.flatnonzero((at == knot) & kept)
            best = _cut(bins[here][:, use], slope[here], bend[here]) if len(here) >= 2 * _FEWEST and len(use) else None
            if best is not None:
                of = int(use[best[0]])
                if best[1] < len(edges[of]):
                    asked[knot], least[knot] = of, edges[of][best[1]]
            mine = at == knot
            right = (x[mine, asked[knot]] >= least[knot]) if asked[knot] >= 0 else np.zeros(int(mine.sum()), bool)
            at[mine] = 2 * knot + 1 + right
        leaf = at - knots
        down, up = (np.bincount(leaf[kept], v[kept], knots + 1) for v in (slope, bend))
        leaves = -down / (up + _HELD) * rate
        much += leaves[leaf]
        out.append((asked, least, leaves))
    return Forest(base, *(np.array([tree[n] for tree in out]) for n in range(3)))


def _cut(bins: np.ndarray, slope: np.ndarray, bend: np.ndarray) -> tuple[int, int] | None:
    """Which figure parts some rows best, and behind which bin."""
    wide = _BINS + 1
    flat = (bins + np.arange(bins.shape[1]) * wide).ravel()
    down, up, many = (
        np.bincount(flat, v, bins.shape[1] * wide).reshape(-1, wide).cumsum(axis=1)
        for v in (np.repeat(slope, bins.shape[1]), np.repeat(bend, bins.shape[1]), None)
    )
    d, u = slope.sum(), bend.sum()
    gain = down**2 / (up + _HELD) + (d - down) ** 2 / (u - up + _HELD) - d * d / (u + _HELD)
    gain[(many < _FEWEST) | (len(bins) - many < _FEWEST)] = -1
    best = int(gain.argmax())
    return (best // wide, best % wide) if gain.flat[best] > 1e-3 else None

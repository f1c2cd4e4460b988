"""Numbers of 64 bits for the values of a column, the same on every machine and under every version of every library.

Text is hashed by BLAKE2b (RFC 7693) under a key, each text of a column once; numbers are mixed by the finalizer of SplitMix64, which is
one to one. Polars hashes faster, but promises its numbers for one process only. Where nobody gains anything by making two texts meet,
such as to put rows in some order, :func:`plain_hash` mixes text eight bytes at a time, by columns.
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt
import polars as pl

_Words = npt.NDArray[np.uint64]
_FEW = 200  # texts that are hashed one by one, also where some are the same
_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def keyed_hash(column: pl.Series, seed: int) -> pl.Series:
    """A number for each value.

    Args:
        column: text, numbers, instants or truth values; nothing is a value too.
        seed: 64 bits; another seed gives other numbers.

    Returns:
        The numbers (UInt64): for text by chance the same with 1 in 2^64, for other values never.
    """
    key = np.uint64(seed)
    nothing = int(mixed(np.array([key ^ _FIRST]))[0])
    if column.null_count() == len(column):
        return pl.Series(column.name, [nothing], dtype=pl.UInt64).new_from_index(0, len(column))
    if column.dtype in (pl.String, pl.Categorical, pl.Enum):
        return _of_text(column.cast(pl.String), seed, nothing)
    kind = pl.Float64() if column.dtype.is_float() else pl.Int64()
    numbers = column.to_physical().cast(kind)
    filled = (numbers.fill_null(0) if column.null_count() else numbers).to_numpy()
    bits = (filled + 0 if kind.is_float() else filled).view(np.uint64)  # -0 is 0
    found = pl.Series(column.name, mixed(mixed(bits ^ key) + key))
    if column.null_count():
        found = found.zip_with(
            column.is_not_null(), pl.Series([nothing], dtype=pl.UInt64).new_from_index(0, len(found))
        )
    return found


def plain_hash(column: pl.Series, seed: int) -> _Words:
    """A number for each value, as :func:`keyed_hash` gives it but for text, where it is made without a secret and faster.

    Args:
        column: as there.
        seed: as there.

    Returns:
        The numbers.
    """
    if column.null_count() == len(column):
        return np.full(len(column), mixed(np.array([np.uint64(seed) ^ _FIRST]))[0])
    if column.dtype not in (pl.String, pl.Categorical, pl.Enum):
        return keyed_hash(column, seed).to_numpy()
    text = column.cast(pl.String)
    text = (text.fill_null("") if column.null_count() else text).to_arrow()
    offsets, data = (
        np.frombuffer(part or b"", kind) for part, kind in zip(text.buffers()[1:], ("<i8", "u1"), strict=True)
    )
    low = offsets[text.offset : text.offset + len(text) + 1]
    size = np.diff(low)
    begin = low[:-1]
    words = np.ndarray((len(data) + 1,), "<u8", np.concatenate([data, np.zeros(8, np.uint8)]), 0, (1,))
    out = mixed(size.astype(np.uint64) + np.uint64(seed) + np.uint64(1))
    some = np.flatnonzero(size)
    at = 0
    while len(some):
        left = size[some] - at
        word = words[begin[some] + at]
        short = np.flatnonzero(left < 8)
        word[short] &= (np.uint64(1) << (8 * left[short]).astype(np.uint64)) - np.uint64(1)
        out[some] = mixed(out[some] ^ word)
        some, at = some[left > 8], at + 8
    if column.null_count():
        out[column.is_null().to_numpy()] = mixed(np.array([np.uint64(seed) ^ _FIRST]))
    return np.asarray(out)


def mixed(words: _Words) -> _Words:
    """The finalizer of SplitMix64."""
    with np.errstate(over="ignore"):
        z = words + _STEP
        z = (z ^ (z >> np.uint64(30))) * _FIRST
        z = (z ^ (z >> np.uint64(27))) * _SECOND
    return np.asarray(z ^ (z >> np.uint64(31)))


def _of_text(column: pl.Series, seed: int, nothing: int) -> pl.Series:
    key = seed.to_bytes(8, "little")

    def numbers_of(written: pl.Series) -> pl.Series:
        each = (hashlib.blake2b(text.encode(), digest_size=8, key=key).digest() for text in written.to_list())
        return pl.Series(column.name, np.frombuffer(b"".join(each), "<u8").astype(np.uint64))

    if len(column) <= _FEW and not column.null_count():
        return numbers_of(column)
    written = column.unique().drop_nulls()
    numbers = numbers_of(written)
    found = column.replace_strict(written, numbers, default=None, return_dtype=pl.UInt64)
    return found.fill_null(pl.lit(nothing, dtype=pl.UInt64)) if column.null_count() else found

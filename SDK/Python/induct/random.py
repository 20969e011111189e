# SPDX-License-Identifier: Apache-2.0
"""Counter-based randomness: Philox4x32-10, streams, and mappings to uniforms, integers and normals.

Goals, in order: the bits of random.h; whole arrays at once; no state.

A stream is (seed, purpose, index): key = the seed's low and high word, counter = (block, purpose, index low, index
high). Word w of a stream is output w % 4 of block w / 4. Use the sample's index as `index`, and a kind of your own
(below 256) for each kind of draw: then sample i is a pure function of (seed, view, i).

Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from induct._quantile import normal_float

__all__ = [
    "TASK_VIEW",
    "below",
    "blocks",
    "derive",
    "normal_float",
    "philox",
    "purpose",
    "threshold",
    "uniform_double",
    "uniform_float",
    "words",
]

#: The view word of what belongs to the task itself and is shared by all views.
TASK_VIEW = 0xFFFF

_DRAW_DERIVE = 258
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


def purpose(view: int, kind: int) -> int:
    """The purpose word for draws of `kind` in `view`; both below 2^16."""
    if not (0 <= view < 1 << 16 and 0 <= kind < 1 << 16):
        raise ValueError(f"view {view} or kind {kind} is not in [0, 65536)")
    return view << 16 | kind


def philox(counter: ArrayLike, key: tuple[int, int]) -> NDArray[np.uint32]:
    """Philox4x32-10 of counters [..., 4] under a key of two words: [..., 4]."""
    counters = np.asarray(counter, np.uint64)
    c0, c1, c2, c3 = (counters[..., i] for i in range(4))
    k0, k1 = key
    for _ in range(10):
        p0 = np.uint64(0xD2511F53) * c0
        p1 = np.uint64(0xCD9E8D57) * c2
        c0, c1, c2, c3 = (
            (p1 >> _HALF) ^ c1 ^ np.uint64(k0),
            p1 & _LOW,
            (p0 >> _HALF) ^ c3 ^ np.uint64(k1),
            p0 & _LOW,
        )
        k0 = k0 + 0x9E3779B9 & 0xFFFFFFFF
        k1 = k1 + 0xBB67AE85 & 0xFFFFFFFF
    return np.stack([c0, c1, c2, c3], axis=-1).astype(np.uint32)


def blocks(seed: int, purpose: int, index: ArrayLike, block: ArrayLike) -> NDArray[np.uint32]:
    """Blocks of streams; `index` and `block` are broadcast against each other: [..., 4]."""
    indices, numbers = np.broadcast_arrays(np.asarray(index, np.uint64), np.asarray(block, np.uint64))
    counter = np.empty((*indices.shape, 4), np.uint64)
    counter[..., 0] = numbers & _LOW
    counter[..., 1] = purpose
    counter[..., 2] = indices & _LOW
    counter[..., 3] = indices >> _HALF
    return philox(counter, (seed & 0xFFFFFFFF, seed >> 32 & 0xFFFFFFFF))


def words(seed: int, purpose: int, index: ArrayLike, count: int, start: int = 0) -> NDArray[np.uint32]:
    """Words [start, start + count) of the stream of every index: [*index.shape, count]."""
    if count <= 0:
        return np.empty((*np.shape(index), 0), np.uint32)
    first, last = start >> 2, (start + count - 1) >> 2
    numbers = np.arange(first, last + 1, dtype=np.uint64)
    drawn = blocks(seed, purpose, np.asarray(index, np.uint64)[..., None], numbers)
    flat = drawn.reshape(*drawn.shape[:-2], 4 * numbers.size)
    return flat[..., start - 4 * first : start - 4 * first + count]


def derive(seed: int, salt: int) -> int:
    """A seed of its own for part `salt` of something seeded by `seed`."""
    low, high = blocks(seed, _DRAW_DERIVE, salt, 0)[:2]
    return int(low) | int(high) << 32


def uniform_float(word: ArrayLike) -> NDArray[np.float32]:
    """In [0, 1), a multiple of 2^-24: the word's upper 24 bits."""
    return (np.asarray(word, np.uint32) >> np.uint32(8)).astype(np.float32) * np.float32(2.0**-24)


def uniform_double(low: ArrayLike, high: ArrayLike) -> NDArray[np.float64]:
    """In [0, 1), a multiple of 2^-53, from two words."""
    bits = (np.asarray(high, np.uint64) << _HALF | np.asarray(low, np.uint64)) >> np.uint64(11)
    return bits.astype(np.float64) * 2.0**-53


def below(word: ArrayLike, bound: ArrayLike) -> NDArray[np.uint32]:
    """In [0, bound): the upper word of word * bound; each probability differs from 1 / bound by less than 2^-32."""
    return (np.asarray(word, np.uint64) * np.asarray(bound, np.uint64) >> _HALF).astype(np.uint32)


def threshold(p: ArrayLike) -> NDArray[np.uint32]:
    """floor(p * 2^32), at most 2^32 - 1: a word is below it with probability p to within 2^-32."""
    scaled = np.asarray(p, np.float64) * 2.0**32
    return np.where(scaled > 0, np.minimum(scaled, 2.0**32 - 1), 0).astype(np.uint64).astype(np.uint32)

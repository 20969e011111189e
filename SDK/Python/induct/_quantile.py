# SPDX-License-Identifier: Apache-2.0
"""The standard normal's quantile function in the bits of random.h.

Goals, in order: the same float as C for every word; whole arrays at once.

C uses fused multiply-adds, which NumPy lacks: `_fused` makes them of error-free transformations.

Sources: Wichura, "Algorithm AS 241", Applied Statistics 37, 1988. Boldo, Melquiond, "Emulation of FMA and correctly
rounded sums: proved algorithms using rounding to odd", IEEE Transactions on Computers 57, 2008, figure 4.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

_Doubles = NDArray[np.float64]

_CENTRE_UPPER = (
    2.5090809287301226727e3,
    3.3430575583588128105e4,
    6.7265770927008700853e4,
    4.5921953931549871457e4,
    1.3731693765509461125e4,
    1.9715909503065514427e3,
    1.3314166789178437745e2,
    3.3871328727963666080e0,
)
_CENTRE_LOWER = (
    5.2264952788528545610e3,
    2.8729085735721942674e4,
    3.9307895800092710610e4,
    2.1213794301586595867e4,
    5.3941960214247511077e3,
    6.8718700749205790830e2,
    4.2313330701600911252e1,
    1.0,
)
_TAIL_UPPER = (
    7.74545014278341407640e-4,
    2.27238449892691845833e-2,
    2.41780725177450611770e-1,
    1.27045825245236838258e0,
    3.64784832476320460504e0,
    5.76949722146069140550e0,
    4.63033784615654529590e0,
    1.42343711074968357734e0,
)
_TAIL_LOWER = (
    1.05075007164441684324e-9,
    5.47593808499534494600e-4,
    1.51986665636164571966e-2,
    1.48103976427480074590e-1,
    6.89767334985100004550e-1,
    1.67638483018380384940e0,
    2.05319162663775882187e0,
    1.0,
)
_PIECE = 4096
_SQUARE_ROOT_OF_HALF = np.uint64(0x3FE6A09E667F3BCD)
_MANTISSA = np.uint64(0x000FFFFFFFFFFFFF)


def normal_float(word: ArrayLike) -> NDArray[np.float32]:
    """Standard normal: the quantile function at (word + 1/2) / 2^32, rounded once; |result| < 6.34."""
    words = np.asarray(word, np.uint32)
    flat = words.ravel()
    result = np.empty(flat.shape, np.float32)
    # Pieces whose temporaries stay in the processor's cache.
    for start in range(0, flat.size, _PIECE):
        piece = slice(start, start + _PIECE)
        p = (flat[piece].astype(np.float64) + 0.5) * 2.0**-32
        q = p - 0.5
        centre = np.abs(q) <= 0.425
        values = result[piece]
        values[centre] = _centre(q[centre])
        values[~centre] = _tail(p[~centre], q[~centre])
    return result.reshape(words.shape)


def _centre(q: _Doubles) -> _Doubles:
    r = _fused(-q, q, 0.180625)
    return q * _polynomial(_CENTRE_UPPER, r) / _polynomial(_CENTRE_LOWER, r)


def _tail(p: _Doubles, q: _Doubles) -> _Doubles:
    # -ln t for the tail's probability t = 2^e m, m in [sqrt(1/2), sqrt(2)): ln m = 2 artanh((m - 1) / (m + 1)).
    t = np.where(q < 0, p, 1.0 - p)
    shifted = t.view(np.uint64) - _SQUARE_ROOT_OF_HALF
    e = (shifted.view(np.int64) >> np.int64(52)).astype(np.float64)
    m = ((shifted & _MANTISSA) + _SQUARE_ROOT_OF_HALF).view(np.float64)
    s = (m - 1.0) / (m + 1.0)
    series = _polynomial((1 / 15, 1 / 13, 1 / 11, 1 / 9, 1 / 7, 1 / 5, 1 / 3, 1.0), s * s)
    logarithm = _fused(-e, 0.693147180559945309417, -2.0 * (s * series))
    r = np.sqrt(logarithm) - 1.6
    size = _polynomial(_TAIL_UPPER, r) / _polynomial(_TAIL_LOWER, r)
    return np.where(q < 0, -size, size)


def _polynomial(coefficients: tuple[float, ...], x: _Doubles) -> _Doubles:
    """Horner's rule with fused multiply-adds, the highest power first."""
    result = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        result = _fused(result, x, coefficient)
    return result


def _fused(a: _Doubles, b: _Doubles | float, c: _Doubles | float) -> _Doubles:
    """a * b + c, rounded once; for magnitudes whose squares neither overflow nor underflow."""
    product, product_error = _two_product(a, np.asarray(b, np.float64))
    low, lower = _two_sum(np.asarray(c, np.float64), product_error)
    high, middle = _two_sum(product, low)
    return high + _sum_rounded_to_odd(lower, middle)


def _two_sum(a: _Doubles, b: _Doubles) -> tuple[_Doubles, _Doubles]:
    """s = fl(a + b) and the exact error a + b - s. Source: Knuth."""
    s = a + b
    part = s - a
    return s, (a - (s - part)) + (b - part)


def _two_product(a: _Doubles, b: _Doubles) -> tuple[_Doubles, _Doubles]:
    """p = fl(a b) and the exact error a b - p. Source: Dekker, Veltkamp."""
    p = a * b
    a_high, a_low = _halves(a)
    b_high, b_low = _halves(b)
    return p, a_low * b_low - (((p - a_high * b_high) - a_low * b_high) - a_high * b_low)


def _halves(a: _Doubles) -> tuple[_Doubles, _Doubles]:
    scaled = a * 134217729.0  # 2^27 + 1
    high = scaled - (scaled - a)
    return high, a - high


def _sum_rounded_to_odd(a: _Doubles, b: _Doubles) -> _Doubles:
    """a + b, where inexact the odd neighbour: rounding that to nearest is then as from the exact sum."""
    s, error = _two_sum(a, b)
    bits = s.view(np.int64)
    is_even_and_inexact = (error != 0) & (bits & 1 == 0)
    away_from_zero = (error > 0) == (s > 0)
    return np.where(is_even_and_inexact, bits + np.where(away_from_zero, 1, -1), bits).view(np.float64)

// SPDX-License-Identifier: Apache-2.0

// Goals, in order: the same bits everywhere for one width; within 2 ULP; fast. No call to the C library.
// Source: S. L. Moshier, Cephes Mathematical Library, single precision: expf.c, logf.c and tanhf.c (coefficients).

import CVectors

/// e^x, within 2 ULP.
///
/// Zero below -87.3 and infinite above 88.37: there the power of two would leave the normal range. NaN stays NaN.
@inline(always)
func exponential(_ x: Vector) -> Vector {
    let low = Vector(repeating: -87.3)
    let high = Vector(repeating: 88.37)
    let value = exponential(within: x)
    return select(x, less: low, .zeros, else: select(high, less: x, Vector(repeating: .infinity), else: value))
}

/// e^x for x up to 88.37 at most, such as a difference to a maximum.
///
/// Zero below -87.3. NaN stays NaN.
@inline(always)
func exponentialOfDifference(_ x: Vector) -> Vector {
    select(x, less: Vector(repeating: -87.3), .zeros, else: exponential(within: x))
}

/// e^x, within 2 ULP, for x within [-87.3, 88.37] alone; NaN stays NaN.
///
/// x = n ln 2 + r with |r| <= ln 2 / 2, and e^x = 2^n p(r). The polynomial is summed in pairs: a shorter chain to wait for.
@inline(always)
func exponential(within x: Vector) -> Vector {
    // Adding 1.5 * 2^23 rounds to the nearest integer and leaves it in the low bits.
    let shifter = Vector(repeating: 0x1.8p23)
    let shifted = fusedMultiplyAdd(x, Vector(repeating: 1.442_695_04), shifter)
    let n = shifted - shifter
    var r = fusedMultiplyAdd(n, Vector(repeating: -0.693_359_375), x)
    r = fusedMultiplyAdd(n, Vector(repeating: 2.121_944_4e-4), r)
    let square = r * r
    let high = fusedMultiplyAdd(Vector(repeating: 1.987_569_15e-4), r, Vector(repeating: 1.398_199_950_7e-3))
    let middle = fusedMultiplyAdd(Vector(repeating: 8.333_451_907_3e-3), r, Vector(repeating: 4.166_579_589_4e-2))
    let low = fusedMultiplyAdd(Vector(repeating: 1.666_666_545_9e-1), r, Vector(repeating: 5.000_000_120_1e-1))
    let p = fusedMultiplyAdd(fusedMultiplyAdd(high, square, middle), square, low)
    let power = floats(bits: shiftedLeft(bits(shifted) &+ Integers(repeating: 127), 23))
    return (fusedMultiplyAdd(p, square, r) + Vector(repeating: 1)) * power
}

/// ln x for normal positive x, within 2 ULP; zero gives -infinity, negative values and NaN give NaN.
@inline(always)
func naturalLogarithm(_ x: Vector) -> Vector {
    // x = 2^e m with m in [sqrt(1/2), sqrt 2).
    let offset = Integers(repeating: 0x3f35_04f3)
    let shiftedBits = bits(x) &- offset
    let e = floats(shiftedRight(shiftedBits, 23))
    let mantissa = (shiftedBits & Integers(repeating: 0x007f_ffff)) &+ offset
    let m = floats(bits: mantissa) - Vector(repeating: 1)
    let square = m * m
    var p = Vector(repeating: 7.037_683_629_2e-2)
    p = fusedMultiplyAdd(p, m, Vector(repeating: -1.151_461_031_0e-1))
    p = fusedMultiplyAdd(p, m, Vector(repeating: 1.167_699_874_0e-1))
    p = fusedMultiplyAdd(p, m, Vector(repeating: -1.242_014_084_6e-1))
    p = fusedMultiplyAdd(p, m, Vector(repeating: 1.424_932_278_7e-1))
    p = fusedMultiplyAdd(p, m, Vector(repeating: -1.666_805_766_5e-1))
    p = fusedMultiplyAdd(p, m, Vector(repeating: 2.000_071_476_5e-1))
    p = fusedMultiplyAdd(p, m, Vector(repeating: -2.499_999_399_3e-1))
    p = fusedMultiplyAdd(p, m, Vector(repeating: 3.333_333_117_4e-1))
    var tail = fusedMultiplyAdd(e, Vector(repeating: -2.121_944_4e-4), p * m * square)
    tail = fusedMultiplyAdd(square, Vector(repeating: -0.5), tail)
    let value = fusedMultiplyAdd(e, Vector(repeating: 0.693_359_375), m + tail)
    let positive = select(.zeros, less: x, value, else: Vector(repeating: -.infinity))
    let ordered = select(x, less: .zeros, Vector(repeating: .nan), else: positive)
    // x - x is zero for every finite x; infinity gives infinity, NaN gives NaN.
    return select(x, less: Vector(repeating: .infinity), ordered, else: x)
}

/// ln x of one value, by the same steps as the vector form.
@inline(always)
func naturalLogarithm(_ x: Float) -> Float { naturalLogarithm(Vector(repeating: x))[0] }

/// tanh x, within 2 ULP: an odd polynomial near zero, 1 - 2 / (e^2x + 1) elsewhere.
@inline(always)
func hyperbolicTangent(_ x: Vector) -> Vector {
    let size = magnitude(x)
    let square = x * x
    var p = Vector(repeating: -5.704_988_727_45e-3)
    p = fusedMultiplyAdd(p, square, Vector(repeating: 2.063_908_879_54e-2))
    p = fusedMultiplyAdd(p, square, Vector(repeating: -5.373_971_555_31e-2))
    p = fusedMultiplyAdd(p, square, Vector(repeating: 1.333_144_220_36e-1))
    p = fusedMultiplyAdd(p, square, Vector(repeating: -3.333_328_194_22e-1))
    let near = fusedMultiplyAdd(p * square, x, x)
    let two = Vector(repeating: 2)
    let one = Vector(repeating: 1)
    let far = one - two / (exponential(two * size) + one)
    let signed = select(x, less: .zeros, -far, else: far)
    return select(size, less: Vector(repeating: 0.625), near, else: signed)
}

/// 1 / (1 + e^-x), within 3 ULP.
@inline(always)
func logisticFunction(_ x: Vector) -> Vector {
    let one = Vector(repeating: 1)
    return one / (one + exponential(-x))
}

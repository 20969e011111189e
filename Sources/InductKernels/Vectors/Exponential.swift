// SPDX-License-Identifier: Apache-2.0

// Goals, in order: the same bits everywhere for one width; within 2 ULP; fast. No call to the C library.
// Source: S. L. Moshier, Cephes Mathematical Library, single precision: logf.c and tanhf.c (coefficients). Those of 2^f are
// the minimax polynomial of the relative error on [-1/2, 1/2] with p(0) = 1, by Remez's exchange: 2.6e-9, and 2.1e-8 after
// rounding the coefficients.

import CVectors

/// e^x, within 2 ULP.
///
/// Zero below -87.3 and infinite above 88.37: there the power of two would leave the normal range. NaN stays NaN.
@inline(always)
func exponential<V: Lanes>(_ x: V) -> V {
    let binary = V(repeating: 1.442_695_04)  // log2 e
    let n = WholeNumber(V.fused(x, binary, .shifter))
    // n ln 2 is taken off in two parts, the first of which is exact, with fused operations and without.
    let rest = V.fused(n.value, V(repeating: 2.121_944_4e-4), V.fused(n.value, V(repeating: -0.693_359_375), x))
    let value = powerOfTwo(n, rest * binary)
    return V.choice(
        x, less: V(repeating: -87.3), .zeros,
        else: V.choice(V(repeating: 88.37), less: x, V(repeating: .infinity), else: value))
}

/// e^x for x up to 88.37 at most, such as a difference to a maximum: within 2 ULP, and 2e-8 |x| more.
///
/// Zero below -88, and some of what is above it: e^x below 1.18e-38. NaN stays NaN.
@inline(always)
func exponentialOfDifference<V: Lanes>(_ x: V) -> V {
    let x = V.greater(V(repeating: -88), x)
    let binary = V(repeating: 1.442_695_04)
    let n = WholeNumber(V.fused(x, binary, .shifter))
    return powerOfTwo(n, V.fused(x, binary, -n.value))
}

/// 2^y, within 2 ULP, for y within [-127.5, 127.4] alone.
///
/// Zero below -126.5. NaN stays NaN.
@inline(always)
func powerOfTwo<V: Lanes>(_ y: V) -> V {
    let n = WholeNumber(y + .shifter)
    return powerOfTwo(n, y - n.value)
}

extension Lanes {
    /// Adding 1.5 * 2^23 rounds to the nearest integer and leaves it in the low bits; 127 more make those bits an exponent.
    @inline(always)
    fileprivate static var shifter: Self { Self(repeating: 0x1.8p23 + 127) }
}

/// Whole numbers n within [-127, 127], and n + 127 in the low bits.
private struct WholeNumber<V: Lanes> {
    let shifted: V
    let value: V

    @inline(always)
    init(_ shifted: V) {
        self.shifted = shifted
        value = shifted - .shifter
    }
}

/// 2^(n + f) for f within [-1/2, 1/2]: 2^n (1 + f p(f)).
///
/// The polynomial is summed in pairs: a shorter chain to wait for.
@inline(always)
private func powerOfTwo<V: Lanes>(_ n: WholeNumber<V>, _ f: V) -> V {
    let power = V.power(n.shifted)
    let square = f * f
    let high = V.fused(V(repeating: 1.559_467_8e-4), f, V(repeating: 1.340_664_3e-3))
    let middle = V.fused(V(repeating: 9.617_693e-3), f, V(repeating: 5.550_310_4e-2))
    let low = V.fused(V(repeating: 2.402_265_2e-1), f, V(repeating: 6.931_472_4e-1))
    let p = V.fused(V.fused(high, square, middle), square, low)
    return V.fused(p, f * power, power)
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
func hyperbolicTangent<V: Lanes>(_ x: V) -> V {
    let size = V.size(x)
    let square = x * x
    var p = V(repeating: -5.704_988_727_45e-3)
    p = V.fused(p, square, V(repeating: 2.063_908_879_54e-2))
    p = V.fused(p, square, V(repeating: -5.373_971_555_31e-2))
    p = V.fused(p, square, V(repeating: 1.333_144_220_36e-1))
    p = V.fused(p, square, V(repeating: -3.333_328_194_22e-1))
    let near = V.fused(p * square, x, x)
    let two = V(repeating: 2)
    let one = V(repeating: 1)
    let far = one - two / (exponential(two * size) + one)
    let signed = V.choice(x, less: .zeros, -far, else: far)
    return V.choice(size, less: V(repeating: 0.625), near, else: signed)
}

/// 1 / (1 + e^-x), within 3 ULP.
@inline(always)
func logisticFunction<V: Lanes>(_ x: V) -> V {
    let one = V(repeating: 1)
    return one / (one + exponential(-x))
}

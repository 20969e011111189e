// SPDX-License-Identifier: Apache-2.0

// The quantile function of the standard normal law at (word + 1/2) / 2^32, operation for operation that of
// induct_normal_float in random.h, where the formulas are: eight at a time, both branches computed and one chosen.
// Source: M. J. Wichura, "Algorithm AS 241", Applied Statistics 37, 1988.

import CVectors

/// Horner's rule with one rounding a step, highest power first.
@inline(always)
private func polynomial<let terms: Int>(_ coefficients: InlineArray<terms, Double>, _ x: Doubles) -> Doubles {
    var value = Doubles(repeating: coefficients[0])
    for i in 1..<terms { value = fusedMultiplyAdd(value, x, Doubles(repeating: coefficients[i])) }
    return value
}

@inline(always)
private func centre(_ q: Doubles) -> Doubles {
    let r = fusedMultiplyAdd(-q, q, Doubles(repeating: 0.180625))
    let upper = polynomial(
        [
            2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4, 4.5921953931549871457e+4,
            1.3731693765509461125e+4, 1.9715909503065514427e+3, 1.3314166789178437745e+2, 3.3871328727963666080e+0,
        ], r)
    let lower = polynomial(
        [
            5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4, 2.1213794301586595867e+4,
            5.3941960214247511077e+3, 6.8718700749205790830e+2, 4.2313330701600911252e+1, 1,
        ], r)
    return q * upper / lower
}

/// The magnitude of the quantile of a tail's probability t < .075.
@inline(always)
private func tail(_ t: Doubles) -> Doubles {
    let (exponent, mantissa) = parted(t)
    let one = Doubles(repeating: 1)
    let s = (mantissa - one) / (mantissa + one)
    let series = polynomial([1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3, 1], s * s)
    let logarithm = fusedMultiplyAdd(
        -exponent, Doubles(repeating: 0.693147180559945309417), Doubles(repeating: -2) * (s * series))
    let r = squareRoot(logarithm) - Doubles(repeating: 1.6)
    let upper = polynomial(
        [
            7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e+0,
            3.64784832476320460504e+0, 5.76949722146069140550e+0, 4.63033784615654529590e+0, 1.42343711074968357734e+0,
        ], r)
    let lower = polynomial(
        [
            1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
            6.89767334985100004550e-1, 1.67638483018380384940e+0, 2.05319162663775882187e+0, 1,
        ], r)
    return upper / lower
}

/// t = 2^exponent * mantissa with the mantissa in [sqrt(1/2), sqrt(2)), for normal positive t.
@inline(always)
private func parted(_ t: Doubles) -> (exponent: Doubles, mantissa: Doubles) {
    let offset = SIMD8<UInt64>(repeating: 0x3fe6_a09e_667f_3bcd)
    let shifted = unsafeBitCast(t, to: SIMD8<UInt64>.self) &- offset
    let mantissa = (shifted & SIMD8<UInt64>(repeating: 0x000f_ffff_ffff_ffff)) &+ offset
    return (exponents(unsafeBitCast(shifted, to: SIMD8<Int64>.self)), unsafeBitCast(mantissa, to: Doubles.self))
}

/// Replaces words, stored as the bits of floats, by their normal quantiles.
func normalQuantiles(ofWordsIn values: UnsafeMutablePointer<Float>, count: Int) {
    let words = UnsafeMutableRawPointer(values).assumingMemoryBound(to: UInt32.self)
    var offset = 0
    while offset + 8 <= count {
        storeFloats(quantiles(doublesOfWords(words + offset)), values + offset)
        offset += 8
    }
    guard offset < count else { return }
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 8) { edge in
        guard let edge = edge.baseAddress else { return }
        edge.update(repeating: 0, count: 8)
        edge.update(from: words + offset, count: count - offset)
        let floats = UnsafeMutableRawPointer(edge).assumingMemoryBound(to: Float.self)
        storeFloats(quantiles(doublesOfWords(edge)), floats)
        (values + offset).update(from: floats, count: count - offset)
    }
}

@inline(always)
private func quantiles(_ words: Doubles) -> Doubles {
    let p = (words + Doubles(repeating: 0.5)) * Doubles(repeating: 0x1p-32)
    let q = p - Doubles(repeating: 0.5)
    let zero = Doubles(repeating: 0)
    let far = tail(select(q, less: zero, p, else: Doubles(repeating: 1) - p))
    let signed = select(q, less: zero, -far, else: far)
    return select(Doubles(repeating: 0.425), less: magnitude(q), signed, else: centre(q))
}

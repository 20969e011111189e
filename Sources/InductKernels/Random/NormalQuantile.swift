// SPDX-License-Identifier: Apache-2.0

// The quantile function of the standard normal law at (word + 1/2) / 2^32, operation for operation that of
// induct_normal_float in random.h, where the formulas are: eight at a time, the two branches one after the other.
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

/// Words of one round: what is far out is gathered in as many places on the stack.
private let wordsPerRound = 256

/// Replaces words, stored as the bits of floats, by their normal quantiles.
///
/// All are taken for central ones; the 15% that lie further out are gathered beforehand, and replace what that gave.
func normalQuantiles(ofWordsIn values: UnsafeMutablePointer<Float>, count: Int) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 2 * (wordsPerRound + 8)) { room in
        guard let far = room.baseAddress else { return }
        let places = far + (wordsPerRound + 8)
        var offset = 0
        while offset < count {
            let part = min(wordsPerRound, count - offset)
            let start = values + offset
            let gathered = gatherFar(start, count: part, into: far, places)
            replaceCentral(start, count: part)
            replaceFar(far, places, count: gathered, in: start)
            offset += part
        }
    }
}

/// 1 where |q| > .425, for the word itself, else 0: a difference's sign, since a branch would be guessed wrong too often.
@inline(always)
private func isFar(_ word: UInt32) -> Int {
    1 &- Int(truncatingIfNeeded: (UInt64(word &- 322_122_547) &- 3_650_722_202) &>> 63)
}

@inline(never)
private func gatherFar(
    _ values: UnsafeMutablePointer<Float>, count: Int, into far: UnsafeMutablePointer<UInt32>,
    _ places: UnsafeMutablePointer<UInt32>
) -> Int {
    let words = UnsafeMutableRawPointer(values).assumingMemoryBound(to: UInt32.self)
    var gathered = 0
    for place in 0..<count {
        far[gathered] = words[place]
        places[gathered] = UInt32(truncatingIfNeeded: place)
        gathered &+= isFar(words[place])
    }
    return gathered
}

/// `far` has room for seven words more than `count`.
@inline(never)
private func replaceFar(
    _ far: UnsafeMutablePointer<UInt32>, _ places: UnsafeMutablePointer<UInt32>, count: Int,
    in values: UnsafeMutablePointer<Float>
) {
    guard count > 0 else { return }
    (far + count).update(repeating: 0, count: 7)
    let quantiles = UnsafeMutableRawPointer(far).assumingMemoryBound(to: Float.self)
    var group = 0
    while group < count {
        let words = doublesOfWords(far + group)
        let p = (words + Doubles(repeating: 0.5)) * Doubles(repeating: 0x1p-32)
        let q = p - Doubles(repeating: 0.5)
        let zero = Doubles(repeating: 0)
        let magnitude = tail(select(q, less: zero, p, else: Doubles(repeating: 1) - p))
        storeFloats(select(q, less: zero, -magnitude, else: magnitude), quantiles + group)
        group += 8
    }
    for number in 0..<count { values[Int(places[number])] = quantiles[number] }
}

/// Replaces all words as if they were central ones, eight at a time.
@inline(never)
private func replaceCentral(_ values: UnsafeMutablePointer<Float>, count: Int) {
    let words = UnsafeMutableRawPointer(values).assumingMemoryBound(to: UInt32.self)
    var offset = 0
    while offset + 8 <= count {
        storeFloats(centre(centred(doublesOfWords(words + offset))), values + offset)
        offset += 8
    }
    guard offset < count else { return }
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 8) { edge in
        guard let edge = edge.baseAddress else { return }
        edge.update(repeating: 0, count: 8)
        edge.update(from: words + offset, count: count - offset)
        let floats = UnsafeMutableRawPointer(edge).assumingMemoryBound(to: Float.self)
        storeFloats(centre(centred(doublesOfWords(edge))), floats)
        (values + offset).update(from: floats, count: count - offset)
    }
}

/// The probability's distance from one half.
@inline(always)
private func centred(_ words: Doubles) -> Doubles {
    (words + Doubles(repeating: 0.5)) * Doubles(repeating: 0x1p-32) - Doubles(repeating: 0.5)
}

// SPDX-License-Identifier: Apache-2.0

// Sines and cosines of positions, from correctly rounded operations alone: a C library's sin and pow change bits with
// the CPU, and a model's positions must not. Goals, in this order: the same bits everywhere; the nearest float; clarity.
// Sources: Vaswani et al. 2017, section 3.5 (sinusoidal positions); Su et al. 2021 (rotary positions).

/// Angles of positions, `position * base^(-2 pair / size)`.
struct Sinusoids {
    /// `[length, pairs]`.
    let cosine: [Float]
    /// `[length, pairs]`.
    let sine: [Float]

    /// Tables for `length` positions of a vector of `size` = 2 pairs elements.
    init(length: Int, size: Int, base: Double) {
        let pairs = size / 2
        let logarithm = naturalLogarithm(base)
        let frequencies = (0..<pairs).map { exponential(-2 * Double($0) / Double(size) * logarithm) }
        var cosine: [Float] = []
        var sine: [Float] = []
        cosine.reserveCapacity(length * pairs)
        sine.reserveCapacity(length * pairs)
        for position in 0..<length {
            for frequency in frequencies {
                let value = sineAndCosine(Double(position) * frequency)
                sine.append(Float(value.sine))
                cosine.append(Float(value.cosine))
            }
        }
        self.cosine = cosine
        self.sine = sine
    }

    /// Sinusoidal positions `[length, width]`, first half sines, second half cosines; an odd last column is zero.
    static func table(length: Int, width: Int, base: Double) -> [Float] {
        let pairs = width / 2
        let sinusoids = Sinusoids(length: length, size: 2 * pairs, base: base)
        var table = [Float](repeating: 0, count: length * width)
        for position in 0..<length {
            for pair in 0..<pairs {
                table[position * width + pair] = sinusoids.sine[position * pairs + pair]
                table[position * width + pairs + pair] = sinusoids.cosine[position * pairs + pair]
            }
        }
        return table
    }
}

private let naturalLogarithmOfTwo = 0.693_147_180_559_945_309_417

/// ln x for x > 0, relative error below 1e-15: x = m 2^e with m in [sqrt(1/2), sqrt(2)), ln m = 2 artanh((m-1)/(m+1)).
func naturalLogarithm(_ x: Double) -> Double {
    var exponent = Double(x.exponent)
    var mantissa = x.significand
    if mantissa > 1.414_213_562_373_095 {
        mantissa /= 2
        exponent += 1
    }
    let ratio = (mantissa - 1) / (mantissa + 1)
    let square = ratio * ratio
    var sum = 0.0
    for term in stride(from: 41.0, through: 1, by: -2) { sum = sum * square + 1 / term }
    return exponent * naturalLogarithmOfTwo + 2 * ratio * sum
}

/// e^x for |x| < 700, relative error below 1e-14: x = n ln 2 + r with |r| <= ln 2 / 2, Taylor in r.
func exponential(_ x: Double) -> Double {
    let power = (x / naturalLogarithmOfTwo).rounded()
    // ln 2 in two parts, the first with 32 bits, so that power * high is exact.
    let high = 0.693_147_180_369_123_816_490
    let low = 1.908_214_929_270_587_700_02e-10
    let remainder = (x - power * high) - power * low
    var sum = 1.0
    for term in stride(from: 20.0, through: 1, by: -1) { sum = 1 + sum * remainder / term }
    return sum * Double(sign: .plus, exponent: Int(power), significand: 1)
}

/// sin x and cos x for 0 <= x < 1e8, absolute error below 1e-14 + 1e-16 x: x = n pi/2 + r with |r| <= pi/4, Taylor in r.
func sineAndCosine(_ x: Double) -> (sine: Double, cosine: Double) {
    let quadrant = (x / 1.570_796_326_794_896_619).rounded()
    // pi / 2 in three parts of 33 bits, so that quadrant * part is exact for quadrants below 2^20 (Cody and Waite 1980).
    let first = 1.570_796_326_734_125_614_17
    let second = 6.077_100_506_303_965_976_60e-11
    let third = 2.022_266_248_795_950_631_54e-21
    let remainder = ((x - quadrant * first) - quadrant * second) - quadrant * third
    let square = remainder * remainder
    var sine = 1.0
    for term in stride(from: 18.0, through: 2, by: -2) { sine = 1 - sine * square / (term * (term + 1)) }
    sine *= remainder
    var cosine = 1.0
    for term in stride(from: 19.0, through: 1, by: -2) { cosine = 1 - cosine * square / (term * (term + 1)) }
    switch Int(quadrant) & 3 {
    case 0: return (sine, cosine)
    case 1: return (cosine, -sine)
    case 2: return (-sine, -cosine)
    default: return (-cosine, sine)
    }
}

// SPDX-License-Identifier: Apache-2.0
//
// Goals, in order: the same bits on every machine, within a few units in the last place, simplicity.
// A C library's functions change their last bit with the CPU; what samples depend on is computed here instead, by sums,
// products and quotients in a fixed order, which every machine rounds alike.
// Source: Cody and Waite, "Software manual for the elementary functions", 1980, for the reductions.

/// Elementary functions for parameters from which samples are drawn.
enum ReproducibleFunctions {
    /// ln 2 in two parts; multiples up to 2^20 of the first are exact.
    private static let logarithmOfTwo = (6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10)
    /// pi / 2 in three parts; multiples up to 2^20 of the first two are exact.
    private static let halfTurn = (1.570_796_326_734_125_6, 6.077_100_506_303_966e-11, 2.022_266_248_795_950_6e-21)

    /// e^x, for |x| <= 700.
    static func exponential(_ x: Double) -> Double {
        let power = (x / (logarithmOfTwo.0 + logarithmOfTwo.1)).rounded()
        let rest = (x - power * logarithmOfTwo.0) - power * logarithmOfTwo.1
        var sum = 1.0
        for order in stride(from: 20.0, through: 1, by: -1) { sum = 1 + sum * rest / order }
        return Double(sign: .plus, exponent: Int(power), significand: 1) * sum
    }

    /// ln x, for normal x > 0: ln x = e ln 2 + 2 artanh((m - 1) / (m + 1)), x = m 2^e, m near 1.
    static func logarithm(_ x: Double) -> Double {
        var exponent = Double(x.exponent)
        var significand = x.significand
        if significand > 1.414_213_562_373_095_1 {
            significand /= 2
            exponent += 1
        }
        let s = (significand - 1) / (significand + 1)
        var sum = 0.0
        for order in stride(from: 29.0, through: 1, by: -2) { sum = 1 / order + sum * s * s }
        return exponent * logarithmOfTwo.0 + (exponent * logarithmOfTwo.1 + 2 * s * sum)
    }

    /// cos x and sin x, for |x| <= 10^6.
    static func cosineAndSine(_ x: Double) -> (cosine: Double, sine: Double) {
        let quarter = (x / halfTurn.0).rounded()
        let rest = ((x - quarter * halfTurn.0) - quarter * halfTurn.1) - quarter * halfTurn.2
        var cosine = 1.0
        var sine = 1.0
        for order in stride(from: 20.0, through: 2, by: -2) {
            cosine = 1 - cosine * rest * rest / (order * (order - 1))
            sine = 1 - sine * rest * rest / (order * (order + 1))
        }
        sine *= rest
        switch Int(quarter) & 3 {
        case 0: return (cosine, sine)
        case 1: return (-sine, cosine)
        case 2: return (-cosine, -sine)
        default: return (sine, -cosine)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Elementary functions that give the same bits on every processor.
///
/// Goals, in this order: the same bits everywhere (the system's library chooses its code by the processor, these use
/// additions, multiplications and divisions only, in a fixed order); errors of a few units in the last place; speed.
///
/// Source: argument reduction and series as in Muller, "Elementary Functions", 3rd edition, 2016, chapters 3 and 11.
package enum ReproducibleFunctions {
    private static let ln2High = 0x1.62e42fefa38p-1
    private static let ln2Low = 0x1.ef35793c7673p-45
    private static let inverseLn2 = 0x1.71547652b82fep+0

    /// The natural logarithm.
    ///
    /// 0 gives -infinity, a negative `x` NaN. x = m 2^e with m in [sqrt(1/2), sqrt(2)); ln m = 2 (s + s^3/3 + s^5/5 + ...), s = (m - 1) / (m + 1).
    package static func logarithm(_ x: Double) -> Double {
        guard x > 0 else { return x == 0 ? -.infinity : .nan }
        guard x < .infinity else { return x }
        var m = x.significand
        var e = Double(x.exponent)
        if m >= 1.4142135623730951 {
            m *= 0.5
            e += 1
        }
        let s = (m - 1) / (m + 1)
        let z = s * s
        var sum = 0.0
        var divisor = 23.0
        while divisor >= 3 {
            sum = (sum + 1 / divisor) * z
            divisor -= 2
        }
        return e * ln2High + (2 * s + (2 * s * sum + e * ln2Low))
    }

    /// The exponential function; 0 below -745.
    ///
    /// x = k ln 2 + r with |r| <= ln(2) / 2, e^r by its series to the 14th power.
    package static func exponential(_ x: Double) -> Double {
        guard x > -745 else { return x.isNaN ? x : 0 }
        guard x < 709.7 else { return .infinity }
        let k = (x * inverseLn2).rounded()
        let r = (x - k * ln2High) - k * ln2Low
        var sum = 1.0
        var n = 14.0
        while n >= 1 {
            sum = 1 + sum * r / n
            n -= 1
        }
        let power = Int(k)
        if power < -1000 {
            return sum * Double(sign: .plus, exponent: power + 100, significand: 1) * 0x1p-100
        }
        return sum * Double(sign: .plus, exponent: power, significand: 1)
    }

    /// The cosine of pi x, for `x` in [0, 1].
    package static func cosineOfPi(_ x: Double) -> Double {
        if x > 0.5 { return -cosineOfPi(1 - x) }
        let isSine = x > 0.25
        let y = (isSine ? 0.5 - x : x) * Double.pi
        let z = y * y
        var sum = 1.0
        // cos y = 1 - y^2/(1*2) (1 - y^2/(3*4) (...)); sin y / y = 1 - y^2/(2*3) (1 - y^2/(4*5) (...))
        var n = isSine ? 20.0 : 19.0
        while n >= 1 {
            sum = 1 - sum * z / (n * (n + 1))
            n -= 2
        }
        return isSine ? sum * y : sum
    }

    /// The power x^n for n >= 0, by repeated squaring.
    package static func power(_ x: Double, _ n: Int) -> Double {
        var result = 1.0
        var square = x
        var rest = n
        while rest > 0 {
            if rest & 1 == 1 { result *= square }
            square *= square
            rest >>= 1
        }
        return result
    }
}

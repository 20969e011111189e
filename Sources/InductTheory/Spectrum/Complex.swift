// SPDX-License-Identifier: Apache-2.0

internal import CLAPACK

/// LAPACK's complex number.
typealias Complex = lapack_complex_value

extension lapack_complex_value {
    static var zero: Complex { Complex(re: 0, im: 0) }

    init(_ real: Double) { self.init(re: real, im: 0) }

    var modulus: Double { (re * re + im * im).squareRoot() }

    var conjugate: Complex { Complex(re: re, im: -im) }

    static func + (a: Complex, b: Complex) -> Complex { Complex(re: a.re + b.re, im: a.im + b.im) }

    static func - (a: Complex, b: Complex) -> Complex { Complex(re: a.re - b.re, im: a.im - b.im) }

    static func * (a: Complex, b: Complex) -> Complex {
        Complex(re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re)
    }

    static func += (a: inout Complex, b: Complex) { a = a + b }

    static func -= (a: inout Complex, b: Complex) { a = a - b }
}

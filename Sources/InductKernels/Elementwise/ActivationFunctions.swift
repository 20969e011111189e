// SPDX-License-Identifier: Apache-2.0

// Each activation as a value and a slope, on whole vectors. Slopes are accurate in absolute terms: within a few ULP of 1.

import CVectors

/// max(x, 0); slope 0 at 0.
enum Relu {
    @inline(always)
    static func value(_ x: Vector) -> Vector { select(x, less: .zeros, .zeros, else: x) }

    @inline(always)
    static func slope(_ x: Vector) -> Vector { select(.zeros, less: x, Vector(repeating: 1), else: .zeros) }
}

/// x/2 (1 + tanh(u)), u = sqrt(2/pi) (x + 0.044715 x^3), which is x / (1 + exp(-2u)): no cancellation for negative x.
///
/// Source: D. Hendrycks, K. Gimpel, "Gaussian error linear units", 2016.
enum Gelu {
    @inline(always)
    private static var linear: Vector { Vector(repeating: 1.595_769_121_605_730_7) }  // 2 sqrt(2 / pi)

    @inline(always)
    private static var cubic: Vector { Vector(repeating: 0.071_354_816_272_600_25) }  // 2 sqrt(2 / pi) 0.044715

    @inline(always)
    private static func gate(_ x: Vector, square: Vector) -> Vector {
        logisticFunction(x * fusedMultiplyAdd(cubic, square, linear))
    }

    @inline(always)
    static func value(_ x: Vector) -> Vector { x * gate(x, square: x * x) }

    @inline(always)
    static func slope(_ x: Vector) -> Vector {
        let square = x * x
        let s = gate(x, square: square)
        // (x s)' = s + x s (1 - s) (2u)'. Where s (1 - s) has reached zero the polynomial may be infinite, so it is
        // bounded first: x is taken within [-16, 16], outside which s is 0 or 1 to the last bit.
        let bound = Vector(repeating: 16)
        let bounded = maximum(minimum(x, bound), -bound)
        let inner = fusedMultiplyAdd(Vector(repeating: 3) * cubic, bounded * bounded, linear)
        return fusedMultiplyAdd(bounded * inner, s * (Vector(repeating: 1) - s), s)
    }
}

/// x / (1 + exp(-x)).
enum Silu {
    @inline(always)
    static func value(_ x: Vector) -> Vector { x * logisticFunction(x) }

    @inline(always)
    static func slope(_ x: Vector) -> Vector {
        let s = logisticFunction(x)
        let bound = Vector(repeating: 128)
        let bounded = maximum(minimum(x, bound), -bound)
        return fusedMultiplyAdd(bounded, s * (Vector(repeating: 1) - s), s)
    }
}

/// The hyperbolic tangent.
enum Tanh {
    @inline(always)
    static func value(_ x: Vector) -> Vector { hyperbolicTangent(x) }

    @inline(always)
    static func slope(_ x: Vector) -> Vector {
        let y = hyperbolicTangent(x)
        return fusedMultiplyAdd(-y, y, Vector(repeating: 1))
    }
}

/// 1 / (1 + exp(-x)).
enum Sigmoid {
    @inline(always)
    static func value(_ x: Vector) -> Vector { logisticFunction(x) }

    @inline(always)
    static func slope(_ x: Vector) -> Vector {
        let s = logisticFunction(x)
        return s * (Vector(repeating: 1) - s)
    }
}

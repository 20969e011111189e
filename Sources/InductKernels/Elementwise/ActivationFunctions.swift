// SPDX-License-Identifier: Apache-2.0

// Each activation as a value and a slope, on whole vectors. Slopes are accurate in absolute terms: within a few ULP of 1.

import CVectors

/// A function of one variable, and its derivative.
///
/// Loops are generic over it, so that each is compiled for its function: a closure would be a call for every vector.
protocol ActivationFunction {
    static func value(_ x: Vector) -> Vector
    static func slope(_ x: Vector) -> Vector
}

/// x itself.
enum Identity: ActivationFunction {
    @inline(always)
    static func value(_ x: Vector) -> Vector { x }

    @inline(always)
    static func slope(_ x: Vector) -> Vector { Vector(repeating: 1) }
}

/// max(x, 0); slope 0 at 0.
enum Relu: ActivationFunction {
    @inline(always)
    static func value(_ x: Vector) -> Vector { select(x, less: .zeros, .zeros, else: x) }

    @inline(always)
    static func slope(_ x: Vector) -> Vector { select(.zeros, less: x, Vector(repeating: 1), else: .zeros) }
}

/// x/2 (1 + tanh(u)), u = sqrt(2/pi) (x + 0.044715 x^3), which is x / (1 + exp(-2u)): no cancellation for negative x.
///
/// Source: D. Hendrycks, K. Gimpel, "Gaussian error linear units", 2016.
enum Gelu: ActivationFunction {
    @inline(always)
    private static var linear: Vector { Vector(repeating: 1.595_769_121_605_730_7) }  // 2 sqrt(2 / pi)

    @inline(always)
    private static var cubic: Vector { Vector(repeating: 0.071_354_816_272_600_25) }  // 2 sqrt(2 / pi) 0.044715

    /// exp(-2u).
    @inline(always)
    private static func complement(_ x: Vector, square: Vector) -> Vector {
        exponential(-x * fusedMultiplyAdd(cubic, square, linear))
    }

    @inline(always)
    static func value(_ x: Vector) -> Vector { x / (Vector(repeating: 1) + complement(x, square: x * x)) }

    /// With t = exp(-2u) and s = 1 / (1 + t): s + x s (t s) (2u)'.
    ///
    /// Outside [-9.6, 9.6] the slope is 0 or 1 to the last bit, inside t is finite. NaN stays NaN.
    @inline(always)
    static func slope(_ x: Vector) -> Vector {
        let bound = Vector(repeating: 9.6)
        let x = maximum(-bound, minimum(bound, x))
        let square = x * x
        let t = complement(x, square: square)
        let s = Vector(repeating: 1) / (Vector(repeating: 1) + t)
        let inner = fusedMultiplyAdd(Vector(repeating: 3) * cubic, square, linear)
        return fusedMultiplyAdd(x * inner, (t * s) * s, s)
    }
}

/// x / (1 + exp(-x)).
enum Silu: ActivationFunction {
    @inline(always)
    static func value(_ x: Vector) -> Vector { x / (Vector(repeating: 1) + exponential(-x)) }

    /// With t = exp(-x) and s = 1 / (1 + t): s + x s (t s); beyond 87 it is 0 or 1 to the last bit.
    @inline(always)
    static func slope(_ x: Vector) -> Vector {
        let bound = Vector(repeating: 87)
        let x = maximum(-bound, minimum(bound, x))
        let t = exponential(-x)
        let s = Vector(repeating: 1) / (Vector(repeating: 1) + t)
        return fusedMultiplyAdd(x, (t * s) * s, s)
    }
}

/// The hyperbolic tangent.
enum Tanh: ActivationFunction {
    @inline(always)
    static func value(_ x: Vector) -> Vector { hyperbolicTangent(x) }

    @inline(always)
    static func slope(_ x: Vector) -> Vector {
        let y = hyperbolicTangent(x)
        return fusedMultiplyAdd(-y, y, Vector(repeating: 1))
    }
}

/// 1 / (1 + exp(-x)).
enum Sigmoid: ActivationFunction {
    @inline(always)
    static func value(_ x: Vector) -> Vector { logisticFunction(x) }

    @inline(always)
    static func slope(_ x: Vector) -> Vector {
        let s = logisticFunction(x)
        return s * (Vector(repeating: 1) - s)
    }
}

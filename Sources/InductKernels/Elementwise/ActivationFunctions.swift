// SPDX-License-Identifier: Apache-2.0

// Each activation with its slope, on whole vectors. Slopes are accurate in absolute terms: within a few ULP of 1.
// Value and slope share their exponential; whoever wants one alone pays for that alone, and gets the same bits.

import CVectors

/// A function of one variable, and its derivative.
///
/// Loops are generic over it, so that each is compiled for its function: a closure would be a call for every vector.
protocol ActivationFunction {
    static func valueAndSlope(_ x: Vector) -> (value: Vector, slope: Vector)
}

extension ActivationFunction {
    @inline(always)
    static func value(_ x: Vector) -> Vector { valueAndSlope(x).value }

    @inline(always)
    static func slope(_ x: Vector) -> Vector { valueAndSlope(x).slope }
}

/// x itself.
enum Identity: ActivationFunction {
    @inline(always)
    static func valueAndSlope(_ x: Vector) -> (value: Vector, slope: Vector) { (x, Vector(repeating: 1)) }
}

/// max(x, 0); slope 0 at 0.
enum Relu: ActivationFunction {
    @inline(always)
    static func valueAndSlope(_ x: Vector) -> (value: Vector, slope: Vector) {
        (
            select(x, less: .zeros, .zeros, else: x),
            select(.zeros, less: x, Vector(repeating: 1), else: .zeros)
        )
    }
}

/// x/2 (1 + tanh(u)), u = sqrt(2/pi) (x + 0.044715 x^3), which is x s, s = 1 / (1 + exp(-2u)): no cancellation for
/// negative x.
///
/// Source: D. Hendrycks, K. Gimpel, "Gaussian error linear units", 2016.
enum Gelu: ActivationFunction {
    /// With t = exp(-2u): slope s + x s (t s) (2u)'.
    ///
    /// Beyond 9.9 the slope is 1, below -9.9 value and slope are less than 1e-35 in size. NaN stays NaN.
    @inline(always)
    static func valueAndSlope(_ x: Vector) -> (value: Vector, slope: Vector) {
        let bound = Vector(repeating: 9.9)
        let linear = Vector(repeating: -1.595_769_121_605_730_7)  // -2 sqrt(2 / pi)
        let cubic = Vector(repeating: -0.071_354_816_272_600_25)  // -2 sqrt(2 / pi) 0.044715
        let raised = maximum(-bound, x)
        let x = minimum(bound, raised)
        let square = x * x
        let t = exponential(within: x * fusedMultiplyAdd(cubic, square, linear))
        let s = Vector(repeating: 1) / (Vector(repeating: 1) + t)
        let inner = fusedMultiplyAdd(Vector(repeating: 3) * cubic, square, linear)
        return (raised * s, fusedMultiplyAdd(-x * inner, (t * s) * s, s))
    }
}

/// x s, s = 1 / (1 + exp(-x)).
enum Silu: ActivationFunction {
    /// With t = exp(-x): slope s + x s (t s).
    @inline(always)
    static func valueAndSlope(_ x: Vector) -> (value: Vector, slope: Vector) {
        let t = exponential(-x)
        let s = Vector(repeating: 1) / (Vector(repeating: 1) + t)
        // Where t is infinite s is 0, and so is their product.
        let rest = minimum(Vector(repeating: .greatestFiniteMagnitude), t) * s
        let bound = Vector(repeating: 100)
        return (x * s, fusedMultiplyAdd(maximum(-bound, minimum(bound, x)), rest * s, s))
    }
}

/// The hyperbolic tangent.
enum Tanh: ActivationFunction {
    @inline(always)
    static func valueAndSlope(_ x: Vector) -> (value: Vector, slope: Vector) {
        let y = hyperbolicTangent(x)
        return (y, fusedMultiplyAdd(-y, y, Vector(repeating: 1)))
    }
}

/// 1 / (1 + exp(-x)).
enum Sigmoid: ActivationFunction {
    @inline(always)
    static func valueAndSlope(_ x: Vector) -> (value: Vector, slope: Vector) {
        let s = logisticFunction(x)
        return (s, s * (Vector(repeating: 1) - s))
    }
}

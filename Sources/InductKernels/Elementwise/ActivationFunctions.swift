// SPDX-License-Identifier: Apache-2.0

// Each activation with its slope, on whole vectors. Slopes are accurate in absolute terms: within a few ULP of 1.
// Value and slope share their exponential; whoever wants one alone pays for that alone, and gets the same bits.

import CVectors

/// A function of one variable, and its derivative.
///
/// Loops are generic over it, so that each is compiled for its function: a closure would be a call for every vector.
protocol ActivationFunction {
    static func valueAndSlope<V: Lanes>(_ x: V) -> (value: V, slope: V)
}

extension ActivationFunction {
    @inline(always)
    static func value<V: Lanes>(_ x: V) -> V { valueAndSlope(x).value }

    @inline(always)
    static func slope<V: Lanes>(_ x: V) -> V { valueAndSlope(x).slope }
}

/// x itself.
enum Identity: ActivationFunction {
    @inline(always)
    static func valueAndSlope<V: Lanes>(_ x: V) -> (value: V, slope: V) { (x, V(repeating: 1)) }
}

/// max(x, 0); slope 0 at 0.
enum Relu: ActivationFunction {
    @inline(always)
    static func valueAndSlope<V: Lanes>(_ x: V) -> (value: V, slope: V) {
        (
            V.choice(x, less: .zeros, .zeros, else: x),
            V.choice(.zeros, less: x, V(repeating: 1), else: .zeros)
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
    static func valueAndSlope<V: Lanes>(_ x: V) -> (value: V, slope: V) {
        let bound = V(repeating: 9.9)
        let linear: Float = -1.595_769_121_605_730_7  // -2 sqrt(2 / pi)
        let cubic: Float = -0.071_354_816_272_600_25  // -2 sqrt(2 / pi) 0.044715
        let binary: Float = 1.442_695_040_888_963_4  // log2 e
        let raised = V.greater(-bound, x)
        let x = V.smaller(bound, raised)
        let square = x * x
        let t = powerOfTwo(x * V.fused(V(repeating: binary * cubic), square, V(repeating: binary * linear)))
        let s = V(repeating: 1) / (V(repeating: 1) + t)
        let inner = V.fused(V(repeating: 3 * cubic), square, V(repeating: linear))
        return (raised * s, V.fused(-x * inner, (t * s) * s, s))
    }
}

/// x s, s = 1 / (1 + exp(-x)).
enum Silu: ActivationFunction {
    /// With t = exp(-x): slope s + x s (t s).
    @inline(always)
    static func valueAndSlope<V: Lanes>(_ x: V) -> (value: V, slope: V) {
        let t = exponential(-x)
        let s = V(repeating: 1) / (V(repeating: 1) + t)
        // Where t is infinite s is 0, and so is their product.
        let rest = V.smaller(V(repeating: .greatestFiniteMagnitude), t) * s
        let bound = V(repeating: 100)
        return (x * s, V.fused(V.greater(-bound, V.smaller(bound, x)), rest * s, s))
    }
}

/// The hyperbolic tangent.
enum Tanh: ActivationFunction {
    @inline(always)
    static func valueAndSlope<V: Lanes>(_ x: V) -> (value: V, slope: V) {
        let y = hyperbolicTangent(x)
        return (y, V.fused(-y, y, V(repeating: 1)))
    }
}

/// 1 / (1 + exp(-x)).
enum Sigmoid: ActivationFunction {
    @inline(always)
    static func valueAndSlope<V: Lanes>(_ x: V) -> (value: V, slope: V) {
        let s = logisticFunction(x)
        return (s, s * (V(repeating: 1) - s))
    }
}

// SPDX-License-Identifier: Apache-2.0

import CInduct
import Glibc

extension Reference {
    /// 1 / (1 + exp(-x)).
    private static func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

    /// The gate of GELU: x/2 (1 + tanh(u)) = x / (1 + exp(-2u)).
    private static func geluGate(_ x: Double) -> Double {
        logistic(2 * (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x))
    }

    static func activation(_ kind: UInt32, _ x: Double) -> Double {
        switch kind {
        case INDUCT_ACTIVATION_RELU: max(x, 0)
        case INDUCT_ACTIVATION_GELU: x * geluGate(x)
        case INDUCT_ACTIVATION_SILU: x * logistic(x)
        case INDUCT_ACTIVATION_TANH: tanh(x)
        case INDUCT_ACTIVATION_SIGMOID: logistic(x)
        default: x
        }
    }

    static func slope(_ kind: UInt32, _ x: Double) -> Double {
        switch kind {
        case INDUCT_ACTIVATION_RELU: return x > 0 ? 1 : 0
        case INDUCT_ACTIVATION_GELU:
            let s = geluGate(x)
            return s + x * s * (1 - s) * 2 * (2 / Double.pi).squareRoot() * (1 + 3 * 0.044715 * x * x)
        case INDUCT_ACTIVATION_SILU:
            let s = logistic(x)
            return s + x * s * (1 - s)
        case INDUCT_ACTIVATION_TANH:
            let y = tanh(x)
            return 1 - y * y
        case INDUCT_ACTIVATION_SIGMOID:
            let s = logistic(x)
            return s * (1 - s)
        default: return 1
        }
    }

    static func activation(_ kind: UInt32, count: Int, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
        for i in 0..<max(0, count) { y[i] = Float(activation(kind, Double(x[i]))) }
    }

    static func activationBackward(
        _ kind: UInt32, count: Int, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
        into dx: UnsafeMutablePointer<Float>
    ) {
        for i in 0..<max(0, count) { dx[i] = Float(Double(dy[i]) * slope(kind, Double(x[i]))) }
    }

    static func gated(
        _ kind: UInt32, rows: Int, width: Int, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
    ) {
        for row in 0..<max(0, rows) {
            for j in 0..<width {
                let gate = Double(x[row * 2 * width + j])
                y[row * width + j] = Float(activation(kind, gate) * Double(x[row * 2 * width + width + j]))
            }
        }
    }

    static func gatedBackward(
        _ kind: UInt32, rows: Int, width: Int, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
        into dx: UnsafeMutablePointer<Float>
    ) {
        for row in 0..<max(0, rows) {
            for j in 0..<width {
                let at = row * 2 * width + j
                let gate = Double(x[at])
                let up = Double(x[at + width])
                let gradient = Double(dy[row * width + j])
                dx[at] = Float(gradient * up * slope(kind, gate))
                dx[at + width] = Float(gradient * activation(kind, gate))
            }
        }
    }
}

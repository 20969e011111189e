// SPDX-License-Identifier: Apache-2.0

import CInduct
import CVectors

/// What happens to a finished tile of the product on its way to c.
struct Epilogue {
    var activation: UInt32
    var bias: UnsafePointer<Float>?
    var slope: UnsafeMutablePointer<Float>?
    var slopeStride: Int
    var factor: UnsafePointer<Float>?
    var factorStride: Int
    var residual: UnsafePointer<Float>?
    var residualStride: Int

    init(_ call: induct_gemm) {
        activation = call.activation
        bias = call.bias
        slope = call.slope
        slopeStride = Int(call.ld_slope)
        factor = call.factor
        factorStride = Int(call.ld_factor)
        residual = call.residual
        residualStride = Int(call.ld_residual)
    }

    /// Bias, ReLU with its slope, factor and residual: what a tile can do by itself.
    var isSimple: Bool {
        activation == INDUCT_ACTIVATION_RELU || activation == INDUCT_ACTIVATION_NONE && slope == nil
    }

    /// What the tile whose first element is (row, column) of c does by itself.
    @inline(always)
    func finish(row: Int, column: Int) -> TileFinish {
        TileFinish(
            bias: bias.map { $0 + column }, isRelu: activation == INDUCT_ACTIVATION_RELU,
            slope: slope.map { $0 + row * slopeStride + column }, slopeStride: slopeStride,
            factor: factor.map { $0 + row * factorStride + column }, factorStride: factorStride,
            residual: residual.map { $0 + row * residualStride + column }, residualStride: residualStride)
    }

    /// No effect: for the blocks of k before the last.
    static var none: Epilogue { Epilogue() }

    private init() {
        activation = INDUCT_ACTIVATION_NONE
        bias = nil
        slope = nil
        slopeStride = 0
        factor = nil
        factorStride = 0
        residual = nil
        residualStride = 0
    }

    /// c = activation(product + previous + bias) factor + residual for a tile whose first element is (row, column) of c.
    ///
    /// `product`, `previous` and `c` point to the tile.
    @inline(never)
    func apply(
        product: UnsafePointer<Float>, stride productStride: Int, previous: UnsafePointer<Float>?, previousStride: Int,
        into c: UnsafeMutablePointer<Float>, stride: Int, row: Int, column: Int, rows: Int, columns: Int
    ) {
        @inline(always)
        func finish<Function: ActivationFunction>(_: Function.Type) {
            for i in 0..<rows {
                forEachVector(columns) { offset, count in
                    var value = load(product + i * productStride + offset)
                    if let previous { value += load(previous + i * previousStride + offset, count: count) }
                    if let bias { value += load(bias + column + offset, count: count) }
                    if let slope {
                        let both = Function.valueAndSlope(value)
                        store(both.slope, slope + (row + i) * slopeStride + column + offset, count: count)
                        value = both.value
                    } else {
                        value = Function.value(value)
                    }
                    if let factor {
                        value *= load(factor + (row + i) * factorStride + column + offset, count: count)
                    }
                    if let residual {
                        value += load(residual + (row + i) * residualStride + column + offset, count: count)
                    }
                    store(value, c + i * stride + offset, count: count)
                }
            }
        }
        switch activation {
        case INDUCT_ACTIVATION_RELU: finish(Relu.self)
        case INDUCT_ACTIVATION_GELU: finish(Gelu.self)
        case INDUCT_ACTIVATION_SILU: finish(Silu.self)
        case INDUCT_ACTIVATION_TANH: finish(Tanh.self)
        case INDUCT_ACTIVATION_SIGMOID: finish(Sigmoid.self)
        default: finish(Identity.self)
        }
    }
}

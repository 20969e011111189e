// SPDX-License-Identifier: Apache-2.0

import CInduct
import CVectors

/// What happens to a finished tile of the product on its way to c.
struct Epilogue {
    var activation: UInt32
    var bias: UnsafePointer<Float>?
    var residual: UnsafePointer<Float>?
    var residualStride: Int
    var preactivation: UnsafeMutablePointer<Float>?
    var preactivationStride: Int

    init(_ call: induct_gemm) {
        activation = call.activation
        bias = call.bias
        residual = call.residual
        residualStride = Int(call.ld_residual)
        preactivation = call.preactivation
        preactivationStride = Int(call.ld_preactivation)
    }

    /// Bias, ReLU and residual: what a tile can do by itself.
    var isSimple: Bool {
        (activation == INDUCT_ACTIVATION_NONE || activation == INDUCT_ACTIVATION_RELU) && preactivation == nil
    }

    /// What the tile whose first element is (row, column) of c does by itself.
    @inline(always)
    func finish(row: Int, column: Int) -> TileFinish {
        TileFinish(
            bias: bias.map { $0 + column }, residual: residual.map { $0 + row * residualStride + column },
            residualStride: residualStride, isRelu: activation == INDUCT_ACTIVATION_RELU)
    }

    /// No effect: for the blocks of k before the last.
    static var none: Epilogue { Epilogue() }

    private init() {
        activation = INDUCT_ACTIVATION_NONE
        bias = nil
        residual = nil
        residualStride = 0
        preactivation = nil
        preactivationStride = 0
    }

    /// c = activation(product + previous + bias) + residual for a tile whose first element is (row, column) of c.
    ///
    /// `product` has the row stride `columnsPerTile`. `previous` and `c` point to the tile.
    @inline(never)
    func apply(
        product: UnsafePointer<Float>, previous: UnsafePointer<Float>?, previousStride: Int,
        into c: UnsafeMutablePointer<Float>, stride: Int, row: Int, column: Int, rows: Int, columns: Int
    ) {
        @inline(always)
        func finish<Function: ActivationFunction>(_: Function.Type) {
            for i in 0..<rows {
                forEachVector(columns) { offset, count in
                    var value = load(product + i * columnsPerTile + offset)
                    if let previous { value += load(previous + i * previousStride + offset, count: count) }
                    if let bias { value += load(bias + column + offset, count: count) }
                    if let preactivation {
                        store(
                            value, preactivation + (row + i) * preactivationStride + column + offset, count: count)
                    }
                    value = Function.value(value)
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

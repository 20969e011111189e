// SPDX-License-Identifier: Apache-2.0

import CInduct
import CVectors

/// What happens to a finished tile of the product on its way to c.
struct Epilogue {
    var activation = INDUCT_ACTIVATION_NONE
    var bias: UnsafePointer<Float>?
    var slope: UnsafeMutablePointer<Float>?
    var slopeStride = 0
    var factor: UnsafePointer<Float>?
    var factorStride = 0
    var residual: UnsafePointer<Float>?
    var residualStride = 0

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

    /// Where the product is stored as it is.
    @inline(always)
    var isNone: Bool {
        activation == INDUCT_ACTIVATION_NONE && bias == nil && slope == nil && factor == nil && residual == nil
    }

    /// The same for a tile whose first element is (row, column) of c.
    @inline(always)
    func at(row: Int, column: Int) -> Epilogue {
        var tile = self
        tile.bias = bias.map { $0 + column }
        tile.slope = slope.map { $0 + row * slopeStride + column }
        tile.factor = factor.map { $0 + row * factorStride + column }
        tile.residual = residual.map { $0 + row * residualStride + column }
        return tile
    }

    /// No effect: for the blocks of k before the last.
    static var none: Epilogue { Epilogue() }

    private init() {}

    /// c = activation(product + previous + bias) factor + residual for a tile; `product`, `previous` and `c` point to it.
    @inline(never)
    func apply(
        product: UnsafePointer<Float>, stride productStride: Int, previous: UnsafePointer<Float>?, previousStride: Int,
        into c: UnsafeMutablePointer<Float>, stride: Int, rows: Int, columns: Int
    ) {
        @inline(always)
        func finish<Function: ActivationFunction>(_: Function.Type) {
            for i in 0..<rows {
                @inline(always)
                func finish<V: Lanes>(_: V.Type, _ offset: Int, _ count: Int) {
                    var value = V.loaded(product + i * productStride + offset, count: lanes)
                    if let previous { value = value + V.loaded(previous + i * previousStride + offset, count: count) }
                    if let bias { value = value + V.loaded(bias + offset, count: count) }
                    if let slope {
                        let both = Function.valueAndSlope(value)
                        both.slope.store(to: slope + i * slopeStride + offset, count: count)
                        value = both.value
                    } else {
                        value = Function.value(value)
                    }
                    if let factor {
                        value = value * V.loaded(factor + i * factorStride + offset, count: count)
                    }
                    if let residual {
                        value = value + V.loaded(residual + i * residualStride + offset, count: count)
                    }
                    value.store(to: c + i * stride + offset, count: count)
                }
                forEachFour(columns) {
                    finish(Four.self, $0, lanes)
                } _: {
                    finish(Vector.self, $0, $1)
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

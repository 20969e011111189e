// SPDX-License-Identifier: Apache-2.0

public import CInduct

/// A linear layer y = x Wᵀ + b over `rows` rows, W stored `[outputs, inputs]`.
///
/// With this orientation the bias gradient falls out of the product that gives the weight gradient: both reduce the
/// rows of dy.
public struct Linear: Sendable {
    /// Columns of x.
    public var inputs: Int
    /// Columns of y.
    public var outputs: Int

    /// A layer of these widths.
    public init(inputs: Int, outputs: Int) {
        self.inputs = inputs
        self.outputs = outputs
    }
}

/// What follows the product before the result is stored.
public struct LinearEpilogue {
    /// `INDUCT_ACTIVATION_...`.
    public var activation: UInt32
    /// `[rows, outputs]`, rows as far apart as those of y: where the activation's derivative is kept, for
    /// `linearInputGradient`; nil = not kept.
    public var slope: UnsafeMutablePointer<Float>?
    /// `[rows, outputs]`, rows `outputs` apart: added last; nil = none.
    ///
    /// It may be y itself where y has the same stride.
    public var residual: UnsafePointer<Float>?

    /// Nothing follows unless said otherwise.
    public init(
        activation: UInt32 = INDUCT_ACTIVATION_NONE, slope: UnsafeMutablePointer<Float>? = nil,
        residual: UnsafePointer<Float>? = nil
    ) {
        self.activation = activation
        self.slope = slope
        self.residual = residual
    }
}

extension Kernels {
    /// y = activation(x Wᵀ + b) + residual.
    ///
    /// - Parameters:
    ///   - layer: The layer's widths.
    ///   - rows: Rows of x and y.
    ///   - x: `[rows, inputs]`, rows `xStride` apart.
    ///   - xStride: Elements from row to row of x; nil = inputs.
    ///   - weight: `[outputs, inputs]`.
    ///   - bias: `[outputs]`; nil = none.
    ///   - y: `[rows, outputs]`, rows `stride` apart.
    ///   - stride: Elements from row to row of y; nil = outputs.
    ///   - epilogue: Activation and residual.
    ///   - scratch: At least `scratchSize` bytes.
    public func linear(
        _ layer: Linear, rows: Int, x: UnsafePointer<Float>, xStride: Int? = nil, weight: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?, y: UnsafeMutablePointer<Float>, stride: Int? = nil,
        epilogue: LinearEpilogue = LinearEpilogue(), scratch: UnsafeMutableRawPointer
    ) {
        var call = induct_gemm()
        call.activation = epilogue.activation
        call.transpose_b = 1
        call.m = Int64(rows)
        call.n = Int64(layer.outputs)
        call.k = Int64(layer.inputs)
        call.a = x
        call.lda = Int64(xStride ?? layer.inputs)
        call.b = weight
        call.ldb = Int64(layer.inputs)
        call.c = y
        call.ldc = Int64(stride ?? layer.outputs)
        call.bias = bias
        call.residual = epilogue.residual
        call.ld_residual = Int64(layer.outputs)
        call.slope = epilogue.slope
        call.ld_slope = call.ldc
        call.scratch = scratch
        gemm(call)
    }

    /// dW = dyᵀ x and db = sum of the rows of dy.
    ///
    /// - Parameters:
    ///   - layer: The layer's widths.
    ///   - rows: Rows of x and dy.
    ///   - x: `[rows, inputs]`, rows `xStride` apart.
    ///   - xStride: Elements from row to row of x; nil = inputs.
    ///   - dy: `[rows, outputs]`, rows `stride` apart.
    ///   - stride: Elements from row to row of dy; nil = outputs.
    ///   - dweight: `[outputs, inputs]`.
    ///   - dbias: `[outputs]`; nil = none.
    ///   - accumulate: Add to the gradients instead of writing them.
    ///   - scratch: At least `scratchSize` bytes.
    public func linearParameterGradients(
        _ layer: Linear, rows: Int, x: UnsafePointer<Float>, xStride: Int? = nil, dy: UnsafePointer<Float>,
        stride: Int? = nil, dweight: UnsafeMutablePointer<Float>, dbias: UnsafeMutablePointer<Float>?, accumulate: Bool,
        scratch: UnsafeMutableRawPointer
    ) {
        var call = induct_gemm()
        call.transpose_a = 1
        call.accumulate = accumulate ? 1 : 0
        call.m = Int64(layer.outputs)
        call.n = Int64(layer.inputs)
        call.k = Int64(rows)
        call.a = dy
        call.lda = Int64(stride ?? layer.outputs)
        call.b = x
        call.ldb = Int64(xStride ?? layer.inputs)
        call.c = dweight
        call.ldc = Int64(layer.inputs)
        call.column_sums = dbias
        call.scratch = scratch
        gemm(call)
    }

    /// dx = dy W, times the slope of the activation that x came from.
    ///
    /// - Parameters:
    ///   - layer: The layer's widths.
    ///   - rows: Rows of dx and dy.
    ///   - dy: `[rows, outputs]`, rows `stride` apart.
    ///   - stride: Elements from row to row of dy; nil = outputs.
    ///   - weight: `[outputs, inputs]`.
    ///   - dx: `[rows, inputs]`, rows `dxStride` apart.
    ///   - dxStride: Elements from row to row of dx; nil = inputs.
    ///   - accumulate: Add to dx instead of writing it.
    ///   - slope: `[rows, inputs]`, rows as far apart as those of dx, as the epilogue of the layer before left it; nil = 1.
    ///   - scratch: At least `scratchSize` bytes.
    public func linearInputGradient(
        _ layer: Linear, rows: Int, dy: UnsafePointer<Float>, stride: Int? = nil, weight: UnsafePointer<Float>,
        dx: UnsafeMutablePointer<Float>, dxStride: Int? = nil, accumulate: Bool = false,
        slope: UnsafePointer<Float>? = nil, scratch: UnsafeMutableRawPointer
    ) {
        var call = induct_gemm()
        call.accumulate = accumulate ? 1 : 0
        call.m = Int64(rows)
        call.n = Int64(layer.inputs)
        call.k = Int64(layer.outputs)
        call.a = dy
        call.lda = Int64(stride ?? layer.outputs)
        call.b = weight
        call.ldb = Int64(layer.inputs)
        call.c = dx
        call.ldc = Int64(dxStride ?? layer.inputs)
        call.factor = slope
        call.ld_factor = call.ldc
        call.scratch = scratch
        gemm(call)
    }
}

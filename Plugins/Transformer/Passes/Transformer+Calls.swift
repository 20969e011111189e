// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductSDK

// Kernel calls that the forward and the backward pass share.

extension Transformer {
    /// A norm's call with everything that both directions need.
    func normCall(
        _ pass: borrowing Pass, _ index: NormIndex, rows: Int, x: UnsafePointer<Float>,
        mean: UnsafeMutablePointer<Float>,
        inverse: UnsafeMutablePointer<Float>
    ) -> induct_norm {
        var call = induct_norm()
        call.rows = Int64(rows)
        call.columns = Int64(options.width)
        call.epsilon = options.epsilon
        call.center = options.norm == .layer ? 1 : 0
        call.x = x
        call.gain = pass.parameter(index.gain)
        call.bias = index.bias.map { pass.parameter($0) }
        call.mean = options.norm == .layer ? mean : nil
        call.inverse = inverse
        return call
    }

    /// Causal attention over this block's projections, with everything that both directions need.
    func attentionCall(_ pass: borrowing Pass, block: Int, _ workspace: Workspace) -> induct_attention {
        let parts = workspace.layout.block
        let projected = workspace.part(parts.projected, of: block)
        var call = induct_attention()
        call.causal = 1
        call.batch = Int64(pass.count)
        call.length = Int64(length(pass))
        call.heads = Int64(options.heads)
        call.key_value_heads = Int64(options.keyValueHeads)
        call.head_size = Int64(options.headSize)
        call.scale = Float(1 / Double(options.headSize).squareRoot())
        call.q = UnsafePointer(projected)
        call.k = UnsafePointer(projected + options.queryColumns)
        call.v = UnsafePointer(projected + options.queryColumns + options.keyValueColumns)
        call.ldq = Int64(workspace.layout.projectedStride)
        call.ldkv = Int64(workspace.layout.projectedStride)
        call.ldo = Int64(options.queryColumns)
        call.out = workspace.part(parts.attended, of: block)
        call.log_sum = workspace.part(parts.logSum, of: block)
        call.slopes = slopes?.pointer
        if layout.relativePositions != nil { call.relative = UnsafePointer(workspace.relative) }
        call.scratch = workspace.scratch
        return call
    }

    /// Rotates queries and keys, which lie side by side, by their positions; -1 rotates back.
    func rotate(
        _ projected: UnsafeMutablePointer<Float>, stride: Int, rows: Int, length: Int, direction: Int32
    ) {
        guard let rotaryCosine, let rotarySine else { return }
        kernels.table.rotary(
            Int64(rows), Int64(length), Int64(options.heads + options.keyValueHeads), Int64(options.headSize),
            projected, Int64(stride), rotaryCosine.pointer, rotarySine.pointer, direction)
    }
}

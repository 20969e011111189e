// SPDX-License-Identifier: Apache-2.0

import CInduct

extension Reference {
    /// c = activation(op(a) op(b) (+ c) + bias) factor + residual, element by element.
    static func gemm(_ call: induct_gemm) {
        guard let a = call.a, let b = call.b, let c = call.c else { return }
        let k = Int(call.k)
        let lda = Int(call.lda)
        let ldb = Int(call.ldb)
        for i in 0..<max(0, Int(call.m)) {
            if let sums = call.column_sums, call.transpose_a != 0 {
                var total = call.accumulate != 0 ? Double(sums[i]) : 0
                for p in 0..<k { total += Double(a[p * lda + i]) }
                sums[i] = Float(total)
            }
            for j in 0..<max(0, Int(call.n)) {
                let at = i * Int(call.ldc) + j
                var value = 0.0
                for p in 0..<k {
                    let left = call.transpose_a != 0 ? a[p * lda + i] : a[i * lda + p]
                    let right = call.transpose_b != 0 ? b[j * ldb + p] : b[p * ldb + j]
                    value += Double(left) * Double(right)
                }
                if call.accumulate != 0 { value += Double(c[at]) }
                if let bias = call.bias { value += Double(bias[j]) }
                call.slope?[i * Int(call.ld_slope) + j] = Float(slope(call.activation, value))
                value = activation(call.activation, value)
                if let factor = call.factor { value *= Double(factor[i * Int(call.ld_factor) + j]) }
                if let residual = call.residual { value += Double(residual[i * Int(call.ld_residual) + j]) }
                c[at] = Float(value)
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import CInduct

/// Forward product, input gradient and weight gradient of each linear layer, with the epilogues that training uses.
struct GemmBenchmark {
    let cases: [KernelCase]

    init(_ shape: ModelShape, _ kernels: induct_kernels, _ scratch: UnsafeMutableRawPointer, _ room: Room) {
        let d = shape.width
        let layers: [(name: String, outputs: Int, inputs: Int, count: Int)] = [
            ("qkv", 3 * d, d, shape.layers), ("projection", d, d, shape.layers),
            ("up", shape.hidden, d, shape.layers), ("down", d, shape.hidden, shape.layers),
            ("unembedding", shape.vocabulary, d, 1),
        ]
        let rows = shape.rows
        cases = layers.flatMap { layer in
            let x = room.floats(rows * layer.inputs)
            let y = room.floats(rows * layer.outputs)
            let weight = room.floats(layer.outputs * layer.inputs)
            let work = 2 * Double(rows) * Double(layer.inputs) * Double(layer.outputs)

            var forward = induct_gemm()
            forward.transpose_b = 1
            (forward.m, forward.n, forward.k) = (Int64(rows), Int64(layer.outputs), Int64(layer.inputs))
            (forward.a, forward.lda) = (UnsafePointer(x), forward.k)
            (forward.b, forward.ldb) = (UnsafePointer(weight), forward.k)
            (forward.c, forward.ldc) = (y, forward.n)
            if layer.name != "unembedding" { forward.bias = UnsafePointer(room.floats(layer.outputs)) }
            if layer.name == "projection" || layer.name == "down" {
                (forward.residual, forward.ld_residual) = (
                    UnsafePointer(room.floats(rows * layer.outputs)), forward.n
                )
            }
            if layer.name == "up" {
                forward.activation = INDUCT_ACTIVATION_GELU
                (forward.slope, forward.ld_slope) = (room.floats(rows * layer.outputs), forward.n)
            }

            var input = induct_gemm()
            (input.m, input.n, input.k) = (Int64(rows), Int64(layer.inputs), Int64(layer.outputs))
            (input.a, input.lda) = (UnsafePointer(y), input.k)
            (input.b, input.ldb) = (UnsafePointer(weight), input.n)
            (input.c, input.ldc) = (room.floats(rows * layer.inputs), input.n)
            if layer.name == "down" {
                (input.factor, input.ld_factor) = (UnsafePointer(room.floats(rows * layer.inputs)), input.n)
            }

            var weights = induct_gemm()
            weights.transpose_a = 1
            (weights.m, weights.n, weights.k) = (Int64(layer.outputs), Int64(layer.inputs), Int64(rows))
            (weights.a, weights.lda) = (UnsafePointer(y), weights.m)
            (weights.b, weights.ldb) = (UnsafePointer(x), weights.n)
            (weights.c, weights.ldc) = (room.floats(layer.outputs * layer.inputs), weights.n)
            if layer.name != "unembedding" { weights.column_sums = room.floats(layer.outputs) }

            return [("forward", forward), ("input gradient", input), ("weight gradient", weights)].map { use, call in
                var call = call
                call.struct_size = UInt32(MemoryLayout<induct_gemm>.size)
                call.scratch = scratch
                return KernelCase(
                    kernel: "gemm", use: "\(layer.name), \(use)", calls: layer.count * shape.shards, unit: .operations,
                    work: work
                ) { [call] in
                    withUnsafePointer(to: call) { kernels.gemm($0) }
                }
            }
        }
    }
}

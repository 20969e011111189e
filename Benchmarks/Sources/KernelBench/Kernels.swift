// SPDX-License-Identifier: Apache-2.0

import CInduct

/// One measurement: seconds a call and the work done in it.
struct Measurement {
    let name: String
    let work: Double
    let unit: String
    let seconds: Double

    var line: String {
        let rate = (work / seconds / 1e7).rounded() / 100
        let microseconds = (seconds * 1e8).rounded() / 100
        let padded = name + String(repeating: " ", count: max(1, 40 - name.count))
        return "\(padded)\(microseconds) us   \(rate) G\(unit)/s"
    }
}

/// The kernels of one variant at one configuration's shapes.
struct KernelSuite {
    let table: UnsafePointer<induct_kernels>
    let configuration: Configuration
    let scratch: UnsafeMutableRawPointer
    let stopwatch = Stopwatch()

    func run() -> [Measurement] { products() + attention() + rows() + optimizer() }

    private func measure(_ name: String, work: Int, unit: String, _ body: () -> Void) -> Measurement {
        Measurement(name: name, work: Double(work), unit: unit, seconds: stopwatch.median(body))
    }

    /// Forward, input gradient and weight gradient of each linear layer, with the epilogues that training uses.
    private func products() -> [Measurement] {
        let d = configuration.width
        let rows = configuration.rows
        let layers = [
            ("qkv", 3 * d, d), ("projection", d, d), ("up", 4 * d, d), ("down", d, 4 * d),
            ("head", configuration.vocabulary, d),
        ]
        return layers.flatMap { name, outputs, inputs in
            let x = buffer(rows * inputs)
            let y = buffer(rows * outputs)
            let before = buffer(rows * outputs)
            let weight = buffer(outputs * inputs)
            let bias = buffer(outputs)
            let work = 2 * rows * inputs * outputs
            var call = induct_gemm()
            call.struct_size = UInt32(MemoryLayout<induct_gemm>.size)
            call.scratch = scratch
            (call.m, call.n, call.k) = (Int64(rows), Int64(outputs), Int64(inputs))
            (call.a, call.lda) = (UnsafePointer(x), Int64(inputs))
            (call.b, call.ldb) = (UnsafePointer(weight), Int64(inputs))
            (call.c, call.ldc) = (y, Int64(outputs))
            call.transpose_b = 1
            call.bias = UnsafePointer(bias)
            if name == "up" {
                call.activation = INDUCT_ACTIVATION_GELU
                (call.preactivation, call.ld_preactivation) = (before, Int64(outputs))
            }
            let forward = measure("\(name) forward", work: work, unit: "FLOP") { table.pointee.gemm(&call) }

            call = induct_gemm()
            call.struct_size = UInt32(MemoryLayout<induct_gemm>.size)
            call.scratch = scratch
            (call.m, call.n, call.k) = (Int64(rows), Int64(inputs), Int64(outputs))
            (call.a, call.lda) = (UnsafePointer(y), Int64(outputs))
            (call.b, call.ldb) = (UnsafePointer(weight), Int64(inputs))
            (call.c, call.ldc) = (x, Int64(inputs))
            let input = measure("\(name) input gradient", work: work, unit: "FLOP") { table.pointee.gemm(&call) }

            call.transpose_a = 1
            (call.m, call.n, call.k) = (Int64(outputs), Int64(inputs), Int64(rows))
            (call.b, call.ldb) = (UnsafePointer(x), Int64(inputs))
            (call.c, call.ldc) = (buffer(outputs * inputs), Int64(inputs))
            call.column_sums = buffer(outputs)
            let gradient = measure("\(name) weight gradient", work: work, unit: "FLOP") { table.pointee.gemm(&call) }
            return [forward, input, gradient]
        }
    }

    private func attention() -> [Measurement] {
        let d = configuration.width
        let rows = configuration.rows
        let matrix = buffer(3 * rows * d)
        let gradient = buffer(3 * rows * d)
        var call = induct_attention()
        call.struct_size = UInt32(MemoryLayout<induct_attention>.size)
        call.causal = 1
        (call.batch, call.length) = (Int64(configuration.batch), Int64(configuration.length))
        (call.heads, call.key_value_heads) = (Int64(configuration.heads), Int64(configuration.heads))
        call.head_size = Int64(d / configuration.heads)
        call.scale = 0.25
        (call.q, call.k, call.v) = (UnsafePointer(matrix), UnsafePointer(matrix + d), UnsafePointer(matrix + 2 * d))
        (call.ldq, call.ldkv, call.ldo) = (Int64(3 * d), Int64(3 * d), Int64(d))
        call.out = buffer(rows * d)
        call.log_sum = buffer(configuration.batch * configuration.heads * configuration.length)
        call.dout = UnsafePointer(buffer(rows * d))
        (call.dq, call.dk, call.dv) = (gradient, gradient + d, gradient + 2 * d)
        call.scratch = scratch
        let work = 2 * rows * (configuration.length + 1) * d
        return [
            measure("attention (causal work)", work: work, unit: "FLOP") { table.pointee.attention(&call) },
            measure("attention gradient (causal work)", work: 5 * work / 2, unit: "FLOP") {
                table.pointee.attention_backward(&call)
            },
        ]
    }

    private func rows() -> [Measurement] {
        let d = configuration.width
        let rows = configuration.rows
        var call = induct_norm()
        call.struct_size = UInt32(MemoryLayout<induct_norm>.size)
        (call.rows, call.columns) = (Int64(rows), Int64(d))
        call.epsilon = 1e-5
        call.center = 1
        (call.x, call.gain, call.bias) = (
            UnsafePointer(buffer(rows * d)), UnsafePointer(buffer(d)), UnsafePointer(buffer(d))
        )
        (call.y, call.mean, call.inverse) = (buffer(rows * d), buffer(rows), buffer(rows))
        (call.dy, call.dx) = (UnsafePointer(buffer(rows * d)), buffer(rows * d))
        (call.dgain, call.dbias) = (buffer(d), buffer(d))
        call.scratch = scratch
        let targets = [Int32](repeating: 1, count: rows)
        let values = buffer(4 * rows * d)
        let results = buffer(4 * rows * d)
        let logits = buffer(rows * configuration.vocabulary)
        var loss = induct_cross_entropy()
        loss.struct_size = UInt32(MemoryLayout<induct_cross_entropy>.size)
        (loss.rows, loss.classes) = (Int64(rows), Int64(configuration.vocabulary))
        loss.logits = UnsafePointer(logits)
        loss.scale = 1
        loss.losses = buffer(rows)
        loss.dlogits = buffer(rows * configuration.vocabulary)
        let count = Int64(4 * rows * d)
        return targets.withUnsafeBufferPointer { targets in
            loss.targets = targets.baseAddress
            return [
                measure("norm", work: 8 * rows * d, unit: "B") { table.pointee.norm(&call) },
                measure("norm gradient", work: 12 * rows * d, unit: "B") { table.pointee.norm_backward(&call) },
                measure("gelu", work: 4 * rows * d, unit: "value") {
                    table.pointee.activation(INDUCT_ACTIVATION_GELU, count, values, results)
                },
                measure("gelu gradient", work: 4 * rows * d, unit: "value") {
                    table.pointee.activation_backward(INDUCT_ACTIVATION_GELU, count, values, values, results)
                },
                measure("cross-entropy", work: rows * configuration.vocabulary, unit: "value") {
                    table.pointee.cross_entropy(&loss)
                },
            ]
        }
    }

    private func optimizer() -> [Measurement] {
        let count = 12 * configuration.width * configuration.width
        var call = induct_adam()
        call.struct_size = UInt32(MemoryLayout<induct_adam>.size)
        call.count = Int64(count)
        (call.parameters, call.gradients) = (buffer(count), UnsafePointer(buffer(count)))
        (call.first_moment, call.second_moment) = (buffer(count), buffer(count))
        for i in 0..<count { call.second_moment[i] = 1 }
        (call.rate, call.beta1, call.beta2, call.epsilon) = (1e-3, 0.9, 0.999, 1e-8)
        (call.gradient_scale, call.correction1, call.correction2) = (1, 1, 1)
        return [measure("adam, one block", work: count, unit: "value") { table.pointee.adam(&call) }]
    }
}

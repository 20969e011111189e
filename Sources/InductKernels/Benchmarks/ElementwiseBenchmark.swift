// SPDX-License-Identifier: Apache-2.0

import CInduct

/// Activations and gated units over the hidden units of an MLP, and their gradients.
struct ElementwiseBenchmark {
    let cases: [KernelCase]

    init(_ shape: ModelShape, _ kernels: induct_kernels, _ room: Room) {
        let count = shape.rows * shape.hidden
        let x = room.floats(2 * count)
        let dy = room.floats(count)
        let y = room.floats(2 * count)
        let names: [(name: String, kind: UInt32)] = [
            ("relu", INDUCT_ACTIVATION_RELU), ("gelu", INDUCT_ACTIVATION_GELU), ("silu", INDUCT_ACTIVATION_SILU),
            ("tanh", INDUCT_ACTIVATION_TANH), ("sigmoid", INDUCT_ACTIVATION_SIGMOID),
        ]
        let rows = Int64(shape.rows)
        let width = Int64(shape.hidden)
        let bytes = 4 * Double(count)
        cases =
            names.flatMap { name, kind in
                [
                    // In a transformer's step both are epilogues of products.
                    KernelCase(kernel: "activation", use: name, calls: 0, unit: .bytes, work: 2 * bytes) {
                        kernels.activation(kind, Int64(count), x, y)
                    },
                    KernelCase(
                        kernel: "activation_backward", use: name, calls: 0, unit: .bytes, work: 3 * bytes
                    ) { kernels.activation_backward(kind, Int64(count), x, dy, y) },
                ]
            }
            + [
                KernelCase(kernel: "gated", use: "geglu", calls: 0, unit: .bytes, work: 3 * bytes) {
                    kernels.gated(INDUCT_ACTIVATION_GELU, rows, width, x, y)
                },
                KernelCase(kernel: "gated_backward", use: "geglu", calls: 0, unit: .bytes, work: 5 * bytes) {
                    kernels.gated_backward(INDUCT_ACTIVATION_GELU, rows, width, x, dy, y)
                },
            ]
    }
}

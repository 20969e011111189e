// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// An MLP on the query alone, which can only know what its weights hold, or on all inputs.
///
/// Chan et al.'s in-weight predictor g: two hidden layers of 64 with ReLU on the query.
///
/// Source: Chan, Chen, György, Schuurmans, "Toward Understanding In-context vs. In-weight Learning", 2025, section 4.
final class Perceptron: Architecture {
    static let name = "mlp"
    static let summary = "an MLP on the query alone, or on all inputs"
    static let parameters: [Parameter] =
        MultilayerPerceptron.options + [
            .string(
                "input", default: "query", values: ["query", "all"],
                "the query: the last item, or the current token; all: the context as well"),
            .boolean("labels", default: false, "with input=all: read the context's labels beside the inputs"),
        ]
    static let examples = ["mlp(hidden=[64, 64])", "mlp(hidden=[32], activation=gelu, input=all, labels=true)"]

    private let kernels: Kernels
    private let features: InputFeatures
    private let layers: MultilayerPerceptron
    let output: OutputKind

    init(_ creation: Creation) throws {
        guard let schema = creation.schema else {
            throw InductError(.internal, "\(Self.name) was created without a schema")
        }
        kernels = try Kernels(creation.host, for: Self.name)
        features = try InputFeatures(
            schema, InputFeatures.Selection(rawValue: try creation.configuration.string("input")) ?? .query,
            withLabels: try creation.configuration.boolean("labels"))
        layers = try MultilayerPerceptron(
            inputs: features.width, outputs: schema.width, creation.configuration)
        output = schema.task == .regression ? .values : .logits
    }

    var modelParameters: [ModelParameter] { layers.parameters }

    func workspaceSize(mode: PassMode, count: Int, length: Int) -> Int {
        Workspace(self, rows: features.rows(count: count, length: length)).size * MemoryLayout<Float>.stride
    }

    func forward(_ pass: borrowing Pass) throws {
        let rows = features.rows(count: pass.count, length: pass.length)
        let parts = Workspace(self, rows: rows)
        let base = try parts.base(pass)
        let x = try features.matrix(pass, memory: base + parts.features)
        layers.forward(
            pass, kernels, rows: rows, x: x.start, xStride: x.stride, y: pass.outputs, memory: base + parts.layers,
            scratch: pass.workspace)
    }

    func backward(_ pass: borrowing Pass) throws {
        let rows = features.rows(count: pass.count, length: pass.length)
        let parts = Workspace(self, rows: rows)
        let base = try parts.base(pass)
        let x = try features.matrix(pass, memory: base + parts.features)
        try layers.backward(
            pass, kernels, rows: rows, x: x.start, xStride: x.stride, dy: pass.outputGradients,
            memory: base + parts.layers, scratch: pass.workspace)
    }

    /// Offsets in floats: scratch | features | the layers' memory.
    private struct Workspace {
        let features: Int
        let layers: Int
        let size: Int

        init(_ model: Perceptron, rows: Int) {
            features = (model.kernels.scratchSize / MemoryLayout<Float>.stride + 15) & ~15
            layers = (features + rows * model.features.width + 15) & ~15
            size = layers + model.layers.memorySize(rows: rows)
        }

        func base(_ pass: borrowing Pass) throws(InductError) -> UnsafeMutablePointer<Float> {
            guard pass.workspaceSize >= size * MemoryLayout<Float>.stride else {
                throw InductError(
                    .invalidArgument,
                    "the workspace has \(pass.workspaceSize) bytes, but workspace_size asked for "
                        + "\(size * MemoryLayout<Float>.stride)")
            }
            return pass.workspace.assumingMemoryBound(to: Float.self)
        }
    }
}

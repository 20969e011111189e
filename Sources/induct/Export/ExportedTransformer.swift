// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductLab

/// The options and parameters of a trained transformer, as the formats of other programs need them.
struct ExportedTransformer {
    /// Given or by default, by name.
    let options: [String: SpecValue]
    private let tensors: [String: ExportedTensor]

    let layers: Int
    let width: Int
    let heads: Int
    let keyValueHeads: Int
    let headSize: Int
    let mlpSize: Int
    /// Rows of the token table.
    let vocabulary: Int
    /// Positions that the model was trained on.
    let length: Int

    /// Nil for a model that is no transformer of the default plugin.
    init?(_ model: TrainedModel) {
        guard case .leaf(let leaf) = model.model.root, let spec = try? PluginSpec(parsing: leaf.architecture.spec),
            spec.name.split(separator: "/").last == "transformer"
        else { return nil }
        let options = Dictionary(spec.arguments.map { ($0.key, $0.value) }) { $1 }
        let tensors = Dictionary(model.tensors.map { ($0.name, $0) }) { $1 }
        func integer(_ name: String) -> Int? { options[name]?.integer.map { Int($0) } }
        guard let layers = integer("layers"), let width = integer("width"), let heads = integer("heads"),
            let table = tensors["embedding.tokens"], table.shape.count == 2, table.shape[1] == width
        else { return nil }
        self.options = options
        self.tensors = tensors
        self.layers = layers
        self.width = width
        self.heads = heads
        keyValueHeads = integer("key_value_heads") ?? heads
        headSize = integer("head_size") ?? width / heads
        mlpSize = integer("mlp_size") ?? 4 * width
        vocabulary = table.shape[0]
        length = model.model.length
        unembeddingRows = tensors["unembedding.weight"]?.shape.first ?? table.shape[0]
    }

    let unembeddingRows: Int

    var isTied: Bool { options["tied"]?.boolean ?? false }
    func number(_ name: String, default fallback: Double) -> Double { options[name]?.double ?? fallback }

    /// A parameter.
    ///
    /// - Throws: `CommandError` when the model has none of that name.
    func tensor(_ name: String) throws -> ExportedTensor {
        guard let tensor = tensors[name] else {
            throw CommandError(
                "the model has no parameter '\(name)': it is not the transformer that its options describe",
                code: ExitStatus.badInput)
        }
        return tensor
    }

    /// The options that differ from what `required` asks, as "norm=rms-norm", and those that nobody here knows.
    ///
    /// Sizes, initialisers and dropout shape no model differently once it is trained, and are free.
    func obstacles(_ required: [(name: String, value: String)]) -> [String] {
        let free: Set = [
            "layers", "width", "heads", "key_value_heads", "head_size", "mlp_size", "epsilon", "tied", "initialiser",
            "initialiser_deviation", "dropout", "position_base", "position_buckets", "position_reach",
            "input_embedding", "resnet_blocks", "resnet_channels",
        ]
        // What any of these models has: an option that says otherwise came after this was written.
        let required = [(name: "block", value: "pre-norm"), (name: "attention_only", value: "false")] + required
        return options.sorted { $0.key < $1.key }.compactMap { name, value in
            let text = value.text ?? value.description
            if let asked = required.first(where: { $0.name == name }) {
                return asked.value == text ? nil : "\(name)=\(text)"
            }
            return free.contains(name) ? nil : "\(name)=\(text)"
        } + (unembeddingRows == vocabulary ? [] : ["\(vocabulary) tokens but \(unembeddingRows) classes"])
    }
}

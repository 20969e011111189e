// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// What a recurrent model reads, item by item, as a stream of vectors `[length, count, width]`, time first.
///
/// - Tokens of a next-token source: item t is row `token` of a table.
/// - Labelled examples: x_0, y_0, x_1, y_1, ..., x_query; inputs through a linear layer, labels by a table.
///
/// | parameter                                      | shape                                  |
/// |------------------------------------------------|----------------------------------------|
/// | embedding.tokens, or embedding.labels          | `[vocabulary, width]`                  |
/// | embedding.inputs.weight, embedding.inputs.bias | `[width, features]`, `[width]`: examples |
///
/// Tables are normal of variance 1 / width, the linear layer LeCun-normal with zero bias.
struct SequenceInput: Sendable {
    private enum Kind: Sendable {
        /// Index of the tensor in the schema.
        case tokens(Int)
        /// Indices of inputs and labels, items of a sample, floats of an input.
        case examples(inputs: Int, labels: Int, items: Int, features: Int)
    }

    private let kind: Kind
    private let width: Int
    private let vocabulary: Int
    private let maximumLength: Int

    /// - Throws: `InductError` for a source that gives neither.
    init(_ schema: Schema, width: Int, length: Int) throws(InductError) {
        self.width = width
        let inputs = schema.tensors.indices.filter { schema.tensors[$0].role == .input }
        let names = inputs.map { schema.tensors[$0].name }
        if schema.task == .nextToken, names == ["tokens"], let index = inputs.first {
            kind = .tokens(index)
            vocabulary = schema.tensors[index].limit ?? schema.classes
            maximumLength = length
            return
        }
        guard schema.task == .classification, schema.positions == .constant(1), Set(names) == ["inputs", "labels"],
            let x = schema.index(of: "inputs"), let y = schema.index(of: "labels"),
            schema.tensors[x].type == .float32, schema.tensors[y].type == .int32,
            case let shape = schema.tensors[x].shape, shape.count >= 3, case .constant(let items) = shape[1],
            schema.tensors[y].shape == [.batch, .constant(items - 1)]
        else {
            throw InductError.invalid(
                "it reads \"tokens\" and predicts the next one, or \"inputs\" [batch, items, ...] with \"labels\" [batch, "
                    + "items - 1] and predicts the query's class, but this source's inputs are "
                    + "(\(names.joined(separator: ", "))) and its task is \(schema.task)")
        }
        var features = 1
        for dimension in shape.dropFirst(2) {
            guard case .constant(let size) = dimension else {
                throw InductError.invalid("\"inputs\" has a dimension without a fixed size")
            }
            features *= size
        }
        kind = .examples(inputs: x, labels: y, items: items, features: features)
        vocabulary = schema.tensors[y].limit ?? schema.classes
        maximumLength = 2 * items - 1
    }

    /// Whether one prediction is made, after the last item.
    var predictsLast: Bool { if case .examples = kind { true } else { false } }

    /// Items of a sample, as a dimension of activations.
    var dimension: Dimension { predictsLast ? .constant(maximumLength) : .length }

    /// Items of a sample in a pass of so many.
    func length(passLength: Int) -> Int { predictsLast ? maximumLength : passLength }

    var parameters: [ModelParameter] {
        let table = Initialiser.normal(mean: 0, deviation: 1 / Double(width).squareRoot())
        switch kind {
        case .tokens: return [ModelParameter("embedding.tokens", [vocabulary, width], table)]
        case .examples(_, _, _, let features):
            let deviation = 1 / Double(features).squareRoot()
            return [
                ModelParameter("embedding.labels", [vocabulary, width], table),
                ModelParameter(
                    "embedding.inputs.weight", [width, features], .normal(mean: 0, deviation: deviation)),
                ModelParameter("embedding.inputs.bias", [width], .zeros, isDecayed: false),
            ]
        }
    }

    /// Floats of workspace that reading and its gradient need.
    func workspaceFloats(count: Int) -> Int {
        if case .examples(_, _, let items, _) = kind { count * items * width } else { 0 }
    }

    /// Writes the stream.
    ///
    /// - Parameters:
    ///   - pass: what brings the inputs.
    ///   - stream: `[length, count, width]`.
    ///   - embedded: of `workspaceFloats`.
    ///   - kernels: what computes, with the start of the pass's workspace as scratch.
    /// - Throws: `InductError` when the pass lacks an input, or holds what the schema excludes.
    func embed(
        _ pass: borrowing Pass, to stream: UnsafeMutablePointer<Float>, embedded: UnsafeMutablePointer<Float>,
        _ kernels: Kernels
    ) throws(InductError) {
        let table = pass.parameter(0)
        switch kind {
        case .tokens(let index):
            let tokens = try ids(pass, index, perSample: pass.length)
            forEachItem(pass.count, pass.length) { item, row in
                (stream + row * width).update(from: table + Int(tokens[item]) * width, count: width)
            }
        case .examples(let inputs, let labels, let items, let features):
            guard let x = pass.floats(inputs) else { throw Self.missing("inputs") }
            let y = try ids(pass, labels, perSample: items - 1)
            kernels.linear(
                Linear(inputs: features, outputs: width), rows: pass.count * items, x: x, weight: pass.parameter(1),
                bias: pass.parameter(2), y: embedded, scratch: pass.workspace)
            forEachItem(pass.count, items) { item, row in
                (stream + place(row, pass.count, isLabel: false)).update(from: embedded + item * width, count: width)
            }
            forEachItem(pass.count, items - 1) { item, row in
                (stream + place(row, pass.count, isLabel: true)).update(
                    from: table + Int(y[item]) * width, count: width)
            }
        }
    }

    /// The parameters' gradients from that of the stream.
    func embedBackward(
        _ pass: borrowing Pass, from dstream: UnsafePointer<Float>, embedded: UnsafeMutablePointer<Float>,
        _ kernels: Kernels
    ) throws(InductError) {
        guard let dtable = pass.gradient(0) else { throw Self.missing("gradient of \(parameters[0].name)") }
        if !pass.accumulates { dtable.update(repeating: 0, count: vocabulary * width) }
        func add(_ from: UnsafePointer<Float>, to id: Int32) {
            let to = dtable + Int(id) * width
            for column in 0..<width { to[column] += from[column] }
        }
        switch kind {
        case .tokens(let index):
            let tokens = try ids(pass, index, perSample: pass.length)
            forEachItem(pass.count, pass.length) { item, row in add(dstream + row * width, to: tokens[item]) }
        case .examples(let inputs, let labels, let items, let features):
            guard let x = pass.floats(inputs) else { throw Self.missing("inputs") }
            guard let dweight = pass.gradient(1) else { throw Self.missing("gradient of embedding.inputs.weight") }
            let y = try ids(pass, labels, perSample: items - 1)
            forEachItem(pass.count, items - 1) { item, row in
                add(dstream + place(row, pass.count, isLabel: true), to: y[item])
            }
            forEachItem(pass.count, items) { item, row in
                (embedded + item * width).update(
                    from: dstream + place(row, pass.count, isLabel: false), count: width)
            }
            kernels.linearParameterGradients(
                Linear(inputs: features, outputs: width), rows: pass.count * items, x: x, dy: embedded,
                dweight: dweight, dbias: pass.gradient(2), accumulate: pass.accumulates, scratch: pass.workspace)
        }
    }

    /// Calls `body(item, row)` for item t of sample s: `item` = s * length + t, `row` = t * count + s.
    private func forEachItem(_ count: Int, _ length: Int, _ body: (_ item: Int, _ row: Int) -> Void) {
        for sample in 0..<count {
            for item in 0..<length { body(sample * length + item, item * count + sample) }
        }
    }

    /// Where the input, or the label, of a pair's row begins in the stream: pairs are two items apart.
    private func place(_ row: Int, _ count: Int, isLabel: Bool) -> Int {
        let (pair, sample) = (row / count, row % count)
        return ((2 * pair + (isLabel ? 1 : 0)) * count + sample) * width
    }

    /// An int32 input, all of it in `[0, vocabulary)`.
    private func ids(
        _ pass: borrowing Pass, _ index: Int, perSample: Int
    ) throws(InductError) -> UnsafePointer<Int32> {
        guard let ids = pass.integers(index) else { throw Self.missing(predictsLast ? "labels" : "tokens") }
        for item in 0..<pass.count * perSample where ids[item] < 0 || Int(ids[item]) >= vocabulary {
            throw InductError(
                .outOfRange,
                "sample \(item / perSample) holds \(ids[item]) at \(item % perSample), and the source's schema promises "
                    + "values in [0, \(vocabulary))")
        }
        return ids
    }

    private static func missing(_ what: String) -> InductError {
        InductError(.invalidArgument, "the pass brings no \(what)")
    }
}

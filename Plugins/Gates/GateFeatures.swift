// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// What a gate reads of a batch, one row for every predicted position.
///
/// - Next-token sources: for position i the current token, one-hot `[V]`, then how large a share of tokens 0 ... i each
///   token has, `[V]`. A position sees nothing of what comes after it.
/// - Sources of labelled examples with one predicted position: all float inputs, flattened, and, when asked for, the
///   context's labels, one-hot.
struct GateFeatures: Sendable {
    /// One input tensor.
    private enum Part: Sendable {
        case tokens(index: Int, vocabulary: Int)
        case floats(index: Int, size: Int)
        case classes(index: Int, size: Int, classes: Int)

        var width: Int {
            switch self {
            case .tokens(_, let vocabulary): 2 * vocabulary
            case .floats(_, let size): size
            case .classes(_, let size, let classes): size * classes
            }
        }
    }

    private let parts: [Part]
    /// Rows are positions of a sequence; otherwise whole sequences.
    private let isByPosition: Bool

    init(_ schema: Schema, withLabels: Bool) throws(InductError) {
        let inputs = schema.tensors.indices.filter { schema.tensors[$0].role == .input }
        isByPosition = schema.task == .nextToken
        if isByPosition {
            guard inputs.count == 1, let index = inputs.first, schema.tensors[index].type == .int32 else {
                throw InductError.invalid("it reads the tokens of a next-token source, and nothing beside them")
            }
            parts = [.tokens(index: index, vocabulary: schema.tensors[index].limit ?? schema.classes)]
            return
        }
        guard schema.positions == .constant(1) else {
            throw InductError.invalid(
                "it reads all inputs of a sample at once, so the source must predict one position, the last")
        }
        var parts: [Part] = []
        for index in inputs {
            let tensor = schema.tensors[index]
            let size = try Self.itemSize(tensor)
            switch tensor.type {
            case .float32: parts.append(.floats(index: index, size: size))
            case .int32 where withLabels:
                parts.append(.classes(index: index, size: size, classes: tensor.limit ?? schema.classes))
            default: break
            }
        }
        self.parts = parts
        guard width > 0 else {
            throw InductError.invalid("it finds no inputs that it can read in this source")
        }
    }

    /// Elements of one sample.
    private static func itemSize(_ tensor: TensorSchema) throws(InductError) -> Int {
        var size = 1
        for dimension in tensor.shape.dropFirst() {
            guard case .constant(let count) = dimension else {
                throw InductError(.internal, "a gate was given a schema whose length is not bound")
            }
            size *= count
        }
        return size
    }

    /// Columns of the features.
    var width: Int { parts.reduce(0) { $0 + $1.width } }

    /// Rows of a pass over `count` samples of `length` items.
    func rows(count: Int, length: Int) -> Int { isByPosition ? count * length : count }

    /// Writes `[rows, width]`.
    func write(_ pass: borrowing Pass, to features: UnsafeMutablePointer<Float>) throws(InductError) {
        let width = width
        features.update(repeating: 0, count: rows(count: pass.count, length: pass.length) * width)
        var column = 0
        for part in parts {
            switch part {
            case .tokens(let index, let vocabulary):
                let tokens = try Self.found(pass.integers(index))
                try writeTokens(
                    tokens, vocabulary: vocabulary, count: pass.count, length: pass.length, to: features)
            case .floats(let index, let size):
                let values = try Self.found(pass.floats(index))
                for row in 0..<pass.count {
                    (features + row * width + column).update(from: values + row * size, count: size)
                }
            case .classes(let index, let size, let classes):
                let labels = try Self.found(pass.integers(index))
                for row in 0..<pass.count {
                    for item in 0..<size {
                        let label = try Self.checked(labels[row * size + item], below: classes)
                        features[row * width + column + item * classes + label] = 1
                    }
                }
            }
            column += part.width
        }
    }

    /// The current token and the shares of the tokens so far.
    private func writeTokens(
        _ tokens: UnsafePointer<Int32>, vocabulary: Int, count: Int, length: Int,
        to features: UnsafeMutablePointer<Float>
    ) throws(InductError) {
        for sequence in 0..<count {
            for position in 0..<length {
                let token = try Self.checked(tokens[sequence * length + position], below: vocabulary)
                let row = features + (sequence * length + position) * 2 * vocabulary
                row[token] = 1
                let shares = row + vocabulary
                if position > 0 {
                    let before = Float(position) / Float(position + 1)
                    for other in 0..<vocabulary { shares[other] = (shares - 2 * vocabulary)[other] * before }
                }
                shares[token] += 1 / Float(position + 1)
            }
        }
    }

    private static func found<Value>(_ pointer: UnsafePointer<Value>?) throws(InductError) -> UnsafePointer<Value> {
        guard let pointer else { throw InductError(.invalidArgument, "the pass lacks an input of the schema") }
        return pointer
    }

    private static func checked(_ value: Int32, below limit: Int) throws(InductError) -> Int {
        guard value >= 0 && Int(value) < limit else {
            throw InductError(.outOfRange, "an input holds \(value), and its schema promises values in [0, \(limit))")
        }
        return Int(value)
    }
}
